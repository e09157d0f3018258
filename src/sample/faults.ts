/** The faults that exports have most often, put into a sample district at known places. */

import { fileOf, type Kind } from '../core/tables.ts';
import { type Edit, generate, type Sample, type SampleFile, type SampleOptions } from './generate.ts';
import type { Cells } from './rows.ts';

/**
 * What a check must report under the default profile. `line` is the physical line, header = 1; `follows` marks a record
 * that has no fault of its own, but needs one that has.
 */
export type Planted = { rule: string; file: string; line?: number; column?: string; key?: string; follows?: true };

export type FaultySample = Sample & {
  /**
   * What was planted, in the order of the files; complete once every file has been read to its end. With it, what a
   * check remarks of a district without faults; some of that only when it knows that it is `now`.
   */
  planted(now?: Date): Planted[];
};

/** A district with faults. From about 100 students on there is room for all of them. */
export function generateFaulty(options: SampleOptions): FaultySample {
  const byFile = new Map<string, Planted[]>();
  const lost = new Map<Kind, Set<string>>();
  const remarks = new Remarks();
  const sample = generate(options, planter(byFile, lost, remarks));
  for (const { name, rule } of strays) byFile.set(name, [{ rule, file: name }]);
  const strayFiles = strays.map(({ name, content }): SampleFile => ({ name, text: () => [content] }));
  const files = [...sample.files, ...strayFiles];
  return {
    ...sample,
    files,
    planted: (now) => [...files.flatMap(({ name }) => byFile.get(name) ?? []), ...remarks.at(now)],
  };
}

/** Files that do not belong in a delivery. */
const strays = [
  { name: 'readme.txt', rule: 'zip-unknown-file', content: 'Exported for the new school year.\r\n' },
  { name: '.DS_Store', rule: 'zip-os-junk-file', content: '\u0000\u0000\u0000\u0001Bud1' },
];

/** A record read by column name. */
type Named = (column: string) => string;

type Fault = {
  rule: string;
  column?: string;
  /** Which row it may strike; the first such row after `skip` others, and the next `times - 1` ones. */
  when: (cell: Named) => boolean;
  skip: number;
  times?: number;
  /** The new value of `column`. */
  value?: (old: string) => string;
  /** For faults of more than one cell: the rows that take the row's place; the last one has the fault. */
  rows?: (cells: Cells, columns: string[]) => Cells[];
  /** The record is left out, and so is what needs it. */
  loses?: true;
};

const isStudent = (cell: Named) => cell('role') === 'student';
const isTeacher = (cell: Named) => cell('role') === 'teacher';
const anyRow = () => true;
const usDate = (date: string) => `${Number(date.slice(5, 7))}/${Number(date.slice(8))}/${date.slice(0, 4)}`;
const lowGrade = (cell: Named) => isStudent(cell) && /^0\d$/.test(cell('grades'));

const faults: Partial<Record<Kind, Fault[]>> = {
  classes: [
    {
      rule: 'enum-wrong-case',
      column: 'classType',
      when: (cell) => cell('classType') === 'scheduled',
      skip: 3,
      value: () => 'Scheduled',
      loses: true,
    },
    {
      rule: 'org-type-not-school',
      column: 'schoolSourcedId',
      when: anyRow,
      skip: 9,
      value: () => districtPlaceholder,
      loses: true,
    },
  ],
  users: [
    {
      rule: 'reference-not-found',
      column: 'orgSourcedIds',
      when: (cell) => cell('role') === 'aide',
      skip: 0,
      value: () => '9999',
    },
    { rule: 'required-value-missing', column: 'givenName', when: isStudent, skip: 40, value: () => '', loses: true },
    {
      rule: 'grade-missing-leading-zero',
      column: 'grades',
      when: lowGrade,
      skip: 3,
      times: 3,
      value: (old) => old.slice(1),
    },
    { rule: 'grade-unknown', column: 'grades', when: lowGrade, skip: 9, value: (old) => `Grade ${old.slice(1)}` },
    { rule: 'sourced-id-duplicate', column: 'sourcedId', when: isStudent, skip: 50, rows: withTwin },
    {
      rule: 'csv-null-literal',
      column: 'middleName',
      when: (cell) => isStudent(cell) && cell('middleName') === '',
      skip: 55,
      value: () => 'NULL',
    },
    { rule: 'csv-surrounding-whitespace', column: 'familyName', when: isStudent, skip: 60, value: (old) => `${old} ` },
  ],
  demographics: [
    { rule: 'date-format-invalid', column: 'birthDate', when: anyRow, skip: 0, times: 25, value: usDate },
    {
      rule: 'date-impossible',
      column: 'birthDate',
      when: anyRow,
      skip: 30,
      value: (old) => `${old.slice(0, 4)}-02-30`,
    },
    {
      rule: 'enum-wrong-case',
      column: 'sex',
      when: (cell) => cell('sex') === 'female',
      skip: 35,
      value: () => 'Female',
    },
  ],
  enrollments: [
    { rule: 'boolean-invalid', column: 'primary', when: isTeacher, skip: 2, value: (old) => old.toUpperCase() },
    {
      rule: 'reference-not-found',
      column: 'userSourcedId',
      when: isStudent,
      skip: 10,
      times: 3,
      value: () => 'S-9999999',
    },
    { rule: 'enum-wrong-case', column: 'role', when: isStudent, skip: 20, value: () => 'Student' },
    { rule: 'csv-row-width-mismatch', when: isStudent, skip: 30, rows: (cells) => [[...cells, 'x']] },
    { rule: 'csv-row-width-mismatch', when: isStudent, skip: 31, rows: (cells) => [cells.slice(0, -2)] },
    { rule: 'required-value-missing', column: 'classSourcedId', when: isStudent, skip: 40, value: () => '' },
    {
      rule: 'reference-wrong-case',
      column: 'classSourcedId',
      when: isStudent,
      skip: 50,
      value: (old) => old.toLowerCase(),
    },
    {
      rule: 'sourced-id-invalid-character',
      column: 'sourcedId',
      when: isStudent,
      skip: 60,
      value: (old) => old.replace('-', ' '),
    },
    { rule: 'date-format-invalid', column: 'beginDate', when: isStudent, skip: 70, times: 2, value: () => '10/6/2025' },
    { rule: 'csv-blank-row', when: isStudent, skip: 80, rows: (cells) => [cells, ['']] },
  ],
};

