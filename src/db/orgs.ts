/** The orgs of a district, for templates that have them already. */
import type { Db } from './db.ts';
import { sourcesOf } from './districts.ts';
import { listRecords } from './roster.ts';

const limit = 5_000;

/** Fields by OneRoster's names, of the roster that has most of them; active ones. */
export async function orgsOf(db: Db, districtId: string): Promise<Record<string, string>[]> {
  const rosters = new Set((await sourcesOf(db, { districtId })).map(({ rosterId }) => rosterId));
  let most: Record<string, string>[] = [];
  for (const rosterId of rosters) {
    const found = (await listRecords(db, rosterId, 'orgs', { limit })).map(({ fields }) => fields);
    if (found.length > most.length) most = found;
  }
  return most;
}
