/** Starts the second thread that reads ahead of a check, and hands it bytes in memory that both threads share. */

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type Ahead,
  type AheadStream,
  type AheadTable,
  BLOCK_BYTES,
  BLOCKS,
  type Block,
  INDEX_WORDS,
  PIECE_AT,
  PIECE_BYTES,
} from '../core/ahead/block.ts';
import type { Found } from '../core/ahead/reader.ts';
import { MadeRing } from './made-ring.ts';

/** Memory is shared rather than moved: moving makes every look at any array slower, in both threads, for good. */
export type SharedBlock = { bytes: Uint8Array; index: Int32Array };
/**
 * `waits[0]` is 1 while the check waits for a block. Of blocks with records that the check has made, their states and
 * how many are in each.
 */
export type Shared = { blocks: SharedBlock[]; waits: Int32Array; states: Int32Array; rowCounts: Int32Array };
export type ToThread =
  | 'rest'
  | { begin: AheadTable }
  | { block: number; length: number; last: boolean }
  | { made: number; serial: number };
export type FromThread = 'up' | (Found & { block: number });

export type AheadThread = Ahead & {
  /** Forgets the check that is over; false when that was broken off, and the thread is good for no other. */
  rest(): boolean;
  close(): Promise<void>;
};

/** Starts the thread; until it is up, which takes about as long as reading some megabytes, checks go on without it. */
export function openAhead(): AheadThread {
  const shared: Shared = {
    blocks: Array.from({ length: BLOCKS }, sharedBlock),
    waits: sharedWords(1),
    states: sharedWords(BLOCKS),
    rowCounts: sharedWords(BLOCKS),
  };
  const worker = new Worker(new URL(`./ahead-thread${extname(import.meta.url)}`, import.meta.url), {
    workerData: shared,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  let isUp = false;
  let stream: Stream | undefined;
  let made: MadeRing | undefined;
  let serial = 0;
  const isFree = () => (stream === undefined || stream.isOver) && (made === undefined || made.isOver);
  worker.on('message', (message: FromThread) => {
    if (message === 'up') isUp = true;
    else stream?.arrived(message);
  });
  const gone = () => {
    isUp = false;
    stream?.failed(new Error('The second thread of the check ended before it had read the file.'));
  };
  worker.on('error', gone);
  worker.on('exit', gone);
  return {
    get isUp() {
      return isUp && isFree();
    },
    begin(table) {
      worker.postMessage({ begin: table } satisfies ToThread);
      stream = new Stream(worker, shared);
      return stream;
    },
    judge(rows) {
      const own = ++serial & SERIALS;
      worker.postMessage({ begin: { ...rows, carry: new Uint8Array(0), line: 0 } } satisfies ToThread);
      made = new MadeRing(shared, own, (block) => worker.postMessage({ made: block, serial: own } satisfies ToThread));
      return made;
    },
    rest() {
      if (!isUp || !isFree()) return false;
      stream = undefined;
      made = undefined;
      worker.postMessage('rest' satisfies ToThread);
      return true;
    },
    async close() {
      isUp = false;
      await worker.terminate();
    },
  };
}

/** Numbers of streams, until they begin again. */
const SERIALS = (1 << 28) - 1;

const sharedWords = (words: number) => new Int32Array(new SharedArrayBuffer(words * 4));

function sharedBlock(): SharedBlock {
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(BLOCK_BYTES)),
    index: new Int32Array(new SharedArrayBuffer(INDEX_WORDS * 4)),
  };
}

/** One file: blocks go round in a ring. */
class Stream implements AheadStream {
  waiting = 0;
  #worker: Worker;
  #blocks: SharedBlock[];
  #waits: Int32Array;
  /** The block that is being filled, and how far. */
  #at = 0;
  #filled = 0;
  #ended = false;
  #ready: Block[] = [];
  #wake: { resolve(block: Block): void; reject(error: Error): void } | undefined;
  #fault: Error | undefined;

  constructor(worker: Worker, { blocks, waits }: Shared) {
    this.#worker = worker;
    this.#blocks = blocks;
    this.#waits = waits;
  }

  get isOver(): boolean {
    return this.#ended && this.waiting === 0;
  }

  push(bytes: Uint8Array, from: number): number {
    const taken = Math.min(bytes.length - from, PIECE_BYTES - this.#filled);
    const { bytes: room } = this.#blocks[this.#at] as SharedBlock;
    room.set(bytes.subarray(from, from + taken), PIECE_AT + this.#filled);
    this.#filled += taken;
    if (this.#filled === PIECE_BYTES) this.#send(false);
    return from + taken;
  }

  end(): void {
    this.#send(true);
    this.#ended = true;
  }

  async next(): Promise<Block> {
    if (this.#fault) throw this.#fault;
    const block = this.#ready.shift() ?? (await this.#arrival());
    this.waiting--;
    return block;
  }

  #arrival(): Promise<Block> {
    this.#waits[0] = 1;
    return new Promise((resolve, reject) => {
      this.#wake = { resolve, reject };
    });
  }

  arrived({ block, ...found }: Found & { block: number }): void {
    const whole = { ...(this.#blocks[block] as SharedBlock), ...found };
    const wake = this.#wake;
    this.#wake = undefined;
    this.#waits[0] = 0;
    if (wake) wake.resolve(whole);
    else this.#ready.push(whole);
  }

  failed(error: Error): void {
    this.#fault = error;
    this.#wake?.reject(error);
  }

  #send(last: boolean): void {
    this.#worker.postMessage({ block: this.#at, length: this.#filled, last } satisfies ToThread);
    this.#at = (this.#at + 1) % BLOCKS;
    this.#filled = 0;
    this.waiting++;
  }
}
