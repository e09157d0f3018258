/** Rows of pages, packed: their lines as they will stand in a CSV file, with what is needed to sort and choose among them. */
import type { Attached, Read } from '../core/rest/record.ts';
import { hashOf } from './memory.ts';

/** Kinds of records that stand within others. */
const parts = ['roles', 'userProfiles'] as const;

/**
 * A block is a head of four numbers (its length, rows, length of the lines, 1 when rows have more than their line), what
 * is known of each row in columns, the lines, and what is more. Blocks stand one behind the other.
 */
const headBytes = 16;
/** Between the id and the other cells of a line: status and dateLastModified, which bulk files leave blank. */
const gap = ',,,';

/** The cells of a line, its id first: places in one of two sources. None holds a quotation mark or a line break. */
export type PlainRow = {
  cells: number;
  sources: [Buffer, Buffer];
  isMade: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
};

/** Packs rows of one page after the other into the same memory. */
export class Packer {
  rows = 0;
  #changedAt = new Float64Array(2048);
  #ids = new Float64Array(2048);
  #contents = new Float64Array(2048);
  #idLengths = new Uint32Array(2048);
  #lineLengths = new Uint32Array(2048);
  #moreLengths = new Uint32Array(2048);
  #deleted = new Uint8Array(2048);
  #lines = new Text();
  #more = new Text();

