/** Reads one OneRoster CSV file as rows of its kind, and reports what is wrong with its text and header. */

import { isUtf8 } from '../bytes.ts';
import { type CsvFault, CsvReader } from '../csv.ts';
import { type Columns, readHeader } from '../header.ts';
import { decode, type Entry, type Mode, Row } from '../record.ts';
import { show } from '../show.ts';
import { fieldNames, fileOf, type Kind, type Version } from '../tables.ts';
import type { Tally } from '../tally.ts';
import type { RowVisitor } from './format.ts';
import { readWithHead, sniff } from './sniff.ts';

type Source = { kind: Kind; entry: Entry; version: Version | '1.0'; mode: Mode };

export async function readTable(source: Source, tally: Tally, visitor: RowVisitor): Promise<void> {
  const reading = new TableReading(source, tally, visitor);
  const complete = { value: true };
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
      reading.reader.push(bytes);
      return visitor.drain();
    },
  );
  if (!complete.value) return;
  reading.finish();
  await visitor.drain();
}

class TableReading {
  readonly file: string;
  readonly reader: CsvReader;
  #kind: Kind;
  #version: Version | '1.0';
  #tally: Tally;
  #visitor: RowVisitor;
  #columns: Columns | undefined;
  #headerBroken = false;
  #row: Row;
  #rows = 0;
  #saidNotUtf8 = false;
  #saidCr = false;
  #hasMetadata = false;

  constructor(source: Source, tally: Tally, visitor: RowVisitor) {
    this.#kind = source.kind;
    this.#version = source.version;
    this.#tally = tally;
    this.#visitor = visitor;
    this.file = fileOf(source.kind);
    this.#row = new Row(source.kind);
    this.reader = new CsvReader({ row: () => this.#record(), fault: (fault) => this.#fault(fault) });
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

  #record(): void {
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
    row.metadata = this.#hasMetadata ? this.#metadata(columns) : undefined;
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
    this.#visitor.columns(present);
  }

  #metadata(columns: Columns): Record<string, string> | undefined {
    let filled: Record<string, string> | undefined;
    columns.metadata.forEach((name, at) => {
      const text = name
        ? decode(this.reader.buffer, this.reader.start[at] as number, this.reader.end[at] as number)
        : '';
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

  #fault(fault: CsvFault): void {
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

const faults: Record<Exclude<CsvFault, 'blank' | 'lone-cr'>, [string, string]> = {
  'quote-unclosed': ['csv-quote-unclosed', 'a double quote is opened and never closed'],
  'quote-stray': ['csv-quote-stray', 'a double quote stands inside a value, or text follows a closing quote'],
  'line-break': ['csv-line-break-in-field', 'a value contains a line break'],
  'too-long': ['csv-row-width-mismatch', 'the row is longer than 1 MiB or has more than 4,096 cells'],
};
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
