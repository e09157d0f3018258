/** Remembers what an expression made of which cells: schools, grades, roles and languages come again from row to row. */

import { IdSet } from '../../id-set.ts';
import type { CellWriter } from './cell-writer.ts';
import { ITEM } from './inputs.ts';
import type { SourceRow } from './source-row.ts';

/** Longer cells do not come again so often that it pays to keep them. */
const KEY_BYTES = 256;
const VALUE_BYTES = 256;
/** When so many are kept, all are forgotten; where few of them were met again, no more are kept. */
const KEPT_LIMIT = 1 << 15;
const BYTES_LIMIT = 1 << 20;

export class Memo {
  #columns: Int32Array;
  #keys = new IdSet();
  #key = new Uint8Array(KEY_BYTES + 4);
  #keyLength = 0;
  /** Value i is #values[#ends[i - 1] .. #ends[i]). */
  #values = new Uint8Array(1024);
  #ends = new Int32Array(256);
  #found = 0;
  #isOff = false;

  /** @param columns those that the value depends on, `ITEM` among them; nothing else may count. */
  constructor(columns: Iterable<number>) {
    this.#columns = Int32Array.from(columns);
  }

  /** Index of what was kept for the cells of a row, or -1: then `keep` may follow. */
  find(row: SourceRow): number {
    this.#keyLength = 0;
    if (this.#isOff || !this.#makeKey(row)) return -1;
    const at = this.#keys.find(this.#key, 0, this.#keyLength);
    if (at >= 0) this.#found++;
    return at;
  }

  /** Writes what was kept. */
  write(index: number, out: CellWriter): void {
    out.copy(this.#values, index === 0 ? 0 : (this.#ends[index - 1] as number), this.#ends[index] as number);
  }

  /** Keeps a value for the cells that were not found. */
  keep(value: Uint8Array): void {
    if (this.#keyLength === 0 || value.length > VALUE_BYTES) return;
    const { size } = this.#keys;
    const start = size === 0 ? 0 : (this.#ends[size - 1] as number);
    const end = start + value.length;
    if (size === KEPT_LIMIT || end > BYTES_LIMIT) return this.#forget();
    this.#keys.add(this.#key, 0, this.#keyLength, 0);
    if (size === this.#ends.length) this.#ends = grown(new Int32Array(size * 2), this.#ends);
    if (end > this.#values.length)
      this.#values = grown(new Uint8Array(Math.max(end, this.#values.length * 2)), this.#values);
    this.#values.set(value, start);
    this.#ends[size] = end;
  }

  #forget(): void {
    this.#isOff = this.#found < this.#keys.size;
    this.#found = 0;
    this.#keys = new IdSet();
    this.#ends = new Int32Array(256);
    this.#values = new Uint8Array(1024);
  }

  /** The cells behind each other, each with its length before it. */
  #makeKey({ buffer, start, end, itemStart, itemEnd }: SourceRow): boolean {
    const columns = this.#columns;
    const key = this.#key;
    let at = 0;
    for (let each = 0; each < columns.length; each++) {
      const column = columns[each] as number;
      const from = column === ITEM ? itemStart : (start[column] as number);
      const to = column === ITEM ? itemEnd : (end[column] as number);
      if (at + 1 + to - from > KEY_BYTES) return false;
      key[at++] = to - from;
      for (let read = from; read < to; read++) key[at++] = buffer[read] as number;
    }
    this.#keyLength = at;
    return at > 0;
  }
}

function grown<T extends Uint8Array | Int32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
