/** Drafts a mapping of a district's files, of what their columns seem to mean. */

import type { Kind } from '../../tables.ts';
import { type Condition, type Expression, plainValue, type ValueExpression } from '../declared/declaration.ts';
import { schoolYearSession } from '../traditional/traditional.ts';
import type { Sample } from './samples.ts';
import { formOf, type Meaning, suggest } from './suggest.ts';

type Role = 'schools' | 'classes' | 'students' | 'staff' | 'enrollments';

/** A mapping document to begin with, as plain data. What could not be told is said in the notes. */
export function draftMapping(samples: readonly Sample[], title: string): { document: object; notes: string[] } {
  const found = suggest(samples);
  const notes: string[] = [];
  const files: Record<string, object> = {};
  const records: Partial<Record<Kind, object[]>> = { academicSessions: [schoolYearSession] };
  for (const sample of samples) {
    const column = (meaning: Meaning) =>
      found.find((one) => one.file === sample.name && one.meaning === meaning)?.column;
    const role = roleOf(sample, column);
    if (!role) {
      notes.push(`${sample.name}: nothing tells what it holds; it is not in the draft.`);
      continue;
    }
    files[role] = {
      title: role,
      match: [sample.name],
      ...(sample.delimiter === ',' ? {} : { delimiter: sample.delimiter === '\t' ? 'tab' : sample.delimiter }),
      ...(isPeople(role) ? separatorOf(sample, column) : {}),
    };
    for (const [kind, rule] of rulesOf(role, column, sample)) {
      const missing = Object.entries(rule.fields).filter(([, value]) => value === TODO);
      for (const [field] of missing)
        notes.push(`${sample.name}: no column was found for ${field} of ${kind}; the draft says TODO.`);
      records[kind] = [...(records[kind] ?? []), rule];
    }
  }
  return { document: { mapping: 1, title, files, lookups: { grades, roles, sexes }, records }, notes };
}

const TODO = 'TODO';
const grades: Record<string, string> = {
  pk: 'PK',
  k: 'KG',
  '0': 'KG',
  ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [String(at + 1), String(at + 1).padStart(2, '0')])),
  ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`0${at + 1}`, `0${at + 1}`])),
};
const roles: Record<string, string> = {
  teacher: 'teacher',
  educator: 'teacher',
  t: 'teacher',
  administrator: 'administrator',
  admin: 'administrator',
  principal: 'administrator',
  'school administrator': 'administrator',
  'district administrator': 'administrator',
  aide: 'aide',
};
const sexes = { m: 'male', f: 'female', male: 'male', female: 'female' };

type Find = (meaning: Meaning) => string | undefined;

function roleOf({ name, header }: Sample, column: Find): Role | undefined {
  const word = (pattern: RegExp) => pattern.test(name);
  if (word(/enrol|roster|schedule/i) && column('class id')) return 'enrollments';
  if (word(/student|pupil|learner/i) || (column('student id') && column('first name'))) return 'students';
  if (word(/teacher|staff|educator|user|employee/i) || (column('staff id') && column('first name'))) return 'staff';
  if (column('class id') && column('student id') && !column('first name')) return 'enrollments';
  if (word(/class|section|group/i) || (column('class id') && column('class name'))) return 'classes';
  if (word(/school|org|building|campus/i) || (column('school id') && column('school name') && header.length < 12))
    return 'schools';
  return undefined;
}

const isPeople = (role: Role): boolean => role === 'students' || role === 'staff';

const valuesOf = ({ header, rows }: Sample, column: string | undefined): string[] => {
  const at = column === undefined ? -1 : header.indexOf(column);
  return at < 0 ? [] : rows.map((row) => row[at] ?? '').filter((value) => value !== '');
};

/** What stands between the classes and schools of a person, where it is not the usual sign. */
function separatorOf(sample: Sample, column: Find): { separator?: string } {
  const values = (['class ids', 'class id', 'school id'] as const).flatMap((one) => valuesOf(sample, column(one)));
  const separator = [';', '|', ','].find((sign) => values.some((value) => value.includes(sign)));
  return separator === undefined || separator === ';' ? {} : { separator };
}

type DraftRule = {
  from: Role;
  once?: boolean;
  each?: string;
  when?: Condition;
  fields: Record<string, Expression>;
};

