/** The rows of one file of a delivery: kept until all are known where rows may come again, else read as often as asked. */

import { encode } from '../../bytes.ts';
import { IdSet } from '../../id-set.ts';
import { decode, type Entry } from '../../record.ts';
import type { Profile } from '../../rules/rule.ts';
import { show } from '../../show.ts';
import { type Saying, Tally } from '../../tally.ts';
import { CellWriter } from './cell-writer.ts';
import type { FileDeclaration } from './declaration.ts';
import { splitList } from './expression.ts';
import { columnNamed } from './header.ts';
import { type FileReading, readFile } from './read-file.ts';
import { RowShelf, SourceRow } from './source-row.ts';

export type Visit = { row(row: SourceRow): void; drain(): void | Promise<void> };

export type LoadedFile = {
  declared: FileDeclaration;
  /** As it was sent. */
  name: string;
  /** Its number among the files of the delivery, from 1. */
  number: number;
  /** Of files that are kept: what their header and rows said. */
  reading: FileReading | undefined;
  /** Of what it is read. */
  sizeBytes: number;
  /** All rows in their order. What is wrong with the text is said the first time that somebody is there to be told. */
  each(visit: Visit, saying?: Saying): Promise<FileReading>;
};

const ROWS_BETWEEN_DRAINS = 4096;
/** About as long is a row where rows come again, and its key: room is made for so many at once. */
const ROW_BYTES = 100;
const KEY_BYTES = 10;

/** A file whose rows are kept is read here and now, the others when their rows are asked for. */
export async function loadFile(
  declared: FileDeclaration,
  entry: Entry,
  number: number,
  ignoreCase: boolean,
  tally: Tally,
): Promise<LoadedFile> {
  const base = { declared, name: entry.name, number, sizeBytes: entry.sizeBytes };
  if (!declared.repeats && declared.mode !== 'directive')
    return { ...base, reading: undefined, each: streamed(declared, entry, tally.profile) };
  const shelf = new RowShelf(declared.columns.length);
  const merging = declared.repeats ? new Merging(declared, entry, ignoreCase, shelf, tally) : undefined;
  const reading = await readFile(declared, entry, tally, {
    row: (row) => (merging ? merging.row(row) : shelf.push(row)),
  });
  return {
    ...base,
    reading,
    async each(visit) {
      const row = new SourceRow(declared.columns.length);
      let since = 0;
      for (const _ of shelf.rows(row)) {
        visit.row(row);
        if (++since % ROWS_BETWEEN_DRAINS === 0) await visit.drain();
      }
      await visit.drain();
      return reading;
    },
  };
}

function streamed(declared: FileDeclaration, entry: Entry, profile: Profile): LoadedFile['each'] {
  let isSaid = false;
  return (visit, saying) => {
    const own = saying && !isSaid ? saying : new Tally(profile);
    if (saying) isSaid = true;
    return readFile(declared, entry, own, visit);
  };
}

/** Joins the lists of rows that come again. */
class Merging {
  #file: FileDeclaration;
  #name: string;
  #shelf: RowShelf;
  #tally: Tally;
  #ignoreCase: boolean;
  #keyAt: number;
  /** Keys, with the index of their first row in place of a line. */
  #keys = new IdSet();
  #key = new CellWriter();
  #first: SourceRow;

  constructor(file: FileDeclaration, { name, sizeBytes }: Entry, ignoreCase: boolean, shelf: RowShelf, tally: Tally) {
    this.#file = file;
    this.#name = name;
    const rows = Math.ceil(sizeBytes / ROW_BYTES);
    this.#keys.reserve(rows, rows * KEY_BYTES);
    this.#ignoreCase = ignoreCase;
    this.#shelf = shelf;
    this.#tally = tally;
    this.#keyAt = columnNamed(file, file.repeats?.key ?? '');
    this.#first = new SourceRow(file.columns.length);
  }

  row(row: SourceRow): void {
    const key = this.#key;
    key.clear();
    const from = key.length;
    key.id(row.buffer, row.start[this.#keyAt] as number, row.end[this.#keyAt] as number, this.#ignoreCase);
    if (key.length === from) return this.#shelf.push(row);
    const at = this.#keys.add(key.bytes, from, key.length, this.#shelf.size);
    if (at >= 0) return this.#shelf.push(row);
    this.#again(row, this.#keys.lines[-1 - at] as number);
  }

  #again(row: SourceRow, index: number): void {
    const first = this.#first;
    this.#shelf.read(index, first);
    const differing = this.#file.columns.flatMap((column, at) => (isSame(row, first, at) ? [] : [{ ...column, at }]));
    const place = { file: this.#name, line: row.line, key: show(row.text(this.#keyAt)) };
    const single = differing.filter(({ list }) => !list);
    if (single.length > 0) {
      const names = single.map(({ name }) => name).join(', ');
      this.#tally.add('format-row-contradicts', {
        ...place,
        column: single[0]?.name ?? '',
        message: `The row is about the same record as line ${first.line}, and differs in ${names}`,
      });
      row.isLost = true;
      this.#shelf.push(row);
    } else if (differing.length === 0) {
      this.#tally.add('format-row-repeated', { ...place, message: `The row is the same as line ${first.line}` });
    } else for (const { at } of differing) this.#shelf.put(index, at, this.#joined(first, row, at));
  }

  #joined(first: SourceRow, row: SourceRow, column: number): Uint8Array {
    const separator = this.#file.separator ?? ';';
    const items = [first, row].flatMap((each) => splitList(each.text(column), separator));
    return encode([...new Set(items)].join(separator));
  }
}

function isSame(a: SourceRow, b: SourceRow, column: number): boolean {
  const length = (a.end[column] as number) - (a.start[column] as number);
  if (length !== (b.end[column] as number) - (b.start[column] as number)) return false;
  return (
    decode(a.buffer, a.start[column] as number, a.end[column] as number) ===
    decode(b.buffer, b.start[column] as number, b.end[column] as number)
  );
}
