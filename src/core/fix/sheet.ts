/** Reads a file's rows as texts, with the faults of its text that can be put right in one way taken away. */

import { isUtf8 } from '../bytes.ts';
import { CsvReader } from '../csv.ts';
import { decode, type Entry } from '../record.ts';

export type SheetRow = { cells: string[]; line: number };
export type SheetVisitor = {
  /** May return what tells whether the cells beyond the header are surely nothing but commas. */
  header(cells: string[]): ((cells: readonly string[]) => boolean) | undefined;
  /** `repaired`: the rules whose faults the row had. */
  row(row: SheetRow, repaired: string[]): void;
  /** A row that cannot be read; its bytes as they are. */
  raw(line: Uint8Array): void;
};
/** What was put right about the file as a whole; `unreadable`: its rows cannot be told, so that it stays as it is. */
export type SheetReading = { repaired: Map<string, number>; unreadable: boolean };

export async function readSheet(entry: Entry, visitor: SheetVisitor): Promise<SheetReading> {
  const reading: SheetReading = { repaired: new Map(), unreadable: false };
  const note = (rule: string) => reading.repaired.set(rule, (reading.repaired.get(rule) ?? 0) + 1);
  let width = 0;
  let cr = false;
  let isExcess: ReturnType<SheetVisitor['header']>;
  const cellsOf = (isRaw: boolean) =>
    Array.from({ length: reader.count }, (_, at) => {
      const start = reader.start[at] as number;
      const text = decode(reader.buffer, start, reader.end[at] as number);
      return isRaw && reader.buffer[start - 1] === 34 ? text.replaceAll('""', '"') : text;
    });
  const keep = () => {
    const line = reader.firstLine();
    if (line) visitor.raw(line);
    else reading.unreadable = true;
  };
  // Letters of another encoding stay as they are: nobody can tell which encoding it was.
  const isForeign = () => {
    const line = reader.hasHigh ? reader.firstLine() : undefined;
    return line !== undefined && !isUtf8(line, 0, line.length);
  };
  const take = (cells: string[], repaired: string[]) => {
    if (width === 0) {
      width = reader.count;
      reader.width = width;
      isExcess = visitor.header(cells);
      return;
    }
    if (cells.every((cell) => cell === '')) return note('csv-blank-row');
    if (cells.length > width && isExcess?.(cells)) {
      cells.length = width;
      repaired.push('csv-row-width-mismatch');
    }
    if (cells.length !== width || isForeign()) return keep();
    visitor.row({ cells, line: reader.line }, repaired);
  };
  const reader: CsvReader = new CsvReader({
    row: () => take(cellsOf(false), []),
    fault(fault) {
      if (fault === 'blank') note('csv-blank-row');
      else if (fault === 'lone-cr') cr = true;
      else if (width === 0) reading.unreadable = true;
      else if (fault === 'line-break')
        take(
          cellsOf(true).map((cell) => cell.replace(/\r\n|\r|\n/g, ' ')),
          ['csv-line-break-in-field'],
        );
      else keep();
    },
  });
  for await (const piece of withoutMark(entry, note)) reader.push(piece);
  reader.finish();
  if (cr) note('csv-line-ending-cr');
  if (width === 0) reading.unreadable = true;
  return reading;
}

/** Takes a byte order mark off; UTF-16 that says so by its mark becomes UTF-8. */
async function* withoutMark(entry: Entry, note: (rule: string) => void): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  let decoder: TextDecoder | undefined;
  const encoder = new TextEncoder();
  for await (const piece of entry.bytes()) {
    let bytes = piece;
    if (head) {
      bytes = new Uint8Array(head.length + piece.length);
      bytes.set(head);
      bytes.set(piece, head.length);
      head = bytes;
      if (bytes.length < 3) continue;
      [bytes, decoder] = opened(bytes, note);
      head = undefined;
    }
    yield decoder ? encoder.encode(decoder.decode(bytes, { stream: true })) : bytes;
  }
  if (head && head.length > 0) yield head;
}

function opened(bytes: Uint8Array, note: (rule: string) => void): [Uint8Array, TextDecoder | undefined] {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    note('csv-bom-present');
    return [bytes.subarray(3), undefined];
  }
  const label =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (label === undefined) return [bytes, undefined];
  note('csv-utf16-encoding');
  return [bytes, new TextDecoder(label)];
}
