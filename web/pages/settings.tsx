/** The settings of the house: what stands around its parts, each of which is a page of its own. */

import { Outlet, useLocation, useOutletContext } from 'react-router';
import type { Person } from '../api.ts';
import { Page } from '../parts/page.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';

const isVendor = ({ district }: Person): boolean => district === null;
const parts: { name: string; to: string; isFor: (person: Person) => boolean }[] = [
  { name: 'Server', to: paths.settings(), isFor: isVendor },
  { name: 'Alerts', to: paths.alerts(), isFor: () => true },
  { name: 'Webhooks', to: paths.webhooks(), isFor: isVendor },
  { name: 'Mails', to: paths.mails(), isFor: isVendor },
  { name: 'Audit log', to: paths.log(), isFor: isVendor },
];

export function Settings() {
  const { person } = usePerson();
  const { pathname } = useLocation();
  if (!person) return null;
  const links = parts
    .filter(({ isFor }) => isFor(person))
    .map(({ name, to }) => ({
      name,
      to,
      isCurrent: to === paths.settings() ? pathname === to : pathname.startsWith(to),
    }));
  const current = links.find(({ isCurrent }) => isCurrent)?.name;
  return (
    <Page title={person.district ? 'Alerts' : 'Settings'} part={person.district ? undefined : current}>
      {links.length > 1 && <TabLinks label="Parts of the settings" links={links} stays />}
      <Outlet context={person} />
    </Page>
  );
}

/** Who looks at a part of the settings. */
export const useViewer = (): Person => useOutletContext<Person>();
