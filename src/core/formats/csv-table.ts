/** Reads one OneRoster CSV file as rows of its kind, and reports what is wrong with its text and header. */

import {
  type Ahead,
  type AheadRows,
  type AheadStream,
  BLOCKS,
  type Block,
  CARRY_BYTES,
  FILE_AHEAD_FROM_BYTES,
  SPARE,
} from '../ahead/block.ts';
import { Replay } from '../ahead/replay.ts';
import { isUtf8 } from '../bytes.ts';
import { type CsvFault, CsvReader, type CsvVisitor } from '../csv.ts';
import { type Columns, readHeader } from '../header.ts';
import { NOT_ADDED } from '../id-set.ts';
import { decode, type Entry, type Mode, Row } from '../record.ts';
import { show } from '../show.ts';
import { fieldNames, fileOf, type Kind, type Version } from '../tables.ts';
import type { Tally } from '../tally.ts';
import type { RowVisitor } from './format.ts';
import { readWithHead, sniff } from './sniff.ts';

type Source = { kind: Kind; entry: Entry; version: Version | '1.0'; mode: Mode };

/** So much of a file is read before the rest is handed over: its header, and enough rows to tell how many will come. */
const HEAD_BYTES = 1 << 12;
const SHORTEST_ROW_BYTES = 8;

export async function readTable(source: Source, tally: Tally, visitor: RowVisitor, ahead?: Ahead): Promise<void> {
  const reading = new TableReading(source, tally, visitor);
  const complete = { value: true };
  const thread = source.entry.sizeBytes < FILE_AHEAD_FROM_BYTES ? undefined : ahead;
  let stream: AheadStream | undefined;
  async function follow(limit: number): Promise<void> {
    while (stream && stream.waiting > limit) {
      const block = await stream.next();
      reading.replay(block);
      await visitor.drain();
    }
  }
  async function feed(to: AheadStream, bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      from = to.push(bytes, from);
      if (to.waiting >= BLOCKS - 2) await follow(BLOCKS - 3);
    }
  }
  await readWithHead(
    source.entry,
    (head) => {
      const judged = sniff(head, reading.file);
      if (judged.fault === undefined) {
        if (judged.bomBytes) tally.add('csv-bom-present', { file: reading.file, line: 1 });
        return judged.bomBytes;
      }
      tally.add(judged.fault, { file: reading.file, line: 1, message: judged.message });
      complete.value = false;
      return false;
    },
    (bytes) => {
      let from = 0;
      if (!stream && thread?.isFree) {
        if (!reading.hasRows) {
          from = Math.min(bytes.length, HEAD_BYTES);
          reading.reader.push(bytes.subarray(0, from));
        }
        stream = reading.handOver(thread, source.entry.sizeBytes);
      }
      if (stream) return feed(stream, bytes.subarray(from));
      reading.reader.push(bytes.subarray(from));
      return visitor.drain();
    },
  ).finally(() => {
    stream?.end();
    return follow(0);
  });
  if (!complete.value) return;
  reading.finish();
  await visitor.drain();
}

class TableReading implements CsvVisitor {
  readonly file: string;
  readonly reader: CsvReader;
  #kind: Kind;
  #version: Version | '1.0';
  #tally: Tally;
  #visitor: RowVisitor;
  #columns: Columns | undefined;
  #present: boolean[] = [];
  /** Of the records that another thread has read. */
  #replay: Replay | undefined;
  #upcoming: RowVisitor['upcoming'];
  #headerBroken = false;
  #row: Row;
  /** Bytes of the rows so far, and of their ids: tells how many are to come. */
  #readBytes = 0;
  #idBytes = 0;
  #rows = 0;
  #saidNotUtf8 = false;
  #saidCr = false;
  #hasMetadata = false;

  constructor(source: Source, tally: Tally, visitor: RowVisitor) {
    this.#kind = source.kind;
    this.#version = source.version;
    this.#tally = tally;
    this.#visitor = visitor;
    this.#upcoming = visitor.upcoming && ((hashes, count) => visitor.upcoming?.(hashes, count));
    this.file = fileOf(source.kind);
    this.#row = new Row(source.kind);
    this.reader = new CsvReader(this);
  }

  get hasRows(): boolean {
    return this.#rows > 0;
  }