/** Becomes the sourcedId of the district, which only orgs.csv knows. */
const districtPlaceholder = '<district>';

/** References whose loss takes the record with it. */
const needs: Partial<Record<Kind, [column: string, kind: Kind][]>> = {
  demographics: [['sourcedId', 'users']],
  enrollments: [
    ['classSourcedId', 'classes'],
    ['userSourcedId', 'users'],
  ],
};

function planter(byFile: Map<string, Planted[]>, lost: Map<Kind, Set<string>>, remarks: Remarks): Edit {
  let district = '';
  return function* edit(kind, columns, rows) {
    const pending = (faults[kind] ?? []).map((fault) => ({ fault, skip: fault.skip, left: fault.times ?? 1 }));
    const planted: Planted[] = [];
    const gone = new Set<string>();
    byFile.set(fileOf(kind), planted);
    lost.set(kind, gone);
    let line = 1;
    for (const cells of rows) {
      line += 1;
      const cell = (column: string) => cells[columns.indexOf(column)] ?? '';
      if (kind === 'orgs' && cell('type') === 'district') district = cell('sourcedId');
      const due = pending.filter((one) => one.left > 0 && one.fault.when(cell) && one.skip-- <= 0);
      const missing = needs[kind]?.filter(([column, to]) => lost.get(to)?.has(cell(column))) ?? [];
      const [first] = due;
      const taken = missing.length === 0 && (!first || (kind === 'users' && !first.fault.loses));
      if (taken) remarks.see(kind, cell, line);
      if (missing.length > 0) {
        const place = { rule: 'reference-cascade', file: fileOf(kind), line, key: cell('sourcedId') };
        planted.push(...missing.map(([column]): Planted => ({ ...place, column, follows: true })));
        yield cells;
      } else if (first) {
        first.left -= 1;
        const out = apply(first.fault, cells, columns, district);
        line += out.length - 1;
        planted.push(note(first.fault, kind, line, out.at(-1) as Cells));
        if (first.fault.loses) gone.add(cell('sourcedId'));
        yield* out;
      } else yield cells;
    }
    if (planted.some(({ rule }) => rule === 'sourced-id-invalid-character')) {
      planted.push({ rule: 'removals-suspended', file: fileOf(kind) });
    }
  };
}

/** What a check remarks of the rows that have no fault: classes that begin later, and people who may not sign in to theirs. */
class Remarks {
  #starts = new Map<string, string>();
  #classes = new Map<string, { line: number; start: string }>();
  #disabled = new Map<string, { line: number; starts: string[] }>();

  see(kind: Kind, cell: Named, line: number): void {
    const id = cell('sourcedId');
    if (kind === 'academicSessions') this.#starts.set(id, cell('startDate'));
    if (kind === 'classes') {
      const terms = cell('termSourcedIds').replaceAll('"', '').split(',');
      const start = terms.map((term) => this.#starts.get(term) as string).sort()[0] as string;
      this.#classes.set(id, { line, start });
    }
    if (kind === 'users' && cell('enabledUser') === 'false') this.#disabled.set(id, { line, starts: [] });
    if (kind === 'enrollments') {
      const begin = cell('beginDate') || (this.#classes.get(cell('classSourcedId'))?.start as string);
      this.#disabled.get(cell('userSourcedId'))?.starts.push(begin);
    }
  }

  at(now?: Date): Planted[] {
    const today = now?.toISOString().slice(0, 10);
    const later = [...this.#classes].filter(([, { start }]) => today !== undefined && start > today);
    const enrolled = [...this.#disabled].filter(([, { starts }]) =>
      starts.some((start) => today === undefined || start <= today),
    );
    return [
      ...later.map(([key, { line }]): Planted => {
        return { rule: 'class-not-yet-started', file: 'classes.csv', line, column: 'termSourcedIds', key };
      }),
      ...enrolled.map(([key, { line }]): Planted => {
        return { rule: 'user-disabled-but-enrolled', file: 'users.csv', line, column: 'enabledUser', key };
      }),
    ];
  }
}

function apply(fault: Fault, cells: Cells, columns: string[], district: string): Cells[] {
  if (fault.rows) return fault.rows(cells, columns);
  const at = columns.indexOf(fault.column ?? '');
  const value = fault.value?.(cells[at] ?? '').replace(districtPlaceholder, district) ?? '';
  return [cells.with(at, value)];
}

function note({ rule, column }: Fault, kind: Kind, line: number, cells: Cells): Planted {
  const key = rule === 'sourced-id-invalid-character' ? '' : (cells[0] ?? '');
  return { rule, file: fileOf(kind), line, ...(column ? { column } : {}), ...(key ? { key } : {}) };
}

/** Another child under the same sourcedId. */
function withTwin(cells: Cells, columns: string[]): Cells[] {
  const other: Record<string, string> = {
    username: 'alex.twin',
    givenName: 'Alex',
    familyName: 'Doe',
    identifier: '',
    email: '',
    agentSourcedIds: '',
  };
  return [cells, cells.map((cell, at) => other[columns[at] as string] ?? cell)];
}
