/** Numbers as people read them: thousands separated, singular and plural right, percent with its base. */

/** `2940` as `2,940`. */
export const thousands = (count: number): string => String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 class`, `2,940 classes`. The plural is the singular with an s when it is not given. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${thousands(count)} ${count === 1 ? one : many}`;

/**
 * A share in percent, without decimals from 10 % up and with one below, never rounded to the other side of a limit:
 * 10.04 of a limit of 10 is shown as 10.1, and 0.004 as 0.1.
 */
export function percent(part: number, whole: number, limit?: number): string {
  if (whole === 0) return '0 %';
  const exact = (100 * part) / whole;
  const plain = exact >= 10 || Number.isInteger(exact) ? Math.round(exact) : Math.round(exact * 10) / 10;
  const shown =
    limit !== undefined && part > limit * whole && plain <= limit * 100 ? Math.ceil(exact * 10) / 10 : plain;
  return `${shown === 0 && part > 0 ? 0.1 : shown} %`;
}

/** `412 of 2,940 enrollments`. */
export const outOf = (part: number, whole: number, one: string, many = `${one}s`): string =>
  `${thousands(part)} of ${counted(whole, one, many)}`;
