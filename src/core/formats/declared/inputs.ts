/** Tells which cells of a row an expression reads, so that what it makes of them can be kept. */

import type { Condition, Expression } from './declaration.ts';
import { partsOf } from './template.ts';

/** Place of the present item of a list among the columns. */
export const ITEM = -1;

/** Columns that the value of an expression depends on, `ITEM` among them; what stands in other files is the same for every row. */
export function inputsOf(expression: Expression, columnOf: (name: string) => number): Set<number> {
  const found = new Set<number>();
  read(expression);
  return found;

  function read(one: Expression): void {
    if (typeof one === 'string') return template(one);
    const { value, first, find, each, when } = one;
    if (value !== undefined) template(value);
    for (const other of first ?? []) read(other);
    if (find) read(find.is);
    if (each !== undefined) found.add(columnOf(each));
    if (when) condition(when);
  }

  function condition(one: Condition): void {
    if ('all' in one) for (const each of one.all) condition(each);
    else if ('any' in one) for (const each of one.any) condition(each);
    else read(one.value);
  }

  function template(text: string): void {
    for (const part of partsOf(text)) {
      if ('column' in part) found.add(columnOf(part.column));
      else if ('item' in part) found.add(ITEM);
    }
  }
}
