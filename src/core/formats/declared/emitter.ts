/** Makes records of one kind from the rows of one file, by one rule of the declaration. */

import { isIdText } from '../../bytes.ts';
import { IdSet } from '../../id-set.ts';
import { decode, Row } from '../../record.ts';
import { show } from '../../show.ts';
import { fieldNames, type Kind, tableOf } from '../../tables.ts';
import type { RowVisitor } from '../format.ts';
import { CellWriter } from './cell-writer.ts';
import type { Expression, RecordRule } from './declaration.ts';
import { type Compiled, compile, compileCondition, type Scope } from './expression.ts';
import { placeLine } from './places.ts';
import type { SourceRow } from './source-row.ts';

/** Delta rows carry a time; when a record changed is not known to formats without one. */
const NO_TIME = '2000-01-01T00:00:00.000Z';

export type Emission = {
  kind: Kind;
  rule: RecordRule;
  scope: Scope;
  /** Number of the file among those of the delivery. */
  fileNumber: number;
  isDelta: boolean;
  visitor: Pick<RowVisitor, 'row' | 'broken'>;
  /** Ids that were made so far; undefined where nobody asks. */
  seen: IdSet | undefined;
  /** Where the visitor itself passes over repeated rows: ids of broken ones that it cannot know. */
  odd: IdSet | undefined;
};

export class Emitter {
  #emission: Emission;
  #row: Row;
  #out = new CellWriter();
  /** Of a record that cannot be made, its id alone. */
  #idOut = new CellWriter();
  #id: Compiled;
  #fields: { at: number; compiled: Compiled }[];
  #metadata: { name: string; compiled: Compiled }[];
  #metadataEnds: Int32Array;
  #knownMetadata = newKnown();
  #holds: (row: SourceRow) => boolean;
  #eachAt: number;
  #separator: number;

