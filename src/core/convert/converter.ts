/** What turns the records of one version into those of the other, and what every such turning shares. */

import type { RosterWriter } from '../formats/write-oneroster-csv.ts';
import type { Row } from '../record.ts';
import { type Field, fieldNames, type Kind, tableOf, type Version } from '../tables.ts';
import type { Losses } from './losses.ts';

/** Takes the records of a delivery in the order of loading. */
export type Converter = {
  /** The records of another kind begin. */
  table(kind: Kind): void;
  row(row: Row): void;
  /** A record that is not taken after all, or that never came. */
  leftOut(kind: Kind, sourcedId: string): void;
  finish(): void;
};

export const preferredNames = ['preferredGivenName', 'preferredMiddleName', 'preferredFamilyName'] as const;
/** Columns of 1.2 that 1.1 carries as extension columns. */
export const asMetadata: readonly string[] = [...preferredNames, 'userMasterIdentifier'];

/** Passes records on as they are: both versions are the same. */
export function same(writer: RosterWriter): Converter {
  return { table() {}, row: (row) => writer.row(row), leftOut: (kind, id) => writer.leaveOut(kind, id), finish() {} };
}

type Column = { at: number; name: string; field: Field };

/** Counts what the target cannot hold of a row, and blanks optional values that it does not have. */
export class Fitting {
  #losses: Losses;
  #gone = new Map<Kind, Column[]>();
  #narrower = new Map<Kind, Column[]>();
  #target: Version;
  #handled: ReadonlySet<string>;

  /** @param handled fields, as `kind.field`, that the converter carries in its own way. */
  constructor(target: Version, losses: Losses, handled: readonly string[]) {
    this.#target = target;
    this.#losses = losses;
    this.#handled = new Set(handled);
  }

  fit(row: Row): void {
    for (const { at, name } of this.#of(this.#gone, row.kind, (field) => !field.versions.includes(this.#target)))
      if (row.start[at] !== row.end[at]) this.#losses.column(row.kind, name);
    for (const column of this.#of(this.#narrower, row.kind, (field) => this.#isNarrower(field)))
      this.#narrow(row, column);
  }

  #isNarrower(field: Field): boolean {
    return field.type === 'enum' && field.extensible === true && !field.required.includes(this.#target);
  }

  #narrow(row: Row, { at, name, field }: Column): void {
    if (row.start[at] === row.end[at]) return;
    const value = row.text(at);
    if (field.values?.[this.#target].includes(value) || this.#target === '1.2') return;
    this.#losses.value(row.kind, name, value);
    row.end[at] = row.start[at] as number;
  }

  #of(known: Map<Kind, Column[]>, kind: Kind, wanted: (field: Field) => boolean): Column[] {
    let columns = known.get(kind);
    if (!columns) {
      columns = fieldNames(kind).flatMap((name, at) => {
        const field = tableOf(kind).fields[name] as Field;
        return wanted(field) && !this.#handled.has(`${kind}.${name}`) ? [{ at, name, field }] : [];
      });
      known.set(kind, columns);
    }
    return columns;
  }
}
