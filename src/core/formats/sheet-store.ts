/** Keeps the lines of one CSV file packed, so that they can be written in the order of their ids. */

import { decode } from '../record.ts';

/** How much is handed on at once. */
const PIECE_BYTES = 1 << 16;
/** Lines lie in blocks of this size; a longer line gets a block of its own. */
const BLOCK_BYTES = 1 << 20;

export class SheetStore {
  size = 0;
  #blocks: Uint8Array[] = [];
  #filled = 0;
  /** For each line: its block, where it starts in it, its length, and the length of the id in #ids. */
  #block = new Uint32Array(1024);
  #start = new Uint32Array(1024);
  #length = new Uint32Array(1024);
  #idStart = new Uint32Array(1025);
  #ids = new Uint8Array(1 << 14);

  /** Adds a line, without its extension cells and line end, under the id that id[idFrom .. idTo) holds. */
  add(line: Uint8Array, length: number, id: Uint8Array, idFrom: number, idTo: number): number {
    const index = this.size++;
    if (index === this.#block.length) this.#grow();
    const idAt = this.#idStart[index] as number;
    const idEnd = idAt + idTo - idFrom;
    if (idEnd > this.#ids.length) this.#ids = grown(new Uint8Array(Math.max(idEnd, this.#ids.length * 2)), this.#ids);
    this.#ids.set(id.subarray(idFrom, idTo), idAt);
    this.#idStart[index + 1] = idEnd;
    let block = this.#blocks.at(-1);
    if (!block || this.#filled + length > block.length) {
      block = new Uint8Array(Math.max(BLOCK_BYTES, length));
      this.#blocks.push(block);
      this.#filled = 0;
    }
    block.set(line.subarray(0, length), this.#filled);
    this.#block[index] = this.#blocks.length - 1;
    this.#start[index] = this.#filled;
    this.#length[index] = length;
    this.#filled += length;
    return index;
  }

  idOf(index: number): string {
    return decode(this.#ids, this.#idStart[index] as number, this.#idStart[index + 1] as number);
  }

  lineOf(index: number): Uint8Array {
    const start = this.#start[index] as number;
    return (this.#blocks[this.#block[index] as number] as Uint8Array).subarray(
      start,
      start + (this.#length[index] as number),
    );
  }

  /** Indexes in the order of their ids' bytes; lines of one id stay in the order in which they came. */
  sorted(): Uint32Array {
    const order = new Uint32Array(this.size);
    let inOrder = true;
    for (let index = 0; index < this.size; index++) {
      order[index] = index;
      if (inOrder && index > 0 && this.#compare(index - 1, index) > 0) inOrder = false;
    }
    return inOrder ? order : order.sort((a, b) => this.#compare(a, b) || a - b);
  }

  #compare(a: number, b: number): number {
    const ids = this.#ids;
    let at = this.#idStart[a] as number;
    let other = this.#idStart[b] as number;
    const end = this.#idStart[a + 1] as number;
    const otherEnd = this.#idStart[b + 1] as number;
    for (; at < end && other < otherEnd; at++, other++) {
      const difference = (ids[at] as number) - (ids[other] as number);
      if (difference !== 0) return difference;
    }
    return end - at - (otherEnd - other);
  }

  #grow(): void {
    const length = this.#block.length * 2;
    this.#block = grown(new Uint32Array(length), this.#block);
    this.#start = grown(new Uint32Array(length), this.#start);
    this.#length = grown(new Uint32Array(length), this.#length);
    this.#idStart = grown(new Uint32Array(length + 1), this.#idStart);
  }
}

/** Joins small pieces to larger ones; a piece that is handed on stays as it is. */
export function* joined(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let buffer = new Uint8Array(PIECE_BYTES);
  let filled = 0;
  for (const piece of pieces) {
    if (filled + piece.length > buffer.length) {
      if (filled > 0) yield buffer.subarray(0, filled);
      buffer = new Uint8Array(Math.max(PIECE_BYTES, piece.length));
      filled = 0;
    }
    buffer.set(piece, filled);
    filled += piece.length;
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

function grown<T extends Uint8Array | Uint32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
