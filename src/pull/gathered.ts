/** All rows of one kind that were pulled: which of them count, in the order of their ids, and their lines as CSV. */
import { columnsOf, type Kind, type Version } from '../core/tables.ts';
import { hashOf } from './memory.ts';
import { csvCells, PackedRow } from './packed.ts';

export type GatherOptions = {
  kind: Kind;
  version: Version;
  /** Pages in the order in which they came; read more than once. */
  pages: readonly (() => Promise<Buffer>)[];
  mode: 'bulk' | 'delta';
  /** For rows of changes that do not say when they changed. */
  now: Date;
};

export type Gathered = {
  kind: Kind;
  mode: 'bulk' | 'delta';
  /** Rows that count, of which so many are there and so many have left. */
  active: number;
  deleted: number;
  /** Rows that came more than once: the same again, and with another content. */
  repeated: number;
  contradicting: number;
  /** Hash of each id that counts, and of its cells; removed ones have no content. */
  ids: Float64Array;
  contents: Float64Array;
  isDeleted(at: number): boolean;
  changedAt(at: number): number;
  /** Names of extension columns. */
  extensions: string[];
  lines(): AsyncGenerator<Buffer>;
  /** The parts of these rows, by the order of the rows. */
  partLines(kind: Kind, more?: Iterable<{ owner: string; sourcedId: string }>): AsyncGenerator<Buffer>;
  /** Kinds of parts that some row has. */
  parts: ReadonlySet<Kind>;
  /** Calls back with the id of each row that counts, and its hash. */
  eachRow(visit: (id: string, hash: number) => void): Promise<void>;
  /** Calls back with each part, its owner and the hash of the owner's id. */
  eachPart(visit: (part: { kind: Kind; sourcedId: string; owner: string; ownerHash: number }) => void): Promise<void>;
};

const extensionsLimit = 64;
const pieceBytes = 1 << 17;

/** Reads all rows once and keeps where each one lies, not the rows. */
export async function gather(options: GatherOptions): Promise<Gathered> {
  const index = new RowIndex();
  const row = new PackedRow();
  const extensions = new Set<string>();
  const parts = new Set<Kind>();
  for (const [number, open] of options.pages.entries()) {
    const page = await open();
    for (let at = 0; at < page.length; at = row.next) {
      row.read(page, at);
      index.add(page, row, number, at);
      for (const kind of row.partKinds()) parts.add(kind);
      const { metadata } = row;
      if (metadata)
        for (const name of Object.keys(metadata)) if (extensions.size < extensionsLimit) extensions.add(name);
    }
  }
  return new GatheredRows(options, index, [...extensions].sort(), parts);
}

/** Where each row lies, in typed arrays. */
class RowIndex {
  size = 0;
  page = new Uint32Array(1024);
  at = new Uint32Array(1024);
  changedAt = new Float64Array(1024);
  deleted = new Uint8Array(1024);
  id = new Float64Array(1024);
  content = new Float64Array(1024);
  #idStart = new Uint32Array(1025);
  #ids: Uint8Array = new Uint8Array(1 << 14);

