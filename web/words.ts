/** Numbers, times and values as people read them. */

const numbers = new Intl.NumberFormat('en-US');
export const plain = (count: number): string => numbers.format(count);
export const counted = (count: number, one: string, many: string): string =>
  `${plain(count)} ${count === 1 ? one : many}`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The zone in which times are shown: the person's own, as their browser says. */
export const zone: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** How long ago, short: "now", "20 min", "6 h", "2 d". */
export function age(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (ms < MINUTE) return 'now';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const times = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** "21 Nov 2026, 02:58" */
export const moment = (at: string): string => `${dates.format(new Date(at))}, ${times.format(new Date(at))}`;
export const day = (at: string): string => dates.format(new Date(at));

/** "9 Aug 2026" for a day of a calendar, "2026-08-09", wherever the reader is. */
export const dayOf = (day: string): string => dates.format(new Date(`${day}T12:00:00`));

/** "0.4 s", "9.4 s", "3 min 05 s" */
export function span(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 0.1) return 'at once';
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** "Second factor begun": a word or some as the beginning of a line. */
/** `a class`, `an enrollment` */
export const withArticle = (noun: string): string => `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;
export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** "every day", "Monday to Friday", "Monday, Wednesday": days of the week, 1 for Monday. */
export function daysInWords(days: readonly number[]): string {
  if (days.length === 7) return 'every day';
  const [first = 1, last = 1] = [days[0], days.at(-1)];
  const inRow = days.length > 2 && last - first === days.length - 1;
  const name = (day: number) => dayNames[day - 1] ?? '';
  return inRow ? `${name(first)} to ${name(last)}` : days.map(name).join(', ');
}

/** "Mountain Time" for America/Denver; the name itself where there is no better. */
export function zoneInWords(timeZone: string): string {
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longGeneric' }).formatToParts(0);
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
  } catch {
    return timeZone;
  }
}

/** "every day by 03:00 Mountain Time" */
export const dueInWords = ({ days, time, timeZone }: { days: number[]; time: string; timeZone: string }): string =>
  `${daysInWords(days)} by ${time} ${zoneInWords(timeZone)}`;

/** "every day from 20:00 to 03:00 Mountain Time" */
export const windowInWords = (window: { days: number[]; from: string; to: string; timeZone: string }): string =>
  `${daysInWords(window.days)} from ${window.from} to ${window.to} ${zoneInWords(window.timeZone)}`;

const unseen: Record<string, string> = {
  ' ': 'space',
  '\t': 'tab',
  '\n': 'line break',
  '\r': 'line break',
  '\u00a0': 'no-break space',
  '\ufeff': 'byte order mark',
  '\u200b': 'zero-width space',
};

/** A piece of a cell's value: text as it stands, or the name of what the eye cannot see. */
export type Piece = { text: string } | { mark: string };

/** Cuts a value so that spaces at its ends, doubled spaces and invisible characters can be shown by their names. */
export function pieces(value: string): Piece[] {
  const cut =
    value.match(/[\t\n\r\u00a0\ufeff\u200b]|^ +| +$| {2,}|(?:(?! {2}| +$)[^\t\n\r\u00a0\ufeff\u200b])+/g) ?? [];
  return cut.map((text) => {
    const name = unseen[text[0] as string];
    if (!name || !/^(?: +|[^ ])$/.test(text)) return { text };
    return { mark: text.length > 1 ? `${text.length} ${name}s` : name };
  });
}
