/** What the cells of a workbook hold, as text: dates by their format, numbers without exponents, formats of leading zeros. */

/** How a cell's style shows a number. */
export type Shown = 'plain' | 'date' | { zeros: number };

/** Formats that every workbook has, and that are dates (ECMA-376, 18.8.30, with those of East Asia). */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

/** How a number format shows a number. */
export function shownBy(id: number, code: string | undefined): Shown {
  if (code === undefined) return isBuiltInDate(id) ? 'date' : 'plain';
  const first = code.split(';', 1)[0] ?? '';
  if (/^0{2,}$/.test(first)) return { zeros: first.length };
  const bare = first.replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  return /[ymdhs]/i.test(bare) && !/general/i.test(bare) ? 'date' : 'plain';
}

const DAY_MS = 86_400_000;
const epochs = { 1900: Date.UTC(1899, 11, 30), 1904: Date.UTC(1904, 0, 1) };

/** A day, with its time where there is one; undefined where the number is no date. */
export function dateText(serial: number, is1904: boolean): string | undefined {
  if (!(serial >= 0 && serial < 2_958_466)) return undefined;
  // The calendar of 1900 has a 29 February that never was; days before it are one ahead.
  const days = !is1904 && serial < 60 ? serial + 1 : serial;
  const at = new Date(epochs[is1904 ? 1904 : 1900] + Math.round((days * DAY_MS) / 1000) * 1000);
  const text = at.toISOString();
  if (serial < 1 && !is1904) return text.slice(11, 19);
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19);
}

/** A number as it stands in the file, without an exponent; digits that a spreadsheet has lost are not made up. */
export function numberText(raw: string, zeros = 0): string {
  const text = raw.trim();
  if (/^\d+$/.test(text)) return text.padStart(zeros, '0');
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  const plain = Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);
  return zeros > 0 && /^\d+$/.test(plain) ? plain.padStart(zeros, '0') : plain;
}

/** Whole numbers of more than 15 digits are not what was typed. */
export const hasLostDigits = (text: string): boolean => /^-?\d{16,}$/.test(text);

/** Column letters as a number from 0; -1 where a reference has none. */
export function columnOf(reference: string): number {
  let column = 0;
  let at = 0;
  for (; at < reference.length; at++) {
    const code = reference.charCodeAt(at) & 0xdf;
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return at === 0 || column > COLUMNS_LIMIT ? -1 : column - 1;
}

export const COLUMNS_LIMIT = 16_384;
export const ROWS_LIMIT = 1_048_576;

/** Excel writes control characters as `_x000D_`; line breaks in a cell become spaces. */
export const cellText = (text: string): string =>
  text
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/[\r\n\t\0]+/g, ' ');
