/** Hands a visitor the records that a second thread has looked at, one by one as if they had just been read. */

import { NOT_ADDED } from '../id-set.ts';
import type { Row } from '../record.ts';
import {
  type AheadRows,
  IS_ADDED,
  IS_HASHED,
  IS_PLAIN,
  IS_QUOTED,
  IS_UNUSUAL,
  MARKS_AT,
  OWN_AT,
  type RowLayout,
  rowLayout,
} from './block.ts';

const QUOTE = 34;

/** Records of one file, as `index` of a block tells of them. */
export class Replay {
  readonly layout: RowLayout;
  /** Line of the next record, of those that were not made. */
  line = 0;
  #isMade: boolean;
  #fields: Int32Array;
  #references: Int32Array;
  #texts: readonly number[];
  #hashes = new Int32Array(1 << 12);

  constructor(rows: AheadRows, isMade: boolean) {
    this.layout = rowLayout(rows, isMade);
    this.#isMade = isMade;
    this.#fields = rows.fields;
    this.#references = Int32Array.from(rows.references, ({ field }) => field);
    this.#texts = rows.texts;
  }

  /** Tells of the ids that come next, unless they have been added. */
  announce(index: Int32Array, rows: number, upcoming: ((hashes: Int32Array, count: number) => void) | undefined): void {
    if (!upcoming || rows === 0 || (index[MARKS_AT] as number) & IS_ADDED) return;
    if (rows > this.#hashes.length) this.#hashes = new Int32Array(rows);
    const hashes = this.#hashes;
    const { words } = this.layout;
    for (let row = 0, at = OWN_AT; row < rows; row++, at += words) hashes[row] = index[at] as number;
    upcoming(hashes, rows);
  }

  /** Makes `row` the record whose words begin at a position; its `buffer` is the block's. */
  put(row: Row, index: Int32Array, first: number): void {
    const { targets, texts } = row;
    const { layout } = this;
    const references = this.#references;
    const hashed = this.#texts;
    const marks = index[first + MARKS_AT] as number;
    const own = index[first + OWN_AT] as number;
    row.line = this.#isMade ? (index[first + layout.line] as number) : this.line++;
    row.plain = (marks & IS_PLAIN) !== 0;
    row.unusual = (marks & IS_UNUSUAL) !== 0;
    row.entry = marks & IS_ADDED ? own : NOT_ADDED;
    row.idHash = own;
    row.isHashed = (marks & IS_HASHED) !== 0;
    if (row.isHashed) {
      row.hashHigh = index[first + layout.hash] as number;
      row.hashLow = index[first + layout.hash + 1] as number;
    }
    let at = first + layout.references;
    for (let each = 0; each < references.length; each++) targets[references[each] as number] = index[at++] as number;
    for (let each = 0; each < hashed.length; each++) {
      const text = (hashed[each] as number) * 2;
      texts[text] = index[at++] as number;
      texts[text + 1] = index[at++] as number;
    }
    this.#cells(row, index, first, marks);
  }

  #cells({ buffer, start, end }: Row, index: Int32Array, first: number, marks: number): void {
    const fields = this.#fields;
    const base = index[first] as number;
    const isQuoted = (marks & IS_QUOTED) !== 0;
    const at = first + this.layout.cells;
    let from = base;
    for (let cell = 0; cell < fields.length; cell++) {
      const field = fields[cell] as number;
      const to = base + endOf(index, at, cell);
      if (field >= 0) {
        const quoted = isQuoted && buffer[from] === QUOTE ? 1 : 0;
        start[field] = from + quoted;
        end[field] = to - quoted;
      }
      from = to + 1;
    }
  }

  /** Where the cells of a record stand, those too that are no fields. */
  places(buffer: Uint8Array, index: Int32Array, first: number): { start: Int32Array; end: Int32Array } {
    const width = this.#fields.length;
    const places = { start: new Int32Array(width), end: new Int32Array(width) };
    const base = index[first] as number;
    const isQuoted = ((index[first + MARKS_AT] as number) & IS_QUOTED) !== 0;
    let from = base;
    for (let cell = 0; cell < width; cell++) {
      const to = base + endOf(index, first + this.layout.cells, cell);
      const quoted = isQuoted && buffer[from] === QUOTE ? 1 : 0;
      places.start[cell] = from + quoted;
      places.end[cell] = to - quoted;
      from = to + 1;
    }
    return places;
  }
}

const endOf = (index: Int32Array, at: number, cell: number): number =>
  ((index[at + (cell >>> 1)] as number) >>> ((cell & 1) << 4)) & 0xffff;
