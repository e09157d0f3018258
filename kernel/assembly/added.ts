/**
 * Adds the ids of the records that are read to the set of the check (src/core/id-set.ts), until one comes that needs a
 * second look: from then on, the check adds them itself.
 */

import { hashOfId } from './hashes';
import { take, useHeap } from './heap';
import { isAt } from './ids';
import { NOT_ADDED } from './layout';

export let size = 0;
export let isAdding = false;
export let slots: usize = 0;
export let slotCount = 0;
export let offsets: usize = 0;
export let offsetCount: u32 = 0;
export let bytes: usize = 0;
export let byteCount: u32 = 0;
let seed = 0;

/** Bytes that are copied at once. */
const WORD: u32 = 8;

/** @param at where the size, and for slots, offsets and bytes place and number stand; then the place of the heap. No slots: nothing is added. */
export function useSet(at: usize, ofSeed: i32): void {
  seed = ofSeed;
  size = load<i32>(at);
  slots = load<u32>(at, 4);
  slotCount = load<i32>(at, 8);
  offsets = load<u32>(at, 12);
  offsetCount = load<u32>(at, 16);
  bytes = load<u32>(at, 20);
  byteCount = load<u32>(at, 24);
  isAdding = slotCount > 0;
  useHeap(load<u32>(at, 28));
}

export function stopAdding(): void {
  isAdding = false;
}

/** The new index, or -1 - index of the one that is there; `NOT_ADDED` where the check has to look at it. */
export function add(hash: i32, from: usize, to: usize): i32 {
  const length = <i32>(to - from);
  const mask = slotCount - 1;
  let slot = hash & mask;
  while (true) {
    const entry = load<i32>(slots + (<usize>slot << 2));
    if (entry === 0) break;
    if (((entry ^ hash) & ~mask) === 0) {
      const index = (entry & mask) - 1;
      if (isAt(offsets, bytes, index, from, length)) return -1 - index;
      if (isAlike(index, from, length)) return giveUp();
    }
    slot = (slot + 1) & mask;
  }
  const offset = load<u32>(offsets + (<usize>size << 2));
  const after = offset + <u32>length;
  if (<u32>size + 1 >= offsetCount && !growOffsets()) return giveUp();
  if (after + WORD > byteCount && !growBytes(after + WORD)) return giveUp();
  // Word by word: what is written behind it is written over by the next one.
  for (let at: u32 = 0; at < <u32>length; at += WORD) store<u64>(bytes + offset + at, load<u64>(from + at));
  const index = size++;
  store<u32>(offsets + (<usize>size << 2), after);
  store<i32>(slots + (<usize>slot << 2), (hash & ~mask) | size);
  if (size * 3 > slotCount * 2 && !growSlots()) isAdding = false;
  return index;
}

function giveUp(): i32 {
  isAdding = false;
  return NOT_ADDED;
}

/** Whether an id is as long and has the same hash but is not the same: it may differ by case alone. */
function isAlike(index: i32, from: usize, length: i32): bool {
  const offset = offsets + (<usize>index << 2);
  if (load<u32>(offset, 4) - load<u32>(offset) !== <u32>length) return false;
  const own = bytes + load<u32>(offset);
  for (let at: usize = 0; at < <usize>length; at++) {
    if ((load<u8>(own + at) | 0x20) !== (load<u8>(from + at) | 0x20)) return false;
  }
  return true;
}

function growOffsets(): bool {
  const count = offsetCount * 2;
  const grown = take(<usize>count << 2);
  if (grown === 0) return false;
  memory.copy(grown, offsets, (<usize>size + 1) << 2);
  offsets = grown;
  offsetCount = count;
  return true;
}

function growBytes(needed: u32): bool {
  const count = max(needed, byteCount * 2);
  const grown = take(count);
  if (grown === 0) return false;
  memory.copy(grown, bytes, load<u32>(offsets + (<usize>size << 2)));
  bytes = grown;
  byteCount = count;
  return true;
}

function growSlots(): bool {
  const count = slotCount * 2;
  const grown = take(<usize>count << 2);
  if (grown === 0) return false;
  memory.fill(grown, 0, <usize>count << 2);
  const mask = count - 1;
  for (let index = 0; index < size; index++) {
    const at = offsets + (<usize>index << 2);
    const hash = hashOfId(bytes + load<u32>(at), bytes + load<u32>(at, 4), seed);
    let slot = hash & mask;
    while (load<i32>(grown + (<usize>slot << 2)) !== 0) slot = (slot + 1) & mask;
    store<i32>(grown + (<usize>slot << 2), (hash & ~mask) | (index + 1));
  }
  slots = grown;
  slotCount = count;
  return true;
}
