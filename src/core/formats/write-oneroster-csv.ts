/**
 * Writes rosters as OneRoster CSV 1.1 and 1.2 in the strict form: every column in its place, every property in the
 * manifest, rows in the order of their ids, so that equal rosters give equal files.
 */

import { decode, type Row } from '../record.ts';
import { columnsOf, fieldNames, fileOf, type Kind, kindsOf, type RecordOf, type Version } from '../tables.ts';
import { CsvLine, csvLine } from './csv-line.ts';
import { joined, SheetStore } from './sheet-store.ts';

export type WriteOptions = {
  version: Version;
  /** `bulk` (default) leaves status and dateLastModified blank; `delta` writes them. */
  mode?: 'bulk' | 'delta';
  /** What the manifest says of the system that the data come from. */
  source?: { systemName?: string; systemCode?: string };
};

/** A file that can be read any number of times. `rows` counts its records. */
export type TextFile = { name: string; rows: number; pieces(): Generator<Uint8Array> };

/** Extension cells of a record, by full column name (`metadata.<name>`). */
type Metadata = Readonly<Record<string, string>>;
type Table = { store: SheetStore; metadata: Map<number, Metadata>; without: Set<string> };

/** Collects records in any order and writes them when all are known. Memory: about the size of the files. */
export class RosterWriter {
  #options: WriteOptions;
  #tables = new Map<Kind, Table>();
  #line = new CsvLine();
  #sources = new Map<Kind, number[]>();

  constructor(options: WriteOptions) {
    this.#options = options;
  }

  /** Takes a record as the reader hands it on. Passwords are never written. */
  row(row: Row): void {
    const line = this.#line.clear();
    for (const at of this.#fieldsOf(row.kind)) {
      if (at < 0) line.cell(row.buffer, 0, 0);
      else line.cell(row.buffer, row.start[at] as number, row.end[at] as number);
    }
    const { store, metadata } = this.#table(row.kind);
    const index = store.add(line.bytes, line.length, row.buffer, row.start[0] as number, row.end[0] as number);
    if (row.metadata) metadata.set(index, row.metadata);
  }

  /** Takes a record as texts by field. Passwords are never written. */
  record<K extends Kind>(kind: K, record: RecordOf<K>, metadata: Metadata = {}): void {
    const names = fieldNames(kind);
    const line = this.#line.clear();
    for (const at of this.#fieldsOf(kind)) line.text((record as Metadata)[names[at] ?? ''] ?? '');
    const table = this.#table(kind);
    const id = encoder.encode(record.sourcedId);
    const index = table.store.add(line.bytes, line.length, id, 0, id.length);
    if (Object.keys(metadata).length > 0) table.metadata.set(index, { ...metadata });
  }

  /** Takes a record out again, whether it has come already or will come. */
  leaveOut(kind: Kind, sourcedId: string): void {
    this.#table(kind).without.add(sourcedId);
  }

  /** All files: the manifest, and one for each kind of which there are records. */
  files(): TextFile[] {
    const { version, mode = 'bulk', source } = this.#options;
    const sent = new Map<Kind, 'bulk' | 'delta'>();
    const files: TextFile[] = [];
    for (const kind of kindsOf(version)) {
      const table = this.#tables.get(kind);
      const rows = table ? rowsOf(table) : 0;
      if (!table || rows === 0) continue;
      sent.set(kind, mode);
      files.push({ name: fileOf(kind), rows, pieces: () => tablePieces(kind, version, table) });
    }
    return [manifestFile(version, sent, source), ...files];
  }

  #table(kind: Kind): Table {
    let table = this.#tables.get(kind);
    if (!table) {
      table = { store: new SheetStore(), metadata: new Map(), without: new Set() };
      this.#tables.set(kind, table);
    }
    return table;
  }

  /** For each column of the file: the field that it is written from, or -1 where it stays blank. */
  #fieldsOf(kind: Kind): number[] {
    let fields = this.#sources.get(kind);
    if (!fields) {
      fields = fieldsWritten(kind, this.#options);
      this.#sources.set(kind, fields);
    }
    return fields;
  }
}

