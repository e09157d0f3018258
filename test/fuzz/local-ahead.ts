/** Reading ahead without a thread, in pieces of chosen sizes; one check at a time. */

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
import { Kernel } from '../../src/core/ahead/kernel.ts';
import { tellKernel } from '../../src/core/ahead/kernel-tables.ts';
import { AheadReader } from '../../src/core/ahead/reader.ts';
import { newRoom, type RoomBlock } from '../../src/core/ahead/room.ts';
import { SCRATCH_BYTES } from '../../src/core/csv.ts';
import type { Random } from '../differential/faults.ts';

const ownKernel = new Kernel(newRoom());
/** As a thread does, it uses each block again. */
const blocksOf = ({ room }: Kernel, sizeBytes: number, indexWords: number): RoomBlock[] =>
  room.blocks.map(({ bytes, index }) => ({
    bytes: bytes.subarray(0, sizeBytes),
    index: index.subarray(0, indexWords),
  }));

type Options = { pieceBytes?: number; indexWords?: number; kernel?: Kernel };

/** @param pieceBytes largest piece; @param indexWords room for records of one piece. */
export function localAhead(random: Random, options: Options = {}): Ahead {
  const { pieceBytes = 600, indexWords = INDEX_WORDS, kernel = ownKernel } = options;
  const { heap } = kernel.room;
  heap.clear();
  return {
    heap,
    isFree: true,
    begin: (table) => new LocalStream(table, random, pieceBytes, indexWords, kernel),
    judge: (rows) => new LocalMade(rows, random, kernel),
  };
}

class LocalStream implements AheadStream {
  #reader: AheadReader;
  #random: Random;
  #pieceBytes: number;
  #ready: Block[] = [];
  #blocks: RoomBlock[];
  #at = 0;

  constructor(table: AheadTable, random: Random, pieceBytes: number, indexWords: number, kernel: Kernel) {
    const { carry, line, fields } = table;
    this.#reader = new AheadReader(kernel, {
      carry,
      line,
      width: fields.length,
      isTold: tellKernel(kernel.room, table, false),
    });
    this.#random = random;
    this.#pieceBytes = pieceBytes;
    this.#blocks = blocksOf(kernel, PIECE_AT + pieceBytes + 1, indexWords);
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
    const { bytes, index } = this.#blocks[this.#at++ % BLOCKS] as RoomBlock;
    bytes.set(piece, PIECE_AT);
    this.#ready.push({ bytes, index, ...this.#reader.read(bytes, index, piece.length, last) });
  }
}

/** Room for the longest record and not for many more. */
const MADE_BYTES = SCRATCH_BYTES + (1 << 16);

class LocalMade implements MadeStream {
  waiting = 0;
  #kernel: Kernel;
  #isTold: boolean;
  #random: Random;
  #rooms: RoomBlock[];
  #rowCounts = new Int32Array(BLOCKS);
  #at = 0;

  constructor(rows: AheadRows, random: Random, kernel: Kernel) {
    this.#kernel = kernel;
    this.#rooms = blocksOf(kernel, MADE_BYTES, 1200);
    this.#isTold = tellKernel(kernel.room, { ...rows, ids: undefined }, true);
    if (this.#isTold) kernel.begin();
    this.#random = random;
  }

  get room(): RoomBlock {
    return this.#rooms[this.#at] as RoomBlock;
  }

  get isReady(): boolean {
    return this.#random(3) === 0;
  }

  send(rows: number): void {
    this.#rowCounts[this.#at] = rows;
    this.#at = (this.#at + 1) % BLOCKS;
    this.waiting++;
  }

  take(): RoomBlock {
    const oldest = (this.#at + BLOCKS - this.waiting--) % BLOCKS;
    const room = this.#rooms[oldest] as RoomBlock;
    if (this.#isTold && this.#random(5) > 0)
      this.#kernel.judge(room.bytes, room.index, this.#rowCounts[oldest] as number);
    return room;
  }

  end(): void {}
}
