/** Short ways to say what an example changes in the clean delivery. */

import { fileOf, type Kind, type Version } from '../tables.ts';
import { baseSheets, csvText, deltaSheets, type Sheet, sheet } from './base-delivery.ts';
import type { Example } from './rule.ts';

/** Which clean delivery an example starts from; a delta replaces all files of the bulk one. */
export type Start = Version | 'delta';
type Cells = Record<string, string>;

/** Other cells in the row with this key (its first cell). */
export function cells(file: string, key: string, changes: Cells, start: Start = '1.1'): Example {
  return edit(file, start, ([header = [], ...rows]) => [
    header,
    ...rows.map((row) => (row[0] === key ? put(header, row, changes) : row)),
  ]);
}

/** Another value in one cell. */
export const cell = (file: string, key: string, column: string, value: string, start: Start = '1.1'): Example =>
  cells(file, key, { [column]: value }, start);

/** One more row at the end: a copy of the row with this key, with changes. */
export function copy(file: string, key: string, changes: Cells, start: Start = '1.1'): Example {
  return edit(file, start, (lines) => [
    ...lines,
    put(lines[0] ?? [], lines.find((row) => row[0] === key) ?? [], changes),
  ]);
}

/** The file without the row with this key. */
export const without = (file: string, key: string, start: Start = '1.1'): Example =>
  edit(file, start, (lines) => lines.filter((row) => row[0] !== key));

/** The header row only. */
export const headerOnly = (file: string, start: Start = '1.1'): Example =>
  edit(file, start, (lines) => lines.slice(0, 1));

/** A column under another name. */
export const rename = (file: string, from: string, to: string, start: Start = '1.1'): Example =>
  edit(file, start, ([header = [], ...rows]) => [header.map((name) => (name === from ? to : name)), ...rows]);

/** Other columns, in another order: those that the file had keep their cells, new ones are blank. */
export function columns(file: string, choose: (names: string[]) => string[], start: Start = '1.1'): Example {
  return edit(file, start, ([header = [], ...rows]) => {
    const chosen = choose(header);
    return [chosen, ...rows.map((row) => chosen.map((name) => row[header.indexOf(name)] ?? ''))];
  });
}

/** The file's text, changed as text. */
export const text = (file: string, change: (text: string) => string, start: Start = '1.1'): Example => ({
  ...startOf(start),
  [file]: change(csvText(starts[start][file] ?? [])),
});

/** Another line in place of the one that holds `part`. */
export const line = (file: string, part: string, change: (line: string) => string, start: Start = '1.1'): Example =>
  text(
    file,
    (all) =>
      all
        .split('\r\n')
        .map((one) => (one.includes(part) ? change(one) : one))
        .join('\r\n'),
    start,
  );

/** The file as it is in the clean delivery. */
export const clean = (file: string, start: Start = '1.1'): Example => text(file, (same) => same, start);

/** Every file of the clean delivery under another name. */
export function moved(name: (file: string) => string): Example {
  const files = Object.entries(starts['1.1']);
  return Object.fromEntries(
    files.flatMap(([file, lines]) => [
      [file, null],
      [name(file), csvText(lines)],
    ]),
  );
}

/** Files that the clean delivery does not have, declared as bulk in its manifest. */
export function added(records: Partial<Record<Kind, Cells[]>>, start: Version = '1.1'): Example {
  const kinds = Object.keys(records) as Kind[];
  const declare = (row: string[]) => (kinds.some((kind) => row[0] === `file.${kind}`) ? [row[0] ?? '', 'bulk'] : row);
  const files = kinds.map((kind) => [fileOf(kind), csvText(sheet(kind, start, records[kind] ?? []))]);
  return { ...edit('manifest.csv', start, (lines) => lines.map(declare)), ...Object.fromEntries(files) };
}

const gradingPeriod = {
  sourcedId: 'gp-1',
  title: 'Quarter 1',
  type: 'gradingPeriod',
  startDate: '2025-08-18',
  endDate: '2025-10-18',
  parentSourcedId: 'term-1',
  schoolYear: '2026',
};

/** A delivery with one category and one line item, with these cells in the line item, and more files if given. */
export function lineItem(
  changes: Cells = {},
  start: Version = '1.1',
  more: Partial<Record<Kind, Cells[]>> = {},
): Example {
  const item = {
    sourcedId: 'item-1',
    title: 'Fractions quiz',
    assignDate: '2025-09-08',
    dueDate: '2025-09-12',
    classSourcedId: 'cls-7m',
    categorySourcedId: 'cat-1',
    gradingPeriodSourcedId: 'gp-1',
    academicSessionSourcedId: 'gp-1',
    resultValueMin: '0',
    resultValueMax: '100',
    schoolSourcedId: 'org-20',
    ...changes,
  };
  const files = added({ categories: [{ sourcedId: 'cat-1', title: 'Quizzes' }], lineItems: [item], ...more }, start);
  return { ...files, ...copy('academicSessions.csv', 'term-1', gradingPeriod, start) };
}

/** Made once each, because every rule starts from one of them when the program loads; never changed in place. */
const starts: Record<Start, Readonly<Record<string, Sheet>>> = {
  '1.1': baseSheets('1.1'),
  '1.2': baseSheets('1.2'),
  delta: deltaSheets('1.1'),
};
const deltaTexts = Object.fromEntries(Object.entries(starts.delta).map(([file, lines]) => [file, csvText(lines)]));

const put = (header: string[], row: string[], changes: Cells) =>
  header.map((name, at) => changes[name] ?? row[at] ?? '');

function edit(file: string, start: Start, change: (lines: Sheet) => Sheet): Example {
  return { ...startOf(start), [file]: csvText(change(starts[start][file] ?? [])) };
}

/** What an example must hold before its own change, so that it starts from `start`. */
const startOf = (start: Start): Example => (start === 'delta' ? deltaTexts : {});
