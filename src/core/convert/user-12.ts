/** What a user row of OneRoster 1.1 says in the terms of 1.2: a person, and the orgs in which they have their role. */

import { itemsOf } from '../row-texts.ts';
import { asMetadata } from './converter.ts';

type Cells = Record<string, string>;
type User = { sourcedId: string } & Cells;

/** The first org that the row names is the primary one. */
export function userAs12(row: User, cells: Readonly<Cells> = {}): { user: User; metadata: Cells; orgs: string[] } {
  const { role: _, orgSourcedIds, ...user } = row;
  const orgs = itemsOf(orgSourcedIds);
  const metadata = { ...cells };
  for (const name of asMetadata) {
    const value = metadata[`metadata.${name}`];
    if (value === undefined) continue;
    user[name] = value;
    delete metadata[`metadata.${name}`];
  }
  if (orgs[0] !== undefined) user.primaryOrgSourcedId = orgs[0];
  return { user: user as User, metadata, orgs };
}

/** 1.2 tells administrators apart by the type of org in which they are one. */
export function roleAs12(role: string, orgType: string | undefined): string {
  if (role !== 'administrator') return role;
  return orgType === 'school' || orgType === 'department' ? 'siteAdministrator' : 'districtAdministrator';
}
