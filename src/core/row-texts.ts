/** A row as texts by field, where a record is changed rather than passed on. */

import type { Row } from './record.ts';
import { fieldNames } from './tables.ts';

export type Texts = { sourcedId: string } & Record<string, string>;

/** The filled fields of a row. */
export function textsOf(row: Row): Texts {
  const texts: Texts = { sourcedId: row.text(0) };
  for (const [at, name] of fieldNames(row.kind).entries())
    if (row.start[at] !== row.end[at]) texts[name] = row.text(at);
  return texts;
}

export const itemsOf = (list: string | undefined): string[] =>
  (list ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
