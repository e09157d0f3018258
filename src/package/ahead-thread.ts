/** The second thread of a check: looks at blocks of bytes, and tells which records are in them. */

import { parentPort, workerData } from 'node:worker_threads';
import { Kernel } from '../core/ahead/kernel.ts';
import { AheadReader } from '../core/ahead/reader.ts';
import { type RoomBlock, roomIn } from '../core/ahead/room.ts';
import type { FromThread, Shared, ToThread } from './ahead.ts';
import { JUDGED, JUDGING, QUEUED } from './made-ring.ts';

const port = parentPort;
if (!port) throw new Error('This file is the second thread of a check and runs in no other way.');
const { memory, module, states, rowCounts } = workerData as Shared;
const room = roomIn(memory);
const kernel = new Kernel(room, module);
const tell = (message: FromThread) => port.postMessage(message);

let reader: AheadReader | undefined;
/** It has been told of records that are made. */
let isTold = false;
port.on('message', (message: ToThread) => {
  if ('read' in message) reader = new AheadReader(kernel, message.read);
  else if ('judge' in message) {
    isTold = message.judge;
    if (isTold) kernel.begin();
  } else if ('made' in message) judge(message.made, message.serial * 4);
  else {
    const { block, length, last } = message;
    const { bytes, index } = room.blocks[block] as RoomBlock;
    if (!reader) throw new Error('A block came before its file was begun.');
    tell({ block, ...reader.read(bytes, index, length, last) });
  }
});
tell('up');

/** Judges records that were made, unless the check needed them before. */
function judge(block: number, state: number): void {
  if (Atomics.compareExchange(states, block, state + QUEUED, state + JUDGING) !== state + QUEUED) return;
  const { bytes, index } = room.blocks[block] as RoomBlock;
  try {
    if (isTold) kernel.judge(bytes, index, rowCounts[block] as number);
  } finally {
    Atomics.store(states, block, state + JUDGED);
    Atomics.notify(states, block);
  }
}
