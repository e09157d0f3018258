/** Keeps rows aside, packed, until the ids of their own file are all known. */

import { Row } from './record.ts';
import { fieldNames, type Kind } from './tables.ts';

/** Rows are kept in pieces of this size, so that what is there need never be moved. */
const PIECE_BYTES = 1 << 18;
const PIECE_ROWS = 1 << 11;
/** Longest stretch of a buffer that is kept as it is. */
const TOGETHER_BYTES = 4096;

type Piece = {
  bytes: Uint8Array;
  filled: number;
  rows: number;
  /**
   * For each row: its line, its index, whether it is hashed and both halves of the hash, where it is kept, in the bits
   * of one or more words which fields are filled, and for each of these in two halves how far from there it starts, and
   * its length. What is blank takes no room, for memory costs when it is touched first.
   */
  numbers: Int32Array;
  used: number;
};

const FIELDS_AT = 6;
const WORD_BITS = 32;

export class RowStore {
  size = 0;
  #kind: Kind;
  /** Fields that are kept, and whether others are not. */
  #fields: Int32Array;
  #isPart: boolean;
  /** Words that tell which of these fields are filled. */
  #masks: number;
  #pieces: Piece[] = [];
  /** Rows whose cells are kept one by one: for each of the fields where it starts, and its length. */
  #apart = new Map<number, Int32Array>();
  #metadata = new Map<number, Record<string, string>>();

  /** @param fields those that are kept, all unless they are given; of a part of them, what is not kept reads as blank, metadata too. */
  constructor(kind: Kind, fields?: readonly number[]) {
    this.#kind = kind;
    this.#isPart = fields !== undefined;
    this.#fields = Int32Array.from(fields ?? fieldNames(kind).keys());
    this.#masks = Math.ceil(this.#fields.length / WORD_BITS);
  }

  push(row: Row): void {
    const { buffer, start, end, metadata } = row;
    const fields = this.#fields;
    let low = buffer.length;
    let high = 0;
    let sizeBytes = 0;
    for (let each = 0; each < fields.length; each++) {
      const from = start[fields[each] as number] as number;
      const to = end[fields[each] as number] as number;
      if (from === to) continue;
      sizeBytes += to - from;
      if (from < low) low = from;
      if (to > high) high = to;
    }
    // Cells that were written anew stand far from the others, at the front of the buffer.
    const isStretch = !this.#isPart && high - low <= TOGETHER_BYTES;
    const isApart = !isStretch && (!this.#isPart || sizeBytes > TOGETHER_BYTES);
    const piece = this.#pieceFor(isStretch ? Math.max(0, high - low) : sizeBytes);
    const { numbers } = piece;
    const first = piece.used;
    piece.rows++;
    numbers[first] = row.line;
    numbers[first + 1] = row.index;
    numbers[first + 2] = row.isHashed ? 1 : 0;
    numbers[first + 3] = row.hashHigh;
    numbers[first + 4] = row.hashLow;
    let at = first + FIELDS_AT + this.#masks;
    if (!isApart) {
      numbers[first + 5] = piece.filled;
      let packed = 0;
      for (let each = 0, mask = 0; each < fields.length; each++) {
        const from = start[fields[each] as number] as number;
        const to = end[fields[each] as number] as number;
        const bit = each & (WORD_BITS - 1);
        if (from !== to) {
          mask |= 1 << bit;
          numbers[at++] = ((isStretch ? from - low : packed) << 16) | (to - from);
          if (!isStretch) {
            keep(piece, buffer, from, to);
            packed += to - from;
          }
        }
        if (bit === WORD_BITS - 1 || each === fields.length - 1) {
          numbers[first + FIELDS_AT + (each >>> 5)] = mask;
          mask = 0;
        }
      }
      if (isStretch && high > low) keep(piece, buffer, low, high);
    } else this.#apart.set(this.size, keepEach(piece, row, fields));
    piece.used = at;
    if (metadata && !this.#isPart) this.#metadata.set(this.size, metadata);
    this.size++;
  }

  /** The rows in the order of arrival; the Row is the same object each time. */
  *rows(): Generator<Row> {
    const row = new Row(this.#kind);
    const fields = this.#fields;
    let index = 0;
    for (const { bytes, numbers, rows } of this.#pieces) {
      row.buffer = bytes;
      let at = 0;
      for (let each = 0; each < rows; each++, index++) {
        row.line = numbers[at] as number;
        row.index = numbers[at + 1] as number;
        row.isHashed = numbers[at + 2] === 1;
        row.hashHigh = numbers[at + 3] as number;
        row.hashLow = numbers[at + 4] as number;
        const base = numbers[at + 5] as number;
        const masks = at + FIELDS_AT;
        at = masks + this.#masks;
        const apart = this.#apart.get(index);
        for (let bit = 0; bit < fields.length; bit++) {
          const field = fields[bit] as number;
          if (apart) {
            row.start[field] = apart[bit * 2] as number;
            row.end[field] = (apart[bit * 2] as number) + (apart[bit * 2 + 1] as number);
          } else if ((numbers[masks + (bit >>> 5)] as number) & (1 << (bit & (WORD_BITS - 1)))) {
            const place = numbers[at++] as number;
            row.start[field] = base + (place >>> 16);
            row.end[field] = base + (place >>> 16) + (place & 0xffff);
          } else {
            row.start[field] = base;
            row.end[field] = base;
          }
        }
        row.metadata = this.#metadata.get(index);
        yield row;
      }
    }
  }

  #pieceFor(sizeBytes: number): Piece {
    const last = this.#pieces.at(-1);
    if (last && last.rows < PIECE_ROWS && last.filled + sizeBytes <= last.bytes.length) return last;
    const piece = {
      bytes: new Uint8Array(Math.max(PIECE_BYTES, sizeBytes)),
      filled: 0,
      rows: 0,
      numbers: new Int32Array(PIECE_ROWS * (this.#fields.length + this.#masks + FIELDS_AT)),
      used: 0,
    };
    this.#pieces.push(piece);
    return piece;
  }
}

function keep(piece: Piece, buffer: Uint8Array, from: number, to: number): void {
  const { bytes } = piece;
  for (let byte = from, into = piece.filled; byte < to; byte++, into++) bytes[into] = buffer[byte] as number;
  piece.filled += to - from;
}

/** Keeps one cell after the other: where each starts, and its length. */
function keepEach(piece: Piece, { buffer, start, end }: Row, fields: Int32Array): Int32Array {
  const places = new Int32Array(fields.length * 2);
  for (let each = 0; each < fields.length; each++) {
    const from = start[fields[each] as number] as number;
    const to = end[fields[each] as number] as number;
    places[each * 2] = piece.filled;
    places[each * 2 + 1] = to - from;
    keep(piece, buffer, from, to);
  }
  return places;
}
