/** Keeps rows aside, packed, until the ids of their own file are all known. */

import { Row } from './record.ts';
import { fieldNames, type Kind } from './tables.ts';

export class RowStore {
  size = 0;
  #kind: Kind;
  #width: number;
  #bytes = new Uint8Array(1 << 16);
  #filled = 0;
  /** For each row: its line, and the length of each field. */
  #numbers = new Int32Array(1 << 12);
  #metadata = new Map<number, Record<string, string>>();

  constructor(kind: Kind) {
    this.#kind = kind;
    this.#width = fieldNames(kind).length;
  }

  push(row: Row): void {
    const step = this.#width + 1;
    let at = this.size * step;
    if (at + step > this.#numbers.length)
      this.#numbers = copied(new Int32Array(this.#numbers.length * 2), this.#numbers);
    this.#numbers[at++] = row.line;
    for (let field = 0; field < this.#width; field++) {
      const from = row.start[field] as number;
      const to = row.end[field] as number;
      this.#numbers[at++] = to - from;
      if (this.#filled + to - from > this.#bytes.length) {
        this.#bytes = copied(new Uint8Array(Math.max(this.#bytes.length * 2, this.#filled + to - from)), this.#bytes);
      }
      for (let byte = from; byte < to; byte++) this.#bytes[this.#filled++] = row.buffer[byte] as number;
    }
    if (row.metadata) this.#metadata.set(this.size, row.metadata);
    this.size++;
  }

  /** The rows in the order of arrival; the Row is the same object each time. */
  *rows(): Generator<Row> {
    const row = new Row(this.#kind);
    row.buffer = this.#bytes;
    let position = 0;
    let at = 0;
    for (let index = 0; index < this.size; index++) {
      row.line = this.#numbers[at++] as number;
      for (let field = 0; field < this.#width; field++) {
        row.start[field] = position;
        position += this.#numbers[at++] as number;
        row.end[field] = position;
      }
      row.metadata = this.#metadata.get(index);
      yield row;
    }
  }
}

function copied<T extends Uint8Array | Int32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
