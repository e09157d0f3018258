/** Hands a visitor the records that a second thread has looked at, one by one as if they had just been read. */

import type { Row } from '../record.ts';
import { type AheadRows, IS_HASHED, IS_PLAIN, IS_UNUSUAL, ROW_WORDS } from './block.ts';

/** Records of one file, as `index` of a block tells of them. */
export class Replay {
  /** Words of a record. */
  readonly words: number;
  /** Where those of its cells begin. */
  readonly cellsAt: number;
  #fields: Int32Array;
  #references: Int32Array;
  #texts: readonly number[];
  #hashes = new Int32Array(1 << 12);

  constructor({ fields, references, texts }: Pick<AheadRows, 'fields' | 'references' | 'texts'>) {
    this.#fields = fields;
    this.#references = Int32Array.from(references, ({ field }) => field);
    this.#texts = texts;
    this.cellsAt = ROW_WORDS + references.length + texts.length * 2;
    this.words = this.cellsAt + fields.length;
  }

  /** Tells of the ids that come next. */
  announce(index: Int32Array, rows: number, upcoming: ((hashes: Int32Array, count: number) => void) | undefined): void {
    if (!upcoming) return;
    if (rows > this.#hashes.length) this.#hashes = new Int32Array(rows);
    const hashes = this.#hashes;
    for (let row = 0, at = 3; row < rows; row++, at += this.words) hashes[row] = index[at] as number;
    upcoming(hashes, rows);
  }

  /** Makes `row` the record whose words begin at a position; its `buffer` is the block's. */
  put(row: Row, index: Int32Array, first: number): void {
    const { start, end, targets, texts } = row;
    const fields = this.#fields;
    const references = this.#references;
    const hashed = this.#texts;
    const base = index[first] as number;
    const marks = index[first + 2] as number;
    row.line = index[first + 1] as number;
    row.plain = (marks & IS_PLAIN) !== 0;
    row.unusual = (marks & IS_UNUSUAL) !== 0;
    row.idHash = index[first + 3] as number;
    row.isHashed = (marks & IS_HASHED) !== 0;
    row.hashHigh = index[first + 4] as number;
    row.hashLow = index[first + 5] as number;
    let at = first + ROW_WORDS;
    for (let each = 0; each < references.length; each++) targets[references[each] as number] = index[at++] as number;
    for (let each = 0; each < hashed.length; each++) {
      const text = (hashed[each] as number) * 2;
      texts[text] = index[at++] as number;
      texts[text + 1] = index[at++] as number;
    }
    for (let cell = 0; cell < fields.length; cell++) {
      const field = fields[cell] as number;
      const place = index[at++] as number;
      if (field < 0) continue;
      start[field] = base + (place >>> 16);
      end[field] = base + (place & 0xffff);
    }
  }
}