  /** Lets a second thread read on; undefined where that cannot be told what it reads, or is busy. */
  handOver(ahead: Ahead, sizeBytes: number): AheadStream | undefined {
    const { reader } = this;
    const columns = this.#columns;
    if (!columns || reader.settle() > CARRY_BYTES) return undefined;
    const share = (sizeBytes * SPARE) / Math.max(1, this.#readBytes);
    // Rows that cannot be read tell nothing of how long the others are.
    const rows = Math.ceil(Math.min(this.#rows * share, sizeBytes / SHORTEST_ROW_BYTES));
    // Before it is told where the ids stand: they are given more room elsewhere.
    this.#visitor.expect?.(rows, Math.ceil(Math.min(this.#idBytes * share, sizeBytes)));
    const known = this.#visitor.known?.();
    if (!known) return undefined;
    const told: AheadRows = {
      ...known,
      hashes: known.hashes && !this.#hasMetadata,
      kind: this.#kind,
      version: this.#version === '1.2' ? '1.2' : '1.1',
      fields: columns.fields,
      present: this.#present,
    };
    this.#replay = new Replay(told, false);
    return ahead.begin({ ...told, carry: reader.takeRest(), line: reader.line });
  }

  /** Takes what a second thread has found; what it did not, and what follows a record that is not over, is read here. */
  replay(block: Block): void {
    const { reader } = this;
    let from = block.from;
    if (block.ids) this.#visitor.adopt?.(block.ids);
    if (reader.settle() === 0) {
      this.#replayRows(block);
      if (block.lineAfter > 0) reader.line = block.lineAfter;
      from = block.foundTo;
    }
    if (from < block.to) reader.push(block.bytes.subarray(from, block.to));
  }

  #replayRows({ bytes, index, rows, lineAfter }: Block): void {
    const row = this.#row;
    const visitor = this.#visitor;
    const replay = this.#replay as Replay;
    const { words } = replay.layout;
    replay.announce(index, rows, this.#upcoming);
    row.buffer = bytes;
    replay.line = lineAfter - rows;
    this.#rows += rows;
    for (let left = rows, at = 0; left > 0; left--, at += words) {
      replay.put(row, index, at);
      if (this.#hasMetadata) {
        const { start, end } = replay.places(bytes, index, at);
        row.metadata = this.#metadata(this.#columns as Columns, bytes, start, end);
      }
      visitor.row(row);
    }
  }

  finish(): void {
    this.reader.finish();
    if (this.#headerBroken) return;
    if (!this.#columns)
      this.#tally.add('csv-empty-file', { file: this.file, line: 1, message: `${this.file} has no header row` });
    else if (this.#rows === 0)
      this.#tally.add('csv-no-data-rows', {
        file: this.file,
        line: 1,
        message: `${this.file} has a header and no rows`,
      });
  }

  row(): void {
    if (this.#headerBroken) return;
    const columns = this.#columns;
    if (!columns) return this.#header();
    const { reader } = this;
    if (reader.count !== columns.width) return this.#wrongWidth(columns.width);
    if (reader.hasHigh && !this.#checkUtf8()) return this.#broken();
    const row = this.#row;
    row.line = reader.line;
    row.buffer = reader.buffer;
    row.unusual = reader.hasHigh || reader.hasControl;
    row.plain = false;
    row.isHashed = false;
    row.entry = NOT_ADDED;
    const { fields } = columns;
    const { start, end } = reader;
    let filled = 0;
    for (let cell = 0; cell < columns.width; cell++) {
      const field = fields[cell] as number;
      const from = start[cell] as number;
      const to = end[cell] as number;
      filled |= to - from;
      if (field < 0) continue;
      row.start[field] = from;
      row.end[field] = to;
    }
    if (filled === 0) {
      this.#tally.add('csv-blank-row', {
        file: this.file,
        line: reader.line,
        message: `Line ${reader.line} holds commas and nothing else`,
      });
      return;
    }
    this.#readBytes += (end[columns.width - 1] as number) - reader.recordAt;
    this.#idBytes += (row.end[0] as number) - (row.start[0] as number);
    row.metadata = this.#hasMetadata ? this.#metadata(columns, reader.buffer, start, end) : undefined;
    this.#rows++;
    this.#visitor.row(row);
  }

  #header(): void {
    const { reader } = this;
    const names = Array.from({ length: reader.count }, (_, at) =>
      decode(reader.buffer, reader.start[at] as number, reader.end[at] as number),
    );
    this.#columns = readHeader(this.#kind, names, this.#version, this.#tally);
    this.#hasMetadata = this.#columns.metadata.some((name) => name !== undefined);
    reader.width = names.length;
    const present = fieldNames(this.#kind).map(() => false);
    for (const field of this.#columns.fields) if (field >= 0) present[field] = true;
    this.#present = present;
    this.#visitor.columns(present);
  }

  #metadata(
    columns: Columns,
    buffer: Uint8Array,
    start: Int32Array,
    end: Int32Array,
  ): Record<string, string> | undefined {
    let filled: Record<string, string> | undefined;
    columns.metadata.forEach((name, at) => {
      const text = name ? decode(buffer, start[at] as number, end[at] as number) : '';
      if (name && text !== '') {
        filled ??= {};
        filled[name] = text;
      }
    });
    return filled;
  }

  #wrongWidth(width: number): void {
    const { reader } = this;
    let blanks = 0;
    while (blanks < reader.count && reader.start[reader.count - 1 - blanks] === reader.end[reader.count - 1 - blanks])
      blanks++;
    const more = reader.count - width;
    const cause =
      more <= 0
        ? ''
        : blanks >= more
          ? ': commas too many stand at its end'
          : ': a comma stands in a value without quotes';
    this.#tally.add('csv-row-width-mismatch', {
      ...this.#place(),
      message: `The row has ${reader.count} cells, and the header has ${width}${cause}`,
    });
    this.#broken();
  }

  /** One finding a file: where text is not UTF-8, every accented letter of the file is wrong in the same way. */
  #checkUtf8(): boolean {
    const { reader } = this;
    for (let cell = 0; cell < reader.count; cell++) {
      if (isUtf8(reader.buffer, reader.start[cell] as number, reader.end[cell] as number)) continue;
      if (!this.#saidNotUtf8) {
        const column = this.#columns?.names[cell];
        this.#tally.add('csv-not-utf8', {
          ...this.#place(),
          ...(column ? { column } : {}),
          message: `${this.file} is not UTF-8; the first wrong letter stands on line ${reader.line}`,
        });
      }
      this.#saidNotUtf8 = true;
      return false;
    }
    return true;
  }

  fault(fault: CsvFault): void {
    const { reader } = this;
    if (fault === 'lone-cr') {
      if (!this.#saidCr)
        this.#tally.add('csv-line-ending-cr', {
          file: this.file,
          line: reader.line,
          message: `Line ${reader.line} of ${this.file} ends with CR alone`,
        });
      this.#saidCr = true;
      return;
    }
    if (fault === 'doubled') throw new Error('Doubled quotes are a fault only where bytes must stay as they are.');
    if (fault === 'blank') {
      this.#tally.add('csv-blank-row', { file: this.file, line: reader.line, message: `Line ${reader.line} is empty` });
      return;
    }
    if (this.#headerBroken) return;
    const [rule, message] = faults[fault];
    if (!this.#columns) {
      this.#headerBroken = true;
      this.#tally.add(rule, {
        file: this.file,
        line: 1,
        severity: 'fatal',
        message: `The header row of ${this.file} cannot be read: ${message}`,
      });
      return;
    }
    this.#tally.add(rule, { ...this.#place(), message: sentence(message) });
    this.#broken();
  }

  #place() {
    const [start, end] = this.reader.firstCell();
    return { file: this.file, line: this.reader.line, key: show(decode(this.reader.buffer, start, end)) };
  }

  #broken(): void {
    this.#rows++;
    const [start, end] = this.reader.firstCell();
    const idFirst = this.#columns?.fields[0] === 0;
    this.#visitor.broken(this.reader.buffer, start, idFirst ? end : start, this.reader.line);
  }
}

const faults: Record<Exclude<CsvFault, 'blank' | 'lone-cr' | 'doubled'>, [string, string]> = {
  'quote-unclosed': ['csv-quote-unclosed', 'a double quote is opened and never closed'],
  'quote-stray': ['csv-quote-stray', 'a double quote stands inside a value, or text follows a closing quote'],
  'line-break': ['csv-line-break-in-field', 'a value contains a line break'],
  'too-long': ['csv-row-width-mismatch', 'the row is longer than 1 MiB or has more than 4,096 cells'],
};
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
