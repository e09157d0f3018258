/**
 * From a text, whatever its capitals, to the record that has it first. Texts are kept as 64 bits of hash: of a million
 * of them, two that differ are taken for equal once in some ten million deliveries, and what follows is a remark.
 */

import { PairTable } from './pair-table.ts';

/** Capital letters of ASCII made small. */
const SMALL = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte | 0x20 : byte));

export class TextTable {
  #seed: number;
  #table = new PairTable();

  /** @param seed makes the hashes differ from run to run. */
  constructor(seed = 0x2545f491) {
    this.#seed = seed;
  }

  /** Notes who has a text, unless somebody has it. Returns who had it before, or -1. */
  add(buffer: Uint8Array, start: number, end: number, index: number): number {
    let low = this.#seed ^ (end - start);
    let high = Math.imul(this.#seed, 0x9e3779b1);
    for (let at = start; at < end; at += 4) {
      const four = fourAt(buffer, at, end);
      low = Math.imul(low ^ four, 0x5bd1e995);
      low ^= low >>> 15;
      high = Math.imul(high + four, 0x2c1b3c6d) ^ low;
      high ^= high >>> 13;
    }
    return this.#table.add(low, high, index);
  }
}

/** 32 bits of hash over a text in small letters. */
export function textHash(buffer: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  for (let at = start; at < end; at += 4) {
    hash = Math.imul(hash ^ fourAt(buffer, at, end), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x2c1b3c6d);
  return hash ^ (hash >>> 16);
}

/** Up to four letters, made small, as one number. */
function fourAt(buffer: Uint8Array, at: number, end: number): number {
  let four = SMALL[buffer[at] as number] as number;
  if (at + 1 < end) four |= (SMALL[buffer[at + 1] as number] as number) << 8;
  if (at + 2 < end) four |= (SMALL[buffer[at + 2] as number] as number) << 16;
  if (at + 3 < end) four |= (SMALL[buffer[at + 3] as number] as number) << 24;
  return four;
}
