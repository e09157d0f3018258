/** Lists in one cell: items between commas, looked at as bytes. */

import { decode } from './record.ts';

/** Items of longer lists are not compared one by one. */
const COMPARED_LIMIT = 32;
const COMMA = 44;
const SPACE = 32;

/** A few numbers that are noted for each row anew: an array that is emptied would give its room back each time. */
export class Noted {
  count = 0;
  #values = new Int32Array(16);

  get(at: number): number {
    return this.#values[at] as number;
  }

  add(value: number): void {
    if (this.count === this.#values.length) {
      const values = new Int32Array(this.count * 2);
      values.set(this.#values);
      this.#values = values;
    }
    this.#values[this.count++] = value;
  }
}

/** Positions of the items of one list cell, spaces around them taken off; used again for every cell. */
export class Items {
  start = new Int32Array(64);
  end = new Int32Array(64);
  count = 0;
  /** An item is empty; an item had spaces around it; no comma but a semicolon or vertical bar stands in the cell. */
  hasEmpty = false;
  hasSpace = false;
  otherSeparator = false;

  cut(buffer: Uint8Array, start: number, end: number): this {
    this.count = 0;
    this.hasEmpty = false;
    this.hasSpace = false;
    this.otherSeparator = false;
    let from = start;
    for (let at = start; at <= end; at++) {
      const byte = at < end ? (buffer[at] as number) : COMMA;
      if (byte === COMMA) {
        this.#add(buffer, from, at);
        from = at + 1;
      } else if (byte === 59 || byte === 124) this.otherSeparator = true;
    }
    if (this.count > 1) this.otherSeparator = false;
    return this;
  }

  /** Whether an item occurs twice. */
  hasDuplicate(buffer: Uint8Array): boolean {
    if (this.count > COMPARED_LIMIT) {
      const seen = new Set<string>();
      for (let item = 0; item < this.count; item++) {
        const text = decode(buffer, this.start[item] as number, this.end[item] as number);
        if (seen.has(text)) return true;
        seen.add(text);
      }
      return false;
    }
    for (let i = 1; i < this.count; i++) {
      for (let j = 0; j < i; j++) if (this.#same(buffer, i, j)) return true;
    }
    return false;
  }

  #same(buffer: Uint8Array, i: number, j: number): boolean {
    const a = this.start[i] as number;
    const b = this.start[j] as number;
    const length = (this.end[i] as number) - a;
    if (length !== (this.end[j] as number) - b) return false;
    for (let at = 0; at < length; at++) if (buffer[a + at] !== buffer[b + at]) return false;
    return true;
  }

  #add(buffer: Uint8Array, from: number, to: number): void {
    let start = from;
    let end = to;
    while (start < end && buffer[start] === SPACE) start++;
    while (end > start && buffer[end - 1] === SPACE) end--;
    if (start === end) {
      this.hasEmpty = true;
      return;
    }
    if (start !== from || end !== to) this.hasSpace = true;
    if (this.count === this.start.length) this.#grow();
    this.start[this.count] = start;
    this.end[this.count++] = end;
  }

  #grow(): void {
    const start = new Int32Array(this.count * 2);
    const end = new Int32Array(this.count * 2);
    start.set(this.start);
    end.set(this.end);
    this.start = start;
    this.end = end;
  }
}
