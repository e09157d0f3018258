/** Reading ahead without a thread: pieces of chosen sizes, and a check that waits whenever chance says so. */

import {
  type Ahead,
  type AheadStream,
  type AheadTable,
  BLOCKS,
  type Block,
  INDEX_WORDS,
  PIECE_AT,
} from '../../src/core/ahead/block.ts';
import { AheadReader } from '../../src/core/ahead/reader.ts';
import type { Random } from '../differential/faults.ts';

/** @param pieceBytes largest piece; @param indexWords room for records of one piece. */
export function localAhead(random: Random, { pieceBytes = 600, indexWords = INDEX_WORDS } = {}): Ahead {
  return { isUp: true, begin: (table) => new LocalStream(table, random, pieceBytes, indexWords) };
}

class LocalStream implements AheadStream {
  #reader: AheadReader;
  #random: Random;
  #pieceBytes: number;
  #ready: Block[] = [];
  #blocks: { bytes: Uint8Array; index: Int32Array }[];
  #at = 0;

  constructor(table: AheadTable, random: Random, pieceBytes: number, indexWords: number) {
    this.#reader = new AheadReader(structuredClone(table), () => random(8) === 0);
    this.#random = random;
    this.#pieceBytes = pieceBytes;
    // As a thread does, it uses each block again.
    this.#blocks = Array.from({ length: BLOCKS }, () => ({
      bytes: new Uint8Array(PIECE_AT + pieceBytes + 1),
      index: new Int32Array(indexWords),
    }));
  }

  get waiting(): number {
    return this.#ready.length;
  }

  push(bytes: Uint8Array, from: number): number {
    const taken = Math.min(bytes.length - from, 1 + this.#random(this.#pieceBytes));
    this.#read(bytes.subarray(from, from + taken), false);
    return from + taken;
  }

  end(): void {
    this.#read(new Uint8Array(0), true);
  }

  next(): Promise<Block> {
    return Promise.resolve(this.#ready.shift() as Block);
  }

  #read(piece: Uint8Array, last: boolean): void {
    const { bytes, index } = this.#blocks[this.#at++ % BLOCKS] as { bytes: Uint8Array; index: Int32Array };
    bytes.set(piece, PIECE_AT);
    this.#ready.push({ bytes, index, ...this.#reader.read(bytes, index, piece.length, last) });
  }
}
