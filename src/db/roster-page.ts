/** Pages of a roster for people to look through, now or as it was on an earlier day: searched, filtered, by name. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Kind, tableOf } from '../core/tables.ts';
import type { Db } from './db.ts';
import { activeAt, type Found, type RosterAt, type TextRecord, textRecord } from './roster-at.ts';
import { column, contentFields, liveTable, schoolFields } from './roster-sql.ts';

export type PageFilter = {
  /** Each has to stand somewhere in what a record is known by; capitals make no difference. */
  words?: string;
  role?: string;
  /** sourcedId of a school that the record names. */
  school?: string;
  /** sourcedIds of the person, and of the class, of an enrollment. */
  user?: string;
  class?: string;
  /** Only what people added by hand. Of the roster as it is now. */
  byHand?: boolean;
  /** What is archived, and nothing else. Of the roster as it is now. */
  archived?: boolean;
};

export type PageRow = TextRecord & {
  /** `manual`, or the source that sends it; null where nobody knows any more, as on an earlier day. */
  owner: { name: string | null } | 'manual' | null;
};

/** By what people look for records of a kind; the first of them, in this order, is how they are sorted. */
const knownBy: Partial<Record<Kind, string[]>> = {
  users: [
    'familyName',
    'givenName',
    'preferredFamilyName',
    'preferredGivenName',
    'username',
    'identifier',
    'email',
    'sourcedId',
  ],
  classes: ['title', 'classCode', 'sourcedId'],
  courses: ['title', 'courseCode', 'sourcedId'],
  orgs: ['name', 'identifier', 'sourcedId'],
  academicSessions: ['title', 'sourcedId'],
  enrollments: ['sourcedId', 'userSourcedId', 'classSourcedId'],
};
const sortedBy: Partial<Record<Kind, string[]>> = {
  users: ['familyName', 'givenName'],
  classes: ['title'],
  courses: ['title'],
  orgs: ['name'],
  academicSessions: ['title'],
};

/** A page by name, with the number of all that fit. */
export async function rosterPage(
  db: Db,
  at: RosterAt,
  kind: Kind,
  filter: PageFilter,
  page: { limit: number; offset: number },
): Promise<{ total: number; rows: PageRow[] }> {
  const past = at.until !== null;
  const value = valueIn(past);
  const from = past
    ? sql`(${activeAt(at, kind)}) r`
    : sql`${raw(liveTable(kind))} r left join sources o on o.id = r.source_id`;
  const where = join(
    [...(past ? [] : liveConditions(at, filter)), ...conditions(kind, filter, value), sql`true`],
    ' and ',
  );
  const fields = contentFields(kind);
  const shown = past
    ? sql`r.*, null as "$owner", false as "$manual"`
    : sql`${raw(fields.map((field) => `r.${column(field)} as "${field}"`).join(', '))}, r.metadata, null::jsonb as "$before",
        o.name as "$owner", r.source_id is null as "$manual"`;
  const order = [...(sortedBy[kind] ?? []), 'sourcedId'].map((field) => raw(value(field)));
  const counted = await db.one<{ total: number }>(sql`select count(*) as total from ${from} where ${where}`);
  const rows = await db.query<Found & { $owner: string | null; $manual: boolean }>(sql`
    select ${shown} from ${from} where ${where} order by ${join(order)} limit ${page.limit} offset ${page.offset}`);
  return {
    total: counted?.total ?? 0,
    rows: rows.map(({ $owner, $manual, ...row }) => ({
      ...textRecord(fields, row),
      owner: past ? null : $manual ? 'manual' : { name: $owner },
    })),
  };
}

type Value = (field: string) => string;

/** An expression for a field; on an earlier day that of the values then. The names are ours, never a person's. */
const valueIn =
  (past: boolean): Value =>
  (field) =>
    past ? `(case when r."$before" is null then r."${field}" else r."$before"->>'${field}' end)` : `r.${column(field)}`;

const liveConditions = ({ rosterId }: RosterAt, { archived, byHand }: PageFilter): Sql[] => [
  sql`r.roster_id = ${rosterId} and r.status = ${archived ? 'tobedeleted' : 'active'}`,
  ...(byHand ? [sql`r.source_id is null`] : []),
];

function conditions(kind: Kind, filter: PageFilter, value: Value): Sql[] {
  const has = (field: string) => tableOf(kind).fields[field] !== undefined && contentFields(kind).includes(field);
  const is = (field: string, wanted: string | undefined) =>
    wanted === undefined ? [] : [has(field) ? sql`${raw(value(field))} = ${wanted}` : sql`false`];
  const known = (knownBy[kind] ?? ['sourcedId']).filter(has).map(value).join(', ');
  const words = (filter.words ?? '').split(/\s+/).filter(Boolean);
  const schools = schoolFields(kind).map(value);
  return [
    ...words.map((word) => sql`concat_ws(' ', ${raw(known)}) ilike ${`%${word.replace(/[\\%_]/g, '\\$&')}%`}`),
    ...is('role', filter.role),
    ...is('userSourcedId', filter.user),
    ...is('classSourcedId', filter.class),
    ...(filter.school === undefined ? [] : [atOneOf(schools, filter.school)]),
  ];
}

const atOneOf = (schools: string[], school: string): Sql =>
  schools.length === 0
    ? sql`false`
    : sql`${school} = any(regexp_split_to_array(trim(coalesce(${raw(schools.join(', '))})), '\\s*,\\s*'))`;

export type NamedRecord = { kind: Kind; sourcedId: string; name: string; status: 'active' | 'tobedeleted' };

/** What these records are called now: titles, names, of people their full names. Those that are not there are left out. */
export async function namesOf(db: Db, rosterId: string, kind: Kind, sourcedIds: string[]): Promise<NamedRecord[]> {
  if (sourcedIds.length === 0) return [];
  const name =
    kind === 'users'
      ? sql`concat_ws(' ', given_name, family_name)`
      : kind === 'orgs'
        ? sql`coalesce(name, '')`
        : (sortedBy[kind] ?? []).includes('title')
          ? sql`coalesce(title, '')`
          : sql`''`;
  return db.query<NamedRecord>(sql`
    select ${kind}::text as kind, sourced_id as "sourcedId", ${name} as name, status from ${raw(liveTable(kind))}
    where roster_id = ${rosterId} and sourced_id = any(${sourcedIds})`);
}

/** The roles that occur in a kind, for a filter. */
export async function rolesIn(db: Db, rosterId: string, kind: Kind): Promise<string[]> {
  if (tableOf(kind).fields.role === undefined) return [];
  const rows = await db.query<{ role: string }>(sql`
    select distinct role from ${raw(liveTable(kind))}
    where roster_id = ${rosterId} and status = 'active' and role is not null order by role limit 50`);
  return rows.map(({ role }) => role);
}

/** Enrollments of a person or of a class that are there, archived ones too, the last changed first. */
export function enrollmentsEver(
  db: Db,
  rosterId: string,
  kind: 'users' | 'classes',
  sourcedId: string,
  limit: number,
): Promise<{ sourcedId: string; other: string }[]> {
  const [own, other] = kind === 'users' ? ['userSourcedId', 'classSourcedId'] : ['classSourcedId', 'userSourcedId'];
  return db.query(sql`
    select sourced_id as "sourcedId", ${raw(column(other as string))} as other from enrollments
    where roster_id = ${rosterId} and ${raw(column(own as string))} = ${sourcedId}
    order by date_last_modified desc, sourced_id limit ${limit}`);
}
