/** Values of JSON as the cells of OneRoster CSV: each deviation that is mended is noted, none in silence. */

/** A remark about a field: the rule, and the field that it is about. */
export type Note = (rule: string, field: string) => void;

const strange = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufeff\ud800-\udfff]/;
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufeff]/g;

/** A single value as text: null, nothing and an empty list are no value. */
export function textOf(value: unknown, field: string, note: Note): string {
  if (typeof value === 'string') return strange.test(value) ? cleaned(value, field, note) : value;
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    note('api-value-form', field);
    return typeof value === 'number' ? printed(value) : String(value);
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return '';
    note('api-value-form', field);
    return value.length === 1 ? textOf(value[0], field, note) : listOf(value, field, note);
  }
  return '';
}

/** A number as it was printed, without an exponent. */
const printed = (value: number): string =>
  Number.isFinite(value) && Math.abs(value) < 1e21
    ? Number.isInteger(value)
      ? BigInt(value).toString()
      : String(value)
    : '';

function cleaned(value: string, field: string, note: Note): string {
  const clean = value.replace(control, '').toWellFormed();
  if (clean !== value) note('api-text-cleaned', field);
  return clean;
}

/** An id or a reference to one: spaces around it are taken off. */
export function idOf(value: unknown, field: string, note: Note): string {
  const text = textOf(value, field, note);
  if (text === '') return '';
  const trimmed = text.trim();
  if (trimmed !== text) note('api-id-spaces', field);
  return trimmed;
}

/** The id that a reference names; a plain text is taken for one. */
export function refOf(value: unknown, field: string, note: Note): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object' && !Array.isArray(value)) {
    const { sourcedId } = value as { sourcedId?: unknown };
    if (typeof sourcedId === 'string') return idOf(sourcedId, field, note);
    if (sourcedId === undefined) {
      const other = Object.entries(value).find(([name]) => /^(sourcedid|sourceid|id)$/i.test(name));
      if (!other) return '';
      note('api-value-form', field);
      return idOf(other[1], field, () => {});
    }
    return idOf(sourcedId, field, note);
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return '';
    note('api-value-form', field);
    return refOf(value[0], field, () => {});
  }
  if (typeof value === 'string' && value.trim() === '') return '';
  note('api-value-form', field);
  return idOf(value, field, () => {});
}

/** References as a list in one cell. */
export function refsOf(value: unknown, field: string, note: Note): string {
  if (value === undefined || value === null || value === '') return '';
  if (!Array.isArray(value)) {
    note('api-value-form', field);
    return refOf(value, field, () => {});
  }
  const [first] = value;
  if (value.length === 1) return refOf(first, field, note);
  const ids = value.map((each) => refOf(each, field, note)).filter((id) => id !== '');
  return [...new Set(ids)].join(',');
}

/** Texts as a list in one cell; a comma within a text would cut it in two, so it becomes a space. */
export function listOf(value: unknown, field: string, note: Note): string {
  if (value === undefined || value === null || value === '') return '';
  if (!Array.isArray(value)) {
    note('api-value-form', field);
    const text = textOf(value, field, () => {});
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .join(',');
  }
  const items: string[] = [];
  for (const each of value) {
    const text = textOf(each, field, note);
    if (text.includes(',')) note('api-list-comma', field);
    const item = text.replaceAll(/\s*,\s*/g, ' ').trim();
    if (item !== '') items.push(item);
  }
  return items.join(',');
}

/** `true` or `false`; anything else stays as it is, for the check to judge. */
export function flagOf(value: unknown, field: string, note: Note): string {
  if (value === 'true' || value === 'false' || value === undefined || value === null || value === '')
    return value ?? '';
  if (value === true || value === false) return String(value);
  const word = String(value).trim().toLowerCase();
  if (word === 'true' || word === '1' || word === 'false' || word === '0') {
    note('api-value-form', field);
    return word === 'true' || word === '1' ? 'true' : 'false';
  }
  return textOf(value, field, note);
}

/**
 * A word of a vocabulary in its own spelling; one that it does not know stays as it is.
 * @param others what words mean that are none of the vocabulary.
 */
export function wordOf(
  value: unknown,
  field: string,
  words: readonly string[],
  note: Note,
  others?: ReadonlyMap<string, string>,
): string {
  if (typeof value === 'string' && words.includes(value)) return value;
  const text = textOf(value, field, note).trim();
  if (text === '' || words.includes(text)) return text;
  const plain = text.toLowerCase().replace(/[\s_-]/g, '');
  const found = words.find((word) => word.toLowerCase() === plain) ?? others?.get(text.toLowerCase());
  if (found === undefined) return text;
  note('api-word-spelling', field);
  return found;
}

const noDays = new Set(['0000-00-00', '0001-01-01', '1/1/0001', '01/01/0001']);
const plainDay = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A day as `YYYY-MM-DD`. Days that no calendar has, and the end of time, are no value. */
export function dateOf(value: unknown, field: string, note: Note): string {
  if (typeof value === 'string' && plainDay.test(value) && isDay(value)) {
    if (!value.startsWith('9999')) return value;
    note('api-date-form', field);
    return '';
  }
  const text = textOf(value, field, note).trim();
  if (text === '') return '';
  note('api-date-form', field);
  const day = dayIn(text);
  return day === undefined || noDays.has(day) || day.startsWith('9999') || !isDay(day) ? '' : day;
}

function dayIn(text: string): string | undefined {
  const iso = /^(\d{4}-\d{2}-\d{2})([T ].*)?$/.exec(text);
  if (iso) return iso[1];
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})([ T].*)?$/.exec(text);
  if (american) {
    const [, month = '', day = '', year = ''] = american;
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  }
  const packed = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  return packed ? `${packed[1]}-${packed[2]}-${packed[3]}` : undefined;
}

function isDay(text: string): boolean {
  const [, year, month, day] = plainDay.exec(text) ?? [];
  if (year === undefined || noDays.has(text)) return false;
  const [m, d] = [Number(month), Number(day)];
  const last = m === 2 ? (isLeap(Number(year)) ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31;
  return m >= 1 && m <= 12 && d >= 1 && d <= last;
}
const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

let lastTime: { text: string | undefined; at: number } = { text: undefined, at: Number.NaN };
const exactTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** When a record was changed, in milliseconds of the epoch; NaN when it does not say. A time without a zone is UTC. */
export function timeOf(value: unknown, note: Note): number {
  // Many records of a page were changed at one time.
  if (value !== undefined && value === lastTime.text) return lastTime.at;
  if (typeof value === 'string' && exactTime.test(value)) {
    const at = Date.parse(value);
    if (at > 0) {
      lastTime = { text: value, at };
      return at;
    }
  }
  note('api-time-form', 'dateLastModified');
  const text =
    typeof value === 'number' && value > 1e11 ? new Date(value).toISOString() : textOf(value, '', () => {}).trim();
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  if (!parts || text.startsWith('0001') || text.startsWith('0000')) return Number.NaN;
  const [, day, minute = '00:00', second = ':00', zone = 'Z'] = parts;
  return Date.parse(`${day}T${minute}${second}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`);
}
