/**
 * What the kernel has to be told of a file, written where it looks for it (kernel/table.ts): by the check, so that the
 * second thread need not know what a table is.
 */

import { encode } from '../bytes.ts';
import { dialled } from '../cell-forms.ts';
import { type Column, columnsFor, judgedOf } from '../column.ts';
import { saltsOf } from '../hash.ts';
import type { IdView } from '../id-set.ts';
import { type FieldType, fieldNames } from '../tables.ts';
import { type AheadRows, rowLayout } from './block.ts';
import { CELLS_LIMIT } from './kernel.ts';
import { type Room, TABLES_BYTES } from './room.ts';

/** Ways to judge a cell, as kernel/layout.ts has them; types that it does not know are plain only where they are blank. */
const wayOf: Partial<Record<FieldType, number>> = {
  ref: 0,
  guid: 0,
  enum: 1,
  boolean: 1,
  date: 2,
  year: 3,
  refs: 4,
  strings: 4,
  grades: 5,
  enums: 5,
  string: 6,
  id: 6,
  integer: 7,
  float: 8,
  userIds: 9,
};
const UNKNOWN_WAY = 10;
const IS_REQUIRED = 1;
const IS_EMAIL = 2;
const IS_DIALLED = 4;
/** Where the cells of a record and the items of a list start and end, and hashes of those looked at together. */
const SCRATCH_BYTES = (CELLS_LIMIT + 32) * 8 + 64 * 4;
const TABLE_WORDS = 27;

/** Tells the kernel of records that come; false where it cannot read them. */
export function tellKernel(room: Room, rows: AheadRows, isMade: boolean): boolean {
  if (rows.fields.length > CELLS_LIMIT) return false;
  new Tables(room, rows, isMade);
  return true;
}

class Tables {
  #room: Room;
  /** How far they have been written. */
  #end: number;

  constructor(room: Room, rows: AheadRows, isMade: boolean) {
    this.#room = room;
    this.#end = room.tablesAt;
    const { kind, version, fields, present, hashes, seed, ids, references, texts } = rows;
    const layout = rowLayout(rows, isMade);
    const table = this.#take(TABLE_WORDS * 4);
    const cellOf = new Int32Array(fieldNames(kind).length).fill(-1);
    fields.forEach((field, cell) => {
      if (field >= 0) cellOf[field] = cell;
    });
    const cell = (field: number): number => cellOf[field] ?? -1;
    const columns = columnsFor(kind, version);
    const judged = Array.from(judgedOf(present)).filter((field) => cell(field) >= 0);
    const subjects = cell(fieldNames(kind).indexOf('subjects'));
    const codes = cell(fieldNames(kind).indexOf('subjectCodes'));
    const isPaired = subjects >= 0 && codes >= 0;
    const salts = saltsOf(kind);
    const hashed = hashes ? [...salts.keys()].filter((field) => cell(field) >= 0 && field !== 1 && field !== 2) : [];
    this.#write(table, [
      fields.length,
      cell(0),
      seed,
      isPaired ? subjects : -1,
      isPaired ? codes : -1,
      ...this.#list(judged.flatMap((field) => this.#column(cell(field), columns[field] as Column))),
      ...this.#list(references.flatMap(({ field, ids }) => referenceTo(cell(field), ids))),
      ...this.#list(texts.map(cell)),
      ...this.#list(hashed.flatMap((field) => [cell(field), salts[field] as number])),
      layout.words,
      layout.hash,
      layout.references,
      layout.texts,
      layout.cells,
      this.#take(SCRATCH_BYTES),
      ...setAt(ids),
      this.#room.heap.at,
    ]);
  }

  #column(cell: number, { name, type, required, tokens }: Column): number[] {
    const marks =
      (required ? IS_REQUIRED : 0) | (name === 'email' ? IS_EMAIL : 0) | (dialled.has(name) ? IS_DIALLED : 0);
    return [cell, wayOf[type] ?? UNKNOWN_WAY, marks, tokens ? this.#tokens(tokens.texts) : 0];
  }

  #tokens(texts: readonly string[]): number {
    const places = texts.map((text) => {
      const bytes = encode(text);
      const at = this.#take(bytes.length);
      new Uint8Array(this.#room.memory.buffer, at, bytes.length).set(bytes);
      return [bytes.length, at];
    });
    return this.#keep([texts.length, ...places.flat()]);
  }

  /** From where to where a list stands that is kept. */
  #list(words: number[]): [number, number] {
    const at = this.#keep(words);
    return [at, at + words.length * 4];
  }

  #keep(words: number[]): number {
    const at = this.#take(words.length * 4);
    this.#write(at, words);
    return at;
  }

  #write(at: number, words: number[]): void {
    new Int32Array(this.#room.memory.buffer, at, words.length).set(words);
  }

  #take(bytes: number): number {
    const at = this.#end;
    this.#end = at + Math.ceil(bytes / 16) * 16;
    if (this.#end > this.#room.tablesAt + TABLES_BYTES)
      throw new Error('The kernel cannot be told of so many columns.');
    return at;
  }
}

/** As kernel/table.ts has it. */
const referenceTo = (cell: number, { seed, slots, offsets, bytes }: IdView): number[] => [
  cell,
  seed,
  slots.length,
  slots.at,
  offsets.at,
  bytes.at,
  0,
];

/** As kernel/added.ts has it. */
const setAt = (ids: IdView | undefined): number[] =>
  ids
    ? [ids.size, ids.slots.at, ids.slots.length, ids.offsets.at, ids.offsets.length, ids.bytes.at, ids.bytes.length]
    : [0, 0, 0, 0, 0, 0, 0];
