/** Writes what people do to the records of a roster: each act is one change with its history, under the roster's lock. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { Action } from '../core/plan.ts';
import type { Kind } from '../core/tables.ts';
import type { Db } from './db.ts';
import { newId } from './ids.ts';
import { column, contentFields, liveTable, recordJson, references } from './roster-sql.ts';

/** A record as an act finds it, before it changes anything. */
export type Standing = {
  fields: Record<string, string>;
  metadata: Record<string, string>;
  status: 'active' | 'tobedeleted';
  dateLastModified: Date;
  /** Null: added by hand. */
  sourceId: string | null;
  sourceName: string | null;
  releasedFrom: string | null;
};

/** Values as they are stored: OneRoster's spelling, blank fields absent, extension columns by their full name. */
export type Content = { fields: Record<string, string>; metadata: Record<string, string> };

/** Where and by whom something is done. `accountId` is null for the command line. */
export type Cause = { rosterId: string; accountId: string | null; at: Date };

/** One record, active or archived; undefined when there is none under this id. */
export async function standing(db: Db, rosterId: string, kind: Kind, sourcedId: string): Promise<Standing | undefined> {
  const row = await db.one<Omit<Standing, 'fields' | 'metadata'> & { record: Record<string, unknown> }>(sql`
    select ${raw(recordJson(kind, 'l'))} as record, l.status, l.date_last_modified as "dateLastModified",
      l.source_id as "sourceId", o.name as "sourceName", l.released_from as "releasedFrom"
    from ${raw(liveTable(kind))} l left join sources o on o.id = l.source_id
    where l.roster_id = ${rosterId} and l.sourced_id = ${sourcedId}`);
  if (!row) return undefined;
  const { record, ...rest } = row;
  const { status: _, metadata = {}, ...fields } = record;
  return { ...rest, fields: fields as Content['fields'], metadata: metadata as Content['metadata'] };
}

/** Creates a manual record. */
export async function insertByHand(tx: Db, cause: Cause, kind: Kind, content: Content): Promise<void> {
  const fields = contentFields(kind);
  await tx.query(sql`
    insert into ${raw(liveTable(kind))} (roster_id, ${raw(fields.map(column).join(', '))}, metadata, date_last_modified)
    values (${cause.rosterId}, ${join(fields.map((name) => content.fields[name] ?? null))}, ${metadataOf(content)},
      ${cause.at})`);
  await noteChange(tx, cause, kind, content.fields.sourcedId as string, 'create', sql`null::jsonb`);
}

/** Gives a manual record other values. */
export async function updateByHand(tx: Db, cause: Cause, kind: Kind, content: Content): Promise<void> {
  const values = contentFields(kind)
    .filter((name) => name !== 'sourcedId')
    .map((name) => sql`${raw(column(name))} = ${content.fields[name] ?? null}`);
  const set = sql`${join([...values, sql`metadata = ${metadataOf(content)}`])}`;
  await change(tx, cause, kind, content.fields.sourcedId as string, 'update', set);
}

/** Archives softly: the record stays, as tobedeleted. */
export function archiveByHand(tx: Db, cause: Cause, kind: Kind, sourcedId: string): Promise<void> {
  return change(tx, cause, kind, sourcedId, 'archive', sql`status = 'tobedeleted', archived_at = ${cause.at}`);
}

export function reactivateByHand(tx: Db, cause: Cause, kind: Kind, sourcedId: string): Promise<void> {
  return change(tx, cause, kind, sourcedId, 'reactivate', sql`status = 'active', archived_at = null`);
}

/** Takes a record out of its source's care: it is manual from here on, whatever the source sends under its id. */
export function releaseByHand(tx: Db, cause: Cause, kind: Kind, sourcedId: string): Promise<void> {
  const set = sql`released_from = source_id, source_id = null, content_hash = null`;
  return change(tx, cause, kind, sourcedId, 'release', set);
}

/** Lets the source have a released record again: its next delivery that names it takes it over. */
export function handBack(tx: Db, cause: Cause, kind: Kind, sourcedId: string): Promise<void> {
  return change(tx, cause, kind, sourcedId, 'hand back', sql`released_from = null`);
}

const metadataOf = ({ metadata }: Content): string | null =>
  Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata);

