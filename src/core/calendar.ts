/** The calendar of a source: windows of days that set its mode for a span, and what follows when one has ended. */

import { dayInWords, isLocalDate, type LocalDate } from './local-date.ts';
import { Refusal } from './refusal.ts';
import { type Form, nonsense } from './setting-form.ts';

export const sourceModes = ['active', 'paused', 'dry run', 'additions only'] as const;
/** What happens to deliveries of a source. */
export type SourceMode = (typeof sourceModes)[number];

/** From the first moment of one day to the last moment of another, in the district's time zone. */
export type Window = {
  from: LocalDate;
  to: LocalDate;
  mode: SourceMode;
  /** What it is for: "Summer break". */
  note: string;
};

const windowsLimit = 100;
const noteLimit = 200;
const longestDays = 400;

/** Windows in order. As text: `2026-06-12..2026-08-09 paused Summer break; …` */
export const windows: Form<Window[]> = {
  control: { type: 'windows' },
  looks: 'windows such as `2026-06-12..2026-08-09 paused Summer break`, with `;` between them',
  read(given, name) {
    const parts = typeof given === 'string' ? given.split(';').filter((part) => part.trim() !== '') : given;
    if (!Array.isArray(parts)) throw nonsense(name, given, windows.looks);
    if (parts.length > windowsLimit)
      throw new Refusal('source-setting', 400, `${name} has more than ${windowsLimit} windows.`);
    const read = parts.map((part) => (typeof part === 'string' ? typedWindow(part, name) : windowOf(part, name)));
    return inOrder(read);
  },
  show: (value) => value.map(windowInText).join('; ') || 'none',
};

/** `2026-06-12..2026-08-09 paused Summer break` */
export const windowInText = ({ from, to, mode, note }: Window): string =>
  `${from}..${to} ${mode}${note === '' ? '' : ` ${note}`}`;

function typedWindow(text: string, name: string): Window {
  const modes = sourceModes.join('|');
  const found = new RegExp(`^(\\S+?)\\.\\.(\\S+)\\s+(${modes})(?:\\s+(.*))?$`, 's').exec(text.trim());
  if (!found) throw nonsense(name, text, windows.looks.replaceAll('`', ''));
  return windowOf({ from: found[1], to: found[2], mode: found[3], note: found[4] ?? '' }, name);
}

function windowOf(given: unknown, name: string): Window {
  const { from, to, mode, note = '' } = (typeof given === 'object' && given !== null ? given : {}) as Partial<Window>;
  for (const day of [from, to]) {
    if (typeof day !== 'string' || !isLocalDate(day)) throw nonsense(name, day ?? given, 'days such as 2026-08-09');
  }
  const known = sourceModes.find((each) => each === mode);
  if (!known) throw nonsense(name, mode ?? '', `a mode: ${sourceModes.join(', ')}`, sourceModes);
  if (typeof note !== 'string' || note.length > noteLimit || /[\p{Cc};]/u.test(note))
    throw nonsense(name, note, `a note of one line, without semicolons, of at most ${noteLimit} characters`);
  const window = { from, to, mode: known, note: note.trim() } as Window;
  if (window.to < window.from)
    throw new Refusal('source-setting', 400, `A window of ${name} ends on ${window.to}, before it begins.`);
  if (daysOf(window) > longestDays) {
    const sentence = `A window of ${name} is longer than ${longestDays} days. Set the mode of the source instead.`;
    throw new Refusal('source-setting', 400, sentence);
  }
  return window;
}

const daysOf = ({ from, to }: Window): number => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;

/** @throws Refusal when two windows share a day: only one mode can hold on it. */
function inOrder(list: Window[]): Window[] {
  const sorted = list.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  for (const [index, window] of sorted.entries()) {
    const before = sorted[index - 1];
    if (!before || before.to < window.from) continue;
    const sentence = `The windows ${windowInText(before)} and ${windowInText(window)} share days; a day has one mode.`;
    throw new Refusal('source-setting', 400, sentence);
  }
  return sorted;
}

/** The window in which a day lies. */
export const windowAt = (calendar: readonly Window[], day: LocalDate): Window | undefined =>
  calendar.find(({ from, to }) => from <= day && day <= to);

/** The mode on a day: that of the window, else the source's own. */
export const modeAt = (own: SourceMode, calendar: readonly Window[], day: LocalDate): SourceMode =>
  windowAt(calendar, day)?.mode ?? own;

/**
 * The last window that is over, when no delivery has been decided by a person since: what is applied first after it
 * is to be looked at.
 * @param lastReviewed the day on which a person last had a delivery of the source applied.
 */
export function unreviewedWindow(
  calendar: readonly Window[],
  day: LocalDate,
  lastReviewed: LocalDate | undefined,
): Window | undefined {
  const over = calendar.findLast(({ to }) => to < day);
  return over && (lastReviewed === undefined || lastReviewed <= over.to) ? over : undefined;
}

/** `the window "Summer break" (paused from 12 Jun 2026 to 9 Aug 2026)` */
export const windowInWords = ({ from, to, mode, note }: Window): string =>
  `the window ${note === '' ? '' : `"${note}" `}(${mode} from ${dayInWords(from)} to ${dayInWords(to)})`;
