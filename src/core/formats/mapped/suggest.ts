/** Proposes what the columns of a district's files mean, by their names and by their values, and drafts a mapping of it. */

import type { Kind } from '../../tables.ts';
import { dateFrom } from '../declared/date-form.ts';
import type { Expression } from '../declared/declaration.ts';
import { plainName } from '../declared/declaration.ts';
import type { Sample } from './samples.ts';

/** What a column can be. */
export type Meaning =
  | 'school id'
  | 'school name'
  | 'district id'
  | 'class id'
  | 'class name'
  | 'class ids'
  | 'course id'
  | 'course name'
  | 'student id'
  | 'staff id'
  | 'state id'
  | 'first name'
  | 'last name'
  | 'middle name'
  | 'username'
  | 'email'
  | 'password'
  | 'grade'
  | 'role'
  | 'birth date'
  | 'sex'
  | 'term name'
  | 'start date'
  | 'end date'
  | 'period'
  | 'subject'
  | 'language';

export type Suggestion = {
  file: string;
  column: string;
  meaning: Meaning;
  /** Whether its name says so, or its values do. */
  by: 'name' | 'values';
  why: string;
};

/** Names under which columns go in many systems, without spaces and signs. */
const names: Record<Meaning, RegExp> = {
  'student id':
    /^(student|pupil|learner)(id|number|no|num|nbr|sisid|code|sourcedid|localid)$|^(sin|pupil|studentlocalid|externalassignedid)$/,
  'staff id': /^(teacher|staff|educator|employee|user|instructor|faculty)(id|number|no|num|nbr|sisid|code|sourcedid)$/,
  'school id':
    /^(school|org|organization|organisation|building|campus|site)(id|number|no|num|nbr|sisid|code|sourcedid)$/,
  'district id': /^(district|parentorg(anization)?|lea)(id|number|no|code|sourcedid)?$/,
  'school name': /^(school|building|campus|org|organization)(name|title)?$/,
  'class ids': /^(classes|sections|classids|sectionids|groups)$/,
  'class id': /^(class|section|group|crs?section)(id|number|no|num|nbr|sisid|code|sourcedid)$/,
  'class name': /^(class|section|group|homeroom|room)(name|title)?$/,
  'course id': /^course(id|number|no|code|sisid|sourcedid)$/,
  'course name': /^course(name|title)?$|^longname$/,
  'state id': /^(alternate|alt|state|ssid).*(id|number)?$/,
  'first name': /^(first|given|fore|legalfirst|studentfirst|teacherfirst)(name)?$|^fname$|^vorname$|^nombre$/,
  'last name': /^(last|family|sur|legallast|studentlast|teacherlast)(name)?$|^lname$|^nachname$|^apellidos?$/,
  'middle name': /^(middle)(name|initial)?$|^mname$|^mi$/,
  username: /^(user|login|logon)(name|id)?$|^(student|teacher)?username$|^networkid$/,
  email: /^e?mail(address)?$|^(student|teacher|staff|work|school|educator)e?mail(address)?$/,
  password: /^(password|pwd|pass|pin)$/,
  grade: /^(grade|gradelevel|gradelvl|gr|yearlevel|year|studentgrade|currentgrade)$/,
  role: /^(role|usertype|userrole|accounttype|stafftype|position|educatortype|type)$/,
  'birth date': /^(birth|dob|dateofbirth|bday)(date|day)?$/,
  sex: /^(sex|gender)$/,
  'term name': /^(term|semester|marking?period)(name|code|id)?$/,
  'start date': /^(start|begin|entry|termstart|from)(date)?$/,
  'end date': /^(end|exit|termend|leave|to)(date)?$/,
  period: /^(period|periods|per|block|hour)$/,
  subject: /^(subject|department|subjectarea)(name)?$/,
  language: /^(first|home|audio|second|support)?language$/,
};

const gradeValue = /^(pk|prek|pre-k|tk|kg?|0?[0-9]|1[0-3]|[0-9]+(st|nd|rd|th)|grade [0-9]+)$/i;
const emailValue = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const dateForms = ['YYYY-MM-DD', 'M/D/YYYY', 'D/M/YYYY', 'D.M.YYYY', 'YYYYMMDD', 'M-D-YYYY', 'M/D/YY'];

