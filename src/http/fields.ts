/** Kinds of text that a request may carry: bounded, and without the characters that no person types. */

import { z } from 'zod';

/** One line of text: no control characters, so that nothing a database refuses gets that far. */
export const lineOf = (limit: number) =>
  z
    .string()
    .max(limit)
    .regex(/^\P{Cc}*$/u, 'it holds characters that cannot be used');

/** Some lines of text, trimmed. */
export const linesOf = (limit: number) =>
  z
    .string()
    .trim()
    .max(limit)
    .regex(/^[\P{Cc}\t\n\r]*$/u, 'it holds characters that cannot be used');

/** The number of a page of a list, from 1. */
export const pageField = z.coerce.number().int().min(1).max(100_000).default(1);

/** What was given: a field that is left out is no field. */
export function filled<T extends object>(given: T) {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
