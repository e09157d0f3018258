/** Reads one delimited file as rows of its declared columns, and says what is wrong with its text. */

import { isUtf8 } from '../../bytes.ts';
import { type CsvFault, CsvReader } from '../../csv.ts';
import { decode, type Entry } from '../../record.ts';
import { show } from '../../show.ts';
import type { Saying } from '../../tally.ts';
import { readWithHead, sniff } from '../sniff.ts';
import type { FileDeclaration } from './declaration.ts';
import { directiveOf, type Header, isDeleteUnlisted, readNames, sayUnknownDirective } from './header.ts';
import { recoded } from './recode.ts';
import { ROW_BYTES_LIMIT, SourceRow } from './source-row.ts';

export type FileReading = {
  /** For each declared column whether the file has it; undefined when its header cannot be read. */
  present: boolean[] | undefined;
  /** It says that what is not listed is removed. */
  isFull: boolean;
  /** Rows that cannot be told what they are. */
  broken: number;
  rows: number;
};

export type RowTaker = { row(row: SourceRow): void; drain?(): void | Promise<void> };

/** Lines of the rows of an entry are counted from 1; the header is line 1 where the declaration says nothing else. */
export async function readFile(
  file: FileDeclaration,
  entry: Entry,
  tally: Saying,
  taker: RowTaker,
): Promise<FileReading> {
  const reading = new Reading(file, entry, tally, taker);
  let isText = true;
  await readWithHead(
    recoded(entry, file),
    (head) => {
      const judged = sniff(head, entry.name);
      if (judged.fault === undefined) return judged.bomBytes;
      tally.add(judged.fault, { file: entry.name, line: 1, message: judged.message });
      isText = false;
      return false;
    },
    (bytes) => {
      reading.reader.push(bytes);
      return taker.drain?.();
    },
  );
  for (const { rule, severity: _, fix: __, ...where } of entry.remarks?.() ?? []) tally.add(rule, where);
  return isText ? reading.finish() : { present: undefined, isFull: false, broken: 0, rows: 0 };
}

class Reading {
  readonly reader: CsvReader;
  #file: FileDeclaration;
  #name: string;
  /** Blank rows of a spreadsheet are no fault. */
  #isSheet: boolean;
  #tally: Saying;
  #taker: RowTaker;
  #row: SourceRow;
  #header: Header | undefined;
  #isUnreadable = false;
  #headerLine = 1;
  #result: FileReading = { present: undefined, isFull: false, broken: 0, rows: 0 };
  /** Rows whose cell under the directive says no, and those whose cell does not. */
  #refusing = 0;
  #agreeing = 0;
  #fatalBefore: number;
  #saidNotUtf8 = false;
  #saidCr = false;

