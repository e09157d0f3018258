/**
 * Finds records that share a text, whatever its capitals. Texts are kept as 64 bits of hash each, one after the other,
 * and looked up at the end only where a filter says that there may be something to find: nearly all texts are the only
 * ones of their kind. Of a million texts, two that differ are taken for equal once in some ten million deliveries.
 */

import type { Row } from '../record.ts';
import { hashText } from '../text-hash.ts';
import { Numbers } from './numbers.ts';
import { PairTable } from './pair-table.ts';

/** Bits of the filter for each text, at least; two of them are set. One text in sixty is looked up for nothing. More would not fit a cache. */
const SPARE = 16;
/** No more room than for so many is made before they come: a delivery may lie about its size. */
const RESERVED = 1 << 20;

const WANTED_BITS = 1 << 17;

/** A later record, the first that has the same text, and the text. */
export type Double = { index: number; first: number; text: string };

export class Doubles {
  #seed: number;
  #size = 0;
  /** By record: the two halves of the hash; the first is 0 where there is no text. */
  #low = new Numbers();
  #high = new Numbers();
  #end = 0;
  #filter = new Uint32Array(1 << 11);
  /** Records whose text may have come before, and their texts. */
  #suspects = new Map<number, string>();

  /** @param seed makes the hashes differ from run to run. */
  constructor(seed = 0x2545f491) {
    this.#seed = seed;
  }

  /** Makes room for so many texts, so that it need not be made again and again. */
  reserve(expected: number): void {
    const words = 2 ** Math.ceil(Math.log2((Math.min(expected, RESERVED) * SPARE) / 32));
    if (words > this.#filter.length) this.#growFilter(words, this.#end);
    this.#low.reserve(expected);
    this.#high.reserve(expected);
  }

  /** Notes the text that a record has in a field. */
  add(row: Row, field: number, index: number): void {
    hashField(row, field, this.#seed);
    const low = row.texts[field * 2] as number;
    const high = row.texts[field * 2 + 1] as number;
    this.#low.set(index, low);
    this.#high.set(index, high);
    if (index >= this.#end) this.#end = index + 1;
    if (++this.#size * SPARE > this.#filter.length * 32) this.#growFilter(this.#filter.length * 2, this.#end - 1);
    if (this.#mark(low, high)) this.#suspects.set(index, row.text(field));
  }

  /** Every record that has the text of an earlier one, in their order. */
  *found(): Generator<Double> {
    if (this.#suspects.size === 0) return;
    const wanted = new PairTable();
    // Nearly no text is a wanted one: bits tell of most that they are not.
    const bits = new Uint32Array(WANTED_BITS / 32);
    for (const index of this.#suspects.keys()) {
      const low = this.#low.get(index);
      wanted.add(low, this.#high.get(index), 0);
      bits[(low >>> 5) % bits.length] = (bits[(low >>> 5) % bits.length] as number) | (1 << (low & 31));
    }
    for (let index = 0; index < this.#end; index++) {
      const low = this.#low.get(index);
      if (((bits[(low >>> 5) % bits.length] as number) & (1 << (low & 31))) === 0) continue;
      const known = wanted.get(low, this.#high.get(index));
      if (known === 0) wanted.replace(low, this.#high.get(index), index + 1);
      else if (known > 0) yield { index, first: known - 1, text: this.#suspects.get(index) ?? '' };
    }
  }

  /** Sets the two bits of a hash, which stand in one word; true when both were set. */
  #mark(low: number, high: number): boolean {
    const at = (low >>> 5) & (this.#filter.length - 1);
    const word = this.#filter[at] as number;
    const bits = (1 << (low & 31)) | (1 << (high & 31));
    this.#filter[at] = word | bits;
    return (word & bits) === bits;
  }

  /** Makes the filter anew, of the records before `end`. */
  #growFilter(words: number, end: number): void {
    this.#filter = new Uint32Array(words);
    for (let index = 0; index < end; index++) {
      const low = this.#low.get(index);
      if (low !== 0) this.#mark(low, this.#high.get(index));
    }
  }
}

/** Makes the hash of a field's text, unless it was made ahead: it stands in `row.texts` then. */
export function hashField(row: Row, field: number, seed: number): void {
  if (!row.plain)
    hashText(row.buffer, row.start[field] as number, row.end[field] as number, seed, row.texts, field * 2);
}
