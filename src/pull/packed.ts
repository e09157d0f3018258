/** Rows of a page, packed: the cells as they will stand in a CSV file, with what is needed to sort and choose among them. */
import type { Attached, Read } from '../core/rest/record.ts';

/** Kinds of records that stand within others. */
const parts = ['roles', 'userProfiles'] as const;
const DELETED = 1;
const METADATA = 2;

/** Packs rows one behind the other. */
export class Packer {
  rows = 0;
  #bytes = Buffer.allocUnsafe(1 << 16);
  #length = 0;

  add({ sourcedId, isDeleted, changedAt, cells, attached, metadata }: Read): void {
    this.rows++;
    const from = this.#length;
    this.#length += 4;
    this.#byte((isDeleted ? DELETED : 0) | (metadata ? METADATA : 0));
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(changedAt, this.#length);
    this.#text(sourcedId);
    this.#text(csvCells(cells));
    if (metadata) this.#text(JSON.stringify(metadata));
    this.#reserve(2);
    this.#length = this.#bytes.writeUInt16LE(attached.length, this.#length);
    for (const part of attached) {
      this.#byte(parts.indexOf(part.kind));
      this.#text(part.sourcedId);
      this.#text(csvCells(part.cells));
    }
    this.#bytes.writeUInt32LE(this.#length - from, from);
  }

  /** What was packed since the last time. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    this.rows = 0;
    return taken;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #text(text: string): void {
    this.#reserve(4 + text.length * 3);
    const length = this.#bytes.write(text, this.#length + 4);
    this.#bytes.writeUInt32LE(length, this.#length);
    this.#length += 4 + length;
  }

  #reserve(more: number): void {
    // The head of a row is written last.
    if (this.#length + more + 4 <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more + 4));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Cells with commas between them, quoted where they need it; a line break becomes a space. */
export function csvCells(cells: readonly string[]): string {
  let line = '';
  for (let at = 0; at < cells.length; at++) {
    if (at > 0) line += ',';
    const cell = cells[at] as string;
    line += special.test(cell) ? quoted(cell) : cell;
  }
  return line;
}
const special = /[",\r\n]/;

function quoted(cell: string): string {
  const plain = cell.replace(/\r\n|\r|\n/g, ' ');
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** A packed row within its page: places in the buffer. Valid until the next one is read. */
export class PackedRow {
  isDeleted = false;
  changedAt = 0;
  idStart = 0;
  idEnd = 0;
  cellsStart = 0;
  cellsEnd = 0;
  /** Where the next row begins. */
  next = 0;
  #metadataStart = 0;
  #metadataEnd = 0;
  #partsAt = 0;
  #page: Buffer = Buffer.alloc(0);

  /** Reads the row that begins at `from`. */
  read(page: Buffer, from: number): this {
    this.#page = page;
    this.next = from + page.readUInt32LE(from);
    const flags = page[from + 4] as number;
    this.isDeleted = (flags & DELETED) > 0;
    this.changedAt = page.readDoubleLE(from + 5);
    this.idStart = from + 17;
    this.idEnd = this.idStart + page.readUInt32LE(from + 13);
    this.cellsStart = this.idEnd + 4;
    this.cellsEnd = this.cellsStart + page.readUInt32LE(this.idEnd);
    let at = this.cellsEnd;
    this.#metadataStart = this.#metadataEnd = at;
    if (flags & METADATA) {
      this.#metadataStart = at + 4;
      this.#metadataEnd = at = at + 4 + page.readUInt32LE(at);
    }
    this.#partsAt = at;
    return this;
  }

  get id(): string {
    return this.#page.toString('utf8', this.idStart, this.idEnd);
  }

  get metadata(): Record<string, string> | undefined {
    if (this.#metadataStart === this.#metadataEnd) return undefined;
    return JSON.parse(this.#page.toString('utf8', this.#metadataStart, this.#metadataEnd));
  }

  /** Kinds of the parts, each as often as it comes. */
  *partKinds(): Generator<Attached['kind']> {
    const page = this.#page;
    const count = page.readUInt16LE(this.#partsAt);
    let at = this.#partsAt + 2;
    for (let part = 0; part < count; part++) {
      yield parts[page[at] as number] as Attached['kind'];
      at += 1;
      for (let text = 0; text < 2; text++) at += 4 + page.readUInt32LE(at);
    }
  }

  /** The cells of a part are text already, with commas between them. */
  attached(): { kind: Attached['kind']; sourcedId: string; line: string }[] {
    const page = this.#page;
    const count = page.readUInt16LE(this.#partsAt);
    let at = this.#partsAt + 2;
    const text = () => {
      const end = at + 4 + page.readUInt32LE(at);
      const found = page.toString('utf8', at + 4, end);
      at = end;
      return found;
    };
    return Array.from({ length: count }, () => {
      const kind = parts[page[at++] as number] as Attached['kind'];
      const sourcedId = text();
      return { kind, sourcedId, line: text() };
    });
  }
}
