/** The records of one kind of a declared format, made from the files of a delivery. */

import { type Ahead, FILE_AHEAD_FROM_BYTES } from '../../ahead/block.ts';
import { MadeRows } from '../../ahead/made-rows.ts';
import { EntryFault } from '../../bundle.ts';
import { IdSet } from '../../id-set.ts';
import type { Mode } from '../../record.ts';
import { fieldNames, type Kind, type Version } from '../../tables.ts';
import { type Saying, Tally } from '../../tally.ts';
import type { RowVisitor, TableSource } from '../format.ts';
import { type Declaration, plainName, type RecordRule } from './declaration.ts';
import { Emitter } from './emitter.ts';
import type { Scope } from './expression.ts';
import type { LoadedFile } from './load.ts';
import { removalsOf } from './removals.ts';
import type { SourceRow } from './source-row.ts';
import { columnFinder } from './template.ts';

/** What the formats make is of this version of OneRoster. */
export const VERSION: Version = '1.1';

/** Ids of live records that this source manages, by kind. */
export type Live = (kind: Kind) => Iterable<string> | AsyncIterable<string> | undefined;

export type Delivered = {
  declaration: Declaration;
  files: ReadonlyMap<string, LoadedFile>;
  schoolYear: LoadedFile;
  tally: Tally;
  ahead: Ahead | undefined;
  live: Live | undefined;
  /** Cells of other files, read where an expression asks for them. */
  tables: Map<string, Map<string, string>>;
};

/** A rule with the file that it reads. */
export type Fed = { rule: RecordRule; file: LoadedFile };

export function tableSource(kind: Kind, mode: Mode, fed: readonly Fed[], delivered: Delivered): TableSource {
  return {
    kind,
    file: [...new Set(fed.map(({ file }) => file.name))].join(', ') || 'school year',
    mode,
    read: (visitor) => readKind(kind, mode, fed, delivered, visitor, delivered.tally),
    async peek(visitor) {
      const silent = new Tally(delivered.tally.profile);
      let isBroken = false;
      const quiet = {
        ...visitor,
        columns() {},
        broken() {
          isBroken = true;
        },
      };
      await readKind(kind, mode, fed, delivered, quiet, silent);
      return !isBroken && silent.counts.fatal === 0;
    },
  };
}

async function readKind(
  kind: Kind,
  mode: Mode,
  fed: readonly Fed[],
  delivered: Delivered,
  visitor: RowVisitor,
  tally: Tally,
): Promise<void> {
  visitor.columns(presentIn(kind, fed));
  const read = fed.filter(({ rule, file }) => rule.each === undefined || hasColumn(file, rule.each));
  let taken = 0;
  const share = () => taken / read.reduce((sum, { file }) => sum + (file.reading?.rows ?? Number.NaN), 0);
  const made = madeAhead(kind, mode === 'delta', fed, delivered, visitor, tally, share);
  const making = {
    kind,
    mode,
    fed,
    read,
    delivered,
    visitor,
    to: made ?? visitor,
    saying: made?.saying ?? tally,
    isQuiet: tally !== delivered.tally,
    took: () => void taken++,
  };
  try {
    await makeRecords(making);
  } catch (error) {
    // What was made before a file broke off comes all the same.
    if (error instanceof EntryFault) made?.finish();
    throw error;
  }
  made?.finish();
  await visitor.drain();
}

type Making = {
  kind: Kind;
  mode: Mode;
  fed: readonly Fed[];
  /** Those of the rules that have something to read. */
  read: readonly Fed[];
  delivered: Delivered;
  visitor: RowVisitor;
  /** Who takes the records, and what is to be said of them. */
  to: Pick<RowVisitor, 'row' | 'broken'>;
  saying: Saying;
  isQuiet: boolean;
  /** Called for each row that is read. */
  took: () => void;
};