  add({ sourcedId, isDeleted, changedAt, cells, attached, metadata }: Read): void {
    if (this.rows === this.#ids.length) this.#grow();
    const row = this.rows++;
    const lines = this.#lines;
    const more = this.#more;
    const [from, moreFrom] = [lines.length, more.length];
    lines.write(csvCell(sourcedId));
    const idEnd = lines.length;
    lines.write(`${gap}${csvCells(cells)}\r\n`);
    if (metadata || attached.length > 0) {
      more.write(metadata ? JSON.stringify(metadata) : '', true);
      for (const { kind, sourcedId: id, cells: own } of attached) {
        more.byte(parts.indexOf(kind));
        more.write(id, true);
        more.write(csvCells(own), true);
      }
    }
    this.#changedAt[row] = changedAt;
    this.#deleted[row] = isDeleted ? 1 : 0;
    this.#idLengths[row] = idEnd - from;
    this.#lineLengths[row] = lines.length - from;
    this.#moreLengths[row] = more.length - moreFrom;
    this.#ids[row] = hashOf(lines.bytes, from, idEnd);
    const content = hashOf(lines.bytes, idEnd, lines.length);
    this.#contents[row] = more.length === moreFrom ? content : hashOf(more.bytes, moreFrom, more.length, content);
  }

  /** A row that has nothing but a line. */
  addPlain({ cells, sources, isMade, starts, ends }: PlainRow, changedAt: number, isDeleted: boolean): void {
    if (this.rows === this.#ids.length) this.#grow();
    const row = this.rows++;
    const lines = this.#lines;
    const from = lines.length;
    let idEnd = from;
    for (let cell = 0; cell < cells; cell++) {
      const before = cell === 0 ? '' : cell === 1 ? gap : ',';
      lines.copy(before, sources[isMade[cell] as 0 | 1], starts[cell] as number, ends[cell] as number);
      if (cell === 0) idEnd = lines.length;
    }
    lines.write('\r\n');
    this.#changedAt[row] = changedAt;
    this.#deleted[row] = isDeleted ? 1 : 0;
    this.#idLengths[row] = idEnd - from;
    this.#lineLengths[row] = lines.length - from;
    this.#moreLengths[row] = 0;
    this.#ids[row] = hashOf(lines.bytes, from, idEnd);
    this.#contents[row] = hashOf(lines.bytes, idEnd, lines.length);
  }

  /** What was packed, as a block of its own; what is packed from now on belongs to the next one. */
  take(): Buffer {
    const { rows } = this;
    const [lines, more] = [this.#lines, this.#more];
    const hasMore = more.length > 0;
    const columns = [this.#changedAt, this.#ids, this.#contents, this.#idLengths, this.#lineLengths, this.#deleted];
    if (hasMore) columns.splice(5, 0, this.#moreLengths);
    const block = Buffer.concat([
      headOf(rows, lines.length, hasMore),
      ...columns.map((column) => bytesOf(column.subarray(0, rows))),
      lines.bytes.subarray(0, lines.length),
      more.bytes.subarray(0, more.length),
    ]);
    block.writeUInt32LE(block.length, 0);
    this.rows = lines.length = more.length = 0;
    return block;
  }

  #grow(): void {
    const length = this.rows * 2;
    const grown = <T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#changedAt = grown(this.#changedAt, new Float64Array(length));
    this.#ids = grown(this.#ids, new Float64Array(length));
    this.#contents = grown(this.#contents, new Float64Array(length));
    this.#idLengths = grown(this.#idLengths, new Uint32Array(length));
    this.#lineLengths = grown(this.#lineLengths, new Uint32Array(length));
    this.#moreLengths = grown(this.#moreLengths, new Uint32Array(length));
    this.#deleted = grown(this.#deleted, new Uint8Array(length));
  }
}

/** The length of the block is written when it is known. */
function headOf(rows: number, textBytes: number, hasMore: boolean): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(rows, 4);
  head.writeUInt32LE(textBytes, 8);
  head.writeUInt32LE(hasMore ? 1 : 0, 12);
  return head;
}

/** What the head of a block says that begins here. */
const headAt = (bytes: Buffer, block: number): { rows: number; textBytes: number; hasMore: boolean } => ({
  rows: bytes.readUInt32LE(block + 4),
  textBytes: bytes.readUInt32LE(block + 8),
  hasMore: bytes.readUInt32LE(block + 12) > 0,
});

/** A block without its first row. */
export function withoutFirst(block: Buffer): Buffer {
  const { rows, textBytes, hasMore } = headAt(block, 0);
  const widths = [8, 8, 8, 4, 4, ...(hasMore ? [4] : []), 1];
  const parts: Buffer[] = [];
  const firsts: Buffer[] = [];
  let at = headBytes;
  for (const width of widths) {
    firsts.push(block.subarray(at, at + width));
    parts.push(block.subarray(at + width, at + width * rows));
    at += width * rows;
  }
  const lineBytes = (firsts[4] as Buffer).readUInt32LE(0);
  const moreBytes = hasMore ? (firsts[5] as Buffer).readUInt32LE(0) : 0;
  const texts = [block.subarray(at + lineBytes, at + textBytes), block.subarray(at + textBytes + moreBytes)];
  const rest = Buffer.concat([headOf(rows - 1, textBytes - lineBytes, hasMore), ...parts, ...texts]);
  rest.writeUInt32LE(rest.length, 0);
  return rest;
}

/** When the records of a block were changed, in milliseconds: the newest and the oldest, and how many do not say. */
export function changesIn(block: Buffer): { newestAt: number; oldestAt: number; undated: number } {
  const changes = { newestAt: Number.NEGATIVE_INFINITY, oldestAt: Number.POSITIVE_INFINITY, undated: 0 };
  const end = headBytes + block.readUInt32LE(4) * 8;
  for (let at = headBytes; at < end; at += 8) {
    const changedAt = block.readDoubleLE(at);
    if (Number.isNaN(changedAt)) changes.undated++;
    else {
      changes.newestAt = Math.max(changes.newestAt, changedAt);
      changes.oldestAt = Math.min(changes.oldestAt, changedAt);
    }
  }
  return changes;
}

type Column = Float64Array | Uint32Array | Uint8Array;
const bytesOf = (column: Column): Buffer => Buffer.from(column.buffer, column.byteOffset, column.byteLength);

/** Bytes that grow. */
class Text {
  length = 0;
  bytes = Buffer.allocUnsafeSlow(1 << 18);

  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  /** @param isMeasured its length stands before it. */
  write(text: string, isMeasured = false): void {
    this.#reserve(4 + text.length * 3);
    const from = isMeasured ? this.length + 4 : this.length;
    const length = this.bytes.write(text, from);
    if (isMeasured) this.bytes.writeUInt32LE(length, this.length);
    this.length = from + length;
  }

  /** A cell without quotation marks and line breaks, and what stands before it. */
  copy(before: string, from: Buffer, start: number, end: number): void {
    this.#reserve(before.length + end - start + 2);
    const { bytes } = this;
    let to = this.length;
    for (let at = 0; at < before.length; at++) bytes[to++] = before.charCodeAt(at);
    const begin = to;
    let isQuoted = false;
    for (let at = start; at < end; at++) {
      const byte = from[at] as number;
      if (byte === 0x2c) isQuoted = true;
      bytes[to++] = byte;
    }
    if (isQuoted) {
      bytes.copyWithin(begin + 1, begin, to);
      bytes[begin] = 0x22;
      bytes[to + 1] = 0x22;
      to += 2;
    }
    this.length = to;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

/** Cells with commas between them, quoted where they need it; a line break becomes a space. */
export function csvCells(cells: readonly string[]): string {
  let line = csvCell(cells[0] ?? '');
  for (let at = 1; at < cells.length; at++) line += `,${csvCell(cells[at] as string)}`;
  return line;
}

const csvCell = (cell: string): string => (cell !== '' && special.test(cell) ? quoted(cell) : cell);
const special = /[",\r\n]/;

function quoted(cell: string): string {
  const plain = cell.replace(/\r\n|\r|\n/g, ' ');
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export const unquoted = (cell: string): string =>
  cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;

/** The lines of blocks that stand one behind the other, as they will stand in a bulk file, from pieces of any length. */
export async function* linesIn(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const head = Buffer.alloc(headBytes);
  // A block is its head, then what is not asked for, its lines, and what is not asked for again.
  const blank = { head: headBytes, before: 0, lines: 0, behind: 0 };
  let left = { ...blank };
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = left.head > 0 ? 'head' : left.before > 0 ? 'before' : left.lines > 0 ? 'lines' : 'behind';
      const length = Math.min(left[part], piece.length - at);
      if (part === 'head') piece.copy(head, headBytes - left.head, at, at + length);
      if (part === 'lines') yield piece.subarray(at, at + length);
      left[part] -= length;
      at += length;
      if (part === 'head' && left.head === 0) {
        const { rows, textBytes, hasMore } = headAt(head, 0);
        const before = rows * (hasMore ? rowBytes + 4 : rowBytes);
        left = { head: 0, before, lines: textBytes, behind: head.readUInt32LE(0) - headBytes - before - textBytes };
      }
      if (left.head + left.before + left.lines + left.behind === 0) left = { ...blank };
    }
  }
}

/** What is known of a row in columns, but for the length of what is more. */
const rowBytes = 8 + 8 + 8 + 4 + 4 + 1;

/** The rows of blocks that stand one behind the other. */
export class PackedRows {
  count = 0;
  readonly bytes: Buffer;
  readonly changedAt: Float64Array;
  /** Hash of each id, and of all else. */
  readonly ids: Float64Array;
  readonly contents: Float64Array;
  readonly deleted: Uint8Array;
  #idLengths: Uint32Array;
  #lineLengths: Uint32Array;
  #moreLengths: Uint32Array;
  #starts: Uint32Array;
  #moreStarts: Uint32Array;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    let count = 0;
    for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at)) count += bytes.readUInt32LE(at + 4);
    this.changedAt = new Float64Array(count);
    this.ids = new Float64Array(count);
    this.contents = new Float64Array(count);
    this.deleted = new Uint8Array(count);
    this.#idLengths = new Uint32Array(count);
    this.#lineLengths = new Uint32Array(count);
    this.#moreLengths = new Uint32Array(count);
    this.#starts = new Uint32Array(count);
    this.#moreStarts = new Uint32Array(count);
    for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at)) this.#read(at);
  }

