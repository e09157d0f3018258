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
  let position = start;
  for (; position + 4 <= end; position += 4) {
    const four =
      (SMALL[buffer[position] as number] as number) |
      ((SMALL[buffer[position + 1] as number] as number) << 8) |
      ((SMALL[buffer[position + 2] as number] as number) << 16) |
      ((SMALL[buffer[position + 3] as number] as number) << 24);
    low = Math.imul(low ^ four, 0x9e3779b1);
    low ^= low >>> 15;
    high = Math.imul(high ^ four, 0x85ebca6b);
    high ^= high >>> 13;
  }
  for (; position < end; position++) {
    const byte = SMALL[buffer[position] as number] as number;
    low = Math.imul(low ^ byte, 0x01000193);
    high = (Math.imul(high, 31) + byte) ^ (low >>> 9);
  }
  high = Math.imul(high ^ (high >>> 15), 0x297a2d39);
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  into[at] = low ^ (low >>> 13) || 1;
  into[at + 1] = high;
}
