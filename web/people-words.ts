/** How people, their roles and their states are called. */

import type { Person } from './api.ts';
import type { PersonRow } from './set-up-api.ts';
import { counted, day, moment } from './words.ts';

export type Role = PersonRow['role'];

export const roleWords: Record<Role, { name: string; about: string }> = {
  owner: { name: 'Owner', about: 'Everything, and the people of the vendor.' },
  operator: { name: 'Operator', about: 'All districts, products, approvals and settings.' },
  administrator: {
    name: 'Administrator',
    about: 'Their own district: sends files, sees deliveries and roster, and looks after its people.',
  },
  viewer: { name: 'Viewer', about: 'Their own district, read only, without the data of pupils.' },
};

/** The roles that somebody may give, for the vendor's people or for those of a district. */
export function rolesFor(person: Person, isOfDistrict: boolean): Role[] {
  if (isOfDistrict) return ['administrator', 'viewer'];
  return person.role === 'owner' ? ['operator', 'owner'] : [];
}

/** "Active", "Invited; the link is good until 21 Nov 2026, 10:00", "Disabled". */
export function stateWords({ state, linkUntil }: PersonRow): string {
  if (state === 'disabled') return 'Disabled: nothing lets them in';
  if (state === 'active') return 'Active';
  if (linkUntil && Date.parse(linkUntil) > Date.now()) return `Invited; the link is good until ${moment(linkUntil)}`;
  return 'Invited; the link has ended';
}

/** How somebody can come in: "Password, second factor, 2 keys". */
export function waysIn({ passwordSetAt, state, hasSecondFactor, keys }: PersonRow): string {
  const ways = [
    state === 'invited' ? 'No password yet' : `Password${passwordSetAt ? ` of ${day(passwordSetAt)}` : ''}`,
    ...(hasSecondFactor ? ['second factor'] : []),
    ...(keys > 0 ? [counted(keys, 'key', 'keys')] : []),
  ];
  return ways.join(', ');
}
