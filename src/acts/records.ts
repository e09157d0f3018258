/** Acts on the records of a roster. */
import { Refusal } from '../core/refusal.ts';
import { historyOf } from '../db/history.ts';
import { recordOf } from '../db/roster.ts';
import type { ActsDeps } from './deps.ts';
import { kindOf, rosterOf, type Which } from './lookups.ts';

export function recordActs({ db }: ActsDeps) {
  return {
    async show({ kind, sourcedId, ...which }: Which & { kind: string; sourcedId: string }) {
      const known = kindOf(kind);
      const roster = await rosterOf(db, which);
      const record = await recordOf(db, roster.id, known, sourcedId);
      const history = await historyOf(db, roster.id, known, sourcedId);
      if (!record && history.length === 0) {
        throw new Refusal('record-unknown', 404, `There is no record ${sourcedId} among the ${known} of this roster.`);
      }
      return { record: record ?? null, history };
    },
  };
}
