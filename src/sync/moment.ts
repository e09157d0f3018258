/** Reads the moments that people name: a day or a time, in the time zone of their district. */
import { DateTime } from 'luxon';
import { Refusal } from '../core/refusal.ts';

/** `until` is the first instant that does not belong to it any more; `words` is how it is told. */
export type Moment = { until: Date; words: string };

/**
 * `2026-03-01` is the end of that day; `2026-03-01T10:00` that minute's beginning, and with `Z` or `+02:00` at its end
 * it is not in the time zone of the district.
 * @throws Refusal `time` when it is none, or has not come yet.
 */
export function momentOf(text: string, timeZone: string, now: Date): Moment {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text);
  const time = isDay || isTime ? DateTime.fromISO(text, { zone: timeZone }) : undefined;
  if (!time?.isValid) {
    throw new Refusal('time', 400, `${text} is no day and no time. Write 2026-03-01 or 2026-03-01T10:00.`);
  }
  if (time.toMillis() > now.getTime()) throw new Refusal('time', 400, `${text} has not come yet.`);
  const until = isDay ? time.plus({ days: 1 }).startOf('day') : time.plus({ milliseconds: 1 });
  const shown = isDay ? `the end of ${text}` : time.toFormat('yyyy-MM-dd HH:mm:ss');
  return { until: until.toJSDate(), words: `${shown} (${timeZone})` };
}
