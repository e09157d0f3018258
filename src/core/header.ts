/** Reads a header row: which cell is which field, and everything that is wrong with the names. */

import type { Where } from './finding.ts';
import { nearest } from './nearest.ts';
import { hasInvisible, show, withoutInvisible } from './show.ts';
import { columnsOf, fieldNames, fileOf, type Kind, tableOf, type Version } from './tables.ts';
import type { Tally } from './tally.ts';

export type Columns = {
  /** Field index of each cell, or -1 where the cell is not read. */
  fields: Int32Array;
  /** Full name of the extension column at each cell, if it is one. */
  metadata: (string | undefined)[];
  /** Name of each cell's column as the file has it. */
  names: string[];
  width: number;
};

/** Column names of 1.0 that 1.1 and 1.2 call otherwise, by kind (OneRoster 1.1, changes from 1.0). */
export const namesOf10: Partial<Record<Kind, Record<string, string>>> = {
  users: { userId: 'userIds', agents: 'agentSourcedIds' },
  courses: { schoolYearId: 'schoolYearSourcedId', grade: 'grades' },
  classes: { grade: 'grades', termSourcedId: 'termSourcedIds' },
  demographics: { userSourcedId: 'sourcedId', birthdate: 'birthDate' },
};

/** Reads the names of one file's header row. `version` 1.0 takes the columns by their 1.0 names and says no more of it. */
export function readHeader(kind: Kind, cells: string[], version: Version | '1.0', tally: Tally): Columns {
  const reader = new HeaderReader(kind, version, tally);
  cells.forEach((cell, at) => {
    reader.column(cell, at);
  });
  return reader.finish(cells);
}

class HeaderReader {
  #kind: Kind;
  #version: Version;
  #is10: boolean;
  #tally: Tally;
  #standard: string[];
  #fieldOf: Map<string, number>;
  #fields: number[] = [];
  #metadata: (string | undefined)[] = [];
  #seen = new Map<string, number>();
  /** Columns that stand there under a name that is not read: they are not missing as well. */
  #misnamed = new Set<string>();
  #order: string[] = [];
  /** Columns of the other version. */
  #foreign: string[] = [];
  #metadataAt = -1;

  constructor(kind: Kind, version: Version | '1.0', tally: Tally) {
    this.#kind = kind;
    this.#is10 = version === '1.0';
    this.#version = version === '1.0' ? '1.1' : version;
    this.#tally = tally;
    this.#standard = columnsOf(kind, this.#version);
    this.#fieldOf = new Map(fieldNames(kind).map((name, index) => [name, index]));
  }