async function makeRecords(making: Making): Promise<void> {
  const { kind, mode, fed, read, delivered, visitor, to, saying, isQuiet, took } = making;
  const isDelta = mode === 'delta';
  const passes = visitor.passesRepeats === true && !isDelta;
  const isOnce = fed.some(({ rule }) => rule.once);
  const seen = isDelta || (isOnce && !passes) ? new IdSet() : undefined;
  const odd = isOnce && passes ? new IdSet() : undefined;
  const broken = new Map<LoadedFile, number>();
  const emitters: Emitter[] = [];
  for (const { rule, file } of read) {
    await readTables(rule, file, delivered);
    const scope = scopeOf(file, delivered, saying);
    const emitter = new Emitter({ kind, rule, scope, fileNumber: file.number, isDelta, visitor: to, seen, odd });
    emitters.push(emitter);
    const row = (source: SourceRow) => {
      took();
      emitter.take(source);
    };
    const visit = { row, drain: () => visitor.drain() };
    const reading = await (isQuiet ? file.each(visit) : file.each(visit, saying));
    broken.set(file, reading.broken);
  }
  const nothing = new Uint8Array(0);
  for (const [{ number }, count] of broken) for (let each = 0; each < count; each++) to.broken(nothing, 0, 0, number);
  const [first] = emitters;
  const removing = { kind, fed, delivered, tally: saying, visitor };
  if (isDelta && seen && first) await removalsOf({ ...removing, seen, emitter: first });
}

/** The way to the visitor through a second thread, where there is one and it is worth its while. */
function madeAhead(
  kind: Kind,
  isDelta: boolean,
  fed: readonly Fed[],
  { ahead }: Delivered,
  visitor: RowVisitor,
  tally: Tally,
  share: () => number,
): MadeRows | undefined {
  const sizeBytes = fed.reduce((sum, { file }) => sum + file.sizeBytes, 0);
  if (!ahead?.isFree || sizeBytes < FILE_AHEAD_FROM_BYTES) return undefined;
  const known = visitor.known?.();
  if (!known) return undefined;
  const names = new Set(fed.flatMap(({ rule }) => Object.keys(rule.fields)));
  const fields = fieldNames(kind).flatMap((name, at) => (names.has(name) || (isDelta && at < 3) ? [at] : []));
  const hashes = known.hashes && ![...names].some((name) => name.startsWith('metadata.'));
  const rows = {
    ...known,
    hashes,
    kind,
    version: VERSION,
    fields: Int32Array.from(fields),
    present: presentIn(kind, fed),
  };
  return new MadeRows(ahead, rows, visitor, tally, share);
}

/** A kind has a column for a field where a rule makes it. */
function presentIn(kind: Kind, fed: readonly Fed[]): boolean[] {
  const made = new Set(fed.flatMap(({ rule }) => Object.keys(rule.fields)));
  return fieldNames(kind).map((name, at) => at < 3 || made.has(name));
}

/** Whether a file has a column; of a file that is not kept, what it declares. */
export function hasColumn({ declared, reading }: LoadedFile, name: string): boolean {
  const at = declared.columns.findIndex((column) => plainName(column.name) === plainName(name));
  return at >= 0 && (reading?.present?.[at] ?? true);
}

export function scopeOf(file: LoadedFile, { declaration, tables }: Delivered, tally: Scope['tally']): Scope {
  return {
    file: file.declared,
    name: file.name,
    tally,
    ignoreCase: declaration.keysIgnoreCase ?? false,
    lookups: declaration.lookups ?? {},
    columnOf: columnFinder(file.declared.title, file.declared.columns),
    finding: (find) => {
      const table = tables.get(tableName(find));
      return (key) => table?.get(key);
    },
  };
}

type Find = { in: string; where: string; take: string; all?: boolean };
const tableName = (find: Find): string => [find.in, find.where, find.take, find.all ? 'all' : 'first'].join('\n');

/** Reads what expressions of a rule look up in other files. */
async function readTables(rule: RecordRule, file: LoadedFile, delivered: Delivered): Promise<void> {
  for (const find of findsIn(rule)) {
    const name = tableName(find);
    if (delivered.tables.has(name)) continue;
    const table = new Map<string, string>();
    delivered.tables.set(name, table);
    const other = find.in === rule.from ? file : delivered.files.get(find.in);
    if (!other) continue;
    const columnOf = columnFinder(other.declared.title, other.declared.columns);
    const [where, take] = [columnOf(find.where), columnOf(find.take)];
    const visit = {
      row(row: SourceRow) {
        const key = row.text(where).trim().toLowerCase().replace(/\s+/g, ' ');
        const known = table.get(key);
        if (key === '' || (known !== undefined && !find.all)) return;
        const text = row.text(take);
        if (known === undefined) table.set(key, text);
        else if (!known.split(';').includes(text)) table.set(key, `${known};${text}`);
      },
      drain() {},
    };
    await other.each(visit);
  }
}

/** Every `find` anywhere in a rule. */
function findsIn(value: unknown): Find[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'find' in value ? [value.find as Find] : [];
  return [...own, ...Object.values(value).flatMap(findsIn)];
}
