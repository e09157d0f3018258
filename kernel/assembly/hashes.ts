/**
 * Hashes as the check makes them: of ids (src/core/id-set.ts), of texts (text-hash.ts)
 * and of contents (hash.ts).
 */

export function hashOfId(from: usize, to: usize, seed: i32): i32 {
  let hash = seed ^ <i32>(to - from);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = (hash ^ (load<i32>(at) | 0x20202020)) * 0x9e3779b1;
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = (hash ^ (<i32>load<u8>(at) | 0x20)) * 0x01000193;
  hash = (hash ^ (hash >>> 15)) * 0x2c1b3c6d;
  return hash ^ (hash >>> 13);
}

/** Writes the low and the high half to `into`. */
export function hashOfText(from: usize, to: usize, seed: i32, into: usize): void {
  let low = seed ^ <i32>(to - from);
  let high = ~seed;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const four = smallLetters(load<i32>(at));
    low = (low ^ four) * 0x9e3779b1;
    low ^= low >>> 15;
    high = (high ^ four) * 0x85ebca6b;
    high ^= high >>> 13;
  }
  for (; at < to; at++) {
    const byte = smallLetters(<i32>load<u8>(at));
    low = (low ^ byte) * 0x01000193;
    high = (high * 31 + byte) ^ (low >>> 9);
  }
  high = (high ^ (high >>> 15)) * 0x297a2d39;
  low = (low ^ (low >>> 15)) * 0x2c1b3c6d;
  low ^= low >>> 13;
  store<i32>(into, low === 0 ? 1 : low);
  store<i32>(into, high, 4);
}

/** Four bytes, the capital letters of ASCII among them made small. */
// @ts-ignore: decorator
@inline
function smallLetters(four: i32): i32 {
  // The highest bit of each byte tells: it is at least A; it is above Z; it is beyond ASCII.
  const low = four & 0x7f7f7f7f;
  const isCapital = (low + 0x3f3f3f3f) & ~(low + 0x25252525) & ~four & 0x80808080;
  return four | (isCapital >>> 2);
}

/** The two halves of the hash of a content, to which one filled field after the other is added. */
let contentA: i32 = 0;
let contentB: i32 = 0;

export function beginContent(): void {
  contentA = 0x9747b28c;
  contentB = 0x85ebca6b;
}

export function addContent(from: usize, to: usize, salt: i32): void {
  let a = (contentA ^ salt) * 0x01000193;
  let b = (contentB ^ salt) * 0x5bd1e995;
  for (let at = from; at < to; at++) {
    const byte = <i32>load<u8>(at);
    a = (a ^ byte) * 0x01000193;
    b = (b ^ byte) * 0x5bd1e995;
    b ^= b >>> 15;
  }
  contentA = a;
  contentB = b;
}

export function endContent(into: usize): void {
  store<i32>(into, finish(contentA));
  store<i32>(into, finish(contentB), 4);
}

function finish(hash: i32): i32 {
  let mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
  mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
  return mixed ^ (mixed >>> 16);
}
