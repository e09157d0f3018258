/** The shapes that travel through the house: bundles, rows, findings and what a check concludes. */

import { NOT_ADDED } from './id-set.ts';
import { fieldNames, type Kind, type Version } from './tables.ts';

/** One file of a delivery. `bytes` may be called more than once and starts at the beginning each time. */
export type Entry = {
  name: string;
  sizeBytes: number;
  bytes(): AsyncIterable<Uint8Array>;
  /** What was found about it while its bytes were made, where they are made of something else: of a workbook. */
  remarks?(): Finding[];
};

export type Severity = 'fatal' | 'error' | 'warning' | 'info';

/**
 * What a rule says about a delivery. `file`, `line` (physical line, header = 1), `column` (the column's name), `key`
 * (the record's sourcedId) and `value` (as sent, secrets masked) are absent where they do not apply.
 */
export type Finding = {
  rule: string;
  severity: Severity;
  file?: string;
  line?: number;
  column?: string;
  key?: string;
  value?: string;
  message: string;
  fix: string;
};

/** A delivery opened: its files, and what was found while opening it. */
export type Bundle = { name: string; entries: Entry[]; findings: Finding[] };

export type Mode = 'bulk' | 'delta' | 'absent';

/**
 * A record as bytes, fields in the order of `fieldNames(kind)`. Valid only during the call that it is handed to: the
 * reader uses the same Row, and the same buffer, for the next record.
 */
export class Row {
  kind: Kind;
  /** Physical line on which the record starts, header = 1. */
  line = 0;
  /** Of its id among those of its kind, once that has been looked up; -1 before. */
  index = -1;
  buffer: Uint8Array = new Uint8Array(0);
  /** Field i is buffer[start[i] .. end[i]); blank or not sent when start = end. */
  start: Int32Array;
  end: Int32Array;
  /** Some byte of the record is above 127 or a control character. */
  unusual = false;
  /** Its cells have been judged already, and nothing is wrong with them; then its id's hash and its targets are known too. */
  plain = false;
  idHash = 0;
  /** What came of adding its id, where that has been done ahead; `NOT_ADDED` otherwise. */
  entry = NOT_ADDED;
  /** Both halves of the hash of its content, where they have been made ahead and nothing was changed since. */
  isHashed = false;
  hashHigh = 0;
  hashLow = 0;
  /** By field: index + 1 of what a single reference points to; 0: not known. */
  targets: Int32Array;
  /** For each field two words of hash of its text; of a plain row, those of the fields for which they were asked. */
  texts: Int32Array;
  /** Where an earlier record has its id, it is passed over without a word. */
  mayRepeat = false;
  /** Extension columns (`metadata.<name>`) of this record that are filled, by full column name. */
  metadata: Record<string, string> | undefined;

  constructor(kind: Kind) {
    this.kind = kind;
    const width = fieldNames(kind).length;
    this.start = new Int32Array(width);
    this.end = new Int32Array(width);
    this.targets = new Int32Array(width);
    this.texts = new Int32Array(width * 2);
  }

  text(field: number): string {
    return decode(this.buffer, this.start[field] as number, this.end[field] as number);
  }
}

const decoder = new TextDecoder('utf-8');
export function decode(buffer: Uint8Array, start: number, end: number): string {
  if (start === end) return '';
  return decoder.decode(buffer.subarray(start, end));
}

/**
 * Where checked records go. The engine calls `table`, then `row` for each record that is taken and `leftOut` for each
 * that is present but faulty, then `tableDone`; between chunks it awaits `drain`.
 */
export type Sink = {
  table(kind: Kind, mode: 'bulk' | 'delta'): void | Promise<void>;
  row(row: Row): void;
  /** A record that is present but not taken; it must not be archived for being absent. May name a record given to `row` before. */
  leftOut(kind: Kind, sourcedId: string): void;
  /** The record with this id, which goes to `row` too, is the one that people keep in the roster under `former`. */
  takeOver?(kind: Kind, sourcedId: string, former: string): void;
  drain(): void | Promise<void>;
  tableDone(kind: Kind): void | Promise<void>;
};

export type TableCount = {
  kind: Kind;
  file: string;
  mode: Mode;
  /** Data rows read. */
  rows: number;
  /** Rows that are not taken, whatever the cause. */
  leftOut: number;
  /** Rows whose sourcedId could not be read, or that contradict the file's mode: while there are any, nothing of this kind may be removed. */
  unidentified: number;
};

/** What follows from rows that are left out or absent, in records and people. */
export type Consequences = {
  /** Records that are left out for a fault of their own, and those that need one of these. */
  ownFaults: number;
  followers: number;
  /** Classes that are left out, and students in them who are not. */
  classesLeftOut: number;
  studentsOfThese: number;
  peopleLeftOut: number;
  /** Students of whom an enrollment is left out, although the class comes, and how many classes lose one. */
  studentsLosing: number;
  classesLosing: number;
  /** Classes that come without a teacher, and those of them whose teacher is named in a row that is left out. */
  classesUntaught: number;
  untaughtByFaults: number;
  studentsWithoutClass: number;
};

export type CheckResult = {
  /** The format's id, for example `oneroster-csv`. */
  format: string;
  /** What a format is called that is found by its columns; absent for OneRoster. */
  title?: string;
  version: Version | '1.0' | undefined;
  tables: TableCount[];
  counts: Record<Severity, number>;
  /** Findings by rule id, over all rows. */
  rules: Record<string, { severity: Severity; count: number }>;
  /** Undefined when nothing is taken. */
  consequences?: Consequences;
};
