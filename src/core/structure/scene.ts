/** What the observers of a delivery know together, by the index of each record, and how they speak. */

import type { Directory } from '../directory.ts';
import type { Where } from '../finding.ts';
import { DELETED, type IdSet, KNOWN, LEFT_OUT } from '../id-set.ts';
import { decode, type Row } from '../record.ts';
import { show } from '../show.ts';
import { fieldNames, fileOf, type Kind, type Version } from '../tables.ts';
import type { Tally } from '../tally.ts';
import { Enrolled } from './enrolled.ts';
import { type Bits, Numbers } from './numbers.ts';

/** A user: `enabledUser` is false; a student needs a grade and has none. */
export const DISABLED = 1;
export const NO_GRADE = 2;
/** A user has an enrollment that is taken; has one at all, if only one that is left out; has one that runs now. */
export const ENROLLED = 4;
export const NAMED = 8;
export const CURRENT = 16;
/** A user has a primary role; a secondary one. */
export const PRIMARY_ROLE = 32;
export const SECONDARY_ROLE = 64;
/** A user or class loses an enrollment of a student, although both are taken. */
export const LOSES = 128;
/** A student of a class that is left out. */
export const LOSES_CLASS = 256;

/** A class has a teacher who is taken; names one, if only in a row that is left out; names a student; has a primary teacher. */
export const TAUGHT = 1;
export const NAMES_TEACHER = 2;
export const NAMES_STUDENT = 4;
export const HAS_PRIMARY = 8;

const NOT_TAKEN = LEFT_OUT | KNOWN | DELETED;

/** From so many records on, a fault that all of them have is told once: its cause is one. */
const ALL_FROM = 10;

/** What a record has to be, by its index: most often, what its bits say. A large district has a million people. */
type Test = Bits | ((index: number) => boolean);

const passes = (test: Test, index: number): boolean =>
  typeof test === 'function' ? test(index) : ((test.of.get(index) & test.bits) !== 0) === test.isSet;

const everyone: Test = () => true;

/** A fault that some records of a kind have. */
export type Each = {
  rule: string;
  kind: Kind;
  column?: string;
  /** Which records may have it (all, unless it is said), and which do. */
  among?: Test;
  faulty: Test;
  message(index: number): string;
  /** The place and words for all, where all of them have it. */
  all(count: number): Where;
};

export class Scene {
  readonly version: Version;
  readonly directory: Directory;
  readonly tally: Tally;
  /** The present day, 0 when it is not known. */
  readonly today: number;
  /** Days on which sessions and classes begin and end; 0 where they are not known. */
  readonly sessions = { start: new Numbers(), end: new Numbers() };
  readonly classes = { start: new Numbers(), end: new Numbers(), flags: new Numbers(), students: new Numbers() };
  /** `roles` holds role bits. */
  readonly users = { roles: new Numbers(), flags: new Numbers() };
  readonly enrolled = new Enrolled();
  /** Rows of enrollments.csv, taken or not. */
  enrollmentRows = 0;
  /** Ids of users that some row of roles.csv names; undefined when that is not known. */
  roleUsers: IdSet | undefined;
  /** Students who are named by an enrollment that is left out, and are not in the delivery. */
  strangers = 0;
  /** Records left out for a fault of their own, and those that need one of these. */
  readonly lost = { own: 0, follow: 0 };

  constructor(version: Version, directory: Directory, tally: Tally, today: number) {
    this.version = version;
    this.directory = directory;
    this.tally = tally;
    this.today = today;
  }

  ids(kind: Kind): IdSet {
    return this.directory.ids(kind);
  }

  /** Whether the delivery holds all records of a kind, and they could be read. */
  isWhole(kind: Kind): boolean {
    return this.directory.modes.get(kind) === 'bulk' && !this.directory.unreadable.has(kind);
  }

  /** Whether what is known of a user's roles is all that they are. */
  get knowsRoles(): boolean {
    return this.version === '1.1' || this.isWhole('roles');
  }

  /** Whether a record stands in the delivery and is taken. */
  isTaken(kind: Kind, index: number): boolean {
    return ((this.ids(kind).flags[index] as number) & NOT_TAKEN) === 0;
  }

  /** Index of the record that a cell names, or -1. */
  find(kind: Kind, row: Row, field: number): number {
    return this.ids(kind).find(row.buffer, row.start[field] as number, row.end[field] as number);
  }

  idOf(kind: Kind, index: number): string {
    const bytes = this.ids(kind).bytesOf(index);
    return show(decode(bytes, 0, bytes.length));
  }

  /** `"stu-1" (line 12)`. */
  named(kind: Kind, index: number): string {
    const line = this.ids(kind).lines[index];
    return `"${this.idOf(kind, index)}"${line ? ` (line ${line})` : ''}`;
  }

  /** A finding about a cell of a row; true when the row has to be left out for it. */
  say(rule: string, row: Row, field: number, message: string, where: Where = {}): boolean {
    const { kind, line } = row;
    const column = fieldNames(kind)[field] as string;
    const key = show(row.text(0));
    this.tally.add(rule, { file: fileOf(kind), line, column, key, value: show(row.text(field)), message, ...where });
    return this.tally.costs(rule);
  }

  /** A finding about a record whose row has passed. */
  sayOf(rule: string, kind: Kind, index: number, where: Where): void {
    const line = this.ids(kind).lines[index] as number;
    this.tally.add(rule, { file: fileOf(kind), line, key: this.idOf(kind, index), ...where });
  }

  /** A finding for each record that has a fault, or one for all of them when none is without it. */
  sayEach({ rule, kind, column, among = everyone, faulty, message, all }: Each): void {
    const { size, flags } = this.ids(kind);
    let count = 0;
    let without = 0;
    for (let index = 0; index < size; index++) {
      if ((flags[index] as number) & NOT_TAKEN || !passes(among, index)) continue;
      if (passes(faulty, index)) count++;
      else without++;
    }
    if (count === 0) return;
    if (count >= ALL_FROM && without === 0) {
      this.tally.add(rule, all(count));
      return;
    }
    for (let index = 0; index < size; index++) {
      if ((flags[index] as number) & NOT_TAKEN || !passes(among, index) || !passes(faulty, index)) continue;
      this.sayOf(rule, kind, index, { ...(column ? { column } : {}), message: message(index) });
    }
  }
}
