/** Reads the header of a file whose columns are found by name, and the directives that may stand in it. */

import { nearest } from '../../nearest.ts';
import { hasInvisible, show, withoutInvisible } from '../../show.ts';
import type { Saying } from '../../tally.ts';
import { counted } from '../../words.ts';
import { type FileDeclaration, plainName } from './declaration.ts';

export type Header = {
  /** For each cell the index of its declared column, or -1. */
  columns: Int32Array;
  /** For each declared column whether the file has it. */
  present: boolean[];
  /** Cells that hold the directive. */
  directiveAt: number;
  /** Names of cells that are no declared column. */
  unknown: string[];
  width: number;
};

/** The only directive that is known: unlisted records are removed. */
const deleteUnlisted = '<deleteunlistedrecords>';

/** `<AnyWord>`, whatever its case and spaces; undefined when it is none. */
export function directiveOf(cell: string): string | undefined {
  const plain = withoutInvisible(cell).replace(/\s/g, '').toLowerCase();
  return /^<[^<>]+>$/.test(plain) ? plain : undefined;
}

export const isDeleteUnlisted = (directive: string): boolean => directive === deleteUnlisted;

/** Which declared column a name means: its index, or -1. */
export function columnNamed({ columns }: Pick<FileDeclaration, 'columns'>, name: string): number {
  const plain = plainName(name);
  return columns.findIndex(
    (column) => plainName(column.name) === plain || column.aliases?.some((alias) => plainName(alias) === plain),
  );
}

/** Reads the header's cells and says what is wrong with them; undefined when the file cannot be read by it. */
export function readNames(file: FileDeclaration, name: string, cells: readonly string[], line: number, tally: Saying) {
  const place = { file: name, line };
  const header: Header = {
    columns: new Int32Array(cells.length).fill(-1),
    present: file.columns.map(() => false),
    directiveAt: -1,
    unknown: [],
    width: cells.length,
  };
  let isReadable = true;
  const invisible: string[] = [];
  for (const [at, cell] of cells.entries()) {
    const directive = file.mode === 'directive' ? directiveOf(cell) : undefined;
    if (directive !== undefined) {
      if (isDeleteUnlisted(directive)) header.directiveAt = at;
      else isReadable = sayUnknownDirective(tally, place, cell);
      continue;
    }
    if (withoutInvisible(cell).trim() === '') continue;
    const column = columnNamed(file, cell);
    if (column < 0) {
      header.unknown.push(cell);
      continue;
    }
    if (hasInvisible(cell)) invisible.push(cell);
    if (header.present[column]) {
      const meant = file.columns[column]?.name ?? '';
      tally.add('format-column-twice', {
        ...place,
        column: show(cell),
        message: `Two columns of ${name} mean ${meant}; the second is named ${show(cell)}`,
      });
      isReadable = false;
    }
    header.present[column] = true;
    header.columns[at] = column;
  }
  sayInvisible(invisible, name, line, tally);
  if (!sayMissing(file, header, name, line, tally)) isReadable = false;
  sayUnknown(file, header, name, line, tally);
  return isReadable ? header : undefined;
}

export function sayUnknownDirective(tally: Saying, place: { file: string; line: number }, cell: string): false {
  tally.add('format-directive-unknown', {
    ...place,
    value: show(cell),
    message: `${show(cell)} is not a directive that is known; only <DeleteUnlistedRecords> is`,
  });
  return false;
}

function sayInvisible(cells: string[], file: string, line: number, tally: Saying): void {
  const [first] = cells;
  if (first === undefined) return;
  const more = cells.length === 1 ? '' : `, as ${counted(cells.length - 1, 'other')} do`;
  tally.add('format-column-invisible', {
    file,
    line,
    column: show(first),
    value: show(first),
    message: `The column name ${show(first)} has characters that nobody can see${more}`,
  });
}

function sayMissing({ columns }: FileDeclaration, header: Header, file: string, line: number, tally: Saying): boolean {
  const lacking = columns.filter(({ need }, at) => need === 'required' && !header.present[at]);
  for (const { name } of lacking) {
    const near = nearest(name, header.unknown);
    tally.add('format-column-missing', {
      file,
      line,
      column: name,
      message: `${file} has no column ${name}${near ? `; is it the one named ${show(near)}?` : ''}`,
    });
  }
  return lacking.length === 0;
}

function sayUnknown(
  { columns }: FileDeclaration,
  { unknown }: Header,
  file: string,
  line: number,
  tally: Saying,
): void {
  const names = columns.map(({ name }) => name);
  for (const cell of unknown) {
    const near = nearest(withoutInvisible(cell).trim(), names);
    tally.add('format-column-unknown', {
      file,
      line,
      column: show(cell),
      message: `The column ${show(cell)} of ${file} is not read${near ? `; is ${near} meant?` : ''}`,
    });
  }
}
