/** Judges one record, whose cells stand in `starts` and `ends`, and writes what is known of it. */

import { isDay, isFloat, isInteger, isUserIds, isYear } from './forms';
import { addContent, beginContent, endContent, hashOfId, hashOfText } from './hashes';
import {
  DAY,
  FLOAT,
  INTEGER,
  IS_HASHED,
  IS_PLAIN,
  HAS_ID,
  IS_REQUIRED,
  IS_UNUSUAL,
  LIST,
  MARKS_AT,
  OWN_AT,
  REFERENCE,
  TEXT,
  TOKEN,
  TOKENS,
  USER_IDS,
  YEAR,
} from './layout';
import { countItems, isPlainList } from './lists';
import {
  cellsAt,
  codesCell,
  COLUMN_BYTES,
  columns,
  columnsEnd,
  HASHED_BYTES,
  hashAt,
  hashed,
  hashedEnd,
  idCell,
  seed,
  subjectsCell,
  texts,
  textsAt,
  textsEnd,
} from './table';
import { hasToken, isCommon, isId, isText } from './texts';

/** Where each cell starts and ends; records with more cells are left to the check. */
export const CELLS_LIMIT = 512;
export let starts: usize = 0;
export let ends: usize = 0;

/** Takes memory for that. */
export function useCells(at: usize): usize {
  starts = at;
  ends = at + CELLS_LIMIT * 4;
  return ends + CELLS_LIMIT * 4;
}

// @ts-ignore: decorator
@inline
export function startOf(cell: i32): usize {
  return <usize>load<u32>(starts + (<usize>cell << 2));
}
// @ts-ignore: decorator
@inline
export function endOf(cell: i32): usize {
  return <usize>load<u32>(ends + (<usize>cell << 2));
}

/**
 * Judges the record, and writes what can be told of it to its words; what its id and its references need is left to
 * `finish` (together.ts). What cannot be told is 0. `marks`: what else is known of it.
 */
export function settle(words: usize, marks: i32): void {
  store<i32>(words, marks, MARKS_AT);
  store<i32>(words, 0, OWN_AT);
  for (let at = words + hashAt; at < words + cellsAt; at += 4) store<i32>(at, 0);
  if (idCell < 0) return;
  const from = startOf(idCell);
  const to = endOf(idCell);
  if (!isId(from, to)) return;
  store<i32>(words, hashOfId(from, to, seed), OWN_AT);
  if (isPlain((marks & IS_UNUSUAL) !== 0)) tell(words, marks | HAS_ID);
  else store<i32>(words, marks | HAS_ID, MARKS_AT);
}

/** Whether the check would find nothing in the cells of a record whose id is one. `isUnusual`: not all of it is printable ASCII. */
function isPlain(isUnusual: bool): bool {
  for (let at = columns; at < columnsEnd; at += COLUMN_BYTES) {
    const cell = load<i32>(at);
    const from = startOf(cell);
    const to = endOf(cell);
    const flags = load<i32>(at, 8);
    if (from === to) {
      if ((flags & IS_REQUIRED) !== 0) return false;
      continue;
    }
    if (!isPlainCell(from, to, load<i32>(at, 4), flags, load<u32>(at, 12))) return false;
    if (isUnusual && !isCommon(from, to)) return false;
  }
  if (subjectsCell < 0) return true;
  return (
    countItems(startOf(subjectsCell), endOf(subjectsCell)) === countItems(startOf(codesCell), endOf(codesCell))
  );
}

function isPlainCell(from: usize, to: usize, way: i32, flags: i32, tokens: usize): bool {
  switch (way) {
    case REFERENCE:
      return true;
    case TOKEN:
      return hasToken(tokens, from, to);
    case DAY:
      return isDay(from, to);
    case YEAR:
      return isYear(from, to);
    case LIST:
      return isPlainList(from, to, 0);
    case TOKENS:
      return isPlainList(from, to, tokens);
    case TEXT:
      return isText(from, to, flags);
    case INTEGER:
      return isInteger(from, to);
    case FLOAT:
      return isFloat(from, to);
    case USER_IDS:
      return isUserIds(from, to);
    default:
      return false;
  }
}

/** Writes all that is asked for of a record that is plain to its words. */
function tell(words: usize, marks: i32): void {
  const hashes = hashedEnd > hashed;
  store<i32>(words, marks | (hashes ? IS_PLAIN | IS_HASHED : IS_PLAIN), MARKS_AT);
  if (hashes) tellContent(words + hashAt);
  let into = words + textsAt;
  for (let at = texts; at < textsEnd; at += 4, into += 8) {
    const cell = load<i32>(at);
    if (cell < 0) hashOfText(0, 0, seed, into);
    else hashOfText(startOf(cell), endOf(cell), seed, into);
  }
}

function tellContent(into: usize): void {
  beginContent();
  for (let at = hashed; at < hashedEnd; at += HASHED_BYTES) {
    const cell = load<i32>(at);
    const from = startOf(cell);
    const to = endOf(cell);
    if (from !== to) addContent(from, to, load<i32>(at, 4));
  }
  endContent(into);
}