  constructor(file: FileDeclaration, entry: Entry, tally: Saying, taker: RowTaker) {
    this.#file = file;
    this.#name = entry.name;
    this.#fatalBefore = tally.counts.fatal;
    this.#isSheet = entry.remarks !== undefined;
    this.#tally = tally;
    this.#taker = taker;
    this.#row = new SourceRow(file.columns.length);
    this.reader = new CsvReader({ row: () => this.#record(), fault: (fault) => this.#fault(fault) });
    if (file.header) this.#header = this.#readNames(file.header);
  }

  finish(): FileReading {
    this.reader.finish();
    const place = { file: this.#name, line: this.#headerLine };
    if (!this.#header && !this.#isUnreadable)
      this.#tally.add('csv-empty-file', { ...place, message: `${this.#name} has no header row` });
    else if (this.#header && this.#result.rows === 0)
      this.#tally.add('csv-no-data-rows', { ...place, message: `${this.#name} has a header and no rows` });
    if (this.#refusing > 0 && this.#agreeing === 0) {
      this.#isUnreadable = true;
      this.#tally.add('format-directive-contradicted', {
        ...place,
        column: '<DeleteUnlistedRecords>',
        message: `${this.#name} has the directive <DeleteUnlistedRecords>, and every value below it says no`,
      });
    }
    if (this.#isUnreadable || this.#tally.counts.fatal > this.#fatalBefore) this.#result.present = undefined;
    return this.#result;
  }

  #record(): void {
    if (this.#isUnreadable || this.reader.line < (this.#file.headerLine ?? 1)) return;
    if (this.#file.mode === 'directive' && this.#isDirectiveLine()) return;
    if (!this.#header) return this.#readHeader();
    this.#dataRow(this.#header);
  }

  /** A line whose only filled cell is a directive. */
  #isDirectiveLine(): boolean {
    const { reader } = this;
    let only = -1;
    for (let cell = 0; cell < reader.count; cell++) {
      if (reader.start[cell] === reader.end[cell]) continue;
      if (only >= 0) return false;
      only = cell;
    }
    if (only < 0) return false;
    const text = this.#cellText(only);
    const directive = directiveOf(text);
    if (directive === undefined) return false;
    // In the header it is a column like others, unless nothing stands beside it.
    if (isDeleteUnlisted(directive)) this.#result.isFull = true;
    else {
      this.#isUnreadable = true;
      sayUnknownDirective(this.#tally, { file: this.#name, line: reader.line }, text);
    }
    return true;
  }

  #readHeader(): void {
    const { reader } = this;
    this.#headerLine = reader.line;
    this.#header = this.#readNames(Array.from({ length: reader.count }, (_, at) => this.#cellText(at)));
    reader.width = reader.count;
  }

  #readNames(cells: readonly string[]): Header | undefined {
    const header = readNames(this.#file, this.#name, cells, this.#headerLine, this.#tally);
    if (!header) this.#isUnreadable = true;
    else {
      this.#result.present = header.present;
      if (header.directiveAt >= 0) this.#result.isFull = true;
    }
    return header;
  }

  #dataRow({ columns, directiveAt, width }: Header): void {
    const { reader } = this;
    if (reader.count !== width) return this.#wrongWidth(width);
    if (reader.hasHigh && !this.#checkUtf8()) return this.#broken();
    const row = this.#row;
    row.line = reader.line;
    row.buffer = reader.buffer;
    row.isLost = false;
    const careful = reader.hasHigh || reader.hasControl;
    let filled = 0;
    let sizeBytes = 0;
    for (let cell = 0; cell < width; cell++) {
      const column = columns[cell] as number;
      let from = reader.start[cell] as number;
      let to = reader.end[cell] as number;
      filled |= to - from;
      if (column < 0) continue;
      const { buffer } = reader;
      if (to > from) {
        const first = buffer[from] as number;
        const last = buffer[to - 1] as number;
        if (careful || first <= 32 || last <= 32) {
          from = withoutSpaces(buffer, from, to);
          to = withoutSpacesAfter(buffer, from, to);
          if (from === to) this.#onlySpaces(column);
        }
      }
      row.start[column] = from;
      row.end[column] = to;
      sizeBytes += to - from;
    }
    if (filled === 0) return this.#blank();
    if (sizeBytes > ROW_BYTES_LIMIT) return this.#fault('too-long');
    if (directiveAt >= 0 && saysNo(this.#cellText(directiveAt))) this.#refusing++;
    else if (directiveAt >= 0) this.#agreeing++;
    this.#result.rows++;
    this.#require(row);
    this.#taker.row(row);
  }

  /** The first blank cell that is needed costs the row. */
  #require(row: SourceRow): void {
    const { columns } = this.#file;
    for (let column = 0; column < columns.length; column++) {
      if (row.start[column] !== row.end[column]) continue;
      const { need, name } = columns[column] as FileDeclaration['columns'][number];
      if (need !== 'required') continue;
      row.isLost = true;
      this.#tally.add('format-value-missing', {
        file: this.#name,
        line: row.line,
        column: name,
        ...this.#keyOf(row),
        value: '',
        message: `${name} is blank`,
      });
    }
  }

  #keyOf(row: SourceRow): { key?: string } {
    const key = row.isBlank(0) || this.#file.columns[0]?.secret ? '' : show(row.text(0));
    return key === '' ? {} : { key };
  }

  #onlySpaces(column: number): void {
    const { name } = this.#file.columns[column] as FileDeclaration['columns'][number];
    this.#tally.add('format-cell-only-spaces', {
      file: this.#name,
      line: this.reader.line,
      column: name,
      message: `${name} holds spaces and nothing else; it is read as blank`,
    });
  }

