/**
 * Reads the roster as it was at a moment: the live records, with the values that changes since then have written down.
 * A record's values at a moment are those before its first later change; without one they are what is live.
 */
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import type { Values } from './history.ts';
import { column, contentFields, liveTable } from './roster-sql.ts';

/** A roster at a moment: what had become true before `until`; null is now. */
export type RosterAt = { rosterId: string; until: Date | null };

/** A record's fields as texts, blank ones absent, and its extension columns by full name. */
export type TextRecord = { record: { sourcedId: string } & Record<string, string>; metadata: Record<string, string> };

/** Runs `work` on one unchanging view of the database, so that what it reads in several queries belongs together. */
export function inSnapshot<T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> {
  return db.tx(async (tx) => {
    await tx.query(sql`set transaction isolation level repeatable read, read only`);
    return work(tx);
  });
}

const rowsPerFetch = 2000;
let cursors = 0;

/**
 * The active records of a kind by sourcedId, in bounded memory. `db` must be within a transaction (`inSnapshot`) that
 * lasts as long as the reading.
 */
export async function* recordsAt(db: Db, at: RosterAt, kind: Kind): AsyncGenerator<TextRecord> {
  const name = raw(`records_${++cursors}`);
  await db.query(sql`declare ${name} no scroll cursor for ${activeAt(at, kind)} order by "sourcedId"`);
  const fields = contentFields(kind);
  for (;;) {
    const rows = await db.query<Found>(sql`fetch ${raw(String(rowsPerFetch))} from ${name}`);
    for (const row of rows) yield textRecord(fields, row);
    if (rows.length < rowsPerFetch) break;
  }
  await db.query(sql`close ${name}`);
}

/** The kinds of which there were active records, in the order of loading. */
export async function kindsAt(db: Db, at: RosterAt): Promise<Kind[]> {
  const found: Kind[] = [];
  for (const kind of rosterKinds) {
    if (await db.one(sql`select 1 from (${activeAt(at, kind)}) r limit 1`)) found.push(kind);
  }
  return found;
}

/** The names of all extension columns that records of a kind may have had then, in their order. */
export async function metadataNamesAt(db: Db, { rosterId, until }: RosterAt, kind: Kind): Promise<string[]> {
  const later = until
    ? sql`union all
        select c.before->'metadata' from changes c
        where c.roster_id = ${rosterId} and c.kind = ${kind} and c.at >= ${until} and c.before->'metadata' is not null`
    : sql``;
  const rows = await db.query<{ name: string }>(sql`
    select distinct jsonb_object_keys(m.metadata) as name from (
      select metadata from ${raw(liveTable(kind))}
      where roster_id = ${rosterId} and metadata is not null ${until ? sql`` : sql`and status = 'active'`}
      ${later}
    ) m order by name`);
  return rows.map(({ name }) => name);
}

/** One record as it was, active or archived; undefined when it was not there. */
export async function recordAt(
  db: Db,
  { rosterId, until }: RosterAt & { until: Date },
  kind: Kind,
  sourcedId: string,
): Promise<{ values: Values } | undefined> {
  const row = await db.one<Found & { status: string | null }>(sql`
    select ${valuesOf(kind)}, l.status, x.before as "$before", x.action as "$action"
    from (select * from ${raw(liveTable(kind))} where roster_id = ${rosterId} and sourced_id = ${sourcedId}) l
    full join (${firstLater(rosterId, kind, until, sourcedId)}) x
      on x.roster_id = l.roster_id and x.sourced_id = l.sourced_id`);
  if (!row || row.$action === 'create') return undefined;
  if (row.$before) return { values: row.$before };
  const { record, metadata } = textRecord(contentFields(kind), row);
  const extensions = Object.keys(metadata).length > 0 ? { metadata } : {};
  return { values: { ...record, status: row.status, ...extensions } };
}

export type Found = Record<string, unknown> & { $before: Values | null; $action?: string | null };

/**
 * The active records of a kind under their fields' own names. Where `$before` is not null, the values then were those, and
 * not the ones beside it.
 */
export function activeAt({ rosterId, until }: RosterAt, kind: Kind): Sql {
  const live = sql`select * from ${raw(liveTable(kind))} where roster_id = ${rosterId}`;
  if (!until) return sql`select ${valuesOf(kind)}, null::jsonb as "$before" from (${live} and status = 'active') l`;
  return sql`
    select ${valuesOf(kind, 'coalesce(l.sourced_id, x.sourced_id)')}, x.before as "$before"
    from (${live}) l
    full join (${firstLater(rosterId, kind, until)}) x on x.roster_id = l.roster_id and x.sourced_id = l.sourced_id
    where case when x.sourced_id is null then l.status = 'active'
      else x.action <> 'create' and x.before->>'status' = 'active' end`;
}

/** The fields under their own names, and the id also of a record that is not live any more. */
function valuesOf(kind: Kind, id = 'l.sourced_id'): Sql {
  const fields = contentFields(kind)
    .filter((field) => field !== 'sourcedId')
    .map((field) => `l.${column(field)} as "${field}"`);
  return raw([`${id} as "sourcedId"`, ...fields, 'l.metadata'].join(', '));
}

/** Of each record the first change that is not before a moment. That a sync created it stands in the record itself. */
function firstLater(rosterId: string, kind: Kind, until: Date, sourcedId?: string): Sql {
  const only = (alias: string) => (sourcedId === undefined ? sql`` : sql`and ${raw(alias)}.sourced_id = ${sourcedId}`);
  return sql`
    select distinct on (e.sourced_id) e.roster_id, e.sourced_id, e.action, e.before from (
      select c.roster_id, c.sourced_id, c.at, c.id, c.action, c.before from changes c
      where c.roster_id = ${rosterId} and c.kind = ${kind} and c.at >= ${until} ${only('c')}
      union all
      select r.roster_id, r.sourced_id, a.at, null::uuid, 'create', null::jsonb
      from ${raw(liveTable(kind))} r
      join applied_syncs a on a.roster_id = r.roster_id and a.sync_id = r.created_sync
      where r.roster_id = ${rosterId} and a.at >= ${until} ${only('r')}
    ) e
    order by e.sourced_id, e.at, e.id nulls first`;
}

/** The values of a row of `activeAt`, as they were. */
export function textRecord(fields: string[], { $before, ...row }: Found): TextRecord {
  const values = $before ?? row;
  const record: Record<string, string> = {};
  for (const field of fields) {
    const value = values[field];
    if (typeof value === 'string') record[field] = value;
  }
  return {
    record: record as TextRecord['record'],
    metadata: (values.metadata ?? {}) as TextRecord['metadata'],
  };
}
