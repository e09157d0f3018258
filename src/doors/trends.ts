/** Fits the page about trends to what is known of syncs and schedules. */
import { duesBefore } from '../alert/due.ts';
import { type Schedule, schedules } from '../core/schedule.ts';
import { settingsOf } from '../core/source-settings.ts';
import type { Kind } from '../core/tables.ts';
import type { Pool } from '../db/db.ts';
import { sourceById } from '../db/districts.ts';
import { type TrendRow, trendOf } from '../db/trends.ts';
import type { TrendDeps, TrendPoint } from '../http/trend-deps.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Syncs that a trend shows at most. */
const mostSyncs = 800;

export function trendDeps(db: Pool, now: () => Date): TrendDeps {
  return {
    async of({ id, rosterId }, days) {
      const source = await sourceById(db, id);
      if (!source) return { due: null, timeZone: 'UTC', points: [], missed: [] };
      const since = new Date(now().getTime() - days * dayMs);
      const rows = await trendOf(db, { id, rosterId }, since, mostSyncs);
      const { schedule } = settingsOf(source);
      const timeZone = schedule.timeZone ?? source.district.timeZone;
      // A week more on both sides: the nearest due time may lie before the first delivery, or after the last.
      const dues = duesBefore(schedule, timeZone, new Date(now().getTime() + 7 * dayMs), days + 15);
      const arrived = rows.flatMap(({ receivedAt }) => receivedAt ?? []);
      return {
        due: schedule.days.length > 0 ? schedules.show({ ...schedule, timeZone: null } satisfies Schedule) : null,
        timeZone,
        points: rows.map((row) => pointOf(row, dues)),
        missed: missedIn(dues, arrived, since, now()),
      };
    },
  };
}

function pointOf(row: TrendRow, dues: Date[]): TrendPoint {
  const kinds = Object.entries(row.kinds ?? {}) as [Kind, NonNullable<NonNullable<TrendRow['kinds']>[Kind]>][];
  const isDone = row.state === 'applied' || row.state === 'rolled back';
  const isKnown = isDone || row.state === 'unchanged';
  const sum = (count: (kind: (typeof kinds)[0][1]) => number) =>
    isDone ? kinds.reduce((total, [, kind]) => total + count(kind), 0) : 0;
  const goes = (archive: number) => (row.waiting > 0 ? 0 : archive);
  const read = (row.tables ?? []).filter(({ mode }) => mode !== 'absent');
  return {
    id: row.id,
    number: row.number,
    at: row.receivedAt ?? row.createdAt,
    state: row.state,
    records:
      isKnown && kinds.length > 0
        ? Object.fromEntries(
            kinds.map(([kind, { live, create, reactivate, archive }]) => [
              kind,
              isDone ? live + create + reactivate - goes(archive) : live,
            ]),
          )
        : null,
    added: sum(({ create, reactivate }) => create + reactivate),
    changed: sum(({ update, takeOver }) => update + takeOver),
    removed: sum(({ archive }) => goes(archive)),
    rows: read.reduce((total, { rows }) => total + rows, 0),
    leftOut: read.reduce((total, { leftOut }) => total + leftOut, 0),
    dueMinutes: row.receivedAt && nearestMinutes(row.receivedAt, dues),
  };
}

function nearestMinutes(at: Date, dues: Date[]): number | null {
  const gaps = dues.map((due) => Math.round((at.getTime() - due.getTime()) / minuteMs));
  return gaps.length === 0 ? null : gaps.reduce((best, gap) => (Math.abs(gap) < Math.abs(best) ? gap : best));
}

/** @param dues newest first. Nothing came since the due time before. */
function missedIn(dues: Date[], arrived: Date[], since: Date, now: Date): Date[] {
  const [first] = arrived;
  if (!first) return [];
  const from = Math.max(since.getTime(), first.getTime());
  return dues.filter((due, index) => {
    const before = dues[index + 1];
    if (!before || due > now || before.getTime() < from) return false;
    return !arrived.some((at) => at > before && at <= due);
  });
}
