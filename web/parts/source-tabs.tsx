/** What can be looked at of one source, as links: settings, history, trends, its roster, and the step into a new school year. */

import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { TabLinks } from './tab-links.tsx';

type At = 'settings' | 'history' | 'trends' | 'new year';

export function SourceTabs({ source, at }: { source: { id: string; rosterId: string }; at: At }) {
  const { person } = usePerson();
  const isVendor = person?.role === 'owner' || person?.role === 'operator';
  const link = (name: string, to: string, own?: At) => ({ name, to, isCurrent: own === at });
  return (
    <TabLinks
      label="Parts of this source"
      links={[
        link('Settings', paths.source(source.id), 'settings'),
        link('History', paths.history(source.id), 'history'),
        link('Trends', paths.trends(source.id), 'trends'),
        ...(person?.role === 'viewer' ? [] : [link('Roster', paths.roster(source.rosterId))]),
        ...(isVendor ? [link('New school year', paths.yearReset(source.id), 'new year')] : []),
      ]}
    />
  );
}
