/** The names of live and staged tables and their columns, derived from the table declarations: no SQL is written per kind. */
import sql, { empty, raw, type Sql } from 'sql-template-tag';
import { type Field, fieldNames, type Kind, rosterKinds, tableOf, targetOf } from '../core/tables.ts';

/** Whose delivery is staged, into which roster, by which sync. */
export type StageContext = { rosterId: string; sourceId: string; syncId: string };

/** Fields that say how a row is meant, rather than what the record is. */
const modeFields = ['status', 'dateLastModified'];

/** The fields of a kind that live tables hold as text, in the order of their declaration, sourcedId first. */
export const contentFields = (kind: Kind): string[] => fieldNames(kind).filter((name) => !modeFields.includes(name));

export const isRosterKind = (kind: Kind): boolean => rosterKinds.includes(kind);

/** academicSessions -> academic_sessions; the name of a kind's live table, or of a field's column. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const reserved = new Set(['primary']);

/** The column of a field, as it is written in SQL. */
export function column(field: string): string {
  const name = snake(field);
  return reserved.has(name) ? `"${name}"` : name;
}

export const liveTable = (kind: Kind): string => snake(kind);

/** Columns that come with the delivery: its content, extension columns and the hash over both. */
export const contentColumns = (kind: Kind): string[] => [
  ...contentFields(kind).map(column),
  'metadata',
  'content_hash',
];

/**
 * Tables of one sync beside those of the kinds: rows left out, manual records that are taken over, changes planned, and what
 * was loaded; of a sync that comes
 * from no file, the changes to undo and the records that are kept as they are.
 */
export type StageTable = Kind | 'missing' | 'left out' | 'takes' | 'plan' | 'loaded' | 'found' | 'kept';

const stagePrefix = (syncId: string): string => syncId.replaceAll('-', '').toLowerCase();

/** @throws TypeError for a sync id that is no UUID: the name goes into SQL as it is. */
export function stageTable(ctx: { syncId: string }, table: StageTable): string {
  if (!/^[0-9a-f-]{36}$/i.test(ctx.syncId)) throw new TypeError('a sync id is a UUID');
  return `stage.s${stagePrefix(ctx.syncId)}_${snake(table).replaceAll(' ', '_')}`;
}

/** Pattern for `like` that finds all stage tables of a sync by name. */
export const stagePattern = (ctx: { syncId: string }): string => `s${stagePrefix(ctx.syncId)}\\_%`;

/** The columns of the definition of a stage table for a kind; `status` is null where the row is active. */
export function stageColumns(kind: Kind, rosterId: string): string {
  if (!/^[0-9a-f-]{36}$/i.test(rosterId)) throw new TypeError('a roster id is a UUID');
  return [
    `roster_id uuid not null default '${rosterId}'`,
    'status text',
    ...contentFields(kind).map((field) => `${column(field)} ${columnType(kind, field)}`),
    'metadata jsonb',
    'content_hash bigint not null',
  ].join(', ');
}

/** Ids compare by their bytes, so that indexes and pages are the same under every collation of the database. */
export function columnType(kind: Kind, name: string): string {
  const field = tableOf(kind).fields[name] as Field;
  return field.type === 'guid' || field.type === 'ref' ? 'text collate "C"' : 'text';
}

/** A jsonb expression of a live row in OneRoster's spelling, blank fields absent. */
export function recordJson(kind: Kind, alias: string): string {
  const pairs = contentFields(kind).map((field) => `'${field}', ${alias}.${column(field)}`);
  return `jsonb_strip_nulls(jsonb_build_object(${[...pairs, `'status', ${alias}.status`, `'metadata', ${alias}.metadata`].join(', ')}))`;
}

export type Reference = { field: string; to: Kind; list: boolean };

/** The fields of a kind that name other records of the roster. */
export function references(kind: Kind): Reference[] {
  return contentFields(kind).flatMap((name) => {
    const field = tableOf(kind).fields[name] as Field;
    const to = targetOf(field);
    return to && isRosterKind(to) ? [{ field: name, to, list: field.type === 'refs' }] : [];
  });
}

/**
 * An SQL expression for the orgs of a record, separated by commas; null for kinds that name none: the school where
 * there is one, else the org or orgs it belongs to.
 */
export function schoolsOf(kind: Kind, alias?: string): string {
  const own = schoolFields(kind).map((field) => (alias ? `${alias}.${column(field)}` : column(field)));
  return own.length === 0 ? 'null::text' : `coalesce(${own.join(', ')})`;
}

/** The orgs that a planned record `s` will name, or if it leaves has named as `l`: what a plan is looked through by. */
export const plannedSchools = (kind: Kind): string =>
  `coalesce(case when s.status is null then ${schoolsOf(kind, 's')} end, ${schoolsOf(kind, 'l')})`;

export const schoolFields = (kind: Kind): string[] =>
  references(kind).flatMap(({ field, to }) => (to === 'orgs' && field !== 'parentSourcedId' ? [field] : []));

/** The same of values that history has kept as jsonb. */
export function schoolsBefore(kind: Kind, json: string): string {
  const own = schoolFields(kind);
  return own.length === 0 ? 'null::text' : `coalesce(${own.map((field) => `${json}->>'${field}'`).join(', ')})`;
}

export const namesSchools = (kind: Kind): boolean => schoolFields(kind).length > 0;

/**
 * A further condition of a query: that one of the schools of an expression is this one; none when it is undefined. Taking
 * lists apart is slow, so only those are that hold the id somewhere.
 */
export const atSchool = (schools: string, school: string | undefined): Sql =>
  school === undefined
    ? empty
    : sql`and strpos(${raw(schools)}, ${school}) > 0
      and ${school} = any(regexp_split_to_array(trim(${raw(schools)}), '\\s*,\\s*'))`;

/**
 * The ids of the changes of a sync in a kind: the sync's time, 6 of its random digits, 2 digits of the kind and 10 of
 * the row, as a UUIDv7. So they lie together in the order of apply.
 */
export function changeIds(syncId: string, kind: Kind): { prefix: string; first: string; last: string } {
  const random = syncId.slice(-6);
  const ordinal = rosterKinds.indexOf(kind).toString(16).padStart(2, '0');
  const prefix = `${syncId.slice(0, 13)}-7${random.slice(0, 3)}-8${random.slice(3)}-${ordinal}`;
  return { prefix, first: `${prefix}0000000000`, last: `${prefix}ffffffffff` };
}
