/**
 * Records that a format makes, on their way to the check: a second thread judges the cells of some while the next ones
 * are made. What is said while they are made is said when their turn comes, so that all comes in the order in which it
 * would come without the thread.
 */

import { SCRATCH_BYTES } from '../csv.ts';
import { finding } from '../finding.ts';
import type { RowVisitor } from '../formats/format.ts';
import { Row } from '../record.ts';
import type { Saying } from '../tally.ts';
import {
  type Ahead,
  type AheadRows,
  BLOCKS,
  IS_UNUSUAL,
  MARKS_AT,
  MAY_REPEAT,
  type MadeStream,
  ROW_LIMIT_BYTES,
  SPARE,
} from './block.ts';
import { Replay } from './replay.ts';

const COMMA = 44;
/** A block with so many things that are no records is handed over, though there is room in it. */
const ASIDE_LIMIT = 1024;

/** What is to be done before the record at a position of a block is handed on. */
type Aside = { before: number; act: () => void };
type Sent = { rows: number; asides: Aside[]; metadata: Map<number, Row['metadata']> };

/** Takes records as the visitor itself would; after the last one, `finish` has to be called. */
export class MadeRows implements Pick<RowVisitor, 'row' | 'broken'> {
  /** Takes what is to be said of records in between. */
  readonly saying: Saying;
  #visitor: RowVisitor;
  #stream: MadeStream;
  #replay: Replay;
  #fields: Int32Array;
  #row: Row;
  #upcoming: RowVisitor['upcoming'];
  /** What was handed over and not taken back, the oldest first. */
  #sent: Sent[] = [];
  #filling: Sent = nothingSent();
  /** How far `room.bytes` is filled. */
  #filled = SCRATCH_BYTES;
  /** Tells, when asked first, which part of all records has been made; not a number where that is not known. */
  #share: (() => number) | undefined;
  #idBytes = 0;

  constructor(ahead: Ahead, rows: AheadRows, visitor: RowVisitor, tally: Saying, share: () => number) {
    this.#share = share;
    this.#visitor = visitor;
    this.#stream = ahead.judge(rows);
    this.#replay = new Replay(rows, true);
    this.#fields = rows.fields;
    this.#row = new Row(rows.kind);
    this.#upcoming = visitor.upcoming && ((hashes, count) => visitor.upcoming?.(hashes, count));
    this.saying = this.#late(tally);
  }

  row(row: Row): void {
    const fields = this.#fields;
    const { start, end, buffer } = row;
    let sizeBytes = 0;
    for (let cell = 0; cell < fields.length; cell++) {
      const field = fields[cell] as number;
      sizeBytes += (end[field] as number) - (start[field] as number) + 1;
    }
    if (sizeBytes > ROW_LIMIT_BYTES) return this.#tooLong(row);
    const { words, cells, line } = this.#replay.layout;
    if (
      this.#filled + sizeBytes > this.#stream.room.bytes.length ||
      (this.#filling.rows + 1) * words > this.#stream.room.index.length
    )
      this.#send();
    const { bytes, index } = this.#stream.room;
    const first = this.#filling.rows * words;
    const base = this.#filled;
    let to = base;
    for (let cell = 0; cell < fields.length; cell++) {
      const field = fields[cell] as number;
      const last = end[field] as number;
      for (let read = start[field] as number; read < last; read++) bytes[to++] = buffer[read] as number;
      const at = first + cells + (cell >>> 1);
      if (cell & 1) index[at] = (index[at] as number) | ((to - base) << 16);
      else index[at] = to - base;
      bytes[to++] = COMMA;
    }
    this.#filled = to;
    index[first] = base;
    index[first + line] = row.line;
    index[first + MARKS_AT] = (row.unusual ? IS_UNUSUAL : 0) | (row.mayRepeat ? MAY_REPEAT : 0);
    this.#idBytes += (end[0] as number) - (start[0] as number);
    if (row.metadata) this.#filling.metadata.set(this.#filling.rows, row.metadata);
    this.#filling.rows++;
  }

  broken(buffer: Uint8Array, start: number, end: number, line: number): void {
    const id = buffer.slice(start, end);
    this.#aside(() => this.#visitor.broken(id, 0, id.length, line));
  }

  /** No more records come: hands on those that are on their way. */
  finish(): void {
    this.#send();
    this.#stream.end();
    while (this.#sent.length > 0) this.#takeBack();
  }

  /** A record whose cells cannot be told in two halves of a word. */
  #tooLong(row: Row): void {
    const kept = new Row(row.kind);
    kept.buffer = new Uint8Array(row.buffer);
    kept.start.set(row.start);
    kept.end.set(row.end);
    kept.line = row.line;
    kept.unusual = row.unusual;
    kept.mayRepeat = row.mayRepeat;
    kept.metadata = row.metadata;
    this.#aside(() => this.#visitor.row(kept));
    this.#send();
  }

  #aside(act: () => void): void {
    this.#filling.asides.push({ before: this.#filling.rows, act });
    if (this.#filling.asides.length === ASIDE_LIMIT) this.#send();
  }

  #late(tally: Saying): Saying {
    const counts = { fatal: 0, error: 0, warning: 0, info: 0 };
    return {
      profile: tally.profile,
      counts,
      add: (rule, where) => {
        const found = finding(rule, { profile: tally.profile, ...where });
        counts[found.severity]++;
        this.#aside(() => tally.take(found));
        return found.severity;
      },
      take: (found) => {
        counts[found.severity]++;
        this.#aside(() => tally.take(found));
        return found.severity;
      },
    };
  }

  #send(): void {
    const { rows, asides } = this.#filling;
    if (rows === 0 && asides.length === 0) return;
    if (this.#share) this.#expect(rows, this.#share());
    this.#stream.send(rows);
    this.#sent.push(this.#filling);
    this.#filling = nothingSent();
    this.#filled = SCRATCH_BYTES;
    while (this.#stream.waiting > 0 && (this.#stream.isReady || this.#stream.waiting > BLOCKS - 2)) this.#takeBack();
  }

  /** From what the first block holds, how many will come. */
  #expect(rows: number, share: number): void {
    this.#share = undefined;
    if (share > 0 && share <= 1)
      this.#visitor.expect?.(Math.ceil((rows / share) * SPARE), Math.ceil((this.#idBytes / share) * SPARE));
  }

  #takeBack(): void {
    const { bytes, index } = this.#stream.take();
    const { rows, asides, metadata } = this.#sent.shift() as Sent;
    const replay = this.#replay;
    const { words } = replay.layout;
    const row = this.#row;
    replay.announce(index, rows, this.#upcoming);
    row.buffer = bytes;
    let next = 0;
    for (let each = 0, first = 0; each < rows; each++, first += words) {
      while (asides[next]?.before === each) asides[next++]?.act();
      replay.put(row, index, first);
      row.mayRepeat = ((index[first + MARKS_AT] as number) & MAY_REPEAT) !== 0;
      row.metadata = metadata.size > 0 ? metadata.get(each) : undefined;
      this.#visitor.row(row);
    }
    while (next < asides.length) asides[next++]?.act();
  }
}

const nothingSent = (): Sent => ({ rows: 0, asides: [], metadata: new Map() });