  #blank(): void {
    if (this.#isSheet) return;
    const { line } = this.reader;
    this.#tally.add('csv-blank-row', {
      file: this.#name,
      line,
      message: `Line ${line} holds ${this.reader.count === 1 ? 'nothing' : 'commas and nothing else'}`,
    });
  }

  #wrongWidth(width: number): void {
    this.#tally.add('csv-row-width-mismatch', {
      file: this.#name,
      line: this.reader.line,
      message: `The row has ${this.reader.count} cells, and the header has ${width}`,
    });
    this.#broken();
  }

  /** One finding a file: where text is not UTF-8, every accented letter of the file is wrong in the same way. */
  #checkUtf8(): boolean {
    const { reader } = this;
    for (let cell = 0; cell < reader.count; cell++) {
      if (isUtf8(reader.buffer, reader.start[cell] as number, reader.end[cell] as number)) continue;
      if (!this.#saidNotUtf8)
        this.#tally.add('csv-not-utf8', {
          file: this.#name,
          line: reader.line,
          message: `${this.#name} is not UTF-8; the first wrong letter stands on line ${reader.line}`,
        });
      this.#saidNotUtf8 = true;
      return false;
    }
    return true;
  }

  #fault(fault: CsvFault): void {
    const { reader } = this;
    if (this.#isUnreadable || reader.line < (this.#file.headerLine ?? 1)) return;
    const place = { file: this.#name, line: reader.line };
    if (fault === 'lone-cr') {
      if (!this.#saidCr)
        this.#tally.add('csv-line-ending-cr', { ...place, message: `Line ${reader.line} ends with CR alone` });
      this.#saidCr = true;
      return;
    }
    if (fault === 'blank') {
      if (this.#isSheet) return;
      this.#tally.add('csv-blank-row', { ...place, message: `Line ${reader.line} is empty` });
      return;
    }
    if (fault === 'doubled') return;
    const [rule, message] = faults[fault];
    if (!this.#header) {
      this.#isUnreadable = true;
      this.#tally.add(rule, {
        ...place,
        severity: 'fatal',
        message: `The header row of ${this.#name} cannot be read: ${message}`,
      });
      return;
    }
    this.#tally.add(rule, { ...place, message: `${message.charAt(0).toUpperCase()}${message.slice(1)}` });
    this.#broken();
  }

  #broken(): void {
    this.#result.rows++;
    this.#result.broken++;
  }

  #cellText(cell: number): string {
    const { reader } = this;
    return decode(reader.buffer, reader.start[cell] as number, reader.end[cell] as number);
  }
}

const faults: Record<Exclude<CsvFault, 'blank' | 'lone-cr' | 'doubled'>, [string, string]> = {
  'quote-unclosed': ['csv-quote-unclosed', 'a double quote is opened and never closed'],
  'quote-stray': ['csv-quote-stray', 'a double quote stands inside a value, or text follows a closing quote'],
  'line-break': ['csv-line-break-in-field', 'a value contains a line break'],
  'too-long': ['csv-row-width-mismatch', 'the row is longer than 64 KiB or has more than 4,096 cells'],
};

const saysNo = (cell: string): boolean => ['false', 'no', 'n', '0'].includes(cell.trim().toLowerCase());

/** Where a cell begins without its spaces: blanks, tabs, no-break spaces (C2 A0), zero-width ones (E2 80 8B to 8D) and byte order marks. */
function withoutSpaces(buffer: Uint8Array, start: number, end: number): number {
  let from = start;
  for (let length = spaceAt(buffer, from, end); length > 0; length = spaceAt(buffer, from, end)) from += length;
  return from;
}

/** Where it ends without them. */
function withoutSpacesAfter(buffer: Uint8Array, start: number, end: number): number {
  let to = end;
  for (let length = spaceBefore(buffer, start, to); length > 0; length = spaceBefore(buffer, start, to)) to -= length;
  return to;
}

function spaceAt(buffer: Uint8Array, from: number, to: number): number {
  if (from >= to) return 0;
  const byte = buffer[from] as number;
  if (byte === 32 || (byte >= 9 && byte <= 13)) return 1;
  if (byte === 0xc2 && to - from >= 2) return buffer[from + 1] === 0xa0 ? 2 : 0;
  if (to - from < 3) return 0;
  return isWideSpace(byte, buffer[from + 1] as number, buffer[from + 2] as number) ? 3 : 0;
}

function spaceBefore(buffer: Uint8Array, from: number, to: number): number {
  if (from >= to) return 0;
  const byte = buffer[to - 1] as number;
  if (byte === 32 || (byte >= 9 && byte <= 13)) return 1;
  if (byte === 0xa0 && to - from >= 2 && buffer[to - 2] === 0xc2) return 2;
  if (to - from < 3) return 0;
  return isWideSpace(buffer[to - 3] as number, buffer[to - 2] as number, byte) ? 3 : 0;
}

const isWideSpace = (a: number, b: number, c: number): boolean =>
  (a === 0xe2 && b === 0x80 && c >= 0x8b && c <= 0x8d) || (a === 0xef && b === 0xbb && c === 0xbf);
