/** When something is due from a source: chosen days of the week, by a local time, in a time zone. */

import { Refusal } from './refusal.ts';
import { type Form, nonsense } from './setting-form.ts';

export type Schedule = {
  /** Days of the week, 1 for Monday to 7 for Sunday; none when nothing is expected. */
  days: number[];
  /** Local time, `03:00`. */
  time: string;
  /** A name of the IANA database; null: the time zone of the district. */
  timeZone: string | null;
};

export const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const everyDay = [1, 2, 3, 4, 5, 6, 7];

export const usualSchedule: Schedule = { days: everyDay, time: '03:00', timeZone: null };
/** Of sources to which people upload when they like. */
export const noSchedule: Schedule = { days: [], time: '03:00', timeZone: null };

/** As text: `daily 03:00`, `Mon,Tue,Wed,Thu,Fri 05:30`, `Mon-Fri 05:30 America/Chicago`, or `none`. */
export const schedules: Form<Schedule> = {
  control: { type: 'schedule' },
  looks: '`daily 03:00`, `Mon-Fri 05:30`, `Mon,Wed 05:30 America/Chicago` or `none`',
  read(given, name) {
    if (typeof given === 'string') return typedSchedule(given.trim(), name);
    const {
      days,
      time,
      timeZone = null,
    } = (typeof given === 'object' && given !== null ? given : {}) as Partial<Schedule>;
    const known = Array.isArray(days) && days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7);
    if (!known || typeof time !== 'string' || !isTime(time) || !(timeZone === null || typeof timeZone === 'string'))
      throw nonsense(name, given, looksPlain);
    return { days: everyDay.filter((day) => days.includes(day)), time, timeZone: zoneOf(timeZone, name) };
  },
  show: ({ days, time, timeZone }) =>
    days.length === 0 ? 'none' : `${shownDays(days)} ${time}${timeZone === null ? '' : ` ${timeZone}`}`,
};

const looksPlain = schedules.looks.replaceAll('`', '');

function typedSchedule(text: string, name: string): Schedule {
  if (/^none$/i.test(text)) return noSchedule;
  const found = /^(\S+)\s+(\d{1,2}:\d{2})(?:\s+(\S+))?$/.exec(text);
  const days = found ? typedDays(found[1] as string) : undefined;
  const time = found?.[2]?.padStart(5, '0');
  if (!days || !time || !isTime(time)) throw nonsense(name, text, looksPlain);
  return { days, time, timeZone: zoneOf(found?.[3] ?? null, name) };
}

/** `daily`, `Mon,Wed`, `Mon-Fri`, `Sat-Sun,Wed`; undefined when it is none of these. */
function typedDays(text: string): number[] | undefined {
  if (/^daily$/i.test(text)) return everyDay;
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [from, to = from, ...more] = part.split('-').map(dayNumber);
    if (!from || !to || more.length > 0 || to < from) return undefined;
    for (let day = from; day <= to; day++) days.add(day);
  }
  return everyDay.filter((day) => days.has(day));
}

/** `mon`, `Monday`: 1; undefined when it is no day. */
function dayNumber(text: string): number | undefined {
  const word = text.toLowerCase();
  const full = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const at = full.findIndex((day) => word === day || word === day.slice(0, 3));
  return at === -1 ? undefined : at + 1;
}

const shownDays = (days: number[]): string =>
  days.length === 7 ? 'daily' : days.map((day) => dayNames[day - 1]).join(',');

/** `03:00` */
export const isTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

function zoneOf(zone: string | null, name: string): string | null {
  if (zone === null) return null;
  if (isTimeZone(zone)) return zone;
  const shown = zone.replace(/\p{Cc}/gu, '').slice(0, 80);
  const sentence = `${name} names "${shown}", which is no time zone. Use a name such as America/Denver.`;
  throw new Refusal('source-setting', 400, sentence);
}

/** A name of the IANA database. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
