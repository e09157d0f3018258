/** Whether something was due from a source and has not come: by its schedule, its mode and its calendar. */
import { duesBefore, inLocalWords } from '../alert/due.ts';
import type { FactsOf } from '../alert/messages.ts';
import { lateSentence } from '../alert/messages.ts';
import { localDateOf } from '../core/local-date.ts';
import type { Schedule } from '../core/schedule.ts';
import { modeOn, settingsOf } from '../core/source-settings.ts';
import type { Db } from '../db/db.ts';
import type { SourceRow } from '../db/districts.ts';
import { type SourceTimes, sourceTimes } from '../db/watch.ts';

export type Lateness = {
  /** Due times in a row that passed without a delivery, newest first; not all of them when there are many. */
  missed: Date[];
  lastAt: Date | null;
  /** The time zone of the schedule. */
  zone: string;
};

const zoneOf = (source: SourceRow, schedule: Schedule): string => schedule.timeZone ?? source.district.timeZone;

/** Whether anything is expected of a source now. */
export function isExpecting(source: SourceRow, now: Date): boolean {
  return settingsOf(source).schedule.days.length > 0 && !isPausedOn(source, now);
}

/** Days of the calendar are days of the district. */
const isPausedOn = (source: SourceRow, at: Date): boolean =>
  modeOn(source, localDateOf(at, source.district.timeZone)) === 'paused';

/**
 * A due time is missed when nothing came since the due time before it. None is missed that began before the source was
 * there, or while nothing was expected of it.
 * @param most how many missed due times are looked for.
 * @param duesOf finds due times; one that remembers them, where many sources share a schedule.
 */
export function latenessOf(
  source: SourceRow,
  times: SourceTimes,
  now: Date,
  most: number,
  duesOf = duesBefore,
): Lateness {
  const schedule = settingsOf(source).schedule;
  const zone = zoneOf(source, schedule);
  const { lastAt } = times;
  const missed: Date[] = [];
  if (isExpecting(source, now)) {
    const from = Math.max(...[times.createdAt, times.watchedFrom, lastAt].map((each) => each?.getTime() ?? 0));
    const dues = duesOf(schedule, source.district.timeZone, now, most + 1);
    for (const [index, due] of dues.slice(0, -1).entries()) {
      const before = dues[index + 1] as Date;
      if (before.getTime() < from || isPausedOn(source, due) || isPausedOn(source, before)) break;
      missed.push(due);
    }
  }
  return { missed, lastAt, zone };
}

/** What is said of it; undefined when nothing was missed. */
export function lateFacts({ missed, lastAt, zone }: Lateness): FactsOf<'late'> | undefined {
  const [due] = missed;
  if (!due) return undefined;
  return { since: lastAt && inLocalWords(lastAt, zone), due: inLocalWords(due, zone), zone };
}

/** A sentence for each source that is late. */
export async function lateSources(
  db: Db,
  sources: SourceRow[],
  now: Date,
  scope: { districtId?: string; sourceId?: string } = {},
): Promise<Map<string, string>> {
  const times = await sourceTimes(db, scope);
  const duesOf = remembered();
  return new Map(
    sources.flatMap((source) => {
      const own = times.get(source.id);
      const facts = own && lateFacts(latenessOf(source, own, now, 1, duesOf));
      return facts ? [[source.id, lateSentence(facts)] as const] : [];
    }),
  );
}

/** Most of a thousand sources are due at the same time in the same zone. */
function remembered(): typeof duesBefore {
  const known = new Map<string, Date[]>();
  return (schedule, zone, at, most) => {
    const key = JSON.stringify([schedule, zone, at, most]);
    const dues = known.get(key) ?? duesBefore(schedule, zone, at, most);
    known.set(key, dues);
    return dues;
  };
}
