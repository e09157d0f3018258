/** One page of a collection: what tells its rows apart, and the rows as they are kept. */
import { type PullSettings, roleWordsOf } from '../core/pull-settings.ts';
import type { Collection } from '../core/rest/collections.ts';
import { latestBelieved, type ReadContext, readRecord } from '../core/rest/record.ts';
import type { Version } from '../core/tables.ts';
import type { PageNotes } from '../db/pulls.ts';
import { type RowsAnswer, withRows } from './answer.ts';
import { openNotes } from './notes.ts';
import { Packer, withoutFirst } from './packed.ts';
import { quickReader } from './quick/reader.ts';
import { giveRoom } from './room.ts';
import type { Answer } from './transport.ts';

export type Page = Pick<RowsAnswer, 'total' | 'next' | 'notes' | 'warnings'> & {
  /** What tells each row apart. */
  keys: string[];
  /** The numbers of its rows, from 0. */
  rows: number[];
  /** Those of its rows that have these numbers, in order. */
  pack(rows: readonly number[]): Packed;
  /** Its answer is not needed any more: nothing is packed after this. */
  release(): void;
};

export type Packed = {
  /** See packed.ts. */
  block: Buffer;
  /** Records in the block. */
  count: number;
  /** Entries that are no record. */
  unreadable: number;
  /** What was mended, by rule and field. */
  notes: PageNotes;
};

export type Packing = Pick<ReadContext, 'version' | 'localAsSchool' | 'roleWords'> & { now(): number };

/** How records are read, by the settings. */
export function packingOf(
  { localAsSchool, roleWords }: Pick<PullSettings, 'localAsSchool' | 'roleWords'>,
  version: Version,
  now: () => number,
): Packing {
  const words = roleWordsOf(roleWords);
  return { version, localAsSchool, now, ...(words.size > 0 ? { roleWords: words } : {}) };
}

/** Used by one page after the other. */
const packer = new Packer();

/** @throws PullTrouble for whatever is no page. */
export function readPage(answer: Answer, collection: Collection, packing: Packing): Page {
  const context = { ...packing, now: packing.now() };
  let isReleased = false;
  return withRows(answer, collection, (given) => {
    const { keys, all, first } = packed(given, collection, context, undefined);
    const { total, next, notes, warnings } = given;
    return {
      total,
      next,
      notes,
      warnings,
      keys,
      rows: keys.map((_, row) => row),
      // Most pages are taken as a whole, or without the row that was known already.
      pack(rows) {
        if (rows.length === keys.length) return all;
        if (rows.length === keys.length - 1 && rows[0] === 1) return withoutRow(all, first);
        if (isReleased) throw new Error('This page was given back already.');
        return packed(given, collection, context, new Set(rows)).all;
      },
      release() {
        if (!isReleased) giveRoom(answer.body);
        isReleased = true;
      },
    };
  });
}

type Context = Omit<ReadContext, 'note' | 'isLossy'>;
/** What the first row adds to a page. */
type First = { isReadable: boolean; notes: PageNotes };

/** @param wanted undefined: all. */
function packed(given: RowsAnswer, collection: Collection, context: Context, wanted: Set<number> | undefined) {
  const read = packedOnce(given, collection, context, wanted, false);
  if (!read.isLossy) return read;
  // Ids beyond what a number can hold: once more, with their digits.
  const exact = packedOnce(given, collection, context, wanted, true);
  exact.all.notes = addedNotes(exact.all.notes, { 'api-value-form': { sourcedId: 1 } });
  return exact;
}

function packedOnce(
  given: RowsAnswer,
  { kind }: Collection,
  context: Context,
  wanted: Set<number> | undefined,
  hasDigits: boolean,
) {
  const notes = openNotes();
  let isLossy = false;
  const reading: ReadContext = {
    ...context,
    note: (rule, field) => notes.add(rule, field),
    isLossy() {
      isLossy = true;
    },
  };
  const keys: string[] = [];
  const first: First = { isReadable: true, notes: {} };
  let unreadable = 0;
  // What a page left behind that broke off.
  packer.take();
  const latestAt = latestBelieved(context.now);
  const reader = wanted || hasDigits ? undefined : quickReader(kind, context.version);
  const quick =
    reader && ((bytes: Buffer, start: number, end: number) => reader.read(bytes, start, end, latestAt, packer, keys));
  const visit = (row: unknown) => {
    const isFirst = keys.length === 0;
    const isWanted = !wanted || wanted.has(keys.length);
    keys.push(keyOf(row));
    if (!isWanted) return;
    const record = readRecord(kind, row, reading);
    if (record) packer.add(record);
    else unreadable++;
    if (!isFirst) return;
    first.isReadable = record !== undefined;
    first.notes = notes.take();
  };
  given.each(visit, { hasDigits, quick });
  const count = packer.rows;
  const all: Packed = { block: packer.take(), count, unreadable, notes: addedNotes(notes.take(), first.notes) };
  return { keys, all, first, isLossy };
}

function withoutRow({ block, count, unreadable, notes }: Packed, first: First): Packed {
  return {
    block: first.isReadable ? withoutFirst(block) : block,
    count: first.isReadable ? count - 1 : count,
    unreadable: first.isReadable ? unreadable : unreadable - 1,
    notes: addedNotes(notes, first.notes, -1),
  };
}

function addedNotes(notes: PageNotes, more: PageNotes, times = 1): PageNotes {
  const sum: PageNotes = structuredClone(notes);
  for (const [rule, fields] of Object.entries(more)) {
    const counts = sum[rule] ?? {};
    sum[rule] = counts;
    for (const [field, count] of Object.entries(fields)) {
      counts[field] = (counts[field] ?? 0) + count * times;
      if (counts[field] === 0) delete counts[field];
    }
    if (Object.keys(counts).length === 0) delete sum[rule];
  }
  return sum;
}

/** What tells rows apart; one without an id by all that it says. */
export function keyOf(row: unknown): string {
  const id = (row as { sourcedId?: unknown } | null)?.sourcedId;
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id !== '' ? id : `\n${JSON.stringify(row)}`;
}
