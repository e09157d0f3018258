/** Forms of single cells, each at `from` up to `to`: the same as in src/core/bytes.ts and src/core/cell-forms.ts, or narrower. */

// @ts-ignore: decorator
@inline
export function isDigit(byte: u32): bool {
  return byte - 48 < 10;
}

/** YYYY-MM-DD and a day that exists. */
export function isDay(from: usize, to: usize): bool {
  if (to - from !== 10 || load<u8>(from + 4) !== 45 || load<u8>(from + 7) !== 45) return false;
  const year = two(from) * 100 + two(from + 2);
  const month = two(from + 5);
  const day = two(from + 8);
  // What is not a digit makes a number that no two digits make.
  if (year >= 10000 || month < 1 || month > 12 || day < 1 || day > 31) return false;
  if (day <= 28) return true;
  if (month === 2) return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= 30 || (month !== 4 && month !== 6 && month !== 9 && month !== 11);
}

/** The number of two digits; a large one where they are none. */
// @ts-ignore: decorator
@inline
function two(at: usize): u32 {
  const tens: u32 = <u32>load<u8>(at) - 48;
  const ones: u32 = <u32>load<u8>(at + 1) - 48;
  return tens < 10 && ones < 10 ? tens * 10 + ones : 10000;
}

export function isYear(from: usize, to: usize): bool {
  return to - from === 4 && isDigits(from, to);
}

/** One digit at least, and nothing else. */
export function isDigits(from: usize, to: usize): bool {
  if (from === to) return false;
  for (let at = from; at < to; at++) if (!isDigit(load<u8>(at))) return false;
  return true;
}

export function isInteger(from: usize, to: usize): bool {
  return isDigits(load<u8>(from) === 45 ? from + 1 : from, to);
}

/** Digits, and perhaps a point and digits. */
export function isFloat(from: usize, to: usize): bool {
  const first = load<u8>(from) === 45 ? from + 1 : from;
  let at = first;
  while (at < to && isDigit(load<u8>(at))) at++;
  if (at === first) return false;
  return at === to || (load<u8>(at) === 46 && isDigits(at + 1, to));
}

/** `{type:id}`, or several of these with commas between them. */
export function isUserIds(from: usize, to: usize): bool {
  let at = from;
  while (true) {
    if (at >= to || load<u8>(at) !== 123) return false;
    const colon = isUserIdPart(at + 1, to);
    if (colon === 0 || load<u8>(colon) !== 58) return false;
    const end = isUserIdPart(colon + 1, to);
    if (end === 0 || load<u8>(end) !== 125) return false;
    at = end + 1;
    if (at === to) return true;
    if (load<u8>(at) !== 44) return false;
    at++;
    if (at < to && load<u8>(at) === 32) at++;
  }
}

/** Where a part ends that has at least one character, or 0. */
function isUserIdPart(from: usize, to: usize): usize {
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte === 58 || byte === 125) return at > from ? at : 0;
    if (byte === 44 || byte === 123) return 0;
  }
  return 0;
}

/** One @ with something before it, a dot after it, and no space. */
export function isEmail(from: usize, to: usize): bool {
  let sign: usize = 0;
  let dot: usize = 0;
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte <= 32 || byte === 44) return false;
    if (byte === 64) {
      if (sign !== 0) return false;
      sign = at;
    } else if (byte === 46 && sign !== 0) dot = at;
  }
  return sign > from && dot > sign + 1 && dot < to - 1;
}
