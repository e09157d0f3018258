/** The small district of the model test: which records its two sources have, and how each looks in a file. */

import type { Kind } from '../../src/core/tables.ts';

export const kinds = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'demographics', 'enrollments'] as const satisfies Kind[]; // biome-ignore format: one line is easier to read
export type ModelKind = (typeof kinds)[number];
export const keyKinds: readonly ModelKind[] = ['orgs', 'classes', 'users', 'enrollments'];

export type Cells = { sourcedId: string } & Record<string, string>;

/** What refers to what: the field, the kind it leads to, and whether the record can be without it. */
export type Reference = { field: string; to: ModelKind; required: boolean; list?: true; only?: 'school' };
export const references: Record<ModelKind, readonly Reference[]> = {
  orgs: [{ field: 'parentSourcedId', to: 'orgs', required: false }],
  academicSessions: [{ field: 'parentSourcedId', to: 'academicSessions', required: false }],
  courses: [{ field: 'orgSourcedId', to: 'orgs', required: true }],
  classes: [
    { field: 'courseSourcedId', to: 'courses', required: true },
    { field: 'schoolSourcedId', to: 'orgs', required: true, only: 'school' },
    { field: 'termSourcedIds', to: 'academicSessions', required: true, list: true },
  ],
  users: [
    { field: 'orgSourcedIds', to: 'orgs', required: true, list: true },
    { field: 'agentSourcedIds', to: 'users', required: false, list: true },
  ],
  demographics: [{ field: 'sourcedId', to: 'users', required: true }],
  enrollments: [
    { field: 'classSourcedId', to: 'classes', required: true },
    { field: 'schoolSourcedId', to: 'orgs', required: true, only: 'school' },
    { field: 'userSourcedId', to: 'users', required: true },
  ],
};

/** The field in which a record names its school or schools, for the guard. */
export const schoolField: Partial<Record<ModelKind, string>> = {
  courses: 'orgSourcedId',
  classes: 'schoolSourcedId',
  users: 'orgSourcedIds',
  enrollments: 'schoolSourcedId',
};

/** What each source sends when nothing is out of the ordinary. */
export const usual: readonly Record<ModelKind, readonly string[]>[] = [
  {
    orgs: ['D', 'S1', 'S2'],
    academicSessions: ['Y'],
    courses: ['C1', 'C2'],
    classes: ['K1', 'K2', 'K3'],
    users: ['T1', 'P1', 'P2', 'P3', 'P4'],
    demographics: ['P1', 'P2'],
    enrollments: ['E-T1-K1', 'E-P1-K1', 'E-P2-K1', 'E-P3-K2', 'E-P4-K3'],
  },
  {
    orgs: ['S5'],
    academicSessions: ['Y5'],
    courses: ['C5'],
    classes: ['K5'],
    users: ['P5', 'P6'],
    demographics: ['P5'],
    enrollments: ['E-P5-K5', 'E-P6-K5'],
  },
];

/** Ids that are sent now and then, by whom it may be, or added by hand. */
export const others: Record<ModelKind, readonly string[]> = {
  orgs: ['S3'],
  academicSessions: ['Y3'],
  courses: ['C3'],
  classes: ['K4'],
  users: ['P7', 'P8'],
  demographics: ['P3', 'P7', 'P8'],
  enrollments: ['E-P1-K2', 'E-P7-K1', 'E-P8-K1', 'E-P2-K4'],
};

/**
 * Ids that only people use: H7 is a pupil whom a person adds before the SIS sends them as P7, with the same username; H8 one
 * that has the identifier of P8, and H3 a school with that of S3. What is sent takes such a record over, and gives it its own id.
 * P7 has the identifier of P8, and S2 that of S3, in one variant: then it is not clear who is meant.
 */
export const byHandOnly: readonly { kind: ModelKind; id: string }[] = [
  { kind: 'users', id: 'H7' },
  { kind: 'enrollments', id: 'E-H7-K1' },
  { kind: 'demographics', id: 'H7' },
  { kind: 'users', id: 'H8' },
  { kind: 'demographics', id: 'H8' },
  { kind: 'orgs', id: 'H3' },
  { kind: 'classes', id: 'KH3' },
];

