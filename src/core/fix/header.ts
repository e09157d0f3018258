/** Reads a header that is not quite right: which column each cell is, where that can be told without a guess. */

import { hasInvisible, withoutInvisible } from '../show.ts';
import { columnsOf, type Field, fileOf, type Kind, tableOf, type Version } from '../tables.ts';
import type { Repairs } from './repairs.ts';

export type OutColumn = {
  name: string;
  /** The cell that it is written from, or -1 for a column that was missing and may stay blank. */
  from: number;
  field: Field | undefined;
};

export type FixedHeader = {
  columns: OutColumn[];
  width: number;
  /** The header itself was put right, apart from its names. */
  repair(repairs: Repairs): void;
};

/** @param isBlankColumn whether no row has anything in that cell. */
export function fixHeader(
  kind: Kind,
  version: Version,
  cells: readonly string[],
  isBlankColumn: (at: number) => boolean,
): FixedHeader {
  const file = fileOf(kind);
  const standard = columnsOf(kind, version);
  const places = new Map<string, number>();
  const metadata: OutColumn[] = [];
  let isForeign = false;
  const done: ((repairs: Repairs) => void)[] = [];
  const order: string[] = [];
  let isMetadataEarly = false;
  for (const [at, cell] of cells.entries()) {
    const name = nameOf(cell, standard);
    if (standard.includes(name) && !places.has(name)) {
      places.set(name, at);
      order.push(name);
      if (metadata.length > 0) isMetadataEarly = true;
      if (name !== cell) done.push(named(cell, name, file));
    } else if (/^metadata\..+/.test(name) && !metadata.some((one) => one.name === name)) {
      metadata.push({ name, from: at, field: undefined });
    } else if (name === '' && isBlankColumn(at)) {
      done.push((repairs) =>
        repairs.add('header-blank-name', 'An empty column without a name was taken out', { file, line: 1 }),
      );
    } else isForeign = true;
  }
  // Beside a column that nobody can tell, the others keep their places.
  if (isForeign) return fixNames(kind, version, cells);
  const fields = tableOf(kind).fields;
  const columns: OutColumn[] = [];
  for (const name of standard) {
    const from = places.get(name) ?? -1;
    const field = fields[name] as Field;
    // What every record needs cannot be left blank.
    if (from < 0 && field.required.includes(version)) continue;
    if (from < 0)
      done.push((repairs) =>
        repairs.add('header-missing-column', 'A column that may be blank was added', { file, column: name, line: 1 }),
      );
    columns.push({ name, from, field });
  }
  const expected = standard.filter((name) => places.has(name));
  if (order.some((name, at) => name !== expected[at]))
    done.push((repairs) =>
      repairs.add('header-out-of-order', 'The columns were put in the order of the standard', { file, line: 1 }),
    );
  if (isMetadataEarly)
    done.push((repairs) =>
      repairs.add('header-metadata-position', 'Extension columns were put to the right of all others', {
        file,
        line: 1,
      }),
    );
  return {
    columns: [...columns, ...metadata],
    width: cells.length,
    repair: (repairs) => {
      for (const one of done) one(repairs);
    },
  };
}

/** Only the names are put right: rows that cannot be read stand in the file, and they must keep meaning what they did. */
export function fixNames(kind: Kind, version: Version, cells: readonly string[]): FixedHeader {
  const file = fileOf(kind);
  const standard = columnsOf(kind, version);
  const fields = tableOf(kind).fields;
  const seen = new Set<string>();
  const done: ((repairs: Repairs) => void)[] = [];
  const columns = cells.map((cell, from) => {
    const meant = nameOf(cell, standard);
    const isFirst = standard.includes(meant) && !seen.has(meant);
    const name = isFirst ? meant : cell;
    seen.add(name);
    if (name !== cell) done.push(named(cell, name, file));
    return { name, from, field: isFirst ? (fields[name] as Field) : undefined };
  });
  return {
    columns,
    width: cells.length,
    repair: (repairs) => {
      for (const one of done) one(repairs);
    },
  };
}

function named(cell: string, name: string, file: string): (repairs: Repairs) => void {
  const rule = hasInvisible(cell) ? 'header-invisible-character' : 'header-wrong-case';
  const place = { file, column: name, line: 1, before: cell, after: name };
  return (repairs) => repairs.add(rule, 'A column was given its name', place);
}

function nameOf(cell: string, standard: readonly string[]): string {
  const plain = withoutInvisible(cell).trim();
  return standard.find((name) => name.toLowerCase() === plain.toLowerCase()) ?? plain;
}
