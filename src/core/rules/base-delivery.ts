/** A small delivery without any fault: what the examples of the rules change, and what a clean delivery looks like. */

import { columnsOf, fileOf, type Kind, kindsOf, type Version } from '../tables.ts';

/** Lines of cells, the header first. */
export type Sheet = string[][];
type Record_ = Record<string, string>;

/**
 * A complete bulk delivery by file name, in the strict form of the standard: a district with two schools, two teachers,
 * a parent and four students; in 1.2 with their roles.
 */
export function baseDelivery(version: Version): Record<string, string> {
  return texts(baseSheets(version));
}

/** The same records, sent as changes: every row active, with the time of its change. */
export function deltaDelivery(version: Version): Record<string, string> {
  return texts(deltaSheets(version));
}

export function baseSheets(version: Version): Record<string, Sheet> {
  const kinds = kindsOf(version).filter((kind) => records[kind] !== undefined);
  const sheets: Record<string, Sheet> = { 'manifest.csv': manifest(version, kinds, 'bulk') };
  for (const kind of kinds) sheets[fileOf(kind)] = sheet(kind, version, records[kind] ?? []);
  return sheets;
}

export function deltaSheets(version: Version): Record<string, Sheet> {
  const sheets = baseSheets(version);
  for (const [file, [header, ...rows]] of Object.entries(sheets)) {
    const changes =
      file === 'manifest.csv' ? rows.map(inDelta) : rows.map(([id, , , ...cells]) => [id, ...MODE, ...cells]);
    sheets[file] = [header, ...changes] as Sheet;
  }
  return sheets;
}

/** A file's cells, from records that name only the columns they fill. */
export function sheet(kind: Kind, version: Version, rows: readonly Record_[]): Sheet {
  const columns = columnsOf(kind, version);
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
}

