/** The areas of the console: one row each, with who sees it. The navigation shows them in this order. */

import type { Person } from '../api.ts';
import { paths } from '../paths.ts';

export type Area = {
  name: string;
  to: string;
  /** A drawing on a grid of 16 by 16, in lines. */
  icon: string;
  /** Stands in the bar of a phone; the others are behind "More" there. */
  isInBar?: boolean;
  /** Only the address itself counts as being there. */
  end?: boolean;
  /** Addresses elsewhere that belong to it. */
  also?: readonly string[];
};

const icons = {
  overview: 'M2 4h12M2 8h12M2 12h8',
  house: 'M2.5 14V6L8 2.5 13.5 6v8zM6.5 14v-4h3v4',
  box: 'M2.5 5 8 2l5.5 3v6L8 14l-5.5-3zM2.5 5 8 8l5.5-3M8 8v6',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM6.5 14h3',
  settings: 'M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 3v3M5.5 10v3',
  book: 'M3 2.5h8.5a1.5 1.5 0 0 1 1.5 1.5v9.5H4.5A1.5 1.5 0 0 1 3 12zM3 12a1.5 1.5 0 0 1 1.5-1.5H13',
  columns: 'M2.5 3h11v10h-11zM2.5 6.5h11M6.5 3v10',
  check: 'M4 2h5l3 3v9H4zM6 9.5l1.5 1.5 2.5-3',
  people:
    'M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c.5-2.3 2.2-3.5 4.5-3.5s4 1.2 4.5 3.5M10.5 3.3a2.5 2.5 0 0 1 0 4.4M12 10.4c1.3.5 2.2 1.5 2.5 3.1',
  person: 'M8 8.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.7-2.6 2.8-4 5.5-4s4.8 1.4 5.5 4',
};

/** What a district has stands under its own addresses. */
const ofDistricts = ['/sources', '/syncs', '/rosters'];

/** @param person null when nobody is signed in. */
export function areasFor(person: Person | null): Area[] {
  const own = person?.district;
  const areas: (Area | false)[] = [
    person !== null && { name: 'Overview', to: paths.overview(), icon: icons.overview, isInBar: true, end: true },
    person !== null &&
      (own
        ? { name: 'District', to: paths.district(own.id), icon: icons.house, isInBar: true, also: ofDistricts }
        : { name: 'Districts', to: paths.districts(), icon: icons.house, isInBar: true, also: ofDistricts }),
    person !== null &&
      !own && { name: 'Products', to: paths.products(), icon: icons.box, also: [paths.productRules()] },
    { name: 'Rules', to: paths.rules(), icon: icons.book },
    { name: 'Formats', to: paths.formats(), icon: icons.columns, also: [paths.newMapping(), '/format-changes'] },
    { name: 'Try a file', to: paths.tryFile(), icon: icons.check, isInBar: true },
    person !== null && person.role !== 'viewer' && { name: 'People', to: paths.people(), icon: icons.people },
    person !== null &&
      (own
        ? { name: 'Alerts', to: paths.alerts(), icon: icons.bell }
        : { name: 'Settings', to: paths.settings(), icon: icons.settings }),
  ];
  return areas.filter((area) => area !== false);
}

/** The area that an address belongs to: the one whose own address, or another of its, begins it and is longest. */
export function areaAt(areas: readonly Area[], pathname: string): Area | undefined {
  const lengthOf = ({ to, end, also = [] }: Area): number =>
    Math.max(
      ...[to, ...also].map((path) =>
        pathname === path || (!(end && path === to) && pathname.startsWith(`${path}/`)) ? path.length : 0,
      ),
    );
  const [best] = areas.filter((area) => lengthOf(area) > 0).sort((a, b) => lengthOf(b) - lengthOf(a));
  return best;
}

/** Pages of these areas ask nobody to sign in. */
const openPaths = [paths.tryFile(), paths.rules(), paths.formats()];
export const isOpenPath = (pathname: string): boolean =>
  openPaths.some((path) => pathname === path || pathname.startsWith(`${path}/`));

/** What stands apart at the end: oneself. */
export const ownArea = (person: Person | null): Area =>
  person
    ? { name: 'Account', to: paths.account(), icon: icons.person }
    : { name: 'Sign in', to: paths.signIn(), icon: icons.person, isInBar: true };
