/** The moments at which something is due, in local times that clocks skip or show twice as well. */
import { DateTime } from 'luxon';
import type { Schedule } from '../core/schedule.ts';

/** A due moment that lies further back than this many days is not looked for. */
const daysLimit = 400;

/**
 * The due moments up to and including `at`, newest first. A local time that clocks skip (spring) is taken with the offset
 * from before, as RFC 5545 says: 02:30 becomes 03:30 of the new time. One that they show twice (autumn) is due the first
 * time.
 * @param zone used when the schedule names none.
 * @param most how many are wanted.
 */
export function duesBefore(schedule: Schedule, zone: string, at: Date, most: number): Date[] {
  const [hour = 0, minute = 0] = schedule.time.split(':').map(Number);
  const found: Date[] = [];
  if (schedule.days.length === 0) return found;
  // Noon is there on every day, so that going back from noon to noon misses none.
  let day = DateTime.fromJSDate(at, { zone: schedule.timeZone ?? zone })
    .plus({ days: 1 })
    .set({ hour: 12, minute: 0, second: 0, millisecond: 0 });
  for (let looked = 0; looked <= daysLimit && found.length < most; looked++) {
    if (schedule.days.includes(day.weekday)) {
      const due = firstOf(day.set({ hour, minute }));
      if (due <= at && due.getTime() !== found.at(-1)?.getTime()) found.push(due);
    }
    day = day.minus({ days: 1 });
  }
  return found;
}

/** Of a local time that comes twice, the earlier moment. */
function firstOf(time: DateTime): Date {
  const moments = time.getPossibleOffsets().map((each) => each.toMillis());
  return new Date(Math.min(...moments));
}

/** `Tue 13 Oct at 03:00`, in a time zone. */
export function inLocalWords(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).setLocale('en-GB').toFormat("ccc d LLL 'at' HH:mm");
}