  column(cell: string, at: number): void {
    this.#fields.push(-1);
    this.#metadata.push(undefined);
    const name = this.#is10 ? (namesOf10[this.#kind]?.[cell.trim()] ?? cell.trim()) : cell;
    if (name.startsWith('metadata')) return this.#metadataColumn(name, at);
    if (this.#standard.includes(name)) return this.#read(name, at);
    this.#wrongName(name, at);
  }

  finish(cells: string[]): Columns {
    if (this.#foreign.length > 0) this.#otherVersion();
    this.#missing();
    const expected = this.#standard.filter((name) => this.#order.includes(name));
    const misplaced = this.#order.findIndex((name, index) => name !== expected[index]);
    if (!this.#is10 && misplaced >= 0) {
      const column = this.#order[misplaced] as string;
      this.#say('header-out-of-order', {
        column,
        message: `The columns are not in the standard order: ${column} stands where ${expected[misplaced]} is expected`,
      });
    }
    return { fields: Int32Array.from(this.#fields), metadata: this.#metadata, names: cells, width: cells.length };
  }

  #say(rule: string, where: Where): void {
    this.#tally.add(rule, { file: fileOf(this.#kind), line: 1, ...where });
  }

  #read(name: string, at: number): void {
    if (this.#seen.has(name)) {
      this.#say('header-duplicate', { column: name, message: `The column ${name} stands twice in the header` });
      return;
    }
    this.#seen.set(name, at);
    this.#fields[at] = this.#fieldOf.get(name) as number;
    this.#order.push(name);
    if (this.#metadataAt >= 0 && !this.#is10) {
      this.#say('header-metadata-position', {
        column: name,
        message: `${name} stands to the right of ${this.#metadata[this.#metadataAt] ?? 'a metadata column'}`,
      });
      this.#metadataAt = -1;
    }
  }

  #metadataColumn(name: string, at: number): void {
    if (!/^metadata\..+/.test(name)) {
      this.#say('header-metadata-name', { column: name, value: show(name) });
      return;
    }
    if (this.#metadata.includes(name)) {
      this.#say('header-duplicate', { column: name, message: `The column ${name} stands twice in the header` });
      return;
    }
    this.#metadata[at] = name;
    if (this.#metadataAt < 0) this.#metadataAt = at;
  }

  #wrongName(name: string, at: number): void {
    const plain = withoutInvisible(name).trim();
    if (plain === '') {
      this.#say('header-blank-name', { value: show(name), message: `Column ${at + 1} has no name` });
      return;
    }
    const meant = this.#standard.find((column) => column.toLowerCase() === plain.toLowerCase());
    if (meant && hasInvisible(name)) return this.#misspelt('header-invisible-character', name, meant, at);
    // Before the case: birthdate is a name of 1.0, and not only birthDate in other capitals.
    const new10 = namesOf10[this.#kind]?.[plain];
    if (new10) return this.#misspelt('header-1-0-name', name, new10, at);
    if (meant) return this.#misspelt('header-wrong-case', name, meant, at);
    if (this.#kind === 'users' && plain === 'resourceSourcedIds' && this.#version === '1.2') {
      this.#say('header-users-1-2-0', { column: plain });
      return;
    }
    if (this.#fieldOf.has(plain)) {
      this.#foreign.push(plain);
      return;
    }
    const near = nearest(plain, this.#standard);
    if (near && !this.#seen.has(near)) return this.#misspelt('header-near-miss', name, near, at);
    this.#say('header-unknown-column', {
      column: show(name),
      message: `${show(name)} is not a column of ${fileOf(this.#kind)}`,
    });
  }

  #misspelt(rule: string, name: string, meant: string, at: number): void {
    this.#say(rule, {
      column: show(name),
      value: show(name),
      message: `The column ${meant} is written "${show(name)}"`,
    });
    if (this.#tally.repairs(rule)) this.#read(meant, at);
    else this.#misnamed.add(meant);
  }

  /** One finding for the file: what it lacks of this version and has of the other have one cause. */
  #otherVersion(): void {
    const other = this.#version === '1.1' ? '1.2' : '1.1';
    const theirs = columnsOf(this.#kind, other);
    const lacking = this.#standard.filter((name) => !this.#seen.has(name) && !theirs.includes(name));
    for (const name of lacking) this.#misnamed.add(name);
    const [first, ...more] = this.#foreign;
    const are = more.length === 0 ? `${first} is a column` : `${listed(this.#foreign)} are columns`;
    const lacks =
      lacking.length === 0
        ? ''
        : `; ${listed(lacking)} of ${this.#version} ${lacking.length === 1 ? 'is' : 'are'} missing`;
    this.#say('header-other-version', {
      column: first as string,
      message: `${are} of OneRoster ${other}, and the manifest says ${this.#version}${lacks}`,
    });
  }

  #missing(): void {
    for (const name of this.#standard) {
      if (this.#seen.has(name) || this.#misnamed.has(name)) continue;
      const required = tableOf(this.#kind).fields[name]?.required.includes(this.#version) ?? false;
      if (this.#is10 && !required) continue;
      const message = required
        ? `The column ${name} is missing, and every record needs it`
        : `The column ${name} is missing; it is read as blank`;
      if (this.#is10 && name === 'enabledUser') continue;
      if (this.#is10 && name === 'schoolYear') continue;
      this.#say(
        'header-missing-column',
        required ? { column: name, severity: 'fatal', message } : { column: name, message },
      );
    }
  }
}

/** `a`, `a and b`, `a, b and c`. */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
