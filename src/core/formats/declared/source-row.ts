/** One row of a file as its format names its columns, and the shelf on which rows wait until all of a file is known. */

import { decode } from '../../record.ts';

/** Cells by the order of the declaration's columns; blank where the file has no such column. The same object for each row. */
export class SourceRow {
  line = 0;
  buffer: Uint8Array = new Uint8Array(0);
  start: Int32Array;
  end: Int32Array;
  /** The value of `each` in `buffer`. */
  itemStart = 0;
  itemEnd = 0;
  /** A required cell is blank, or the row contradicts an earlier one: no record is made of it. */
  isLost = false;

  constructor(width: number) {
    this.start = new Int32Array(width);
    this.end = new Int32Array(width);
  }

  text(column: number): string {
    return decode(this.buffer, this.start[column] as number, this.end[column] as number);
  }

  isBlank(column: number): boolean {
    return this.start[column] === this.end[column];
  }
}

const PIECE_BYTES = 1 << 18;
const PIECE_ROWS = 1 << 11;
/** The cells of one row together. */
export const ROW_BYTES_LIMIT = (1 << 16) - 1;

type Piece = { bytes: Uint8Array; filled: number; rows: number; numbers: Int32Array };

/** Rows, packed. */
export class RowShelf {
  size = 0;
  #width: number;
  #pieces: Piece[] = [];
  /** Index of the first row of each piece. */
  #firsts: number[] = [];
  #lost = new Set<number>();
  /** Cells that were written anew, by row and column. */
  #anew = new Map<number, Map<number, Uint8Array>>();

  constructor(width: number) {
    this.#width = width;
  }

  push(row: SourceRow): void {
    const width = this.#width;
    let sizeBytes = 0;
    for (let column = 0; column < width; column++)
      sizeBytes += (row.end[column] as number) - (row.start[column] as number);
    const piece = this.#pieceFor(sizeBytes);
    const { numbers, bytes } = piece;
    let at = piece.rows++ * (width + 2);
    numbers[at++] = row.line;
    numbers[at++] = piece.filled;
    let into = piece.filled;
    const base = into;
    for (let column = 0; column < width; column++, at++) {
      const from = row.start[column] as number;
      const to = row.end[column] as number;
      numbers[at] = ((into - base) << 16) | (to - from);
      for (let read = from; read < to; read++) bytes[into++] = row.buffer[read] as number;
    }
    piece.filled = into;
    if (row.isLost) this.#lost.add(this.size);
    this.size++;
  }

  lose(index: number): void {
    this.#lost.add(index);
  }

  put(index: number, column: number, bytes: Uint8Array): void {
    const cells = this.#anew.get(index) ?? new Map<number, Uint8Array>();
    cells.set(column, bytes);
    this.#anew.set(index, cells);
  }

  /** Reads one row into `row`. */
  read(index: number, row: SourceRow): void {
    const at = this.#pieceOf(index);
    this.#fill(row, this.#pieces[at] as Piece, index - (this.#firsts[at] as number), index);
  }

  /** All rows in their order. */
  *rows(row: SourceRow): Generator<number> {
    let index = 0;
    for (const piece of this.#pieces)
      for (let each = 0; each < piece.rows; each++, index++) {
        this.#fill(row, piece, each, index);
        yield index;
      }
  }

  #pieceOf(index: number): number {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#firsts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #fill(row: SourceRow, { bytes, numbers }: Piece, each: number, index: number): void {
    const first = each * (this.#width + 2);
    row.buffer = bytes;
    row.line = numbers[first] as number;
    const base = numbers[first + 1] as number;
    for (let column = 0; column < this.#width; column++) {
      const place = numbers[first + 2 + column] as number;
      const from = base + (place >>> 16);
      row.start[column] = from;
      row.end[column] = from + (place & 0xffff);
    }
    row.isLost = this.#lost.size > 0 && this.#lost.has(index);
    const anew = this.#anew.size > 0 ? this.#anew.get(index) : undefined;
    if (anew) withCells(row, anew, this.#width);
  }

  #pieceFor(sizeBytes: number): Piece {
    const last = this.#pieces.at(-1);
    if (last && last.rows < PIECE_ROWS && last.filled + sizeBytes <= last.bytes.length) return last;
    const piece = {
      bytes: new Uint8Array(Math.max(PIECE_BYTES, sizeBytes)),
      filled: 0,
      rows: 0,
      numbers: new Int32Array(PIECE_ROWS * (this.#width + 2)),
    };
    this.#firsts.push(this.size);
    this.#pieces.push(piece);
    return piece;
  }
}

/** The row in a buffer of its own, with other cells in some places. */
function withCells(row: SourceRow, anew: Map<number, Uint8Array>, width: number): void {
  const cells = Array.from(
    { length: width },
    (_, column) => anew.get(column) ?? row.buffer.subarray(row.start[column], row.end[column]),
  );
  const buffer = new Uint8Array(cells.reduce((sum, cell) => sum + cell.length, 0));
  let at = 0;
  for (const [column, cell] of cells.entries()) {
    buffer.set(cell, at);
    row.start[column] = at;
    at += cell.length;
    row.end[column] = at;
  }
  row.buffer = buffer;
}
