/** A small invented roster in memory, for the pages that look through one: people, classes, schools, and who was where. */

import { Refusal } from '../../src/core/refusal.ts';
import type { Kind } from '../../src/core/tables.ts';
import type { RecordPlace } from '../../src/http/record-deps.ts';
import type { Timeline } from '../../src/http/roster-deps.ts';
import type { NamedFacts, RosterPageDeps, RosterRow } from '../../src/http/roster-page-deps.ts';

/** The roster of Lakeview Unified for Literacy. */
export const fakeRosterId = 'roster-d-lakeview';
const sis = { name: 'Nightly export' };
const first = new Date('2026-09-01T08:40:00Z');
const last = new Date('2026-11-21T09:58:00Z');

const given = ['Mia', 'Noah', 'Zoë', 'Liam', 'Ava', 'Ben', 'Chloé', 'Dan', 'Eva', 'Finn', 'Gus', 'Hana'];
const family = ['Stone', 'Alvarez', 'Brook', 'Chen', 'Dale', 'Eriksen', 'Flores', 'Grant', 'Hale', 'Ito', 'Jones'];
const schools = ['Hill Elementary', 'Lakeview Middle School'];

const users: RosterRow[] = Array.from({ length: 132 }, (_, n) => {
  const givenName = given[n % given.length] as string;
  const familyName = family[(n * 7) % family.length] as string;
  const isTeacher = n % 12 === 11;
  const sourcedId = String(451 + n).padStart(6, '0');
  return {
    sourcedId,
    owner: n === 5 ? 'manual' : sis,
    fields: {
      sourcedId,
      givenName,
      familyName,
      role: isTeacher ? 'teacher' : 'student',
      username: `${givenName[0]?.toLowerCase()}${familyName.toLowerCase()}${n}`,
      ...(isTeacher ? {} : { grades: String((n % 8) + 1).padStart(2, '0') }),
      orgSourcedIds: `S${(n % 2) + 1}`,
      enabledUser: 'true',
    },
  };
});

const classes: RosterRow[] = Array.from({ length: 12 }, (_, n) => ({
  sourcedId: `H-${n + 1}`,
  owner: n === 11 ? 'manual' : sis,
  fields: {
    sourcedId: `H-${n + 1}`,
    title: n === 11 ? 'Robotics Club' : `Room ${n + 1}`,
    classCode: `R${n + 1}`,
    grades: String((n % 8) + 1).padStart(2, '0'),
    classType: 'scheduled',
    schoolSourcedId: `S${(n % 2) + 1}`,
    courseSourcedId: 'C1',
    termSourcedIds: 'T1',
  },
}));

const orgs: RosterRow[] = [
  { sourcedId: 'D1', owner: sis, fields: { sourcedId: 'D1', name: 'Lakeview Unified', type: 'district' } },
  ...schools.map((name, n) => ({
    sourcedId: `S${n + 1}`,
    owner: sis,
    fields: { sourcedId: `S${n + 1}`, name, type: 'school', identifier: `0${n + 1}`, parentSourcedId: 'D1' },
  })),
];

const rowsOf = (kind: Kind): RosterRow[] =>
  ({ users, classes, orgs })[kind as string]?.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)) ?? [];
const sortKey = ({ fields }: RosterRow) =>
  `${fields.familyName ?? ''} ${fields.givenName ?? ''} ${fields.title ?? ''} ${fields.name ?? ''} ${fields.sourcedId}`;
const named = (kind: Kind, sourcedId: string): NamedFacts => {
  const { fields = {} } = rowsOf(kind).find((each) => each.sourcedId === sourcedId) ?? {};
  const { title, name, givenName = '', familyName = '' } = fields as Record<string, string>;
  return { kind, sourcedId, name: title ?? name ?? `${givenName} ${familyName}`.trim(), status: 'active' };
};

