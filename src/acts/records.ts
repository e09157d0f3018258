/** Acts on the records of a roster. */
import { timelineOf } from '../sync/timeline.ts';
import type { ActsDeps } from './deps.ts';
import { kindOf, pairOf, rosterOf, type Which } from './lookups.ts';

export function recordActs({ db, now }: ActsDeps) {
  return {
    /**
     * A record as it stands, or as it was `at` a day or time, with what happened to it until then, latest first: 1,000
     * changes, after the first `skip`.
     */
    async show({ kind, sourcedId, at, skip = 0, ...which }: RecordAsked) {
      const of = { kind: kindOf(kind), sourcedId, at, skip };
      const { id: rosterId } = await rosterOf(db, which);
      const { timeZone } = (await pairOf(db, which)).district;
      return timelineOf(db, { rosterId, ...of }, timeZone, now());
    },
  };
}

type RecordAsked = Which & { kind: string; sourcedId: string; at?: string; skip?: number };
