/** All rows of one kind that were pulled: which of them count, in the order of their ids, and their lines as CSV. */
import { columnsOf, type Kind, type Version } from '../core/tables.ts';
import { type Chosen, choose, type Known } from './choose.ts';
import { csvCells, linesIn, PackedRows } from './packed.ts';

export type GatheringOptions = {
  kind: Kind;
  version: Version;
  /** For rows of changes that do not say when they changed. */
  now: Date;
  /** Called with the rows of each page, in the order in which they came. */
  look?: ((page: PackedRows) => void) | undefined;
};

export type GatheredPage = {
  rows: number;
  open(): Promise<Buffer>;
  /** The same bytes as they come. */
  pieces(): AsyncIterable<Buffer>;
};

export type GatheredPages = {
  /** Pages in the order in which they came; read more than once. */
  pages: readonly GatheredPage[];
  mode: 'bulk' | 'delta';
};

type GatherOptions = GatheringOptions & GatheredPages;

export type Gathering = {
  /** The next page. @param count about so many rows there will be in all. */
  add(rows: Buffer, count: number): void;
  /** When all pages were added. */
  finish(all: GatheredPages): Promise<Gathered>;
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
  /** @param mend changes the cells behind sourcedId, status and dateLastModified. */
  lines(mend?: Mend): AsyncGenerator<Buffer>;
  /** The parts of these rows, by the order of the rows. */
  partLines(kind: Kind, more?: Iterable<MorePart>): AsyncGenerator<Buffer>;
  /** Kinds of parts that some row has. */
  parts: ReadonlySet<Kind>;
  /** Calls back with the id of each row that counts, and its hash. */
  eachRow(visit: (id: string, hash: number) => void): Promise<void>;
  /** Calls back with each part, its owner and the hash of the owner's id. */
  eachPart(visit: (part: { kind: Kind; sourcedId: string; owner: string; ownerHash: number }) => void): Promise<void>;
};

export type Mend = (cells: string[]) => string[];
/** A part that has left, or one that no row has: its cells behind status and dateLastModified. */
export type MorePart = { owner: string; sourcedId: string; line?: string };

const extensionsLimit = 64;
const pieceBytes = 1 << 17;

/** Reads all rows once and keeps what is needed to choose among them, not the rows. */
export async function gather(options: GatherOptions): Promise<Gathered> {
  const gathering = openGathering(options);
  const count = options.pages.reduce((sum, { rows }) => sum + rows, 0);
  for (const { open } of options.pages) gathering.add(await open(), count);
  return gathering.finish(options);
}

/** The same for pages that come one after the other. */
export function openGathering(options: GatheringOptions): Gathering {
  const seen = new Seen();
  return {
    add(rows, count) {
      const page = new PackedRows(rows);
      seen.add(page, count);
      options.look?.(page);
    },
    async finish({ pages, mode }) {
      seen.end();
      const chosen = await choose(seen, mode, async function* opened() {
        for (const { open } of pages) yield new PackedRows(await open());
      });
      return new GatheredRows({ ...options, pages, mode }, seen, chosen);
    },
  };
}

/** What is known of all rows, in the order in which they came. */
class Seen implements Known {
  ids = new Float64Array(0);
  contents = new Float64Array(0);
  changedAt = new Float64Array(0);
  deleted = new Uint8Array(0);
  readonly extensions = new Set<string>();
  readonly parts = new Set<Kind>();
  /** The number of the first row of each page. */
  readonly firsts: number[] = [];
  isOrdered = true;
  #count = 0;
  #last: PackedRows | undefined;