/** At most one meaning for each column. */
export function suggest(samples: readonly Sample[]): Suggestion[] {
  return samples.flatMap((sample) => {
    const taken = new Set<Meaning>();
    const byName = sample.header.flatMap((column) => {
      const plain = plainName(column);
      const found = (Object.keys(names) as Meaning[]).find(
        (meaning) => names[meaning].test(plain) && !taken.has(meaning),
      );
      if (!found) return [];
      taken.add(found);
      return [{ file: sample.name, column, meaning: found, by: 'name' as const, why: `the name ${column}` }];
    });
    const named = new Set(byName.map(({ column }) => column));
    const byValues = sample.header.flatMap((column, at) => {
      if (named.has(column)) return [];
      const found = meaningOf(sample.rows.map((row) => row[at] ?? '').filter((value) => value !== ''));
      if (!found || taken.has(found.meaning)) return [];
      taken.add(found.meaning);
      return [{ file: sample.name, column, by: 'values' as const, ...found }];
    });
    return [...byName, ...byValues];
  });
}

function meaningOf(values: readonly string[]): { meaning: Meaning; why: string } | undefined {
  if (values.length < 2) return undefined;
  const share = (test: (value: string) => boolean) => values.filter(test).length / values.length;
  if (share((value) => emailValue.test(value)) > 0.8)
    return { meaning: 'email', why: 'its values are email addresses' };
  const form = formOf(values);
  if (form && share((value) => Number((dateFrom(value, [form]) ?? '9999').slice(0, 4)) < 2024) > 0.8)
    return { meaning: 'birth date', why: `its values are dates of the past (${form})` };
  if (share((value) => /^(m|f|male|female|x)$/i.test(value)) > 0.9)
    return { meaning: 'sex', why: 'its values are M and F' };
  if (share((value) => /^(teacher|administrator|admin|student|principal|aide|staff)$/i.test(value)) > 0.8)
    return { meaning: 'role', why: 'its values are roles' };
  const distinct = new Set(values).size;
  if (share((value) => gradeValue.test(value)) === 1 && distinct <= 16 && distinct < values.length)
    return { meaning: 'grade', why: 'its values are grades' };
  return undefined;
}

/** The form in which all dates of a column are written. */
export const formOf = (values: readonly string[]): string | undefined =>
  dateForms.find((form) => values.length > 0 && values.every((value) => isDay(dateFrom(value, [form]))));

const isDay = (date: string | undefined): boolean =>
  date !== undefined && !Number.isNaN(Date.parse(`${date}T00:00:00Z`));

type Role = 'schools' | 'classes' | 'students' | 'staff' | 'enrollments';

/** A mapping document to begin with, as plain data. What could not be told is said in the notes. */
export function draftMapping(samples: readonly Sample[], title: string): { document: object; notes: string[] } {
  const found = suggest(samples);
  const notes: string[] = [];
  const files: Record<string, object> = {};
  const records: Partial<Record<Kind, object[]>> = { academicSessions: [yearRule] };
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
    };
    for (const [kind, rule] of rulesOf(role, column, sample)) {
      const missing = Object.entries(rule.fields).filter(([, value]) => value === TODO);
      for (const [field] of missing)
        notes.push(`${sample.name}: no column was found for ${field} of ${kind}; the draft says TODO.`);
      records[kind] = [...(records[kind] ?? []), rule];
    }
  }
  return { document: { mapping: 1, title, files, lookups: { grades, sexes }, records }, notes };
}

const TODO = 'TODO';
const yearRule = {
  from: 'schoolYear',
  fields: {
    sourcedId: 'year-{endYear}',
    title: '{startYear}-{endYear}',
    type: 'schoolYear',
    startDate: '{startDate}',
    endDate: '{endDate}',
    schoolYear: '{endYear}',
  },
};
const grades: Record<string, string> = {
  pk: 'PK',
  k: 'KG',
  '0': 'KG',
  ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [String(at + 1), String(at + 1).padStart(2, '0')])),
  ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`0${at + 1}`, `0${at + 1}`])),
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

type DraftRule = { from: Role; once?: boolean; each?: string; fields: Record<string, Expression> };

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

function enrollment(from: Role, classId: string, user: string, school: string | undefined, role: string): DraftRule {
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
  const lists = column('class ids');
  const single = cell('class id');
  const rules: [Kind, DraftRule][] = [
    [
      'users',
      {
        from: role,
        fields: optional({
          sourcedId: id,
          enabledUser: 'true',
          orgSourcedIds: cell('school id') ?? TODO,
          role: role === 'students' ? 'student' : 'teacher',
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
  if (lists) rules.push(['enrollments', { ...enrollment(role, '{item}', id, cell('school id'), who), each: lists }]);
  else if (single) rules.push(['enrollments', enrollment(role, single, id, cell('school id'), who)]);
  return rules;
}
