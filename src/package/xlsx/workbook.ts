/**
 * Turns an Excel workbook into one table of text: the first sheet that is visible, as CSV with a line for each row of the
 * sheet. It is unpacked by the same hands as any zip, so that what hurts in a zip does not hurt in a workbook.
 */

import { EntryFault, type Limits } from '../../core/bundle.ts';
import { finding } from '../../core/finding.ts';
import { CsvLine } from '../../core/formats/csv-line.ts';
import type { Entry, Finding } from '../../core/record.ts';
import { show } from '../../core/show.ts';
import { counted } from '../../core/words.ts';
import { openParts, type Unpack, type ZipSource } from '../zip.ts';
import { type Book, readBook, readSharedTexts, readStyles, type Sheet } from './parts.ts';
import { type Look, type Oddities, readSheet } from './sheet.ts';

export const isWorkbookName = (name: string): boolean => /\.(xlsx|xlsm|xls)$/i.test(name);

/** Packed bytes of a workbook, and bytes of the table that comes out of it. */
const PACKED_LIMIT_BYTES = 128 * 1024 ** 2;
const TABLE_LIMIT_BYTES = 512 * 1024 ** 2;
const UNPACKED_LIMIT_BYTES = 2 * 1024 ** 3;
const PARTS_LIMIT = 10_000;
const PIECE_BYTES = 1 << 16;

/** A workbook as an entry of CSV. It is read when its bytes are first asked for, and kept as text from then on. */
export function workbookEntry(entry: Entry, unpack: Unpack, limits: Limits): Entry {
  let table: Promise<Table> | undefined;
  let remarks: Finding[] = [];
  return {
    name: entry.name,
    sizeBytes: entry.sizeBytes,
    async *bytes() {
      table ??= tableOf(entry, unpack, limits);
      const { pieces, findings } = await table;
      remarks = findings;
      yield* pieces;
    },
    remarks: () => remarks,
  };
}

type Table = { pieces: Uint8Array[]; findings: Finding[] };

const fault = (rule: string, entry: Entry, message: string): EntryFault =>
  new EntryFault(finding(rule, { file: show(entry.name), message: `${show(entry.name)} ${message}` }));

async function tableOf(entry: Entry, unpack: Unpack, limits: Limits): Promise<Table> {
  const bytes = await wholeOf(entry);
  if (isCompound(bytes)) {
    const isLocked = holdsText(bytes, 'EncryptedPackage');
    if (isLocked) throw fault('workbook-unreadable', entry, 'is protected by a password');
    throw fault('workbook-old', entry, 'is a workbook of the old kind (.xls)');
  }
  // Some programs call CSV or a web page .xls; text is read as text.
  if (!(bytes[0] === 0x50 && bytes[1] === 0x4b)) return { pieces: [bytes], findings: [] };
  try {
    return await opened(entry, memoryZip(bytes, unpack), limits);
  } catch (error) {
    if (!(error instanceof EntryFault)) throw fault('workbook-unreadable', entry, 'is damaged: its XML cannot be read');
    const { rule, file: _, message } = error.finding;
    if (rule.startsWith('workbook-')) throw error;
    throw new EntryFault(
      finding(rule === 'zip-size-limit' ? rule : 'workbook-unreadable', {
        file: show(entry.name),
        message: `${show(entry.name)}: ${message}`,
      }),
    );
  }
}

