/** What happened to one record, and how it stands or stood at a moment: for `show`, and for the console. */
import { shownChange } from '../core/changes.ts';
import { Refusal } from '../core/refusal.ts';
import { withoutSecrets } from '../core/secrets.ts';
import type { Kind } from '../core/tables.ts';
import type { Pool } from '../db/db.ts';
import { type Change, historyOf } from '../db/history.ts';
import { recordAt } from '../db/roster-at.ts';
import { causeOf } from './cause.ts';
import { momentOf } from './moment.ts';
import { formerIdHint, recordFacts } from './record-facts.ts';

/** `skip`: leaves out so many of the latest changes. */
export type TimelineOf = { rosterId: string; kind: Kind; sourcedId: string; at?: string | undefined; skip: number };

/**
 * A record as it stands, or as it was `at` a day or time, with what happened to it until then, latest first: 1,000
 * changes. Credentials are hidden.
 * @throws Refusal `record-unknown`, `time`.
 */
export async function timelineOf(db: Pool, of: TimelineOf, timeZone: string, now: Date) {
  const { rosterId, kind, sourcedId, at, skip } = of;
  const record = await recordFacts(db, rosterId, kind, sourcedId);
  const from = Math.min(Math.max(0, Math.trunc(skip)), skipLimit);
  // One more tells whether there are more.
  const found = await historyOf(db, rosterId, kind, sourcedId, changesShown + 1, from);
  if (!record && found.length === 0 && from === 0) {
    const hint = await formerIdHint(db, rosterId, kind, sourcedId);
    throw new Refusal(
      'record-unknown',
      404,
      `There is no record ${sourcedId} among the ${kind} of this roster.${hint}`,
    );
  }
  const history = found.slice(0, changesShown);
  const more = found.length > changesShown;
  if (at === undefined) return { record: record ?? null, history: history.map(told), more, at: null, was: null };
  const { until, words } = momentOf(at, timeZone, now);
  const was = await recordAt(db, { rosterId, until }, kind, sourcedId);
  const before = history.filter((change) => change.at < until).map(told);
  return { record: null, history: before, more, at: words, was: was ? facts(kind, was.values) : null };
}

const changesShown = 1000;
export const skipLimit = 1_000_000;

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
