/** What watches the rows of one kind: for what a row says by itself, beside other rows, and for what is missing at the end. */

import type { Row } from '../record.ts';
import type { ReferenceCheck } from '../references.ts';

/** All methods are called in the order of the file, and only for rows that are not marked tobedeleted. */
export type Observer = {
  /** Fields whose texts are hashed for every row, which may be done ahead. */
  texts?: readonly number[];
  /** So many rows are likely to come, if the file is what it says of itself. */
  expect?(rows: number): void;
  /** A row whose cells hold; its references have not been looked at. True when it has to be left out. */
  see?(row: Row, index: number): boolean;
  /** For kinds with parents, before the first `judge`: the parent of each that has one. Circles are cut already. */
  parents?(parentOf: ReadonlyMap<number, number>): void;
  /**
   * A row whose references hold (for kinds with parents: before they are looked at). True when it has to be left out.
   * It may blank a cell that the record can live without. Of a row of users only the sourcedId and the references are
   * sure to be there: some have waited for others of their file.
   */
  judge?(row: Row, index: number, references: ReferenceCheck): boolean;
  /** A row that is left out, for whatever reason: its cells may hold anything. */
  missed?(row: Row): void;
  /** Every row of the kind has been judged. */
  finish?(): void;
};
