/** A record as people are shown it: who manages it and why that matters, and what it points to that is not active any more. */

import { idsIn } from '../core/by-hand.ts';
import { withoutSecrets } from '../core/secrets.ts';
import type { Kind } from '../core/tables.ts';
import { renamedTo, targetsOf } from '../db/by-hand.ts';
import type { Db } from '../db/db.ts';
import { type LiveRecord, recordOf } from '../db/roster.ts';
import { references } from '../db/roster-sql.ts';

export type RecordFacts = LiveRecord & {
  /** References of a manual record to archived ones: it is kept, and somebody has to look at it. */
  pointsToArchived: { field: string; sourcedId: string }[];
};

export async function recordFacts(
  db: Db,
  rosterId: string,
  kind: Kind,
  sourcedId: string,
): Promise<RecordFacts | undefined> {
  const record = await recordOf(db, rosterId, kind, sourcedId);
  if (!record) return undefined;
  const pointsToArchived = record.owner === 'manual' ? await archivedTargets(db, rosterId, record) : [];
  return { ...shownRecord(record), pointsToArchived };
}

/** Credentials are hidden. */
export const shownRecord = (record: LiveRecord): LiveRecord => ({
  ...record,
  fields: withoutSecrets(record.kind, record.fields),
});

/** What became of a record that stood under this id, as the end of a sentence; blank when there was none. */
export async function formerIdHint(db: Db, rosterId: string, kind: Kind, sourcedId: string): Promise<string> {
  const now = await renamedTo(db, rosterId, kind, sourcedId);
  return now === undefined ? '' : ` It stands under the sourcedId ${now} now.`;
}

async function archivedTargets(db: Db, rosterId: string, { kind, fields }: LiveRecord) {
  const found: RecordFacts['pointsToArchived'] = [];
  for (const { field, to } of references(kind)) {
    const ids = idsIn(fields[field] ?? '');
    if (ids.length === 0) continue;
    for (const target of await targetsOf(db, rosterId, to, ids)) {
      if (target.status !== 'active') found.push({ field, sourcedId: target.sourcedId });
    }
  }
  return found;
}