  /** @param count as many rows as there will be at least, and seldom more. */
  add(page: PackedRows, count: number): void {
    const needed = this.#count + page.count;
    if (needed > this.ids.length) this.#resize(Math.max(needed, count, Math.ceil(this.ids.length * 1.5)));
    this.ids.set(page.ids, this.#count);
    this.contents.set(page.contents, this.#count);
    this.changedAt.set(page.changedAt, this.#count);
    this.deleted.set(page.deleted, this.#count);
    this.firsts.push(this.#count);
    this.#count += page.count;
    for (let row = 0; row < page.count; row++) {
      const before = row === 0 ? this.#last : page;
      if (before && this.isOrdered)
        this.isOrdered = before.compare(row === 0 ? before.count - 1 : row - 1, page, row) < 0;
      if (!page.hasMore(row)) continue;
      for (const { kind } of page.attached(row)) this.parts.add(kind);
      for (const name of Object.keys(page.metadata(row) ?? {}))
        if (this.extensions.size < extensionsLimit) this.extensions.add(name);
    }
    if (page.count > 0) this.#last = page;
  }

  end(): void {
    this.#resize(this.#count);
    this.#last = undefined;
  }

  #resize(length: number): void {
    if (length === this.ids.length) return;
    const resized = <T extends Float64Array | Uint8Array>(from: T, to: T): T => {
      to.set(length < from.length ? from.subarray(0, length) : from);
      return to;
    };
    this.ids = resized(this.ids, new Float64Array(length));
    this.contents = resized(this.contents, new Float64Array(length));
    this.changedAt = resized(this.changedAt, new Float64Array(length));
    this.deleted = resized(this.deleted, new Uint8Array(length));
  }
}

/** Rows of one page that come one behind the other. */
type Run = { page: PackedRows; rows: Iterable<number> };

class GatheredRows implements Gathered {
  readonly kind: Kind;
  readonly mode: 'bulk' | 'delta';
  readonly extensions: string[];
  readonly parts: ReadonlySet<Kind>;
  readonly active: number;
  readonly deleted: number;
  readonly repeated: number;
  readonly contradicting: number;
  readonly ids: Float64Array;
  readonly contents: Float64Array;
  #options: GatherOptions;
  #seen: Seen;
  /** Rows that count, in order; undefined: all. */
  #chosen: Uint32Array | undefined;

  constructor(options: GatherOptions, seen: Seen, { rows, active, deleted, repeated, contradicting }: Chosen) {
    this.parts = seen.parts;
    this.kind = options.kind;
    this.mode = options.mode;
    this.extensions = [...seen.extensions].sort();
    this.active = active;
    this.deleted = deleted;
    this.repeated = repeated;
    this.contradicting = contradicting;
    this.#options = options;
    this.#seen = seen;
    this.#chosen = rows;
    this.ids = rows ? Float64Array.from(rows, (row) => seen.ids[row] as number) : seen.ids;
    this.contents = rows ? Float64Array.from(rows, (row) => seen.contents[row] as number) : seen.contents;
  }

  isDeleted = (at: number): boolean => this.#seen.deleted[this.#rowAt(at)] === 1;
  changedAt = (at: number): number => this.#seen.changedAt[this.#rowAt(at)] as number;
  #rowAt = (at: number): number => (this.#chosen ? (this.#chosen[at] as number) : at);

  async *lines(mend?: Mend): AsyncGenerator<Buffer> {
    const { kind, version } = this.#options;
    yield Buffer.from(`${csvCells([...columnsOf(kind, version), ...this.extensions])}\r\n`);
    const isPlain = this.mode === 'bulk' && this.extensions.length === 0 && !mend;
    if (isPlain && !this.#chosen) {
      // The lines of a page are those of the file.
      for (const { pieces } of this.#options.pages) yield* linesIn(pieces());
      return;
    }
    const pieces = new Pieces();
    for await (const { page, rows } of this.#runs()) {
      for (const row of rows) this.#addLine(pieces, page, row, mend);
      if (pieces.length > pieceBytes) yield pieces.take();
    }
    if (pieces.length > 0) yield pieces.take();
  }

  #addLine(pieces: Pieces, page: PackedRows, row: number, mend: Mend | undefined): void {
    pieces.bytes(page.bytes, page.idStart(row), page.idEnd(row));
    pieces.text(`,${this.#modeCells(page, row)},`);
    if (mend) pieces.text(csvCells(mend(page.cells(row))));
    else pieces.bytes(page.bytes, page.cellsStart(row), page.cellsEnd(row));
    if (this.extensions.length > 0) {
      const metadata = page.metadata(row);
      pieces.text(`,${csvCells(this.extensions.map((name) => metadata?.[name] ?? ''))}`);
    }
    pieces.text('\r\n');
  }

  async *partLines(kind: Kind, more: Iterable<MorePart> = []): AsyncGenerator<Buffer> {
    const { version, now } = this.#options;
    const columns = columnsOf(kind, version);
    yield Buffer.from(`${csvCells(columns)}\r\n`);
    const pieces = new Pieces();
    for await (const { page, rows } of this.#runs()) {
      for (const row of rows) {
        const own = page.attached(row).filter((part) => part.kind === kind);
        for (const { sourcedId, line } of own.sort((a, b) => (a.sourcedId < b.sourcedId ? -1 : 1)))
          pieces.text(`${csvCells([sourcedId])},${this.#modeCells(page, row)},${line}\r\n`);
      }
      if (pieces.length > pieceBytes) yield pieces.take();
    }
    for (const { owner, sourcedId, line } of more) {
      const left = `${csvCells([sourcedId, 'tobedeleted', now.toISOString(), owner])}${','.repeat(columns.length - 4)}`;
      const mode = this.mode === 'bulk' ? ',' : `active,${now.toISOString()}`;
      pieces.text(`${line === undefined ? left : `${csvCells([sourcedId])},${mode},${line}`}\r\n`);
      if (pieces.length > pieceBytes) yield pieces.take();
    }
    if (pieces.length > 0) yield pieces.take();
  }

  async eachRow(visit: (id: string, hash: number) => void): Promise<void> {
    for await (const { page, rows } of this.#runs())
      for (const row of rows) visit(page.id(row), page.ids[row] as number);
  }

  async eachPart(visit: Parameters<Gathered['eachPart']>[0]): Promise<void> {
    for await (const { page, rows } of this.#runs()) {
      for (const row of rows) {
        if (!page.hasMore(row)) continue;
        const [owner, ownerHash] = [page.id(row), page.ids[row] as number];
        for (const { kind, sourcedId } of page.attached(row)) visit({ kind, sourcedId, owner, ownerHash });
      }
    }
  }

  #modeCells({ changedAt, deleted }: PackedRows, row: number): string {
    if (this.mode === 'bulk') return ',';
    const at = changedAt[row] as number;
    const day = Number.isNaN(at) ? this.#options.now : new Date(at);
    return `${deleted[row] ? 'tobedeleted' : 'active'},${day.toISOString()}`;
  }

  /** In the order of ids. Pages are opened one by one where their rows lie in that order, and kept where they do not. */
  async *#runs(): AsyncGenerator<Run> {
    const { pages } = this.#options;
    const { firsts } = this.#seen;
    const chosen = this.#chosen;
    if (!chosen) {
      for (const { open } of pages) {
        const page = new PackedRows(await open());
        yield { page, rows: page.ids.keys() };
      }
      return;
    }
    const kept = new Map<number, PackedRows>();
    let isForward = true;
    let number = 0;
    for (let at = 0; at < chosen.length; ) {
      const before = number;
      number = pageOf(chosen[at] as number, firsts, number);
      isForward &&= number >= before;
      const first = firsts[number] as number;
      const end = firsts[number + 1] ?? Number.POSITIVE_INFINITY;
      const rows: number[] = [];
      for (let row = chosen[at]; row !== undefined && row >= first && row < end; row = chosen[++at])
        rows.push(row - first);
      let page = kept.get(number);
      if (!page) {
        if (isForward) kept.clear();
        page = new PackedRows(await (pages[number] as GatherOptions['pages'][number]).open());
        kept.set(number, page);
      }
      yield { page, rows };
    }
  }
}

/** The page that a row is in. @param near where to begin to look. */
function pageOf(row: number, firsts: readonly number[], near: number): number {
  let page = near;
  while (page > 0 && row < (firsts[page] as number)) page--;
  while (page + 1 < firsts.length && row >= (firsts[page + 1] as number)) page++;
  return page;
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
