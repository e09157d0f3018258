/** Finds out how a whole column writes its dates, and only where that can be read in exactly one way. */

import { encode, judgeDate } from '../bytes.ts';

type Form = { name: string; read(text: string): string | undefined };

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const fullMonths = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const midnight = /[T ](0?0|12):00(:00(\.0+)?)?( ?AM)?(Z)?$/i;
const parted = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/;

const forms: readonly Form[] = [
  form('MM/DD/YYYY', parted, (m) => [m[4], m[1], m[3]]),
  form('DD/MM/YYYY', parted, (m) => [m[4], m[3], m[1]]),
  form('YYYY/MM/DD', /^(\d{4})([/.-])(\d{1,2})\2(\d{1,2})$/, (m) => [m[1], m[3], m[4]]),
  form('YYYYMMDD', /^((?:19|20)\d\d)(\d\d)(\d\d)$/, (m) => [m[1], m[2], m[3]]),
  form('DD-Mon-YYYY', /^(\d{1,2})[- ]([A-Za-z]{3,9})\.?[- ](\d{4})$/, (m) => [m[3], monthOf(m[2]), m[1]]),
  form('Mon DD, YYYY', /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$/, (m) => [m[3], monthOf(m[1]), m[2]]),
];

function form(name: string, shape: RegExp, parts: (match: RegExpExecArray) => (string | undefined)[]): Form {
  return {
    name,
    read(text) {
      const match = shape.exec(text.replace(midnight, ''));
      const [year, month, day] = match ? parts(match) : [];
      if (!year || !month || !day) return undefined;
      const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
      return isDay(iso) ? iso : undefined;
    },
  };
}

function monthOf(word = ''): string | undefined {
  const lower = word.toLowerCase();
  const at = lower.length === 3 ? months.indexOf(lower) : fullMonths.indexOf(lower);
  return at < 0 ? undefined : String(at + 1);
}

export function isDay(text: string): boolean {
  const bytes = encode(text);
  return judgeDate(bytes, 0, bytes.length) === 'ok';
}

/** Whether a text is a day in any of the forms that are known. */
export const readsAsDate = (text: string): boolean => isDay(text) || forms.some((one) => one.read(text) !== undefined);

/** Takes every filled value of a column, and then says how to read them. */
export class DateVotes {
  #alive = forms.map(() => true);
  #others = 0;
  /** Both readings of some value differ, so that both cannot be right. */
  #differs = false;

  add(text: string): void {
    // A day that does not exist is wrong in itself and says nothing of how the others are written.
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return;
    this.#others++;
    const readings = forms.map((one) => one.read(text));
    for (const [at, reading] of readings.entries()) if (reading === undefined) this.#alive[at] = false;
    if (readings[0] !== undefined && readings[1] !== undefined && readings[0] !== readings[1]) this.#differs = true;
  }

  /** How to read the values that are not written YYYY-MM-DD; undefined when there are none, or when it is not certain. */
  reading(): Form | undefined {
    if (this.#others === 0) return undefined;
    const alive = forms.filter((_, at) => this.#alive[at]);
    return alive.length === 1 || !this.#differs ? alive[0] : undefined;
  }
}
