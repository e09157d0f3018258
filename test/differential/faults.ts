/** Puts random faults at random places of a district: what they are is not known, and does not matter to whoever compares. */

export type Sheet = { columns: string[]; rows: string[][] };
/** Sheets by kind. */
export type Sheets = Record<string, Sheet>;
/** What the standard says of the columns of a kind. */
export type Table = {
  columns: string[];
  required: string[];
  references: Record<string, string>;
  values: Record<string, string[]>;
};
export type Random = (below: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Makes `count` changes in place, each of them to one cell, two cells or a row. */
export function breakSheets(sheets: Sheets, tables: Record<string, Table>, count: number, random: Random): void {
  const kinds = Object.keys(sheets).filter((kind) => tables[kind] !== undefined);
  for (let change = 0; change < count; change++) {
    const kind = one(kinds, random);
    const sheet = sheets[kind] as Sheet;
    if (sheet.rows.length < 2) continue;
    if (random(5) > 0) breakCell(kind, sheets, tables, random);
    else breakRows(sheet, random);
  }
}

const one = <T>(all: readonly T[], random: Random): T => all[random(all.length)] as T;

function breakRows({ rows }: Sheet, random: Random): void {
  const at = random(rows.length);
  const row = rows[at] as string[];
  const how = random(3);
  if (how === 0) rows.splice(at, 1);
  else if (how === 1) rows.splice(random(rows.length + 1), 0, [...row]);
  else {
    const [left, right] = [random(row.length), random(row.length)];
    // Columns of the mode stay blank: they are another matter.
    if (left === 1 || left === 2 || right === 1 || right === 2) return;
    [row[left], row[right]] = [row[right] as string, row[left] as string];
  }
}

const dates = [
  '',
  '8/27/2018',
  '27-Aug-18',
  '20250203',
  '2025-2-3',
  '2025-02-30',
  '2025-02-29',
  '2024-02-29',
  '2100-02-29',
  '2000-02-29',
  '1900-02-29',
  '2025-13-01',
  '2025-00-10',
  '2025-06-31',
  '2025-08-27T00:00:00Z',
  '2026-01-05',
];

function breakCell(kind: string, sheets: Sheets, tables: Record<string, Table>, random: Random): void {
  const sheet = sheets[kind] as Sheet;
  const { references, values } = tables[kind] as Table;
  const row = one(sheet.rows, random);
  const at = random(8) === 0 ? 0 : 3 + random(sheet.columns.length - 3);
  const column = sheet.columns[at] as string;
  const old = row[at] as string;
  const to = references[column];
  if (/^(start|end|begin|birth)Date$/.test(column)) row[at] = one(dates, random);
  else if (to && sheets[to]) row[at] = reference(old, row[0] as string, sheets[to], sheets, random);
  else if (column === 'sourcedId') row[at] = id(old, sheet, random);
  else if (values[column]) row[at] = word(old, values[column], random);
  else if (column === 'schoolYear') row[at] = one(['', '2025-2026', '26', '2026', '20261'], random);
  else row[at] = one(['', 'Some text', '42', old], random);
}

function word(old: string, allowed: string[], random: Random): string {
  const made = [
    '',
    old.toUpperCase(),
    old.charAt(0).toUpperCase() + old.slice(1),
    'unheard-of',
    'ext:own',
    'TRUE',
    '1',
    '3',
    one(allowed, random),
    `${one(allowed, random)},nonsense`,
    `${one(allowed, random)}x`,
  ];
  return one(made, random);
}

const otherCase = (text: string): string => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase());

function id(old: string, { rows }: Sheet, random: Random): string {
  const other = one(rows, random)[0] as string;
  return one(['', `new-${random(1000)}`, other, otherCase(old), otherCase(other), `${old}-x`], random);
}

function reference(old: string, own: string, target: Sheet, sheets: Sheets, random: Random): string {
  const anyone = one(target.rows, random)[0] as string;
  const stranger = one(one(Object.values(sheets), random).rows, random)[0] as string;
  const made = [
    '',
    'nowhere',
    otherCase(old),
    own,
    anyone,
    stranger,
    `${old},nowhere`,
    `${anyone},${otherCase(anyone)}`,
    `nowhere,${anyone},elsewhere`,
    old.slice(1),
  ];
  return one(made, random);
}
