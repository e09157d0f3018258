/** Tells commas too many at the end of a row from a comma without quotes inside of it. */

import { booleanWords } from '../cell-forms.ts';
import { gradeCodes, type Version } from '../tables.ts';
import { readsAsDate } from './dates.ts';
import type { OutColumn } from './header.ts';

/**
 * Whether the cells beyond the header are surely nothing but commas: they are blank, every value stands in a column of
 * its type, and after the last such value there is none in which a comma could have been.
 */
export const isCertain = (cells: readonly string[], columns: readonly OutColumn[], version: Version): boolean =>
  verdictOn(cells, columns, version) === true;

/**
 * Whether every row of a file has the same commas too many at its end: all have as many, one row at least is certain,
 * and none speaks against it. Only for rows that have more cells than the header.
 */
export class ExcessVotes {
  #columns: readonly OutColumn[];
  #version: Version;
  #width: number | undefined;
  #agrees = true;
  #certain = 0;
  count = 0;

  constructor(columns: readonly OutColumn[], version: Version) {
    this.#columns = columns;
    this.#version = version;
  }

  /** Answers for this row alone. */
  add(cells: readonly string[]): boolean {
    const verdict = verdictOn(cells, this.#columns, this.#version);
    this.#width ??= cells.length;
    if (verdict === false || cells.length !== this.#width) this.#agrees = false;
    if (verdict === true) this.#certain++;
    this.count++;
    return verdict === true;
  }

  /** @param rows of the whole file. */
  agreeFor = (rows: number): boolean => this.#agrees && this.#certain > 0 && this.count === rows;
}

/** True: surely; false: surely not; undefined: a value in which a comma could have been stands last. */
function verdictOn(cells: readonly string[], columns: readonly OutColumn[], version: Version): boolean | undefined {
  if (cells.slice(columns.length).some((cell) => cell !== '')) return false;
  let proven: true | undefined;
  for (const { field, from } of columns) {
    const cell = (cells[from] ?? '').trim();
    if (cell === '') continue;
    const verdict = fits(cell, field, version);
    if (verdict === false) return false;
    proven = verdict;
  }
  return proven;
}

/** Undefined where any text fits. */
function fits(cell: string, field: OutColumn['field'], version: Version): boolean | undefined {
  switch (field?.type) {
    case 'enum':
      return field.values?.[version].some((token) => token.toLowerCase() === cell.toLowerCase()) ?? false;
    case 'boolean':
      return booleanWords[cell.toLowerCase()] !== undefined;
    case 'date':
      return readsAsDate(cell);
    case 'year':
      return /^\d{4}$/.test(cell);
    case 'grades':
      return (gradeCodes as readonly string[]).includes(cell) || undefined;
    default:
      return undefined;
  }
}
