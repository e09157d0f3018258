/** Tells commas too many at the end of a row from a comma without quotes inside of it. */

import { booleanWords } from '../cell-forms.ts';
import type { Version } from '../tables.ts';
import { readsAsDate } from './dates.ts';
import type { OutColumn } from './header.ts';

/**
 * Whether the cells beyond the header are surely nothing but commas: they are blank, every value stands in a column of
 * its type, and after the last such value there is none in which a comma could have been.
 */
export function isCertain(cells: readonly string[], columns: readonly OutColumn[], version: Version): boolean {
  if (cells.slice(columns.length).some((cell) => cell !== '')) return false;
  let proven = false;
  for (const { field, from } of columns) {
    const cell = (cells[from] ?? '').trim();
    if (cell === '') continue;
    const verdict = fits(cell, field, version);
    if (verdict === false) return false;
    proven = verdict === true;
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
    default:
      return undefined;
  }
}
