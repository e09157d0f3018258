/** Where the cells of a record stand of which the words are written: half a word tells where each ends. */

import { IS_QUOTED, MARKS_AT } from './layout';
import { cellsAt } from './table';

const QUOTE: u8 = 34;

/** @param row where the words of the record begin. */
// @ts-ignore: decorator
@inline
export function cellStart(block: usize, row: usize, cell: i32): usize {
  const from = rawStart(block, row, cell);
  return from + quotes(row, from);
}
// @ts-ignore: decorator
@inline
export function cellEnd(block: usize, row: usize, cell: i32): usize {
  const from = rawStart(block, row, cell);
  return block + load<u32>(row) + load<u16>(row + cellsAt + (<usize>cell << 1)) - quotes(row, from);
}

// @ts-ignore: decorator
@inline
function rawStart(block: usize, row: usize, cell: i32): usize {
  const base = block + load<u32>(row);
  return cell === 0 ? base : base + load<u16>(row + cellsAt + (<usize>(cell - 1) << 1)) + 1;
}
// @ts-ignore: decorator
@inline
function quotes(row: usize, from: usize): usize {
  return (load<i32>(row, MARKS_AT) & IS_QUOTED) !== 0 && load<u8>(from) === QUOTE ? 1 : 0;
}