/** Cells as CSV: CRLF after each line, quotes only where a cell needs them. */
export function csvText(lines: Sheet): string {
  return lines.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const texts = (sheets: Record<string, Sheet>) =>
  Object.fromEntries(Object.entries(sheets).map(([file, lines]) => [file, csvText(lines)]));

const MODE = ['active', '2025-09-01T06:00:00.000Z'];
const inDelta = ([property, value]: string[]) => [property, value === 'bulk' ? 'delta' : value];

function manifest(version: Version, sent: readonly Kind[], mode: 'bulk' | 'delta'): Sheet {
  const files = [...kindsOf(version)].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return [
    ['propertyName', 'value'],
    ['manifest.version', '1.0'],
    ['oneroster.version', version],
    ...files.map((kind) => [`file.${kind}`, sent.includes(kind) ? mode : 'absent']),
    ['source.systemName', 'Sample SIS'],
    ['source.systemCode', 'sample-sis'],
  ];
}

const person = (
  sourcedId: string,
  role: string,
  school: string,
  givenName: string,
  familyName: string,
  more: Record_ = {},
) => {
  const username = `${givenName}.${familyName}`.toLowerCase();
  const email = `${username}@example.org`;
  // orgSourcedIds and role are columns of 1.1 only, primaryOrgSourcedId of 1.2 only: each version takes its own.
  const where = { orgSourcedIds: school, role, primaryOrgSourcedId: school };
  return { sourcedId, enabledUser: 'true', ...where, username, givenName, familyName, email, ...more };
};

const users = [
  person('tch-1', 'teacher', 'org-10', 'Maya', 'Ortiz', { identifier: '10021', userIds: '{LDAP:mortiz}' }),
  person('tch-2', 'teacher', 'org-20', 'Peter', 'Lindqvist', { identifier: '10022' }),
  person('par-1', 'parent', 'org-10', 'Grace', 'Adeyemi'),
  person('stu-1', 'student', 'org-10', 'Tomi', 'Adeyemi', {
    identifier: '000451',
    grades: '03',
    agentSourcedIds: 'par-1',
  }),
  person('stu-2', 'student', 'org-10', 'Lucía', 'Muñoz', {
    identifier: '000452',
    grades: '03',
    username: 'lucia.munoz',
    email: '',
  }),
  person('stu-3', 'student', 'org-20', 'Emma', 'Kowalski', { identifier: '000453', grades: '07' }),
  person('stu-4', 'student', 'org-20', 'Noah', 'Tran', { identifier: '000454', grades: '07' }),
];

const [yearStart, termEnd, yearEnd] = ['2025-08-18', '2026-01-17', '2026-06-13'] as const;

const enrollment = (sourcedId: string, classSourcedId: string, userSourcedId: string, role: string): Record_ => ({
  sourcedId,
  classSourcedId,
  schoolSourcedId: classSourcedId === 'cls-3a' ? 'org-10' : 'org-20',
  userSourcedId,
  role,
  primary: role === 'teacher' ? 'true' : '',
  beginDate: yearStart,
  endDate: classSourcedId === 'cls-3a' ? yearEnd : termEnd,
});

const records: Partial<Record<Kind, Record_[]>> = {
  orgs: [
    { sourcedId: 'org-1', name: 'Sample School District', type: 'district', identifier: '0600001' },
    {
      sourcedId: 'org-10',
      name: 'Cedar Elementary School',
      type: 'school',
      identifier: '060000101',
      parentSourcedId: 'org-1',
    },
    {
      sourcedId: 'org-20',
      name: 'Birch Middle School',
      type: 'school',
      identifier: '060000102',
      parentSourcedId: 'org-1',
    },
  ],
  academicSessions: [
    session('year-2026', '2025-26', 'schoolYear', yearStart, yearEnd),
    session('term-1', 'Fall 2025', 'term', yearStart, termEnd, 'year-2026'),
    session('term-2', 'Spring 2026', 'term', termEnd, yearEnd, 'year-2026'),
  ],
  courses: [
    {
      sourcedId: 'crs-3',
      schoolYearSourcedId: 'year-2026',
      title: 'Grade 3',
      courseCode: 'G3',
      grades: '03',
      orgSourcedId: 'org-1',
    },
    {
      sourcedId: 'crs-7',
      schoolYearSourcedId: 'year-2026',
      title: 'Mathematics 7',
      courseCode: 'MA7',
      grades: '07',
      orgSourcedId: 'org-1',
      subjects: 'Mathematics (grade 7)',
      subjectCodes: '52037',
    },
  ],
  classes: [
    {
      sourcedId: 'cls-3a',
      title: 'Grade 3 Room A',
      grades: '03',
      courseSourcedId: 'crs-3',
      classCode: '3-A',
      classType: 'homeroom',
      location: 'Room 12',
      schoolSourcedId: 'org-10',
      termSourcedIds: 'term-1,term-2',
    },
    {
      sourcedId: 'cls-7m',
      title: 'Mathematics 7, period 2',
      grades: '07',
      courseSourcedId: 'crs-7',
      classCode: 'MA7-2',
      classType: 'scheduled',
      location: 'Room 204',
      schoolSourcedId: 'org-20',
      termSourcedIds: 'term-1',
      subjects: 'Mathematics (grade 7)',
      subjectCodes: '52037',
      periods: '2',
    },
  ],
  users,
  roles: users.map((user, at) => ({
    sourcedId: `role-${at + 1}`,
    userSourcedId: user.sourcedId,
    roleType: 'primary',
    role: user.role,
    orgSourcedId: user.orgSourcedIds,
  })),
  demographics: [
    { sourcedId: 'stu-1', birthDate: '2017-02-11', sex: 'male' },
    { sourcedId: 'stu-2', birthDate: '2016-12-03', sex: 'female', hispanicOrLatinoEthnicity: 'true' },
    { sourcedId: 'stu-3', birthDate: '2013-05-27', sex: 'female' },
    { sourcedId: 'stu-4', birthDate: '2013-01-19', sex: 'male', asian: 'true' },
  ],
  enrollments: [
    enrollment('enr-1', 'cls-3a', 'tch-1', 'teacher'),
    enrollment('enr-2', 'cls-3a', 'stu-1', 'student'),
    enrollment('enr-3', 'cls-3a', 'stu-2', 'student'),
    enrollment('enr-4', 'cls-7m', 'tch-2', 'teacher'),
    enrollment('enr-5', 'cls-7m', 'stu-3', 'student'),
    enrollment('enr-6', 'cls-7m', 'stu-4', 'student'),
  ],
};

function session(
  sourcedId: string,
  title: string,
  type: string,
  startDate: string,
  endDate: string,
  parentSourcedId = '',
): Record_ {
  return { sourcedId, title, type, startDate, endDate, parentSourcedId, schoolYear: '2026' };
}
