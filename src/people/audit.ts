/**
 * Who may read what of the audit log: the vendor all of it, and of a district also what others did to it; administrators
 * what the people of their district did.
 */

import { type AuditFilter, type AuditRow, auditRows } from '../db/audit.ts';
import { type AuditObject, auditObjects } from '../db/audit-objects.ts';
import { isId } from '../db/ids.ts';
import { type Actor, isVendor, type PeopleDeps } from './deps.ts';
import { listScope, notFound } from './rights.ts';

/** @throws Refusal `not-allowed` for viewers, `not-found` for another district. */
export async function auditFor(
  { db }: PeopleDeps,
  actor: Actor,
  filter: AuditFilter,
): Promise<(AuditRow & { email: string | null; about: AuditObject | null })[]> {
  if (filter.accountId !== undefined && !isId(filter.accountId)) throw notFound('person');
  const isAboutToo = isVendor(actor) && filter.accountId === undefined;
  const rows = await auditRows(db, { ...filter, districtId: listScope(actor, filter.districtId), isAboutToo });
  const known = await auditObjects(
    db,
    rows.map(({ object }) => object),
  );
  return rows.map((row) => ({ ...row, about: known.get(row.object ?? '') ?? null }));
}
