/** Looks through a whole file before anything is put right: what a column as a whole says decides how it is read. */

import type { Entry } from '../record.ts';
import { columnsOf, fileOf, type Kind, type Version } from '../tables.ts';
import { DateVotes } from './dates.ts';
import { ExcessVotes } from './excess.ts';
import { type FixedHeader, fixHeader, fixNames } from './header.ts';
import { readSheet } from './sheet.ts';

export type Survey = {
  kind: Kind;
  entry: Entry;
  /** Undefined: the file cannot be read as a table of this kind and stays as it is. */
  header: FixedHeader | undefined;
  rows: number;
  /** Rows that cannot be read; they stay as they are. */
  rawRows: number;
  /** Whether every row ends with the same commas too many, so that they are taken off all. */
  allEndAlike: boolean;
  /** By cell: how its dates are read. */
  dates: Map<number, DateVotes>;
  /** What the two mode columns hold. */
  modes: { blank: number; active: number; other: number; deleted: number; times: number };
  /** Faults of the text that are gone once it is written again. */
  repaired: Map<string, number>;
};

export async function survey(kind: Kind, entry: Entry, version: Version, allEndAlike = false): Promise<Survey> {
  const modes = { blank: 0, active: 0, other: 0, deleted: 0, times: 0 };
  const dates = new Map<number, DateVotes>();
  let cells: string[] = [];
  let names: FixedHeader | undefined;
  let filled: boolean[] = [];
  let statusAt = -1;
  let timeAt = -1;
  let rows = 0;
  let rawRows = 0;
  let votes: ExcessVotes | undefined;
  const { repaired, unreadable } = await readSheet(entry, {
    header(read) {
      cells = read;
      filled = read.map(() => false);
      names = fixNames(kind, version, read);
      statusAt = names.columns.findIndex(({ name }) => name === 'status');
      timeAt = names.columns.findIndex(({ name }) => name === 'dateLastModified');
      for (const { field, from } of names.columns) if (field?.type === 'date') dates.set(from, new DateVotes());
      const own = new ExcessVotes(names.columns, version);
      votes = own;
      return (all) => own.add(all) || allEndAlike;
    },
    row(row) {
      rows++;
      for (const [at, cell] of row.cells.entries()) {
        if (cell === '') continue;
        filled[at] = true;
        const text = dates.has(at) ? cell.trim() : '';
        if (text !== '' && !/^(NULL|null|N\/A|None)$/.test(text)) dates.get(at)?.add(text);
      }
      const status = (row.cells[statusAt] ?? '').trim().toLowerCase();
      if (status === '') modes.blank++;
      else if (status === 'active') modes.active++;
      else if (status === 'tobedeleted') modes.deleted++;
      else modes.other++;
      if ((row.cells[timeAt] ?? '').trim() !== '') modes.times++;
    },
    raw() {
      rawRows++;
    },
  });
  if (!allEndAlike && rawRows > 0 && votes?.agreeFor(rows + rawRows)) return survey(kind, entry, version, true);
  const known = new Set(columnsOf(kind, version));
  const isTable = !unreadable && names !== undefined && names.columns.some(({ name }) => known.has(name));
  const header = isTable
    ? rawRows > 0
      ? names
      : fixHeader(kind, version, cells, (at) => filled[at] === false)
    : undefined;
  return { kind, entry, header, rows, rawRows, allEndAlike, dates, modes, repaired };
}

/** What a file shows of its mode by itself; undefined where both are possible. */
export function modeOf({ rows, modes, rawRows }: Survey): 'bulk' | 'delta' | undefined {
  if (rawRows > 0 || rows === 0) return undefined;
  if (modes.blank === rows && modes.times === 0) return 'bulk';
  return modes.deleted > 0 && modes.blank === 0 && modes.other === 0 && modes.times === rows ? 'delta' : undefined;
}

/** A bulk file whose rows all say active says nothing: both columns may be blank. */
export const saysOnlyActive = ({ modes }: Survey): boolean =>
  (modes.active > 0 || modes.times > 0) && modes.deleted === 0 && modes.other === 0;

export const fileName = ({ kind }: Survey): string => fileOf(kind);
