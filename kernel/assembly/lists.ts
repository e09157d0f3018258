/** Lists in one cell, of which only the usual are plain: no item is empty, has spaces around it, or stands there twice. */

import { hasToken, isSame } from './texts';

/** Longer lists are left to the check. */
const ITEMS_LIMIT = 32;
let starts: usize = 0;
let ends: usize = 0;

/** Takes memory for where items start and end. */
export function useItems(at: usize): usize {
  starts = at;
  ends = at + ITEMS_LIMIT * 4;
  return ends + ITEMS_LIMIT * 4;
}

/** @param tokens where the items have to be of a list of tokens, else 0. */
export function isPlainList(from: usize, to: usize, tokens: usize): bool {
  let count = 0;
  let first = from;
  let hasOther = false;
  for (let at = from; at <= to; at++) {
    const byte: u32 = at < to ? load<u8>(at) : 44;
    if (byte === 44) {
      if (at === first || load<u8>(first) === 32 || load<u8>(at - 1) === 32 || count === ITEMS_LIMIT) return false;
      if (tokens !== 0 && !hasToken(tokens, first, at)) return false;
      store<u32>(starts + (count << 2), <u32>first);
      store<u32>(ends + (count << 2), <u32>at);
      count++;
      first = at + 1;
    } else if (byte === 59 || byte === 124) hasOther = true;
  }
  return count === 1 ? !hasOther : !hasTwice(count);
}

function hasTwice(count: i32): bool {
  for (let each = 1; each < count; each++) {
    const from = load<u32>(starts + (each << 2));
    const length = load<u32>(ends + (each << 2)) - from;
    for (let other = 0; other < each; other++) {
      const start = load<u32>(starts + (other << 2));
      if (load<u32>(ends + (other << 2)) - start === length && isSame(<usize>start, <usize>from, <i32>length)) return true;
    }
  }
  return false;
}

/** How many items are not blank. */
export function countItems(from: usize, to: usize): i32 {
  let count = 0;
  let isBlank = true;
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte === 44) {
      if (!isBlank) count++;
      isBlank = true;
    } else if (byte !== 32) isBlank = false;
  }
  return isBlank ? count : count + 1;
}
