/** Which day it is somewhere: days are what calendars of schools are made of, whatever the clock does on them. */

/** A day as `2026-08-10`; days in this form compare as text. */
export type LocalDate = string;

/**
 * The day at a moment in a time zone. No hours are added or taken away, so that a day of 23 or 25 hours, or one that
 * begins at 01:00, is a day like others.
 * @param timeZone a name of the IANA database, such as `America/Denver`.
 * @throws RangeError for a name that is none.
 */
export function localDateOf(at: Date, timeZone: string): LocalDate {
  let format = known.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    known.set(timeZone, format);
  }
  // As text and not in parts: lists of a thousand sources ask for some thousand days.
  const [month, day, year = ''] = format.format(at).split('/');
  return `${year.padStart(4, '0')}-${month}-${day}`;
}

/** There are some hundred names at most. */
const known = new Map<string, Intl.DateTimeFormat>();

/** Whether a text is a day that there is: `2026-02-30` is none. */
export function isLocalDate(text: string): text is LocalDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

/** `2026-08-10` as `10 Aug 2026`. */
export function dayInWords(day: LocalDate): string {
  const [year, month, date] = day.split('-').map(Number);
  return `${date} ${months[(month ?? 1) - 1]} ${year}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
