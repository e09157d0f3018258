/** The second thread of a check: looks at blocks of bytes, and tells which records are in them. */

import { parentPort, workerData } from 'node:worker_threads';
import { AheadReader } from '../core/ahead/reader.ts';
import type { FromThread, Shared, SharedBlock, ToThread } from './ahead.ts';
import { JUDGED, JUDGING, QUEUED } from './made-ring.ts';

const port = parentPort;
if (!port) throw new Error('This file is the second thread of a check and runs in no other way.');
const { blocks, waits, states, rowCounts } = workerData as Shared;
const tell = (message: FromThread) => port.postMessage(message);

let reader: AheadReader | undefined;
port.on('message', (message: ToThread) => {
  if (message === 'rest') {
    // It holds the ids of the check.
    reader = undefined;
    return;
  }
  if ('begin' in message) {
    reader = new AheadReader(message.begin, () => waits[0] === 1);
    return;
  }
  if ('made' in message) return judge(message.made, message.serial * 4);
  const { block, length, last } = message;
  const { bytes, index } = blocks[block] as SharedBlock;
  if (!reader) throw new Error('A block came before its file was begun.');
  tell({ block, ...reader.read(bytes, index, length, last) });
});
tell('up');

/** Judges records that were made, unless the check needed them before. */
function judge(block: number, state: number): void {
  if (Atomics.compareExchange(states, block, state + QUEUED, state + JUDGING) !== state + QUEUED) return;
  const { bytes, index } = blocks[block] as SharedBlock;
  try {
    reader?.judge(bytes, index, rowCounts[block] as number);
  } finally {
    Atomics.store(states, block, state + JUDGED);
    Atomics.notify(states, block);
  }
}
