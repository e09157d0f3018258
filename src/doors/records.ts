/** Fits the routes about records to those who do the work. */
import type { Pool } from '../db/db.ts';
import { rosterById } from '../db/districts.ts';
import type { RecordBy, RecordDeps, RecordPlace } from '../http/record-deps.ts';
import * as byHand from '../sync/by-hand.ts';
import { recordFacts } from '../sync/record-facts.ts';

export function httpRecords(db: Pool, now: () => Date): RecordDeps {
  const act = ({ rosterId, kind }: Omit<RecordPlace, 'sourcedId'>, by: RecordBy): byHand.ByHand => ({
    rosterId,
    kind,
    ...by,
    at: now(),
  });
  return {
    roster: (id) => rosterById(db, id),
    read: ({ rosterId, kind, sourcedId }) => recordFacts(db, rosterId, kind, sourcedId),
    add: (of, by) => byHand.addRecord(db, act(of, by), of.values),
    edit: (of, by) => byHand.editRecord(db, act(of, by), of.sourcedId, of.values, of.seen),
    archive: (of, by) => byHand.archiveRecord(db, act(of, by), of.sourcedId, of.seen),
    reactivate: (of, by) => byHand.reactivateRecord(db, act(of, by), of.sourcedId),
    release: (of, by) => byHand.releaseRecord(db, act(of, by), of.sourcedId, of.seen),
    handBack: (of, by) => byHand.handBackRecord(db, act(of, by), of.sourcedId),
  };
}
