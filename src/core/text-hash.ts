/** A hash of a text, whatever its capitals, in two words: tells in most cases that two texts differ. */

/** Capital letters of ASCII made small. */
const SMALL = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte | 0x20 : byte));

/** Writes the low and the high half of the hash of `buffer[start .. end)` to `into[at]` and `into[at + 1]`; the low one is never 0. */
export function hashText(
  buffer: Uint8Array,
  start: number,
  end: number,
  seed: number,
  into: Int32Array,
  at: number,
): void {
  let low = seed ^ (end - start);
  let high = ~seed;
  for (let position = start; position < end; position++) {
    const byte = SMALL[buffer[position] as number] as number;
    low = Math.imul(low ^ byte, 0x01000193);
    high = (Math.imul(high, 31) + byte) ^ (low >>> 9);
  }
  high = Math.imul(high ^ (high >>> 15), 0x297a2d39);
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  into[at] = low ^ (low >>> 13) || 1;
  into[at + 1] = high;
}