export function fakeRosterPages(): RosterPageDeps {
  return {
    facts: async (id) => ({
      id,
      district: {
        id: 'd-lakeview',
        name: 'Lakeview Unified',
        siteCode: '1234567',
        slug: 'lakeview',
        timeZone: 'America/Denver',
      },
      timeZone: 'America/Denver',
      product: { slug: 'literacy', name: 'Literacy' },
      counts: { orgs: 3, academicSessions: 1, courses: 1, classes: 12, users: 132, enrollments: 260 },
      schools: schools.map((name, n) => ({ sourcedId: `S${n + 1}`, name })),
      roles: { users: ['student', 'teacher'], enrollments: ['student', 'teacher'] },
      version: '1.1',
    }),
    async page({ kind, at, words = '', role, school, byHand, archived, limit, offset }) {
      if (at && at > '2026-11-22') throw new Refusal('time', 400, `${at} has not come yet.`);
      const found = rowsOf(kind).filter(
        ({ fields, owner }) =>
          words
            .toLowerCase()
            .split(/\s+/)
            .every((word) => Object.values(fields).join(' ').toLowerCase().includes(word)) &&
          (!role || fields.role === role) &&
          (!school || (fields.orgSourcedIds ?? fields.schoolSourcedId) === school) &&
          (!byHand || owner === 'manual') &&
          !archived,
      );
      const rows = found.slice(offset, offset + limit).map((row) => (at ? { ...row, owner: null } : row));
      return { total: found.length, rows, at: at ? `the end of ${at} (America/Denver)` : null };
    },
    async around({ kind, at }) {
      const isUser = kind === 'users';
      if (!isUser && kind !== 'classes') return { names: [], enrollments: [], enrolled: 0, joined: [] };
      const others = isUser
        ? [named('classes', 'H-2'), named('classes', 'H-12')]
        : users.slice(0, 9).map((each) => named('users', each.sourcedId));
      const left = isUser ? named('classes', 'H-4') : named('users', '000470');
      const event = (
        when: Date,
        action: 'create' | 'archive',
        other: NamedFacts,
        cause = 'delivery 15 (OneRoster.zip, source Nightly export)',
      ) => ({ at: when, enrollment: 'e-9921', action, other, syncId: 'sync-lakeview-literacy-15', cause });
      return {
        names: [...schools.map((_, n) => named('orgs', `S${n + 1}`)), named('orgs', 'D1')],
        enrollments: others.map((other, n) => ({
          sourcedId: `e-${n + 1}`,
          role: 'student',
          other,
          byHand: isUser && n === 1,
          begin: '2026-09-01',
          end: '',
        })),
        enrolled: others.length,
        joined: [
          ...(at ? [] : [event(last, 'archive', left)]),
          event(new Date('2026-10-04T16:12:00Z'), 'create', others.at(-1) as NamedFacts, 'ana.ruiz@vendor.example'),
          event(first, 'create', left, 'delivery 1 (OneRoster.zip, source Nightly export)'),
        ],
      };
    },
  };
}

/** The timeline of a record of this roster; undefined when it has none of this id. */
export function fakeTimeline({ kind, sourcedId, at }: RecordPlace & { at?: string | undefined }): Timeline | undefined {
  const row = rowsOf(kind).find((each) => each.sourcedId === sourcedId);
  if (!row) return undefined;
  const { fields, owner } = row;
  const base = { kind, fields, metadata: {}, status: 'active' as const };
  const former = { ...fields, grades: '02', status: 'active' };
  const change = {
    kind,
    sourcedId,
    action: 'update' as const,
    before: former,
    after: { ...fields, status: 'active' },
    changed: { grades: { from: '02', to: fields.grades } },
    id: 'change-1',
    at: new Date('2026-09-14T08:41:00Z'),
    syncId: 'sync-lakeview-literacy-9',
    syncNumber: 9,
    cause: 'delivery 9 (OneRoster.zip, source Nightly export)',
  };
  const made = {
    ...change,
    action: 'create' as const,
    before: null,
    after: former,
    changed: {},
    id: null,
    at: first,
    syncId: 'sync-lakeview-literacy-1',
    syncNumber: 1,
    cause: 'delivery 1 (OneRoster.zip, source Nightly export)',
  };
  const record = {
    ...base,
    sourcedId,
    dateLastModified: last,
    owner: owner === 'manual' ? ('manual' as const) : { sourceId: 's-lakeview-literacy', name: sis.name },
    released: false,
    pointsToArchived: [],
  };
  return {
    record: at ? null : record,
    history: kind === 'users' ? [change, made] : [made],
    more: false,
    at: at ? `the end of ${at} (America/Denver)` : null,
    was: at ? { ...base, fields: { ...fields, grades: '02' } } : null,
  };
}
