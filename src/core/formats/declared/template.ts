/** Text with cells in it, such as `student-{StudentNumber}`, made into a writer of bytes. */

import { encode } from '../../bytes.ts';
import type { CellWriter } from './cell-writer.ts';
import { escapedId } from './cell-writer.ts';
import { plainName } from './declaration.ts';
import type { SourceRow } from './source-row.ts';

export type Part = { literal: string } | { column: string } | { item: true };

/** The parts of a template. `{{` stands for a brace. */
export function partsOf(template: string): Part[] {
  const parts: Part[] = [];
  for (const [piece] of template.matchAll(/\{\{|\{[^{}]*\}|[^{]+|\{/g)) {
    if (piece === '{{') parts.push({ literal: '{' });
    else if (/^\{.+\}$/.test(piece)) {
      const name = piece.slice(1, -1).trim();
      parts.push(name === 'item' ? { item: true } : { column: name });
    } else parts.push({ literal: piece });
  }
  return parts;
}

/** Names of the columns that a template reads. */
export const columnsIn = (template: string): string[] =>
  partsOf(template).flatMap((part) => ('column' in part ? [part.column] : []));

/** `id`: the cells become parts of an id; the text between them stays as it is. */
export type Mode = 'text' | 'id';

export type Template = {
  /** Writes the value; nothing where it is blank. */
  write(row: SourceRow, out: CellWriter): void;
  text(row: SourceRow, item?: string): string;
  /** The first column that it reads, or -1. */
  column: number;
};

/**
 * @param columnOf the index of a column by its name; throws where there is none.
 * A template with cells is blank where all of them are blank, and an id where one of them is.
 */
export function compileTemplate(
  template: string,
  mode: Mode,
  ignoreCase: boolean,
  columnOf: (name: string) => number,
): Template {
  const parts = partsOf(template);
  const indexes = Int32Array.from(parts, (part) =>
    'column' in part ? columnOf(part.column) : 'item' in part ? -2 : -1,
  );
  const literals = parts.map((part) => encode('literal' in part ? part.literal : ''));
  const cells = indexes.filter((index) => index !== -1);
  const first = indexes.find((index) => index >= 0) ?? -1;
  const isBlank = (row: SourceRow) => {
    let blank = 0;
    for (let at = 0; at < cells.length; at++) {
      const index = cells[at] as number;
      if (index === -2 ? row.itemStart === row.itemEnd : row.start[index] === row.end[index]) blank++;
    }
    return mode === 'id' ? blank > 0 : blank > 0 && blank === cells.length;
  };
  const [single] = indexes;
  if (parts.length === 1 && single !== undefined && single >= 0)
    return {
      column: first,
      write(row, out) {
        const from = row.start[single] as number;
        const to = row.end[single] as number;
        if (mode === 'id') out.id(row.buffer, from, to, ignoreCase);
        else out.copy(row.buffer, from, to);
      },
      text: (row) => (mode === 'id' ? escapedId(row.text(single), ignoreCase) : row.text(single)),
    };
  return {
    column: first,
    write(row, out) {
      if (isBlank(row)) return;
      for (let at = 0; at < indexes.length; at++) {
        const index = indexes[at] as number;
        const literal = literals[at] as Uint8Array;
        if (index === -1) out.copy(literal, 0, literal.length);
        else {
          const from = index === -2 ? row.itemStart : (row.start[index] as number);
          const to = index === -2 ? row.itemEnd : (row.end[index] as number);
          if (mode === 'id') out.id(row.buffer, from, to, ignoreCase);
          else out.copy(row.buffer, from, to);
        }
      }
    },
    text(row, item) {
      if (item === undefined && isBlank(row)) return '';
      let joined = '';
      parts.forEach((part, at) => {
        if ('literal' in part) joined += part.literal;
        else {
          const text = 'item' in part ? (item ?? '') : row.text(indexes[at] as number);
          joined += mode === 'id' ? escapedId(text, ignoreCase) : text;
        }
      });
      return joined.trim();
    },
  };
}

/** The index of a column by its name, for a file of a declaration. */
export function columnFinder(file: string, columns: readonly { name: string }[]): (name: string) => number {
  const byName = new Map(columns.map(({ name }, at) => [plainName(name), at]));
  return (name) => {
    const found = byName.get(plainName(name));
    if (found === undefined) throw new Error(`The file ${file} has no column ${name}.`);
    return found;
  };
}