function rulesOf(role: Role, column: Find, sample: Sample): [Kind, DraftRule][] {
  const cell = (meaning: Meaning): string | undefined => {
    const found = column(meaning);
    return found === undefined ? undefined : `{${found}}`;
  };
  const own = (...meanings: Meaning[]): Expression => {
    const cells = meanings.flatMap((meaning) => cell(meaning) ?? []);
    return cells.length > 1 ? { first: cells } : (cells[0] ?? TODO);
  };
  const optional = (fields: Record<string, Expression | undefined>) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<string, Expression>;
  const school = cell('school id');
  if (role === 'schools')
    return [
      [
        'orgs',
        {
          from: role,
          fields: optional({
            sourcedId: own('school id'),
            name: own('school name', 'school id'),
            type: 'school',
            identifier: school,
          }),
        },
      ],
    ];
  if (role === 'classes') {
    const id = cell('class id') ?? TODO;
    return [
      [
        'courses',
        {
          from: role,
          once: true,
          fields: {
            sourcedId: cell('course id') ? `course-${cell('course id')}` : `course-${id}`,
            title: own('course name', 'class name'),
            orgSourcedId: school ?? TODO,
          },
        },
      ],
      [
        'classes',
        {
          from: role,
          fields: optional({
            sourcedId: id,
            title: own('class name', 'course name'),
            courseSourcedId: cell('course id') ? `course-${cell('course id')}` : `course-${id}`,
            classType: 'scheduled',
            schoolSourcedId: school ?? TODO,
            termSourcedIds: 'year-{schoolYear.endYear}',
            periods: cell('period'),
            subjects: cell('subject'),
          }),
        },
      ],
      ...(cell('staff id')
        ? ([['enrollments', enrollment(role, id, `staff-${cell('staff id')}`, school, 'teacher')]] as [
            Kind,
            DraftRule,
          ][])
        : []),
    ];
  }
  if (role === 'enrollments')
    return [
      [
        'enrollments',
        enrollment(role, cell('class id') ?? TODO, `student-${cell('student id') ?? TODO}`, school, 'student'),
      ],
    ];
  return peopleRules(role, own, cell, column, optional, sample);
}

function enrollment(
  from: Role,
  classId: string,
  user: string,
  school: Expression | undefined,
  role: string,
): DraftRule {
  return {
    from,
    once: true,
    fields: {
      sourcedId: `${classId}.${user}`,
      classSourcedId: classId,
      schoolSourcedId: school ?? TODO,
      userSourcedId: user,
      role,
    },
  };
}

function peopleRules(
  role: 'students' | 'staff',
  own: (...meanings: Meaning[]) => Expression,
  cell: (meaning: Meaning) => string | undefined,
  column: Find,
  optional: (fields: Record<string, Expression | undefined>) => Record<string, Expression>,
  sample: Sample,
): [Kind, DraftRule][] {
  const number = cell(role === 'students' ? 'student id' : 'staff id') ?? TODO;
  const id = `${role === 'students' ? 'student' : 'staff'}-${number}`;
  const birth = column('birth date');
  const form = birth
    ? formOf(sample.rows.map((row) => row[sample.header.indexOf(birth)] ?? '').filter((value) => value !== ''))
    : undefined;
  const school = column('school id');
  const { separator = ';' } = separatorOf(sample, column);
  const hasSchools = valuesOf(sample, school).some((value) => value.includes(separator));
  const roleOfStaff = role === 'staff' ? rolesIn(sample, column('role')) : undefined;
  const rules: [Kind, DraftRule][] = [
    [
      'users',
      {
        from: role,
        fields: optional({
          sourcedId: id,
          enabledUser: 'true',
          orgSourcedIds: school === undefined ? TODO : hasSchools ? { each: school } : `{${school}}`,
          role: role === 'students' ? 'student' : (roleOfStaff ?? 'teacher'),
          username: own('username', 'email'),
          givenName: own('first name'),
          familyName: own('last name'),
          middleName: cell('middle name'),
          identifier: cell('state id'),
          email: cell('email'),
          grades:
            role === 'students' && cell('grade') ? { value: cell('grade') as string, lookup: 'grades' } : undefined,
          password: role === 'students' ? cell('password') : undefined,
        }),
      },
    ],
  ];
  if (role === 'students' && birth && form)
    rules.push([
      'demographics',
      {
        from: role,
        fields: {
          sourcedId: id,
          birthDate: { value: `{${birth}}`, date: [form] },
          ...(cell('sex')
            ? { sex: { value: cell('sex') as string, lookup: 'sexes', otherwise: 'blank' as const } }
            : {}),
        },
      },
    ]);
  const who = role === 'students' ? 'student' : 'teacher';
  // One class or several, or none: a list says all of it.
  const each = column('class ids') ?? column('class id');
  const first: Expression | undefined = hasSchools ? { value: `{${school}}`, several: 'first' } : cell('school id');
  if (each !== undefined) {
    const when = roleOfStaff ? { when: { value: { ...roleOfStaff }, is: ['teacher'] } } : {};
    rules.push(['enrollments', { ...enrollment(role, '{item}', id, first, who), each, ...when }]);
  }
  return rules;
}

/** What the staff do, where most values of a column are words for it. */
function rolesIn(sample: Sample, column: string | undefined): ValueExpression | undefined {
  const values = valuesOf(sample, column);
  const known = values.filter((value) => roles[plainValue(value)] !== undefined);
  return known.length > 0 && known.length * 2 >= values.length ? { value: `{${column}}`, lookup: 'roles' } : undefined;
}
