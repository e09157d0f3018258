/** Reading ahead without a thread: pieces of chosen sizes, and a check that waits whenever chance says so. */

import {
  type Ahead,
  type AheadRows,
  type AheadStream,
  type AheadTable,
  BLOCKS,
  type Block,
  INDEX_WORDS,
  type MadeStream,
  PIECE_AT,
} from '../../src/core/ahead/block.ts';
import { AheadReader } from '../../src/core/ahead/reader.ts';
import { SCRATCH_BYTES } from '../../src/core/csv.ts';
import type { Random } from '../differential/faults.ts';

/** @param pieceBytes largest piece; @param indexWords room for records of one piece. */
export function localAhead(random: Random, { pieceBytes = 600, indexWords = INDEX_WORDS } = {}): Ahead {
  return {
    isUp: true,
    begin: (table) => new LocalStream(table, random, pieceBytes, indexWords),
    judge: (rows) => new LocalMade(rows, random),
  };
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

/** Room for the longest record and not for many more. */
const MADE_BYTES = SCRATCH_BYTES + (1 << 16);
type Room = { bytes: Uint8Array; index: Int32Array };

class LocalMade implements MadeStream {
  waiting = 0;
  #reader: AheadReader;
  #random: Random;
  #rooms: Room[] = Array.from({ length: BLOCKS }, () => ({
    bytes: new Uint8Array(MADE_BYTES),
    index: new Int32Array(1200),
  }));
  #rowCounts = new Int32Array(BLOCKS);
  #at = 0;

  constructor(rows: AheadRows, random: Random) {
    const table = { ...structuredClone(rows), carry: new Uint8Array(0), line: 0 };
    this.#reader = new AheadReader(table, () => random(40) === 0);
    this.#random = random;
  }

  get room(): Room {
    return this.#rooms[this.#at] as Room;
  }

  get isReady(): boolean {
    return this.#random(3) === 0;
  }

  send(rows: number): void {
    this.#rowCounts[this.#at] = rows;
    this.#at = (this.#at + 1) % BLOCKS;
    this.waiting++;
  }

  take(): Room {
    const oldest = (this.#at + BLOCKS - this.waiting--) % BLOCKS;
    const room = this.#rooms[oldest] as Room;
    if (this.#random(5) > 0) this.#reader.judge(room.bytes, room.index, this.#rowCounts[oldest] as number);
    return room;
  }

  end(): void {}
}
