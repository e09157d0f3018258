/** Starts the second thread that reads ahead of a check, and hands it bytes in memory that both threads share. */

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Ahead } from '../core/ahead/block.ts';
import { Kernel, kernelModule } from '../core/ahead/kernel.ts';
import { tellKernel } from '../core/ahead/kernel-tables.ts';
import type { Begun, Found } from '../core/ahead/reader.ts';
import { newRoom } from '../core/ahead/room.ts';
import { FileStream } from './file-stream.ts';
import { MadeHere } from './made-here.ts';
import { MadeRing } from './made-ring.ts';

/**
 * Memory is shared rather than moved: moving makes every look at any array slower, in both threads, for good. Of blocks
 * with records that the check has made, their states and how many are in each.
 */
export type Shared = {
  memory: WebAssembly.Memory;
  module: WebAssembly.Module;
  states: Int32Array;
  rowCounts: Int32Array;
};
export type ToThread =
  | { read: Begun }
  | { judge: boolean }
  | { block: number; length: number; last: boolean }
  | { made: number; serial: number };
export type FromThread = 'up' | (Found & { block: number });

export type AheadThread = Ahead & {
  /** The thread has started and has nothing to do. */
  readonly isUp: boolean;
  /** Forgets the check that is over; false when that was broken off, and the thread is good for no other. */
  rest(): boolean;
  close(): Promise<void>;
};

/** Starts the thread. Until it is up, which takes about as long as reading some megabytes, this one reads what comes. */
export function openAhead(): AheadThread {
  const room = newRoom();
  const module = kernelModule();
  const shared: Shared = {
    memory: room.memory,
    module,
    states: sharedWords(room.blocks.length),
    rowCounts: sharedWords(room.blocks.length),
  };
  const worker = new Worker(new URL(`./ahead-thread${extname(import.meta.url)}`, import.meta.url), {
    workerData: shared,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  // The thread uses the same memory, and does so only once it has been handed something.
  let kernel: Kernel | undefined = new Kernel(room, module);
  let isUp = false;
  let stream: FileStream | undefined;
  let made: MadeRing | MadeHere | undefined;
  let serial = 0;
  const isFree = () => (stream === undefined || stream.isOver) && (made === undefined || made.isOver);
  const post = (message: ToThread) => worker.postMessage(message);
  worker.on('message', (message: FromThread) => {
    if (message !== 'up') stream?.arrived(message);
    else {
      isUp = true;
      kernel = undefined;
      stream?.handOver();
    }
  });
  const gone = () => {
    isUp = false;
    stream?.failed(new Error('The second thread of the check ended before it had read the file.'));
  };
  worker.on('error', gone);
  worker.on('exit', gone);
  return {
    heap: room.heap,
    get isFree() {
      return (isUp || kernel !== undefined) && isFree();
    },
    get isUp() {
      return isUp && isFree();
    },
    begin(table) {
      stream = new FileStream(room, table, post, kernel);
      return stream;
    },
    judge(rows) {
      if (kernel) {
        made = new MadeHere(kernel, rows);
        return made;
      }
      const own = ++serial & SERIALS;
      post({ judge: tellKernel(room, { ...rows, ids: undefined }, true) });
      made = new MadeRing(shared, room.blocks, own, (block) => post({ made: block, serial: own }));
      return made;
    },
    rest() {
      if (!isUp || !isFree()) return false;
      stream = undefined;
      made = undefined;
      room.heap.clear();
      return room.memory.buffer.byteLength < KEPT_BYTES;
    },
    async close() {
      isUp = false;
      await worker.terminate();
    },
  };
}

/** With more memory than this, a thread is not kept: memory is only given back with it. */
const KEPT_BYTES = 1 << 26;
/** Numbers of streams, until they begin again. */
const SERIALS = (1 << 28) - 1;

const sharedWords = (words: number) => new Int32Array(new SharedArrayBuffer(words * 4));
