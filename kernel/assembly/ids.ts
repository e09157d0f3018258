/** Looks ids up in sets that the check has made (src/core/id-set.ts). */

import { hashOfId } from './hashes';
import { isSame } from './texts';

/** The index + 1 of what a reference points to, or 0. `reference` is laid out in table.ts. */
export function find(reference: usize, from: usize, to: usize): i32 {
  if (from === to) return 0;
  const length = <i32>(to - from);
  const offsets = <usize>load<u32>(reference, 16);
  const bytes = <usize>load<u32>(reference, 20);
  // Neighbours share their class and school.
  const last = load<i32>(reference, 24);
  if (last > 0 && isAt(offsets, bytes, last - 1, from, length)) return last;
  const found = findHashed(reference, hashOfId(from, to, load<i32>(reference, 4)), from, to);
  store<i32>(reference, found, 24);
  return found;
}

/** `find`, where the hash has been made before. */
export function findHashed(reference: usize, hash: i32, from: usize, to: usize): i32 {
  if (from === to) return 0;
  const length = <i32>(to - from);
  const offsets = <usize>load<u32>(reference, 16);
  const bytes = <usize>load<u32>(reference, 20);
  const mask = load<i32>(reference, 8) - 1;
  const slots = <usize>load<u32>(reference, 12);
  let slot = hash & mask;
  while (true) {
    const entry = load<i32>(slots + (<usize>slot << 2));
    if (entry === 0) return 0;
    // In the low bits the index + 1, in the others those of the hash.
    if (((entry ^ hash) & ~mask) === 0) {
      const index = (entry & mask) - 1;
      if (isAt(offsets, bytes, index, from, length)) return index + 1;
    }
    slot = (slot + 1) & mask;
  }
}

// @ts-ignore: decorator
@inline
export function isAt(offsets: usize, bytes: usize, index: i32, from: usize, length: i32): bool {
  const offset = load<u32>(offsets + (<usize>index << 2));
  return load<u32>(offsets + (<usize>index << 2), 4) - offset === <u32>length && isSame(bytes + offset, from, length);
}