/** Every id there is of a kind, but for those that only people use. */
export const idsOf = (kind: ModelKind): string[] => [
  ...new Set([...usual.flatMap((each) => each[kind]), ...others[kind]]),
];

const schoolOfClass: Record<string, string> = { K1: 'S1', K2: 'S1', K3: 'S2', K4: 'S1', K5: 'S5', KH3: 'H3' };
const ownOrg = (id: string): string => (/[56]$/.test(id) ? 'S5' : 'D');

/** A record as its row says it. Variants 1 and 2 have other values than 0; 2 leads elsewhere too, where it can. */
export function cellsOf(kind: ModelKind, id: string, variant: number): Cells {
  const text = ['', ' again', ' Zoë "q", 李'][variant] ?? '';
  const moved = variant === 2;
  if (kind === 'orgs') {
    const type = id === 'D' ? 'district' : 'school';
    const parent = id === 'D' || id === 'S5' || moved ? '' : 'D';
    const identifier = id.endsWith('3') || (id === 'S2' && moved) ? 'NCES-3' : '';
    return filled({ sourcedId: id, name: `Org ${id}${text}`, type, identifier, parentSourcedId: parent });
  }
  if (kind === 'academicSessions')
    return { sourcedId: id, title: `Year ${id}${text}`, type: 'schoolYear', startDate: '2025-08-01', endDate: '2026-06-30', schoolYear: '2026' }; // biome-ignore format: a row
  if (kind === 'courses') return { sourcedId: id, title: `Course ${id}${text}`, orgSourcedId: ownOrg(id) };
  if (kind === 'classes')
    return { sourcedId: id, title: `Class ${id}${text}`, courseSourcedId: id === 'K5' ? 'C5' : moved ? 'C2' : 'C1', classType: 'scheduled', schoolSourcedId: schoolOfClass[id] as string, termSourcedIds: id === 'K5' ? 'Y5' : 'Y' }; // biome-ignore format: a row
  if (kind === 'users') return userOf(id, variant, text);
  if (kind === 'demographics') return { sourcedId: id, birthDate: `2015-0${variant + 1}-01`, sex: 'female' };
  const [, user = '', klass = ''] = id.split('-');
  const role = user.startsWith('T') ? 'teacher' : 'student';
  const when = variant === 0 ? {} : { beginDate: `2025-09-0${variant}`, endDate: '2026-05-01' };
  return { sourcedId: id, classSourcedId: klass, schoolSourcedId: schoolOfClass[klass] as string, userSourcedId: user, role, ...when }; // biome-ignore format: a row
}

function userOf(id: string, variant: number, text: string): Cells {
  const schools = /[56]$/.test(id) ? 'S5' : id === 'P2' && variant === 2 ? 'S1,S2' : 'S1';
  const agents = id === 'P1' && variant === 2 ? 'T1' : '';
  return filled({
    sourcedId: id,
    enabledUser: 'true',
    orgSourcedIds: schools,
    role: id.startsWith('T') ? 'teacher' : 'student',
    // Capitals make no difference.
    username: id === 'H7' ? 'LOGIN.P7' : `login.${id.toLowerCase()}`,
    identifier: id.endsWith('8') || (id === 'P7' && variant === 2) ? 'No. 8' : '',
    givenName: `Kim${text}`,
    familyName: `Stone ${id}`,
    agentSourcedIds: agents,
    grades: id.startsWith('T') ? '' : '03',
  });
}

const filled = (cells: Record<string, string>): Cells =>
  Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== '')) as Cells;

/** The field that is blank where a row lacks what it must have. */
export const needed: Record<ModelKind, string> = {
  orgs: 'name',
  academicSessions: 'title',
  courses: 'title',
  classes: 'title',
  users: 'givenName',
  demographics: 'birthDate',
  enrollments: 'role',
};