async function change(tx: Db, cause: Cause, kind: Kind, sourcedId: string, action: Action, set: Sql): Promise<void> {
  const { rosterId, at } = cause;
  await noteChange(tx, cause, kind, sourcedId, action, raw(recordJson(kind, 'l')));
  // Two changes never have the same time: by it a person says which state they saw.
  await tx.query(sql`
    update ${raw(liveTable(kind))}
    set ${set}, date_last_modified = greatest(${at}::timestamptz, date_last_modified + interval '1 millisecond')
    where roster_id = ${rosterId} and sourced_id = ${sourcedId}`);
}

async function noteChange(
  tx: Db,
  cause: Cause,
  kind: Kind,
  sourcedId: string,
  action: Action,
  before: Sql,
): Promise<void> {
  const { rosterId, accountId, at } = cause;
  await tx.query(sql`
    insert into changes (roster_id, id, account_id, at, kind, sourced_id, action, before)
    select ${rosterId}::uuid, ${newId()}::uuid, ${accountId}::uuid, ${at}::timestamptz, ${kind}::text, l.sourced_id,
      ${action}::text, ${before}
    from ${raw(liveTable(kind))} l where l.roster_id = ${rosterId} and l.sourced_id = ${sourcedId}`);
}

/** Fields by which one record is told from every other of its kind, beside sourcedId. */
export const keysOf = (kind: Kind): string[] =>
  ({ users: ['username', 'identifier'], orgs: ['identifier'] })[kind as string] ?? [];

export type Taken = { field: string; sourcedId: string; status: 'active' | 'tobedeleted' };

/** Records of a kind that have a key of these values already, but for the record itself; archived ones count. */
export async function keysTaken(
  db: Db,
  rosterId: string,
  kind: Kind,
  fields: Record<string, string>,
): Promise<Taken[]> {
  const found: Taken[] = [];
  for (const field of keysOf(kind)) {
    const value = fields[field];
    if (value === undefined) continue;
    // Capitals make no difference in a username.
    const same =
      field === 'username' ? sql`lower(l.username) = lower(${value})` : sql`l.${raw(column(field))} = ${value}`;
    const row = await db.one<Omit<Taken, 'field'>>(sql`
      select sourced_id as "sourcedId", status from ${raw(liveTable(kind))} l
      where l.roster_id = ${rosterId} and l.sourced_id <> ${fields.sourcedId} and ${same}
      order by status limit 1`);
    if (row) found.push({ field, ...row });
  }
  return found;
}

/** The id under which a record stands that was known by another one; undefined when there is none. */
export async function renamedTo(db: Db, rosterId: string, kind: Kind, formerId: string): Promise<string | undefined> {
  const row = await db.one<{ id: string }>(sql`
    select sourced_id as id from former_ids
    where roster_id = ${rosterId} and kind = ${kind} and former_id = ${formerId}`);
  return row?.id;
}

export type Target = { sourcedId: string; status: 'active' | 'tobedeleted'; type: string | null };

/** What of these ids the roster holds; `type` of orgs and sessions alone. */
export function targetsOf(db: Db, rosterId: string, kind: Kind, ids: string[]): Promise<Target[]> {
  const type = kind === 'orgs' || kind === 'academicSessions' ? sql`l.type` : sql`null::text`;
  return db.query<Target>(sql`
    select l.sourced_id as "sourcedId", l.status, ${type} as type from ${raw(liveTable(kind))} l
    where l.roster_id = ${rosterId} and l.sourced_id = any(${ids})`);
}

export type Dependents = { kind: Kind; count: number };

/** Active records that cannot be without this one, by kind. */
export async function dependentsOf(
  db: Db,
  rosterId: string,
  to: Kind,
  sourcedId: string,
  needs: (kind: Kind, field: string) => boolean,
  kinds: readonly Kind[],
): Promise<Dependents[]> {
  const found: Dependents[] = [];
  for (const kind of kinds) {
    const own = references(kind).filter((each) => each.to === to && needs(kind, each.field));
    if (own.length === 0) continue;
    const names = own.map(({ field, list }) =>
      list
        ? sql`${sourcedId} = any(regexp_split_to_array(trim(l.${raw(column(field))}), '\\s*,\\s*'))`
        : sql`l.${raw(column(field))} = ${sourcedId}`,
    );
    const row = await db.one<{ count: number }>(sql`
      select count(*) as count from ${raw(liveTable(kind))} l
      where l.roster_id = ${rosterId} and l.status = 'active' and (${join(names, ' or ')})`);
    if (row && row.count > 0) found.push({ kind, count: row.count });
  }
  return found;
}
