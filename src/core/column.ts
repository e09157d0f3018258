/** The fields of a kind, prepared for judging their cells again and again. */

import { Tokens } from './bytes.ts';
import type { Where } from './finding.ts';
import { type Field, type FieldType, type Kind, tableOf, type Version } from './tables.ts';

/** Ways to judge a cell, as numbers, because they are told apart millions of times. */
export const REFERENCE = 0;
export const TOKEN = 1;
export const TRUTH = 2;
export const DAY = 3;
export const YEAR = 4;
export const LIST = 5;
export const TEXT = 6;
export const RARE = 7;
const wayOf: Partial<Record<FieldType, number>> = {
  ref: REFERENCE,
  guid: REFERENCE,
  refs: REFERENCE,
  enum: TOKEN,
  boolean: TRUTH,
  date: DAY,
  year: YEAR,
  grades: LIST,
  enums: LIST,
  strings: LIST,
  string: TEXT,
  id: TEXT,
};

/** Who is told of faults, and knows what they cost: a tally. */
export type Judge = {
  add(rule: string, where: Where): unknown;
  costs(rule: string): boolean;
  repairs(rule: string): boolean;
};

export type Column = {
  name: string;
  type: FieldType;
  /** How its cells are judged. */
  way: number;
  field: Field;
  required: boolean;
  tokens: Tokens | undefined;
  extensible: boolean;
};

export function columnsFor(kind: Kind, version: Version): Column[] {
  return Object.entries(tableOf(kind).fields).map(([name, field]) => ({
    name,
    type: field.type,
    way: wayOf[field.type] ?? RARE,
    field,
    required: field.required.includes(version),
    tokens: field.values ? new Tokens(field.values[version]) : undefined,
    extensible: field.extensible === true && version === '1.2',
  }));
}

/** Fields that the file has a column for, but the first three. */
export const judgedOf = (present: readonly boolean[]): Int32Array =>
  Int32Array.from(present.flatMap((isThere, at) => (isThere && at >= 3 ? [at] : [])));
