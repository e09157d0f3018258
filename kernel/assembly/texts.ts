/** What text may be, so that there is nothing to say of it: the same as in src/core/cells.ts and bytes.ts, or narrower. */

import { isEmail } from './forms';
import { IS_DIALLED, IS_EMAIL } from './layout';

const TEXT_LIMIT: usize = 255;
const ID_LIMIT: usize = 255;

/** 1 for each byte that a sourcedId may have. */
const ID_BYTES = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1,
  0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
]);

/** A sourcedId that can serve. */
export function isId(from: usize, to: usize): bool {
  if (from === to || to - from > ID_LIMIT) return false;
  for (let at = from; at < to; at++) {
    const byte = <usize>load<u8>(at);
    if (byte > 127 || load<u8>(ID_BYTES + byte) === 0) return false;
  }
  return true;
}

export function isText(from: usize, to: usize, flags: i32): bool {
  const first = <u32>load<u8>(from);
  if (first === 32 || load<u8>(to - 1) === 32 || to - from > TEXT_LIMIT) return false;
  if ((first | 0x20) === 110 && isNullWord(from, to)) return false;
  if (first < 65 && isSuspicious(from, to, first, flags)) return false;
  return (flags & IS_EMAIL) === 0 || isEmail(from, to);
}

/** NULL, null, None, N/A. */
function isNullWord(from: usize, to: usize): bool {
  if (to - from === 4) {
    const word = load<u32>(from);
    return word === 0x4c4c554e || word === 0x6c6c756e || word === 0x656e6f4e;
  }
  return to - from === 3 && load<u8>(from) === 78 && load<u8>(from + 1) === 47 && load<u8>(from + 2) === 65;
}

/** It may be something that a spreadsheet has damaged, or would run as a formula. */
function isSuspicious(from: usize, to: usize, first: u32, flags: i32): bool {
  if (first === 35) return true;
  if (first >= 48 && first <= 57) {
    const second = to - from > 1 ? load<u8>(from + 1) : 0;
    return second === 46 || second === 69;
  }
  if ((flags & IS_DIALLED) !== 0 || to - from === 1) return false;
  return first === 61 || first === 43 || first === 45 || first === 64;
}

/**
 * Text above ASCII in which nothing is invisible and nothing was encoded twice: letters of two bytes and signs of three.
 * What such faults begin with is not taken, whatever follows: Â, Ã and â, most signs of U+2000 to U+2FFF.
 */
export function isCommon(from: usize, to: usize): bool {
  let at = from;
  while (at < to) {
    const byte = load<u8>(at);
    if (byte < 128) {
      if (byte < 32 || byte === 127) return false;
      at++;
    } else if (byte < 0xe0) {
      const second = load<u8>(at + 1);
      if (byte === 0xc2 || (byte === 0xc3 && (second === 0x82 || second === 0x83 || second === 0xa2))) return false;
      at += 2;
    } else if (byte === 0xe2) {
      // Curly quotes and dashes.
      const third = load<u8>(at + 2);
      if (load<u8>(at + 1) !== 0x80 || third < 0x93 || third > 0x9f) return false;
      at += 3;
    } else if (byte < 0xef) at += 3;
    else return false;
  }
  return true;
}

/** Well-formed UTF-8: no stray or missing continuation byte, no overlong form, no surrogate. */
export function isUtf8(from: usize, to: usize): bool {
  let at = from;
  while (at < to) {
    const byte = load<u8>(at++);
    if (byte < 0x80) continue;
    const more: usize = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte > 0xf4 || at + more > to) return false;
    const second = load<u8>(at);
    if (byte === 0xe0 && second < 0xa0) return false;
    if (byte === 0xed && second > 0x9f) return false;
    if (byte === 0xf0 && second < 0x90) return false;
    if (byte === 0xf4 && second > 0x8f) return false;
    for (let each: usize = 0; each < more; each++) if ((load<u8>(at++) & 0xc0) !== 0x80) return false;
  }
  return true;
}

/** Whether a list of tokens has this one. The list: how many there are; for each its length, and where it stands. */
export function hasToken(tokens: usize, from: usize, to: usize): bool {
  const length = <i32>(to - from);
  let left = load<i32>(tokens);
  for (let at = tokens + 4; left > 0; left--, at += 8) {
    if (load<i32>(at) === length && isSame(<usize>load<u32>(at, 4), from, length)) return true;
  }
  return false;
}

export function isSame(one: usize, other: usize, length: i32): bool {
  let at: usize = 0;
  const end = <usize>length;
  for (; at + 8 <= end; at += 8) if (load<u64>(one + at) !== load<u64>(other + at)) return false;
  for (; at < end; at++) if (load<u8>(one + at) !== load<u8>(other + at)) return false;
  return true;
}
