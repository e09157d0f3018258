/**
 * What a declared format is: its files and columns, and how their rows become records. Data and nothing else: the reader,
 * the templates, the reference pages and a district's own mapping (a YAML document of this shape) all follow from it.
 */

import type { Confidence } from '../../profiles/product.ts';
import type { ColumnRule } from '../../profiles/words.ts';
import type { Kind } from '../../tables.ts';

/** One column, found by its name: capitals, spaces and the signs `_ - *` do not count. */
export type FileColumn = {
  /** As templates write it. */
  name: string;
  /** What templates and pages call it, where a product has a name of its own for it. */
  shownAs?: string;
  /** Other names that are read too. */
  aliases?: readonly string[];
  need: 'required' | 'optional';
  /** Whose cell is needed, where it is not everyone's; shown, and not enforced. */
  condition?: string;
  /** A cell may hold several values. */
  list?: boolean;
  /** What it may hold, as people read it. */
  values?: readonly string[];
  example: string;
  help: string;
  /** The rule of the product that it is held to; pages say it after `help`. */
  rule?: ColumnRule;
  /** How surely this is known; `confirmed` when absent. */
  confidence?: Confidence;
  /** Never shown. */
  secret?: boolean;
};

export type FileDeclaration = {
  title: string;
  /** Name of the template. */
  name: string;
  need: 'required' | 'optional';
  /** Words of which exactly one kind of file has any in its name, in lower case. */
  words?: readonly string[];
  /** Names with `*` and `?`, capitals do not count. */
  match?: readonly string[];
  /** Columns that tell the file where its name does not; the required ones when absent. */
  marks?: readonly string[];
  /**
   * `full`: what is not in it has left. `changes`: what is not in it stays. `directive`: full when the file says
   * `<DeleteUnlistedRecords>`, changes otherwise.
   */
  mode: 'full' | 'changes' | 'directive';
  /** `,` when absent. */
  delimiter?: ',' | ';' | '\t' | '|';
  /** `utf-8` when absent. */
  encoding?: 'utf-8' | 'utf-16le' | 'windows-1252';
  /** Line of the header; 1 when absent. */
  headerLine?: number;
  /** The file has no header: its columns in their order. */
  header?: readonly string[];
  /** Between the values of a list; `;` when absent. */
  separator?: string;
  /** Rows may come again: those with the same key are one, and its list columns are joined. */
  repeats?: { key: string };
  columns: readonly FileColumn[];
};

/** A value, by text or as an expression. In text, `{Name}` is the cell of a column, `{item}` the value of `each`, `{schoolYear.endYear}` of the year. */
export type Expression = string | ValueExpression;

export type ValueExpression = {
  value?: string;
  /** The first of these that is not blank. */
  first?: readonly Expression[];
  /** A cell of another file: what `take` holds in the row whose column `where` holds `is`; `all`: of all such rows. */
  find?: { in: string; where: string; is: Expression; take: string; all?: boolean };
  /** Values of a list, each made by `value`, in which `{item}` stands for it. */
  each?: string;
  /** Blank unless this holds. */
  when?: Condition;
  case?: 'upper' | 'lower' | 'title';
  /** How a date is written, for example `MM/DD/YYYY`; several are tried in turn. */
  date?: readonly string[];
  /** Zeros are put before it until it is so long. */
  pad?: number;
  /** A table of the declaration by its name, or one of its own. */
  lookup?: string | Readonly<Record<string, string | null>>;
  /** Capitals count in `lookup`. */
  exact?: boolean;
  /** What becomes of a value that `lookup` does not have: the record is left out (default), the value is kept, or another stands for it. */
  otherwise?: 'error' | 'keep' | 'blank' | { value: string };
  /** Where a cell holds several: the one that stands first in the table (`lowest` says so, `best` does not), or the first of the cell. */
  several?: 'lowest' | 'best' | 'first';
};

export type Condition =
  | { value: Expression; is: readonly string[] }
  | { value: Expression; not: readonly string[] }
  | { value: Expression; filled: boolean }
  | { value: Expression; contains: string }
  | { all: readonly Condition[] }
  | { any: readonly Condition[] };

/** How rows of one file become records of one kind. */
export type RecordRule = {
  /** A file of the declaration, or `schoolYear`: one row with startYear, endYear, startDate and endDate. */
  from: string;
  when?: Condition;
  /** A list column: one record for each of its values. */
  each?: string;
  /** Records are made only where the file has at least one of these columns. */
  needs?: readonly string[];
  /** Records that come again are passed over without a word. */
  once?: boolean;
  /** In a file of changes, the list of a row replaces the one that is live. */
  replaces?: boolean;
  /** By field of the kind, `sourcedId` among them; `metadata.<name>` too. */
  fields: Readonly<Record<string, Expression>>;
};

export type Lookup = Readonly<Record<string, string | null>>;

export type Declaration = {
  id: string;
  title: string;
  /** One or two sentences for the page of the format. */
  about: string;
  /** Id of the product that a delivery of this format is for. */
  product?: string;
  /** Values that serve as keys differ by capitals alone and mean the same. */
  keysIgnoreCase?: boolean;
  /** Month and day on which a school year begins; `07-01` when absent. */
  yearStarts?: string;
  /** At most so many schools in one delivery. */
  schoolsLimit?: number;
  files: Readonly<Record<string, FileDeclaration>>;
  lookups?: Readonly<Record<string, Lookup>>;
  records: Partial<Readonly<Record<Kind, readonly RecordRule[]>>>;
};

/** Names of columns are compared without capitals, spaces and signs. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[\s_\-*\u00a0\u200b-\u200f\ufeff]/g, '');

/** Values are looked up without capitals, with single spaces. */
export const plainValue = (value: string): string => value.trim().toLowerCase().replace(/\s+/g, ' ');

/** The file of a declaration by its id. @throws Error when there is none: a fault of the declaration. */
export function fileIn({ id, files }: Declaration, file: string): FileDeclaration {
  const found = files[file];
  if (!found) throw new Error(`The format ${id} has no file ${file}.`);
  return found;
}