  #read(block: number): void {
    const { bytes, count: before } = this;
    const { rows, textBytes, hasMore } = headAt(bytes, block);
    let at = block + headBytes;
    const column = (into: Column) => {
      const own = bytesOf(into.subarray(before, before + rows));
      at += bytes.copy(own, 0, at, at + own.length);
    };
    for (const each of [this.changedAt, this.ids, this.contents, this.#idLengths, this.#lineLengths]) column(each);
    if (hasMore) column(this.#moreLengths);
    column(this.deleted);
    let more = at + textBytes;
    for (let row = before; row < before + rows; row++) {
      this.#starts[row] = at;
      this.#moreStarts[row] = more;
      at += this.#lineLengths[row] as number;
      more += this.#moreLengths[row] as number;
    }
    this.count += rows;
  }

  /** Where the id of a row begins and ends, quoted as it may be. */
  idStart = (row: number): number => this.#starts[row] as number;
  idEnd = (row: number): number => this.idStart(row) + (this.#idLengths[row] as number);
  /** Where its other cells begin, behind status and dateLastModified, and end. */
  cellsStart = (row: number): number => this.idEnd(row) + gap.length;
  cellsEnd = (row: number): number => this.idStart(row) + (this.#lineLengths[row] as number) - 2;

  /** It has metadata or parts. */
  hasMore = (row: number): boolean => this.#moreLengths[row] !== 0;
  id = (row: number): string => unquoted(this.bytes.toString('utf8', this.idStart(row), this.idEnd(row)));

  /** Behind sourcedId, status and dateLastModified. */
  cells(row: number): string[] {
    const text = this.bytes.toString('utf8', this.cellsStart(row), this.cellsEnd(row));
    if (!text.includes('"')) return text.split(',');
    return [...text.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell = '']) => unquoted(cell));
  }

  metadata(row: number): Record<string, string> | undefined {
    if (this.#moreLengths[row] === 0) return undefined;
    const at = this.#moreStarts[row] as number;
    const length = this.bytes.readUInt32LE(at);
    return length === 0 ? undefined : JSON.parse(this.bytes.toString('utf8', at + 4, at + 4 + length));
  }

  /** The parts of a row. Their cells are text already, with commas between them. */
  attached(row: number): { kind: Attached['kind']; sourcedId: string; line: string }[] {
    const length = this.#moreLengths[row] as number;
    if (length === 0) return [];
    const { bytes } = this;
    let at = this.#moreStarts[row] as number;
    const end = at + length;
    const text = () => {
      const to = at + 4 + bytes.readUInt32LE(at);
      const found = bytes.toString('utf8', at + 4, to);
      at = to;
      return found;
    };
    text();
    const found = [];
    while (at < end) {
      const kind = parts[bytes[at++] as number] as Attached['kind'];
      const sourcedId = text();
      found.push({ kind, sourcedId, line: text() });
    }
    return found;
  }

  /** Less than 0 when the id of a row stands before that of another one, 0 when they are the same. */
  compare(row: number, other: PackedRows, otherRow: number): number {
    const { bytes } = this;
    const theirs = other.bytes;
    let at = this.idStart(row);
    let place = other.idStart(otherRow);
    const end = this.idEnd(row);
    const otherEnd = other.idEnd(otherRow);
    for (; at < end && place < otherEnd; at++, place++) {
      const difference = (bytes[at] as number) - (theirs[place] as number);
      if (difference !== 0) return difference;
    }
    return end - at - (otherEnd - place);
  }
}
