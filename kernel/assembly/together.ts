/**
 * Puts ids into the set of the check, and looks up what references point to, for some records at once: the places in
 * memory where an answer may stand are all looked at first, so that the processor fetches them side by side.
 */

import { add, isAdding, slotCount, slots, stopAdding } from './added';
import { cellEnd, cellStart } from './cells';
import { hashOfId } from './hashes';
import { find, findHashed } from './ids';
import { HAS_ID, IS_ADDED, IS_PLAIN, MARKS_AT, NOT_ADDED, OWN_AT } from './layout';
import { idCell, REFERENCE_BYTES, references, referencesAt, referencesEnd, stride } from './table';

/** So many records at once. */
export const TOGETHER = 64;
/** Sets of fewer slots are at hand anyway. */
const FAR_SLOTS = 1 << 14;

/** Of each record that is looked at with others, a hash. */
let hashes: usize = 0;
/** What was looked at ends here, so that no look is left out as useless. */
let seen: u32 = 0;

/** Takes memory for that. */
export function useHashes(at: usize): usize {
  hashes = at;
  return at + TOGETHER * 4;
}

/** Finishes records of a block whose words begin at `first`, `TOGETHER` of them at most. */
export function finish(block: usize, first: usize, rows: i32): void {
  const end = first + <usize>rows * stride;
  addAll(block, first, end);
  let into = referencesAt;
  for (let at = references; at < referencesEnd; at += REFERENCE_BYTES, into += 4) {
    const cell = load<i32>(at);
    if (cell < 0) continue;
    if (load<i32>(at, 8) >= FAR_SLOTS) findFar(block, first, end, at, cell, into);
    else findNear(block, first, end, at, cell, into);
  }
}

function addAll(block: usize, first: usize, end: usize): void {
  if (isAdding) {
    const mask = slotCount - 1;
    for (let at = first; at < end; at += stride) seen ^= load<u32>(slots + (<usize>(load<i32>(at, OWN_AT) & mask) << 2));
  }
  for (let at = first; at < end; at += stride) {
    const marks = load<i32>(at, MARKS_AT);
    if ((marks & HAS_ID) === 0) stopAdding();
    if (!isAdding) continue;
    const entry = add(load<i32>(at, OWN_AT), cellStart(block, at, idCell), cellEnd(block, at, idCell));
    if (entry === NOT_ADDED) continue;
    store<i32>(at, marks | IS_ADDED, MARKS_AT);
    store<i32>(at, entry, OWN_AT);
  }
}

function findNear(block: usize, first: usize, end: usize, reference: usize, cell: i32, into: usize): void {
  for (let at = first; at < end; at += stride) {
    if (!isPlain(at)) continue;
    store<i32>(at + into, find(reference, cellStart(block, at, cell), cellEnd(block, at, cell)));
  }
}

function findFar(block: usize, first: usize, end: usize, reference: usize, cell: i32, into: usize): void {
  const seed = load<i32>(reference, 4);
  const mask = load<i32>(reference, 8) - 1;
  const slots = <usize>load<u32>(reference, 12);
  const offsets = <usize>load<u32>(reference, 16);
  const bytes = <usize>load<u32>(reference, 20);
  let own = hashes;
  for (let at = first; at < end; at += stride, own += 4) {
    const hash = isPlain(at) ? hashOfId(cellStart(block, at, cell), cellEnd(block, at, cell), seed) : 0;
    store<i32>(own, hash);
    seen ^= load<u32>(slots + (<usize>(hash & mask) << 2));
  }
  own = hashes;
  for (let at = first; at < end; at += stride, own += 4) {
    // A free slot leads to before the first id, which is there to be looked at too.
    const entry = load<i32>(slots + (<usize>(load<i32>(own) & mask) << 2));
    seen ^= load<u32>(offsets + (<usize>(entry & mask) << 2));
  }
  own = hashes;
  for (let at = first; at < end; at += stride, own += 4) {
    const entry = load<i32>(slots + (<usize>(load<i32>(own) & mask) << 2));
    const offset = <usize>load<u32>(offsets + (<usize>(entry & mask) << 2));
    seen ^= load<u8>(bytes + offset);
  }
  own = hashes;
  for (let at = first; at < end; at += stride, own += 4) {
    if (!isPlain(at)) continue;
    const found = findHashed(reference, load<i32>(own), cellStart(block, at, cell), cellEnd(block, at, cell));
    store<i32>(at + into, found);
  }
}

// @ts-ignore: decorator
@inline
function isPlain(row: usize): bool {
  return (load<i32>(row, MARKS_AT) & IS_PLAIN) !== 0;
}
