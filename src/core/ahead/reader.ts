/** The half of reading ahead that runs in the second thread: finds records, and tells which of them are plain. */

import { isUtf8 } from '../bytes.ts';
import { CellCheck } from '../cells.ts';
import type { Judge } from '../column.ts';
import { CsvReader, type CsvVisitor } from '../csv.ts';
import { hashRow } from '../hash.ts';
import { IdSet, idHash } from '../id-set.ts';
import { Row } from '../record.ts';
import { hashText } from '../text-hash.ts';
import {
  type AheadTable,
  type Block,
  CARRY_BYTES,
  IS_HASHED,
  IS_PLAIN,
  IS_UNUSUAL,
  PIECE_AT,
  ROW_LIMIT_BYTES,
  ROW_WORDS,
} from './block.ts';

export type Found = Omit<Block, 'bytes' | 'index'>;

/** Reads one file, block by block. */
export class AheadReader implements CsvVisitor {
  #reader = new CsvReader(this);
  #row: Row;
  #isBehind: () => boolean;
  #cells: CellCheck;
  #deaf = new DeafTally();
  #fields: Int32Array;
  #width: number;
  #seed: number;
  #hashes: boolean;
  #references: { field: number; ids: IdSet; last: number }[];
  #texts: readonly number[];
  #carry: Uint8Array;
  #carried: number;
  /** A record was longer than can be carried: what follows is not read here. */
  #gaveUp = false;
  #index!: Int32Array;
  #rows = 0;
  /** Words of a record, and how many of them stand before those of its cells. */
  #words: number;
  #cellsAt: number;
  /** Position up to which every record was found, and its line; once stopped, it stays for the rest of the block. */
  #foundTo = 0;
  #lineAfter = 0;
  #stopped = false;

  /** @param isBehind tells whether the check waits: then records are found, and not looked into. */
  constructor(
    { kind, version, hashes, fields, present, seed, references, texts, carry, line }: AheadTable,
    isBehind: () => boolean,
  ) {
    this.#isBehind = isBehind;
    this.#row = new Row(kind);
    this.#seed = seed;
    this.#hashes = hashes;
    this.#references = references.map(({ field, ids }) => ({ field, ids: IdSet.of(ids), last: -1 }));
    this.#texts = texts;
    this.#cellsAt = ROW_WORDS + references.length + texts.length * 2;
    this.#words = this.#cellsAt + fields.length;

    this.#cells = new CellCheck(kind, version, this.#deaf);
    this.#cells.columns(present);
    this.#fields = fields;
    this.#width = fields.length;
    this.#reader.width = fields.length;
    this.#reader.line = line;
    this.#reader.keepsBytes = true;
    this.#carry = new Uint8Array(CARRY_BYTES);
    this.#carried = carry.length;
    if (carry.length > CARRY_BYTES) this.#gaveUp = true;
    else this.#carry.set(carry);
  }

