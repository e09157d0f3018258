/** Acts on the records of a roster. */

import { shownChange } from '../core/changes.ts';
import { Refusal } from '../core/refusal.ts';
import { withoutSecrets } from '../core/secrets.ts';
import type { Kind } from '../core/tables.ts';
import { type Change, historyOf } from '../db/history.ts';
import { recordAt } from '../db/roster-at.ts';
import { causeOf } from '../sync/cause.ts';
import { formerIdHint, recordFacts } from '../sync/record-facts.ts';
import type { ActsDeps } from './deps.ts';
import { kindOf, pairOf, rosterOf, type Which } from './lookups.ts';
import { momentOf } from './moment.ts';

export function recordActs({ db, now }: ActsDeps) {
  return {
    /**
     * A record as it stands, or as it was `at` a day or time, with what happened to it until then, latest first: 1,000
     * changes, after the first `skip`.
     */
    async show({ kind, sourcedId, at, skip = 0, ...which }: RecordAsked) {
      const known = kindOf(kind);
      const roster = await rosterOf(db, which);
      const record = await recordFacts(db, roster.id, known, sourcedId);
      const from = Math.min(Math.max(0, Math.trunc(skip)), skipLimit);
      const history = await historyOf(db, roster.id, known, sourcedId, changesShown, from);
      if (!record && history.length === 0 && from === 0) {
        const hint = await formerIdHint(db, roster.id, known, sourcedId);
        throw new Refusal(
          'record-unknown',
          404,
          `There is no record ${sourcedId} among the ${known} of this roster.${hint}`,
        );
      }
      if (at === undefined) return { record: record ?? null, history: history.map(told), at: null, was: null };
      const { until, words } = momentOf(at, (await pairOf(db, which)).district.timeZone, now());
      const was = await recordAt(db, { rosterId: roster.id, until }, known, sourcedId);
      const before = history.filter((change) => change.at < until).map(told);
      return { record: null, history: before, at: words, was: was ? facts(known, was.values) : null };
    },
  };
}

const changesShown = 1000;
const skipLimit = 1_000_000;

type RecordAsked = Which & { kind: string; sourcedId: string; at?: string; skip?: number };

/** A change with its cause in words, credentials hidden. */
const told = (change: Change) => ({ ...shownChange(change), cause: causeOf(change) });

/** Values in the shape in which a record is shown. */
function facts(kind: Kind, values: Record<string, unknown>) {
  const { status, metadata = {}, ...fields } = values;
  return {
    kind,
    fields: withoutSecrets(kind, fields) as Record<string, string>,
    metadata: metadata as Record<string, string>,
    status: status as 'active' | 'tobedeleted',
  };
}
