/** What is known of the file that is read: where src/core/ahead/kernel.ts has written it. */

/** For each column that is judged: its cell, the way to judge it, its marks, and where its tokens stand. */
export const COLUMN_BYTES = 16;
/** For each reference: its cell; of the ids that it points to the seed, the number of slots, where slots, offsets and bytes stand; the last that was found + 1. */
export const REFERENCE_BYTES = 28;
/** For each hashed field its cell, and its salt. */
export const HASHED_BYTES = 8;

export let width = 0;
export let idCell = 0;
export let seed = 0;
export let subjectsCell = 0;
export let codesCell = 0;
export let columns: usize = 0;
export let columnsEnd: usize = 0;
export let references: usize = 0;
export let referencesEnd: usize = 0;
export let texts: usize = 0;
export let textsEnd: usize = 0;
export let hashed: usize = 0;
export let hashedEnd: usize = 0;
/** Memory that is only used here. */
export let scratch: usize = 0;
/** Where it is told of the set to which ids are added. */
export let ownSet: usize = 0;
/** Bytes of a record. */
export let stride: usize = 0;
/** Bytes from its beginning to the hash of its content, to what its references point to, to the hashes of its texts, and to its cells. */
export let hashAt: usize = 0;
export let referencesAt: usize = 0;
export let textsAt: usize = 0;
export let cellsAt: usize = 0;

export function useTable(at: usize): void {
  width = load<i32>(at);
  idCell = load<i32>(at, 4);
  seed = load<i32>(at, 8);
  subjectsCell = load<i32>(at, 12);
  codesCell = load<i32>(at, 16);
  columns = load<u32>(at, 20);
  columnsEnd = load<u32>(at, 24);
  references = load<u32>(at, 28);
  referencesEnd = load<u32>(at, 32);
  texts = load<u32>(at, 36);
  textsEnd = load<u32>(at, 40);
  hashed = load<u32>(at, 44);
  hashedEnd = load<u32>(at, 48);
  stride = <usize>load<u32>(at, 52) << 2;
  hashAt = <usize>load<u32>(at, 56) << 2;
  referencesAt = <usize>load<u32>(at, 60) << 2;
  textsAt = <usize>load<u32>(at, 64) << 2;
  cellsAt = <usize>load<u32>(at, 68) << 2;
  scratch = load<u32>(at, 72);
  ownSet = at + 76;
}
