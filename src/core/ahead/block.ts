/**
 * Reading ahead of the check: a second thread finds the records in the bytes of a file and judges their cells, so that
 * the check itself looks at cells only where something may be wrong with them. What the second thread says is only ever
 * that a record is plain; everything that is reported is found by the check.
 */

import { SCRATCH_BYTES } from '../csv.ts';
import type { Heap } from '../heap.ts';
import type { IdPlaces, IdView } from '../id-set.ts';
import type { Kind, Version } from '../tables.ts';

/** What the second thread has to know of records before it judges them. */
export type AheadRows = {
  kind: Kind;
  version: Version;
  /** As `Columns` has them: the field of each cell, -1 where a cell is not read. */
  fields: Int32Array;
  /** By field: whether the file has a column for it. */
  present: boolean[];
  /** The hashes of contents are asked for. */
  hashes: boolean;
  /** Seed of the hashes of ids. */
  seed: number;
  /** Ids of the records that have been read before, to which those of the ones that are found in bytes are added. */
  ids: IdView | undefined;
  /** Fields that are one reference to a kind whose ids are all known, and these ids. */
  references: { field: number; ids: IdView }[];
  /** Fields of whose texts hashes are asked for. */
  texts: readonly number[];
};

/** What it has to know of a file before it reads on in it. */
export type AheadTable = AheadRows & {
  /** Bytes of the record that was begun, and the line on which it starts. */
  carry: Uint8Array;
  line: number;
};

/**
 * Bytes of a file that follow each other from block to block, and the records in them. All numbers are positions in
 * `bytes` or `index`.
 */
export type Block = {
  bytes: Uint8Array;
  index: Int32Array;
  /** The bytes of the block; before them is room for what an earlier block left over. */
  from: number;
  to: number;
  /** Records that were found, in `index`; they reach up to `foundTo`, and what follows has to be read in the plain way. */
  rows: number;
  foundTo: number;
  /** Line on which the record after the found ones starts; 0 where that is not known, because the thread reads no further. */
  lineAfter: number;
  /** Where the ids stand now, if elsewhere than before. */
  ids?: IdPlaces | undefined;
};

/**
 * Words of a record in `index`: where it starts; its marks; with `IS_ADDED` what came of adding its id (as `add` of
 * `IdSet` tells), else the hash of its sourcedId. Then as `rowLayout` has it. What stands there is little, because
 * it goes from one processor to the other.
 */
export const MARKS_AT = 1;
export const OWN_AT = 2;
/** Nothing is wrong with its cells; it has letters above ASCII or control characters. */
export const IS_PLAIN = 1;
export const IS_UNUSUAL = 2;
export const IS_HASHED = 4;
/** Of a record that was made: where an earlier one has its id, it is passed over. */
export const MAY_REPEAT = 8;
/** Some of its cells stand in quotes, which belong to none. */
export const IS_QUOTED = 16;
export const IS_ADDED = 32;
/** Longest record whose cells can be told in halves of words. */
export const ROW_LIMIT_BYTES = 0xffff;

/** Which word of a record tells what. */
export type RowLayout = {
  /** The line, of records that were made; those of a file follow each other line by line. */
  line: number;
  /** The two halves of the hash of its content, if they are asked for. */
  hash: number;
  /** For each of the references the index of what it points to + 1, or 0. */
  references: number;
  /** For each of the texts the two halves of its hash. */
  texts: number;
  /** For each cell half a word: where it ends, counted from where the record starts. Between two cells stands one byte. */
  cells: number;
  /** How many words there are. */
  words: number;
};

export function rowLayout({ fields, hashes, references, texts }: AheadRows, isMade: boolean): RowLayout {
  const line = OWN_AT + 1;
  const hash = line + (isMade ? 1 : 0);
  const first = hash + (hashes ? 2 : 0);
  const second = first + references.length;
  const cells = second + texts.length * 2;
  return { line, hash, references: first, texts: second, cells, words: cells + Math.ceil(fields.length / 2) };
}

/** A second thread is worth its while for deliveries of so many bytes, and of these for files of so many. */
export const AHEAD_FROM_BYTES = 1 << 22;
export const FILE_AHEAD_FROM_BYTES = 1 << 20;

/** By how much more records may come than the first ones let expect. */
export const SPARE = 1.1;

export const PIECE_BYTES = 1 << 19;
/** Longest record that may be carried over to the next block. */
export const CARRY_BYTES = 1 << 16;
export const PIECE_AT = SCRATCH_BYTES + CARRY_BYTES;
export const BLOCK_BYTES = PIECE_AT + PIECE_BYTES + 1;
export const INDEX_WORDS = 1 << 18;

/** The second thread, as the check sees it. */
export type Ahead = {
  /** Where the ids of a check have to stand, so that its records can be looked at ahead. */
  readonly heap: Heap;
  /** Nothing is under way: a file may be begun, or what takes its place. */
  readonly isFree: boolean;
  /** Begins a file; to be called only when nothing is under way. What comes before the thread is up is read in this one. */
  begin(table: AheadTable): AheadStream;
  /** Begins with records that the check makes itself, for example of a file of another format; as `begin`. */
  judge(rows: AheadRows): MadeStream;
};

/** Blocks in the ring; so many may be under way, less the one that is filled and the one that is looked at. */
export const BLOCKS = 6;

export type AheadStream = {
  /** Hands bytes over from a position on. Returns up to where: as much as one block takes. */
  push(bytes: Uint8Array, from: number): number;
  /** No more bytes will come. */
  end(): void;
  /** Blocks that were handed over and not taken back yet; never more than `BLOCKS - 2`. */
  readonly waiting: number;
  /** The next block, in the order of the bytes; it may be read until the one after it is asked for. */
  next(): Promise<Block>;
};

/** Records that are made in the check: the second thread judges some while the next ones are made. */
export type MadeStream = {
  /** Where the next records are written: to `bytes` from `SCRATCH_BYTES` on, to `index` all but what the thread finds out. */
  readonly room: Pick<Block, 'bytes' | 'index'>;
  /** Hands over the records in `room`, which is another one then. */
  send(rows: number): void;
  /** Blocks that were handed over and not taken back yet; never more than `BLOCKS - 1`. */
  readonly waiting: number;
  /** The oldest of these has been looked at. */
  readonly isReady: boolean;
  /** Takes the oldest back, looked at or not; it may be read until the next one is handed over. */
  take(): Pick<Block, 'bytes' | 'index'>;
  /** No more records will come. */
  end(): void;
};