  /** Finds the records of a piece of `length` bytes that stands at `PIECE_AT` of the block; after the `last`, nothing is carried over. */
  read(bytes: Uint8Array, index: Int32Array, length: number, last: boolean): Found {
    const from = PIECE_AT - this.#carried;
    const filled = PIECE_AT + length;
    bytes.set(this.#carry.subarray(0, this.#carried), from);
    this.#carried = 0;
    this.#index = index;
    this.#rows = 0;
    this.#foundTo = from;
    this.#lineAfter = this.#reader.line;
    this.#stopped = this.#gaveUp;
    if (this.#gaveUp) {
      this.#lineAfter = 0;
      return this.#block(from, filled);
    }
    const rest = this.#reader.load(bytes, from, filled);
    if (!this.#stopped) {
      this.#foundTo = rest;
      this.#lineAfter = this.#reader.line;
    }
    if (this.#reader.isSkipping || filled - rest > CARRY_BYTES) {
      this.#gaveUp = true;
      return this.#block(from, filled);
    }
    if (last) return this.#block(from, filled);
    this.#carry.set(bytes.subarray(rest, filled));
    this.#carried = filled - rest;
    return this.#block(from, rest);
  }

  /** Judges records that were made and written to a block: tells of each whether it is plain, and what `row` finds out of those. */
  judge(bytes: Uint8Array, index: Int32Array, rows: number): void {
    const row = this.#row;
    this.#index = index;
    row.buffer = bytes;
    for (let each = 0, first = 0; each < rows; each++, first += this.#words) {
      if (this.#isBehind()) return;
      const base = index[first] as number;
      for (let cell = 0, at = first + this.#cellsAt; cell < this.#width; cell++) {
        const field = this.#fields[cell] as number;
        const place = index[at++] as number;
        row.start[field] = base + (place >>> 16);
        row.end[field] = base + (place & 0xffff);
      }
      row.unusual = ((index[first + 2] as number) & IS_UNUSUAL) !== 0;
      if (this.#isPlain(row)) this.#tell(row, first);
    }
  }

  #block(from: number, to: number): Found {
    return { from, to, rows: this.#rows, foundTo: this.#foundTo, lineAfter: this.#lineAfter };
  }

  /** A record that is not whole and clean as text: from here on, the check reads the block itself. */
  fault(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#foundTo = this.#reader.recordAt;
    this.#lineAfter = this.#reader.line;
  }

  row(): void {
    const reader = this.#reader;
    const row = this.#row;
    const width = this.#width;
    if (this.#stopped) return;
    const base = reader.recordAt;
    const { buffer, start, end } = reader;
    const last = end[width - 1] as number;
    if (reader.count !== width || last - base > ROW_LIMIT_BYTES) return this.fault();
    const index = this.#index;
    const first = this.#rows * this.#words;
    if (first + this.#words > index.length) return this.fault();
    let at = first + this.#cellsAt;
    let filled = 0;
    for (let cell = 0; cell < width; cell++) {
      const from = start[cell] as number;
      const to = end[cell] as number;
      filled |= to - from;
      index[at++] = ((from - base) << 16) | (to - base);
      const field = this.#fields[cell] as number;
      if (field < 0) continue;
      row.start[field] = from;
      row.end[field] = to;
    }
    if (filled === 0 || (reader.hasHigh && !this.#isUtf8())) return this.fault();
    row.line = reader.line;
    row.buffer = buffer;
    row.unusual = reader.hasHigh || reader.hasControl;
    index[first] = base;
    index[first + 1] = reader.line;
    index[first + 2] = row.unusual ? IS_UNUSUAL : 0;
    if (!this.#isBehind() && this.#isPlain(row)) this.#tell(row, first);
    else index.fill(0, first + 3, first + this.#cellsAt);
    this.#rows++;
  }

  /** All that is asked for of a record that is plain. */
  #tell(row: Row, first: number): void {
    const index = this.#index;
    index[first + 2] = (index[first + 2] as number) | (this.#hashes ? IS_PLAIN | IS_HASHED : IS_PLAIN);
    index[first + 3] = idHash(row.buffer, row.start[0] as number, row.end[0] as number, this.#seed);
    if (this.#hashes) hashRow(row, index, first + 4);
    this.#resolve(row, first + ROW_WORDS);
  }

  #resolve({ buffer, start, end }: Row, at: number): void {
    for (const reference of this.#references) {
      const { field, ids, last } = reference;
      const from = start[field] as number;
      const to = end[field] as number;
      if (from === to) this.#index[at++] = 0;
      else {
        // Neighbours share their class and school.
        if (last < 0 || !ids.isAt(last, buffer, from, to)) reference.last = ids.find(buffer, from, to);
        this.#index[at++] = reference.last + 1;
      }
    }
    for (const field of this.#texts) {
      hashText(buffer, start[field] as number, end[field] as number, this.#seed, this.#index, at);
      at += 2;
    }
  }

  #isPlain(row: Row): boolean {
    this.#deaf.heard = false;
    const faulty = this.#cells.checkId(row) || this.#cells.check(row);
    return !faulty && !this.#deaf.heard && !this.#cells.repaired;
  }

  #isUtf8(): boolean {
    const { buffer, start, end } = this.#reader;
    for (let cell = 0; cell < this.#width; cell++) {
      if (!isUtf8(buffer, start[cell] as number, end[cell] as number)) return false;
    }
    return true;
  }
}

/**
 * Stands for the tally of a check: notes that something was said, and forgets what. What a fault costs does not matter
 * here, so that the thread need not know any rule.
 */
class DeafTally implements Judge {
  heard = false;

  add(): void {
    this.heard = true;
  }

  costs = () => true;
  repairs = () => true;
}
