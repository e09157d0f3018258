/** An invented district as a OneRoster API hands it out, made from the same rows as its CSV files. */
import { parse } from 'csv-parse/sync';
import { generate } from '../../src/sample/generate.ts';

export type Row = Record<string, string>;
export type Files = Map<string, Row[]>;
export type Json = Record<string, unknown>;
export type Roster = { version: '1.1' | '1.2'; collections: Map<string, Json[]>; files: Files };

export const changedAt = '2026-01-15T08:30:00.000Z';

/** The files of a sample as rows, read by a second CSV reader. */
export function sampleFiles(students: number, generation = 0): Files {
  const files: Files = new Map();
  for (const file of generate({ students, seed: 11, churn: 0.05, generation }).files) {
    if (file.name === 'manifest.csv') continue;
    // What Latin-1 cannot say would say nothing about servers that send it.
    const text = [...file.text()].join('').replace(/[^\u0000-\u00ff]/g, 'o');
    files.set(file.name.slice(0, -'.csv'.length), parse(text, { columns: true }) as Row[]);
  }
  // A name beyond ASCII, which shows what is done to bytes.
  const student = files.get('users')?.find(({ role }) => role === 'student');
  if (student) student.givenName = 'Zoë';
  return files;
}

const base = 'https://sis.example.org/ims/oneroster/v1p1';
const ref = (type: string, id: string) => ({ href: `${base}/${type}s/${id}`, sourcedId: id, type });
const list = (cell: string | undefined) => (cell ? cell.split(',') : []);
const filled = (all: Json): Json =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''));

type Version = '1.1' | '1.2';
type Types = Map<string | undefined, string | undefined>;

/** One record as a server of this version hands it out. @param orgTypes by sourcedId. */
export function jsonOf(kind: string, row: Row, version: Version, orgTypes: Types): Json {
  const head = { sourcedId: row.sourcedId, status: 'active', dateLastModified: changedAt };
  return filled({ ...head, ...makers[kind]?.(row, version, orgTypes) });
}

const session = (id: string) => ref('academicSession', id);
const makers: Record<string, (row: Row, version: Version, orgTypes: Types) => Json> = {
  orgs: ({ name, type, identifier, parentSourcedId }) => ({
    name,
    type,
    identifier,
    parent: parentSourcedId ? ref('org', parentSourcedId) : undefined,
  }),
  academicSessions: ({ title, type, startDate, endDate, parentSourcedId, schoolYear }) => ({
    title,
    type,
    startDate,
    endDate,
    schoolYear,
    parent: parentSourcedId ? session(parentSourcedId) : undefined,
  }),
  courses: ({ schoolYearSourcedId, title, courseCode, grades, orgSourcedId, subjects, subjectCodes }) => ({
    title,
    courseCode,
    schoolYear: schoolYearSourcedId ? session(schoolYearSourcedId) : undefined,
    grades: list(grades),
    org: ref('org', orgSourcedId as string),
    subjects: list(subjects),
    subjectCodes: list(subjectCodes),
  }),
  classes: (row) => ({
    title: row.title,
    classCode: row.classCode,
    classType: row.classType,
    location: row.location,
    grades: list(row.grades),
    subjects: list(row.subjects),
    subjectCodes: list(row.subjectCodes),
    periods: list(row.periods),
    course: ref('course', row.courseSourcedId as string),
    school: ref('org', row.schoolSourcedId as string),
    terms: list(row.termSourcedIds).map(session),
  }),
  users: userJson,
  demographics: ({ sourcedId: _, status: __, dateLastModified: ___, ...facts }) => facts,
  enrollments: (row) => ({
    user: ref('user', row.userSourcedId as string),
    class: ref('class', row.classSourcedId as string),
    school: ref('org', row.schoolSourcedId as string),
    role: row.role,
    primary: row.primary,
    beginDate: row.beginDate,
    endDate: row.endDate,
  }),
};

/** The roster that a server of this version would hold. */
export function rosterOf(files: Files, version: Version): Roster {
  const orgTypes: Types = new Map((files.get('orgs') ?? []).map(({ sourcedId, type }) => [sourcedId, type]));
  const collections = new Map<string, Json[]>();
  for (const kind of Object.keys(makers)) {
    const rows = (files.get(kind) ?? []).map((row) => jsonOf(kind, row, version, orgTypes));
    collections.set(
      kind,
      rows.sort((a, b) => ((a.sourcedId as string) < (b.sourcedId as string) ? -1 : 1)),
    );
  }
  return { version, collections, files };
}

function userJson(row: Row, version: Version, orgTypes: Types): Json {
  const orgs = list(row.orgSourcedIds);
  const shared = {
    username: row.username,
    userIds: [...(row.userIds ?? '').matchAll(/\{([^:}]+):([^}]+)\}/g)].map(([, type, identifier]) => ({
      type,
      identifier,
    })),
    enabledUser: row.enabledUser,
    givenName: row.givenName,
    familyName: row.familyName,
    middleName: row.middleName,
    identifier: row.identifier,
    email: row.email,
    sms: row.sms,
    phone: row.phone,
    agents: list(row.agentSourcedIds).map((id) => ref('user', id)),
    grades: list(row.grades),
    password: 'never to be taken over',
  };
  if (version === '1.1') return { ...shared, role: row.role, orgs: orgs.map((id) => ref('org', id)) };
  const roleAt = (org: string) =>
    row.role !== 'administrator'
      ? row.role
      : orgTypes.get(org) === 'school'
        ? 'siteAdministrator'
        : 'districtAdministrator';
  return {
    ...shared,
    primaryOrg: orgs[0] === undefined ? undefined : ref('org', orgs[0]),
    roles: orgs.map((id) => ({ roleType: 'primary', role: roleAt(id), org: ref('org', id) })),
  };
}
