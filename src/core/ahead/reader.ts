/** The half of reading ahead that runs in the second thread: finds records, and tells which of them are plain. */

import { CsvReader } from '../csv.ts';
import { type AheadTable, type Block, CARRY_BYTES, PIECE_AT } from './block.ts';
import type { Kernel, KernelIds } from './kernel.ts';

/** A file that has been begun: bytes of a record that is not over, its line, how many cells a record has, and whether the kernel has been told of it. */
export type Begun = Pick<AheadTable, 'carry' | 'line'> & { width: number; isTold: boolean };
export type Found = Omit<Block, 'bytes' | 'index'>;

/** Reads one file, block by block. The blocks stand in the memory of the kernel. */
export class AheadReader {
  #kernel: Kernel;
  /** Passes over what the kernel stops at. */
  #reader = new CsvReader({ row() {}, fault() {} });
  #line: number;
  #carry = new Uint8Array(CARRY_BYTES);
  #carried: number;
  /** A record was longer than can be carried, or has too many cells: what follows is not read here. */
  #gaveUp: boolean;

  constructor(kernel: Kernel, { carry, line, width, isTold }: Begun) {
    this.#kernel = kernel;
    this.#line = line;
    this.#carried = carry.length;
    this.#gaveUp = carry.length > CARRY_BYTES || !isTold;
    // What has been taken over goes into the first block, whoever reads that.
    this.#carry.set(carry.subarray(0, CARRY_BYTES));
    if (this.#gaveUp) return;
    this.#reader.width = width;
    this.#reader.keepsBytes = true;
    kernel.begin();
  }

  /** What another reader has to be told that reads on in the next block, beside the set to which ids are added now. */
  rest(): Pick<Begun, 'carry' | 'line'> & { ids: KernelIds | undefined } {
    return { carry: this.#carry.slice(0, this.#carried), line: this.#line, ids: this.#kernel.ids };
  }

  /** Whether nothing more is read here, or by another that reads on. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /** Finds the records of a piece of `length` bytes that stands at `PIECE_AT` of the block; after the `last`, nothing is carried over. */
  read(bytes: Uint8Array, index: Int32Array, length: number, last: boolean): Found {
    const from = PIECE_AT - this.#carried;
    const filled = PIECE_AT + length;
    bytes.set(this.#carry.subarray(0, this.#carried), from);
    this.#carried = 0;
    if (this.#gaveUp) return { from, to: filled, rows: 0, foundTo: from, lineAfter: 0 };
    const wasAdding = this.#kernel.ids !== undefined;
    const rows = this.#kernel.read(bytes, index, from, filled, this.#line);
    const { at: foundTo, line: lineAfter, isCut } = this.#kernel.stopped(bytes);
    const ids = wasAdding ? this.#kernel.places : undefined;
    this.#line = lineAfter;
    const rest = isCut ? foundTo : this.#pass(bytes, foundTo, filled);
    if (this.#reader.isSkipping || filled - rest > CARRY_BYTES) this.#gaveUp = true;
    if (last || this.#gaveUp) return { from, to: filled, rows, foundTo, lineAfter, ids };
    this.#carry.set(bytes.subarray(rest, filled));
    this.#carried = filled - rest;
    return { from, to: rest, rows, foundTo, lineAfter, ids };
  }

  /** Where the first record starts that is not over, though the check reads those before it. */
  #pass(bytes: Uint8Array, from: number, filled: number): number {
    this.#reader.line = this.#line;
    const rest = this.#reader.load(bytes, from, filled);
    this.#line = this.#reader.line;
    return rest;
  }
}