async function opened(entry: Entry, source: ZipSource, limits: Limits): Promise<Table> {
  const within = {
    unpackedLimitBytes: Math.min(limits.unpackedLimitBytes, UNPACKED_LIMIT_BYTES),
    zipRatioLimit: limits.zipRatioLimit,
    zipEntriesLimit: PARTS_LIMIT,
  };
  const { entries, findings } = await openParts(source, entry.name, within);
  const [bad] = findings.filter(({ severity }) => severity === 'fatal');
  if (bad) throw new EntryFault(bad);
  const parts = new Map(entries.map((part) => [part.name.replace(/^\//, ''), part]));
  const book = await readBook(parts);
  if (!book) throw fault('workbook-unreadable', entry, 'is no Excel workbook, or a part of it is missing');
  if (book.isStrict) throw fault('workbook-strict', entry, 'is saved as Strict Open XML Spreadsheet');
  return tableIn(entry, book, parts);
}

async function tableIn(entry: Entry, book: Book, parts: ReadonlyMap<string, Entry>): Promise<Table> {
  const part = (name: string) => [...parts].find(([path]) => path.toLowerCase().endsWith(`/${name}`))?.[1];
  const look: Look = {
    texts: await readSharedTexts(part('sharedstrings.xml')),
    styles: await readStyles(part('styles.xml')),
    is1904: book.is1904,
  };
  const filled: Sheet[] = [];
  for (const sheet of book.sheets.filter(({ isHidden }) => !isHidden)) {
    const rows = parts.get(sheet.path);
    if (rows && (await hasRows(rows, look))) filled.push(sheet);
  }
  const [first, ...others] = filled;
  const rows = first && parts.get(first.path);
  if (!first || !rows) return { pieces: [], findings: [] };
  const lines = new TableLines(entry);
  const oddities = await readSheet(rows, look, (row) => lines.row(row));
  return { pieces: lines.finish(), findings: remarksOn(entry, oddities, first, others) };
}

async function hasRows(part: Entry, look: Look): Promise<boolean> {
  let found = false;
  await readSheet(part, look, () => {
    found = true;
    return false;
  });
  return found;
}

/** Rows as lines of CSV: line n is row n of the sheet. */
class TableLines {
  #entry: Entry;
  #pieces: Uint8Array[] = [];
  #piece = new Uint8Array(PIECE_BYTES);
  #filled = 0;
  #sizeBytes = 0;
  #line = new CsvLine();
  #last = 0;
  /** Cells of the header; what stands beside them has no name. */
  #width = 0;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  row({ line, cells }: { line: number; cells: string[] }): boolean {
    this.#line.clear();
    for (; this.#last + 1 < line; this.#last++) this.#put(lineEnd, lineEnd.length);
    this.#last = line;
    // A directive may stand above the header, alone in its line.
    if (this.#width === 0 && cells.filter((cell) => cell !== '').length > 1) this.#width = cells.length;
    const width = this.#width || cells.length;
    for (let at = 0; at < width; at++) this.#line.text(cells[at] ?? '');
    this.#line.end();
    this.#put(this.#line.bytes, this.#line.length);
    return true;
  }

  finish(): Uint8Array[] {
    this.#pieces.push(this.#piece.slice(0, this.#filled));
    return this.#pieces;
  }

  #put(bytes: Uint8Array, length: number): void {
    this.#sizeBytes += length;
    if (this.#sizeBytes > TABLE_LIMIT_BYTES)
      throw fault('workbook-unreadable', this.#entry, 'holds more than can be read at once; send it as CSV');
    if (this.#filled + length > this.#piece.length) {
      this.#pieces.push(this.#piece.slice(0, this.#filled));
      this.#piece = new Uint8Array(Math.max(PIECE_BYTES, length));
      this.#filled = 0;
    }
    this.#piece.set(bytes.subarray(0, length), this.#filled);
    this.#filled += length;
  }
}
const lineEnd = Uint8Array.of(13, 10);

function remarksOn(entry: Entry, oddities: Oddities, read: Sheet, others: readonly Sheet[]): Finding[] {
  const file = show(entry.name);
  const findings: Finding[] = [];
  const add = (rule: string, what: { count: number; first: string }, one: string, many: string) => {
    if (what.count === 0) return;
    const where = what.count === 1 ? what.first : `${what.first} is the first`;
    findings.push(finding(rule, { file, message: `${file}: ${counted(what.count, one, many)} (${where})` }));
  };
  if (others.length > 0) {
    const names = others.map(({ name }) => show(name)).join(', ');
    const message = `${file}: the sheet ${show(read.name)} is read, and ${names} not`;
    findings.push(finding('workbook-sheets', { file, message }));
  }
  add('workbook-merged-cells', oddities.merged, 'stretch of merged cells', 'stretches of merged cells');
  add('workbook-formula', oddities.formulas, 'cell is a formula', 'cells are formulas');
  add('workbook-cell-error', oddities.errors, 'cell holds an error', 'cells hold errors');
  add(
    'workbook-number',
    oddities.lostDigits,
    'number has more digits than a spreadsheet keeps',
    'numbers have more digits than a spreadsheet keeps',
  );
  return findings;
}

async function wholeOf(entry: Entry): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of entry.bytes()) {
    sizeBytes += piece.length;
    if (sizeBytes > PACKED_LIMIT_BYTES)
      throw fault('workbook-unreadable', entry, 'is larger than 128 MiB; send it as CSV');
    pieces.push(Uint8Array.from(piece));
  }
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const memoryZip = (bytes: Uint8Array, unpack: Unpack): ZipSource => ({
  ...unpack,
  sizeBytes: bytes.length,
  read: async (at, length) => bytes.subarray(at, at + length),
});

/** The container of old Office documents, and of new ones with a password. */
const isCompound = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0;

/** Whether a text stands in the bytes as UTF-16. */
function holdsText(bytes: Uint8Array, text: string): boolean {
  const codes = [...text].map((letter) => letter.charCodeAt(0));
  const [first = 0] = codes;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (codes.every((code, each) => bytes[at + 2 * each] === code && bytes[at + 2 * each + 1] === 0)) return true;
  return false;
}