  add(page: Buffer, row: PackedRow, number: number, at: number): void {
    const index = this.size++;
    if (index === this.page.length) this.#grow();
    this.page[index] = number;
    this.at[index] = at;
    this.changedAt[index] = row.changedAt;
    this.deleted[index] = row.isDeleted ? 1 : 0;
    this.id[index] = hashOf(page, row.idStart, row.idEnd);
    this.content[index] = hashOf(page, row.cellsStart, row.next);
    const from = this.#idStart[index] as number;
    const to = from + row.idEnd - row.idStart;
    if (to > this.#ids.length) {
      const grown = new Uint8Array(Math.max(to, this.#ids.length * 2));
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids.set(page.subarray(row.idStart, row.idEnd), from);
    this.#idStart[index + 1] = to;
  }

  hasId(index: number): boolean {
    return this.#idStart[index] !== this.#idStart[index + 1];
  }

  compare(a: number, b: number): number {
    const ids = this.#ids;
    let at = this.#idStart[a] as number;
    let other = this.#idStart[b] as number;
    const end = this.#idStart[a + 1] as number;
    const otherEnd = this.#idStart[b + 1] as number;
    for (; at < end && other < otherEnd; at++, other++) {
      const difference = (ids[at] as number) - (ids[other] as number);
      if (difference !== 0) return difference;
    }
    return end - at - (otherEnd - other);
  }

  /** All rows by the bytes of their ids; those of one id in the order in which they came. */
  sorted(): Uint32Array {
    const order = Uint32Array.from({ length: this.size }, (_, at) => at);
    let isSorted = true;
    for (let at = 1; at < this.size && isSorted; at++) isSorted = this.compare(at - 1, at) <= 0;
    return isSorted ? order : order.sort((a, b) => this.compare(a, b) || a - b);
  }

  #grow(): void {
    const length = this.size * 2;
    const more = <T extends Uint32Array | Float64Array | Uint8Array>(array: T, made: T): T => {
      made.set(array);
      return made;
    };
    this.page = more(this.page, new Uint32Array(length));
    this.at = more(this.at, new Uint32Array(length));
    this.changedAt = more(this.changedAt, new Float64Array(length));
    this.deleted = more(this.deleted, new Uint8Array(length));
    this.id = more(this.id, new Float64Array(length));
    this.content = more(this.content, new Float64Array(length));
    this.#idStart = more(this.#idStart, new Uint32Array(length + 1));
  }
}

class GatheredRows implements Gathered {
  readonly kind: Kind;
  readonly mode: 'bulk' | 'delta';
  readonly extensions: string[];
  readonly parts: ReadonlySet<Kind>;
  active = 0;
  deleted = 0;
  repeated = 0;
  contradicting = 0;
  readonly ids: Float64Array;
  readonly contents: Float64Array;
  #options: GatherOptions;
  #index: RowIndex;
  /** Rows that count, in order. */
  #chosen: Uint32Array;

  constructor(options: GatherOptions, index: RowIndex, extensions: string[], parts: ReadonlySet<Kind>) {
    this.parts = parts;
    this.kind = options.kind;
    this.mode = options.mode;
    this.extensions = extensions;
    this.#options = options;
    this.#index = index;
    this.#chosen = this.#choose(index.sorted());
    this.ids = Float64Array.from(this.#chosen, (at) => index.id[at] as number);
    this.contents = Float64Array.from(this.#chosen, (at) => index.content[at] as number);
  }

  isDeleted = (at: number): boolean => this.#index.deleted[this.#chosen[at] as number] === 1;
  changedAt = (at: number): number => this.#index.changedAt[this.#chosen[at] as number] as number;

  /** Of rows with one id the one that was changed last, and of those the last; rows without an id are all kept. */
  #choose(order: Uint32Array): Uint32Array {
    const index = this.#index;
    const chosen = new Uint32Array(order.length);
    let count = 0;
    for (let at = 0; at < order.length; ) {
      let best = order[at] as number;
      let next = at + 1;
      if (index.hasId(best)) {
        for (; next < order.length && index.compare(best, order[next] as number) === 0; next++) {
          const other = order[next] as number;
          if (index.content[best] === index.content[other] && index.deleted[best] === index.deleted[other])
            this.repeated++;
          else this.contradicting++;
          if (!((index.changedAt[other] as number) < (index.changedAt[best] as number))) best = other;
        }
      }
      at = next;
      if (index.deleted[best]) {
        this.deleted++;
        // A bulk file does not list what has left.
        if (this.mode === 'bulk') continue;
      } else this.active++;
      chosen[count++] = best;
    }
    return chosen.slice(0, count);
  }

  async *lines(): AsyncGenerator<Buffer> {
    const { kind, version } = this.#options;
    yield Buffer.from(`${csvCells([...columnsOf(kind, version), ...this.extensions])}\r\n`);
    const pieces = new Pieces();
    for await (const { page, row } of this.#rows()) {
      pieces.text(csvCells([row.id]));
      pieces.text(`,${this.#modeCells(row)},`);
      pieces.bytes(page, row.cellsStart, row.cellsEnd);
      if (this.extensions.length > 0) {
        const { metadata } = row;
        pieces.text(`,${csvCells(this.extensions.map((name) => metadata?.[name] ?? ''))}`);
      }
      pieces.text('\r\n');
      if (pieces.length > pieceBytes) yield pieces.take();
    }
    if (pieces.length > 0) yield pieces.take();
  }

  async *partLines(kind: Kind, more: Iterable<{ owner: string; sourcedId: string }> = []): AsyncGenerator<Buffer> {
    const { version, now } = this.#options;
    const columns = columnsOf(kind, version);
    yield Buffer.from(`${csvCells(columns)}\r\n`);
    const pieces = new Pieces();
    for await (const { row } of this.#rows()) {
      const own = row.attached().filter((part) => part.kind === kind);
      for (const { sourcedId, line } of own.sort((a, b) => (a.sourcedId < b.sourcedId ? -1 : 1)))
        pieces.text(`${csvCells([sourcedId])},${this.#modeCells(row)},${line}\r\n`);
      if (pieces.length > pieceBytes) yield pieces.take();
    }
    for (const { owner, sourcedId } of more)
      pieces.text(
        `${csvCells([sourcedId, 'tobedeleted', now.toISOString(), owner])}${','.repeat(columns.length - 4)}\r\n`,
      );
    if (pieces.length > 0) yield pieces.take();
  }

  async eachRow(visit: (id: string, hash: number) => void): Promise<void> {
    for await (const { page, row } of this.#rows()) visit(row.id, hashOf(page, row.idStart, row.idEnd));
  }

  async eachPart(visit: Parameters<Gathered['eachPart']>[0]): Promise<void> {
    for await (const { page, row } of this.#rows()) {
      const ownerHash = hashOf(page, row.idStart, row.idEnd);
      const owner = row.id;
      for (const { kind, sourcedId } of row.attached()) visit({ kind, sourcedId, owner, ownerHash });
    }
  }

  #modeCells(row: PackedRow): string {
    if (this.mode === 'bulk') return ',';
    const at = Number.isNaN(row.changedAt) ? this.#options.now : new Date(row.changedAt);
    return `${row.isDeleted ? 'tobedeleted' : 'active'},${at.toISOString()}`;
  }

  /** In the order of ids. Pages are opened one by one where their rows lie in that order, and kept where they do not. */
  async *#rows(): AsyncGenerator<{ page: Buffer; row: PackedRow }> {
    const { pages } = this.#options;
    const index = this.#index;
    const row = new PackedRow();
    const inOrder = this.#chosen.every(
      (at, place) =>
        place === 0 || (index.page[at] as number) >= (index.page[this.#chosen[place - 1] as number] as number),
    );
    const kept = new Map<number, Buffer>();
    for (const at of this.#chosen) {
      const number = index.page[at] as number;
      let page = kept.get(number);
      if (!page) {
        if (inOrder) kept.clear();
        page = await (pages[number] as () => Promise<Buffer>)();
        kept.set(number, page);
      }
      yield { page, row: row.read(page, index.at[at] as number) };
    }
  }
}

/** Joins small pieces to larger ones. */
class Pieces {
  length = 0;
  #bytes = Buffer.allocUnsafe(pieceBytes * 2);

  text(text: string): void {
    this.#reserve(text.length * 3);
    this.length += this.#bytes.write(text, this.length);
  }

  bytes(from: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    this.length += from.copy(this.#bytes, this.length, start, end);
  }

  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.length + more));
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }
}
