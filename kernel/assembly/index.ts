/**
 * Finds records in the bytes of a CSV file and tells which of them are plain: nothing is wrong with their cells, and
 * nothing has to be written anew. It reads no more than the usual; at whatever else it stops, and leaves it to others.
 * What it writes of a record is laid out in src/core/ahead/block.ts.
 */

import { stopAdding, useSet } from './added';
import { TOGETHER, finish, useHashes } from './together';
import { cellEnd, cellStart } from './cells';
import { IS_QUOTED, IS_UNUSUAL, MARKS_AT, ROW_LIMIT_BYTES } from './layout';
import { useItems } from './lists';
import { ends, settle, starts, useCells } from './record';
import { cellsAt, ownSet, scratch, seed, stride, useTable, width } from './table';
import { isUtf8 } from './texts';

const COMMA: u8 = 44;
const LF: u8 = 10;
const CR: u8 = 13;
const QUOTE: u8 = 34;
const DELETE: u8 = 127;

/** The set to which ids are added, as it is now. */
export { byteCount, bytes, isAdding, offsetCount, offsets, size, slotCount, slots } from './added';

/** After `read`: where the record stands that it did not read, its line, and whether it was not over rather than unusual. */
export let stoppedAt: usize = 0;
export let stoppedLine = 0;
export let isCut = false;

/** Begins with the records of which `table` tells. */
export function begin(table: usize): void {
  useTable(table);
  useSet(ownSet, seed);
  useHashes(useItems(useCells(scratch)));
}

/**
 * Reads records from `from` on, of a file that is there up to `filled`, and writes them to `index`, which has so many
 * words. Positions are counted from `block`. Returns how many records there are.
 */
export function read(block: usize, from: usize, filled: usize, line: i32, index: usize, words: i32): i32 {
  const room = words / <i32>(stride >> 2);
  let base = from;
  let cell = from;
  let count = 0;
  let rows = 0;
  let isQuoted = false;
  /** Where the closing quote of the cell stands. */
  let closedAt: usize = 0;
  let hasHigh = false;
  let hasControl = false;
  let hasQuoted = false;
  let isFilled = false;
  for (let chunk = from; chunk < filled; chunk += 16) {
    let specials = specialsOf(chunk);
    while (specials !== 0) {
      const at = chunk + ctz(specials);
      specials &= specials - 1;
      if (at >= filled) return stop(block, base, line, rows, index, true);
      const byte = load<u8>(at);
      if (byte === COMMA || byte === LF) {
        if (isQuoted && byte === COMMA) continue;
        if (isQuoted || count === width) return stop(block, base, line, rows, index, false);
        let start = cell;
        let end = at;
        if (closedAt !== 0) {
          start = cell + 1;
          end = closedAt;
          closedAt = 0;
        } else if (byte === LF && at > cell && load<u8>(at - 1) === CR) end = at - 1;
        store<u32>(starts + (<usize>count << 2), <u32>start);
        store<u32>(ends + (<usize>count << 2), <u32>end);
        if (start !== end) isFilled = true;
        count++;
        cell = at + 1;
        if (byte === COMMA) continue;
        const isUsual = count === width && isFilled && end - base <= ROW_LIMIT_BYTES && (!hasHigh || isUtf8(base, end));
        if (!isUsual || rows === room) return stop(block, base, line, rows, index, false);
        write(block, base, hasHigh || hasControl, hasQuoted, index);
        index += stride;
        rows++;
        if (rows % TOGETHER === 0) finish(block, index - <usize>TOGETHER * stride, TOGETHER);
        line++;
        base = cell;
        count = 0;
        hasHigh = false;
        hasControl = false;
        hasQuoted = false;
        isFilled = false;
      } else if (byte === QUOTE) {
        if (!isQuoted) {
          isQuoted = at === cell;
          if (!isQuoted) return stop(block, base, line, rows, index, false);
        } else {
          if (at + 1 >= filled) return stop(block, base, line, rows, index, true);
          const next = load<u8>(at + 1);
          if (next !== COMMA && next !== LF && next !== CR) return stop(block, base, line, rows, index, false);
          isQuoted = false;
          closedAt = at;
          hasQuoted = true;
        }
      } else if (byte === CR) {
        if (at + 1 >= filled) return stop(block, base, line, rows, index, true);
        if (isQuoted || load<u8>(at + 1) !== LF) return stop(block, base, line, rows, index, false);
      } else if (byte >= 128) hasHigh = true;
      else hasControl = true;
    }
  }
  return stop(block, base, line, rows, index, true);
}

function stop(block: usize, at: usize, line: i32, rows: i32, index: usize, cut: bool): i32 {
  const left = rows % TOGETHER;
  finish(block, index - <usize>left * stride, left);
  stoppedAt = at;
  stoppedLine = line;
  isCut = cut;
  // The check reads what comes next itself.
  if (!cut) stopAdding();
  return rows;
}

/** A bit for each of 16 bytes that is more than plain text. */
// @ts-ignore: decorator
@inline
function specialsOf(at: usize): i32 {
  const bytes = v128.load(at);
  // Bytes above 127 are negative.
  const low = i8x16.lt_s(bytes, i8x16.splat(32));
  const comma = i8x16.eq(bytes, i8x16.splat(COMMA));
  const quote = i8x16.eq(bytes, i8x16.splat(QUOTE));
  const del = i8x16.eq(bytes, i8x16.splat(DELETE));
  return i8x16.bitmask(v128.or(v128.or(low, comma), v128.or(quote, del)));
}

function write(block: usize, base: usize, isUnusual: bool, hasQuoted: bool, index: usize): void {
  store<u32>(index, <u32>(base - block));
  let into = index + cellsAt;
  for (let at: usize = 0; at < <usize>width << 2; at += 4, into += 2) {
    const to = load<u32>(ends + at);
    store<u16>(into, <u16>(to - <u32>base + (load<u8>(to) === QUOTE ? 1 : 0)));
  }
  settle(index, (isUnusual ? IS_UNUSUAL : 0) | (hasQuoted ? IS_QUOTED : 0));
}

/** Judges records that were made and written to a block. */
export function judge(block: usize, index: usize, rows: i32): void {
  for (let each = 0, at = index; each < rows; each++, at += stride) {
    for (let cell = 0; cell < width; cell++) {
      store<u32>(starts + (<usize>cell << 2), <u32>cellStart(block, at, cell));
      store<u32>(ends + (<usize>cell << 2), <u32>cellEnd(block, at, cell));
    }
    settle(at, load<i32>(at, MARKS_AT));
  }
  for (let each = 0; each < rows; each += TOGETHER) finish(block, index + <usize>each * stride, min(TOGETHER, rows - each));
}