/** One record of a stream: texts by field, and extension cells if it has any. */
export type Written<K extends Kind = Kind> = { record: RecordOf<K>; metadata?: Metadata };

/**
 * Writes one file straight from records that come in the order of their ids, without keeping any. The names of all
 * extension columns have to be known before the first record.
 */
export async function* tableText<K extends Kind>(
  kind: K,
  options: WriteOptions & { metadata?: readonly string[] },
  records: AsyncIterable<Written<K>> | Iterable<Written<K>>,
): AsyncGenerator<Uint8Array> {
  const { version, metadata: extensions = [] } = options;
  const fields = fieldsWritten(kind, options);
  const names = fieldNames(kind);
  const line = new CsvLine();
  let waiting: Uint8Array[] = [csvLine([...columnsOf(kind, version), ...extensions])];
  for await (const { record, metadata } of records) {
    line.clear();
    for (const at of fields) line.text((record as Metadata)[names[at] ?? ''] ?? '');
    for (const name of extensions) line.text(metadata?.[name] ?? '');
    line.end();
    waiting.push(line.bytes.slice(0, line.length));
    if (waiting.length < 512) continue;
    yield* joined(waiting);
    waiting = [];
  }
  yield* joined(waiting);
}

/** manifest.csv with every property of the version, in the order in which the standard lists them. */
export function manifestFile(
  version: Version,
  sent: ReadonlyMap<Kind, 'bulk' | 'delta'>,
  source: WriteOptions['source'] = {},
): TextFile {
  const kinds = [...kindsOf(version)].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const lines = [
    ['propertyName', 'value'],
    ['manifest.version', '1.0'],
    ['oneroster.version', version],
    ...kinds.map((kind) => [`file.${kind}`, sent.get(kind) ?? 'absent']),
    ['source.systemName', source.systemName ?? ''],
    ['source.systemCode', source.systemCode ?? ''],
  ];
  return {
    name: 'manifest.csv',
    rows: lines.length - 1,
    pieces: () => joined(lines.map(csvLine)),
  };
}

const encoder = new TextEncoder();
const neverWritten = new Set(['password']);
const modeFields = new Set(['status', 'dateLastModified']);

function fieldsWritten(kind: Kind, { version, mode = 'bulk' }: WriteOptions): number[] {
  const names = fieldNames(kind);
  return columnsOf(kind, version).map((name) =>
    neverWritten.has(name) || (mode === 'bulk' && modeFields.has(name)) ? -1 : names.indexOf(name),
  );
}

function rowsOf({ store, without }: Table): number {
  if (without.size === 0) return store.size;
  let rows = 0;
  for (let index = 0; index < store.size; index++) if (!without.has(store.idOf(index))) rows++;
  return rows;
}

function* tablePieces(kind: Kind, version: Version, table: Table): Generator<Uint8Array> {
  yield* joined(tableLines(kind, version, table));
}

function* tableLines(kind: Kind, version: Version, { store, metadata, without }: Table): Generator<Uint8Array> {
  const extensions = [...new Set([...metadata.values()].flatMap((cells) => Object.keys(cells)))].sort();
  yield csvLine([...columnsOf(kind, version), ...extensions]);
  const tail = new CsvLine();
  const blank = new Uint8Array([...extensions.map(() => 44), 13, 10]);
  for (const index of store.sorted()) {
    if (without.size > 0 && without.has(store.idOf(index))) continue;
    yield store.lineOf(index);
    const cells = metadata.get(index);
    if (!cells) yield blank;
    else {
      tail.clear().text('');
      for (const name of extensions) tail.text(cells[name] ?? '');
      tail.end();
      yield tail.bytes.slice(0, tail.length);
    }
  }
}

/** The whole text of a file; for small ones. */
export function textOf(file: TextFile): string {
  return [...file.pieces()].map((piece) => decode(piece, 0, piece.length)).join('');
}