  constructor(emission: Emission) {
    this.#emission = emission;
    const { kind, rule, scope, isDelta } = emission;
    const names = fieldNames(kind);
    const { fields } = tableOf(kind);
    const of = (name: string, expression: Expression): Compiled => {
      const type = fields[name]?.type;
      const isId = type === 'guid' || type === 'ref' || type === 'refs';
      return compile(expression, isId ? 'id' : 'text', scope);
    };
    const entries = Object.entries({
      ...rule.fields,
      ...(isDelta ? { status: 'active', dateLastModified: NO_TIME } : {}),
    });
    this.#row = new Row(kind);
    this.#fields = entries.flatMap(([name, expression]) =>
      name.startsWith('metadata.') ? [] : [{ at: names.indexOf(name), compiled: of(name, expression) }],
    );
    this.#metadata = entries.flatMap(([name, expression]) =>
      name.startsWith('metadata.') ? [{ name, compiled: compile(expression, 'text', scope) }] : [],
    );
    this.#metadataEnds = new Int32Array(this.#metadata.length);
    this.#id = of('sourcedId', rule.fields.sourcedId ?? '');
    this.#holds = compileCondition(rule.when, scope);
    this.#eachAt = rule.each === undefined ? -1 : scope.columnOf(rule.each);
    this.#separator = (scope.file.separator ?? ';').charCodeAt(0);
  }

  take(source: SourceRow): void {
    if (!this.#holds(source)) return;
    const column = this.#eachAt;
    if (column < 0) return this.#make(source);
    const { buffer } = source;
    const end = source.end[column] as number;
    if (!source.isLost) this.#checkSeparator(source, column);
    for (let from = source.start[column] as number; from < end; ) {
      let to = from;
      while (to < end && buffer[to] !== this.#separator) to++;
      let [a, b] = [from, to];
      while (a < b && (buffer[a] as number) <= 32) a++;
      while (b > a && (buffer[b - 1] as number) <= 32) b--;
      source.itemStart = a;
      source.itemEnd = b;
      if (b > a) this.#make(source);
      from = to + 1;
    }
  }

  /** A record of changes that says: removed. */
  remove(id: Uint8Array): void {
    const out = this.#out;
    out.clear();
    const row = this.#row;
    row.start.fill(out.length);
    row.end.fill(out.length);
    for (const [at, text] of ['', 'tobedeleted', NO_TIME].entries()) {
      row.start[at] = out.length;
      if (at === 0) out.copy(id, 0, id.length);
      else out.text(text);
      row.end[at] = out.length;
    }
    row.buffer = out.bytes;
    row.metadata = undefined;
    row.line = 0;
    row.unusual = false;
    this.#emission.visitor.row(row);
  }

  #make(source: SourceRow): void {
    if (source.isLost) return this.#broken(source);
    const out = this.#out;
    const row = this.#row;
    const fields = this.#fields;
    const { start, end } = row;
    out.clear();
    for (let each = 0; each < fields.length; each++) {
      const { at, compiled } = fields[each] as { at: number; compiled: Compiled };
      start[at] = out.length;
      if (compiled.write(source, out)) return this.#broken(source);
      end[at] = out.length;
    }
    const { seen, odd, visitor, rule, fileNumber } = this.#emission;
    if (odd && rule.once) {
      row.mayRepeat = true;
      if (odd.size > 0 && odd.find(out.bytes, row.start[0] as number, row.end[0] as number) >= 0) return;
    }
    if (seen) {
      const from = row.start[0] as number;
      const to = row.end[0] as number;
      const isNew = from === to || seen.add(out.bytes, from, to, 0) >= 0;
      if (!isNew && rule.once) return;
    }
    if (this.#metadata.length > 0) row.metadata = this.#metadataOf(source);
    row.buffer = out.bytes;
    row.line = placeLine(fileNumber, source.line);
    row.unusual = out.unusual;
    row.plain = false;
    row.isHashed = false;
    visitor.row(row);
  }

  #metadataOf(source: SourceRow): Record<string, string> | undefined {
    const out = this.#idOut;
    const ends = this.#metadataEnds;
    out.clear();
    const from = out.length;
    for (let each = 0; each < this.#metadata.length; each++) {
      // What is wrong with an extension costs the record nothing.
      this.#metadata[each]?.compiled.write(source, out);
      ends[each] = out.length;
    }
    const to = out.length;
    if (to === from) return undefined;
    // Where each value ends tells apart what would be the same text.
    for (let each = 0; each < ends.length; each++) out.number((ends[each] as number) - from);
    const known = this.#knownMetadata;
    if (known.ids.size === METADATA_LIMIT) this.#knownMetadata = newKnown();
    else if (out.length - from <= METADATA_BYTES) {
      const at = known.ids.add(out.bytes, from, out.length, 0);
      if (at < 0) return known.values[-1 - at];
      known.values.push(this.#readMetadata(from));
      return known.values.at(-1);
    }
    return this.#readMetadata(from);
  }

  /** Shared by the records that have the same. */
  #readMetadata(from: number): Record<string, string> {
    const filled: Record<string, string> = {};
    let start = from;
    for (const [each, { name }] of this.#metadata.entries()) {
      const end = this.#metadataEnds[each] as number;
      if (end > start) filled[name] = decode(this.#idOut.bytes, start, end);
      start = end;
    }
    return Object.freeze(filled);
  }

  /** The record is there and cannot be taken: what is live under its id stays. */
  #broken(source: SourceRow): void {
    const out = this.#idOut;
    out.clear();
    const from = out.length;
    this.#id.write(source, out);
    const { seen, odd, visitor, fileNumber } = this.#emission;
    if (seen && out.length > from) seen.add(out.bytes, from, out.length, 0);
    if (odd && !isIdText(out.bytes, from, out.length)) odd.add(out.bytes, from, out.length, 0);
    visitor.broken(out.bytes, from, out.length, placeLine(fileNumber, source.line));
  }

  /** A colon where no separator is: the list may be meant. */
  #checkSeparator(source: SourceRow, column: number): void {
    let hasColon = false;
    for (let at = source.start[column] as number; at < (source.end[column] as number); at++) {
      if (source.buffer[at] === this.#separator) return;
      if (source.buffer[at] === COLON) hasColon = true;
    }
    if (hasColon) this.#sayColon(source, column);
  }

  #sayColon(source: SourceRow, column: number): void {
    const { scope } = this.#emission;
    const name = scope.file.columns[column]?.name ?? '';
    const value = source.text(column);
    scope.tally.add('format-list-separator', {
      file: scope.name,
      line: source.line,
      column: name,
      key: show(source.text(0)),
      value: show(value),
      message: `${name} "${show(value)}" has a colon in it; several values are separated by ${scope.file.separator ?? ';'}`,
    });
  }
}

const COLON = 58;

/** Extensions that come again are made once; so many at most are kept, of so many bytes. */
const METADATA_LIMIT = 4096;
const METADATA_BYTES = 256;
type Known = { ids: IdSet; values: Record<string, string>[] };
const newKnown = (): Known => ({ ids: new IdSet(), values: [] });
