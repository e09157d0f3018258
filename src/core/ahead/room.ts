/** Memory of the kernel: blocks of bytes and of what is found in them, room for what it has to be told, and a heap. */

import { Heap } from '../heap.ts';
import { BLOCK_BYTES, BLOCKS, INDEX_WORDS } from './block.ts';

/** The kernel's own data stand before this. */
const BLOCKS_AT = 1 << 16;
/** As much as the longest header makes of columns and tokens. */
export const TABLES_BYTES = 1 << 16;
const PAGE_BYTES = 1 << 16;
/** As much as can be addressed, for what is not asked for takes no memory; less where so much cannot be set apart. */
const LIMITS_PAGES = [1 << 16, 1 << 14, 1 << 12, 1 << 10];

export type RoomBlock = { bytes: Uint8Array; index: Int32Array };
export type Room = { memory: WebAssembly.Memory; blocks: RoomBlock[]; tablesAt: number; heap: Heap };

/**
 * Memory that threads share.
 * @throws RangeError where the machine does not even give the least that is needed, some 20 MB.
 */
export function newRoom(limits = LIMITS_PAGES): Room {
  const [maximum = HEAP_AT / PAGE_BYTES + 1, ...smaller] = limits;
  try {
    return roomIn(new WebAssembly.Memory({ initial: HEAP_AT / PAGE_BYTES + 1, maximum, shared: true }));
  } catch (error) {
    if (limits.length === 0) throw error;
    return newRoom(smaller);
  }
}

/** The same room, as another thread sees it. */
export function roomIn(memory: WebAssembly.Memory): Room {
  const blocks = Array.from({ length: BLOCKS }, (_, block) => {
    const at = BLOCKS_AT + block * BLOCK_STRIDE;
    return {
      bytes: new Uint8Array(memory.buffer, at, BLOCK_BYTES),
      index: new Int32Array(memory.buffer, at + PADDED_BYTES, INDEX_WORDS),
    };
  });
  return { memory, blocks, tablesAt: TABLES_AT, heap: new Heap(memory, HEAP_AT) };
}

/** The kernel looks at 16 bytes at once. */
const PADDED_BYTES = Math.ceil(BLOCK_BYTES / 16) * 16 + 16;
const BLOCK_STRIDE = PADDED_BYTES + INDEX_WORDS * 4;
const TABLES_AT = BLOCKS_AT + BLOCKS * BLOCK_STRIDE;
/** At the beginning of a page. */
const HEAP_AT = Math.ceil((TABLES_AT + TABLES_BYTES) / PAGE_BYTES) * PAGE_BYTES;
