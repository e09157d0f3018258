/** Dates as numbers that compare like days: 2025-08-18 is 20250818, and no date is 0. */

import type { Row } from '../record.ts';

/** The date in a cell that has been judged already; 0 when it is blank. */
export function dateAt({ buffer, start, end }: Row, field: number): number {
  const from = start[field] as number;
  if (end[field] === from) return 0;
  let date = 0;
  for (let at = from; at < from + 10; at++) {
    if (at !== from + 4 && at !== from + 7) date = date * 10 + (buffer[at] as number) - 48;
  }
  return date;
}

/** `20250818` as `2025-08-18`. */
export function dateText(date: number): string {
  const digits = String(date).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

/** The date of a moment, in UTC. */
export const dateOf = (moment: string): number => Number(moment.slice(0, 10).replaceAll('-', ''));

/** Whether two spans share a day. Ends are the first day after; 0 leaves a side open. */
export function overlap(begin: number, end: number, otherBegin: number, otherEnd: number): boolean {
  return (end === 0 || otherBegin < end) && (otherEnd === 0 || begin < otherEnd);
}

/** The year of the last day of a span that ends before this date. */
export const lastYear = (end: number): number => Math.floor(end / 10_000) - (end % 10_000 === 101 ? 1 : 0);

/** Full years from one date to another. */
export const yearsBetween = (from: number, to: number): number => Math.floor((to - from) / 10_000);
