/** Takes archived records whose time is over out of a roster; what they were and what happened to them stays in the history. */
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import { newId } from './ids.ts';
import { changeIds, column, liveTable, recordJson, references, schoolsOf } from './roster-sql.ts';
import { lockRoster, touchRoster } from './roster-version.ts';

const pageSize = 20_000;
/** Numbers of the changes that say which sync created a record, far behind those that the sync itself wrote. */
const createdFrom = 2 ** 39;

/**
 * Purges the records of a roster that were archived before `before`, but for those that another record refers to, active
 * or archived: nothing may ever refer to a record that is gone. Those that refer go first, so it may take two runs.
 * @returns how many records were purged.
 */
export async function purgeRoster(db: Db, rosterId: string, before: Date, at: Date): Promise<number> {
  let purged = 0;
  for (const kind of rosterKinds.toReversed()) {
    for (let after = { archivedAt: new Date(0), sourcedId: '' }; ; ) {
      const page = await db.tx(async (tx) => {
        const found = await archivedBefore(tx, { rosterId, kind }, before, after);
        if (found.length === 0) return found;
        await lockRoster(tx, rosterId);
        const ids = await unreferred(tx, rosterId, kind, await stillArchived(tx, { rosterId, kind }, before, found));
        if (ids.length > 0) await purgeRecords(tx, { rosterId, kind }, ids, at);
        purged += ids.length;
        return found;
      });
      if (page.length < pageSize) break;
      after = page.at(-1) as Archived;
    }
  }
  return purged;
}

export function allRosters(db: Db): Promise<{ id: string }[]> {
  return db.query(sql`select id from rosters order by id`);
}

type Place = { rosterId: string; kind: Kind };
type Archived = { sourcedId: string; archivedAt: Date };

function archivedBefore(db: Db, { rosterId, kind }: Place, before: Date, after: Archived): Promise<Archived[]> {
  return db.query<Archived>(sql`
    select sourced_id as "sourcedId", date_trunc('milliseconds', archived_at) as "archivedAt"
    from ${raw(liveTable(kind))}
    where roster_id = ${rosterId} and archived_at < ${before}
      and (date_trunc('milliseconds', archived_at), sourced_id) > (${after.archivedAt}::timestamptz, ${after.sourcedId})
    order by 2, 1 limit ${pageSize}`);
}

/** A record may have come back before the roster was locked. */
async function stillArchived(db: Db, { rosterId, kind }: Place, before: Date, found: Archived[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select sourced_id as id from ${raw(liveTable(kind))}
    where roster_id = ${rosterId} and sourced_id = any(${found.map(({ sourcedId }) => sourcedId)})
      and status = 'tobedeleted' and archived_at < ${before}`);
  return rows.map(({ id }) => id);
}

/** Those of these ids to which no record of the roster refers. */
async function unreferred(db: Db, rosterId: string, to: Kind, ids: string[]): Promise<string[]> {
  const left = new Set(ids);
  for (const kind of rosterKinds) {
    for (const { field, list } of references(kind).filter((each) => each.to === to)) {
      if (left.size === 0) return [];
      const value = list ? sql`trim(i.id)` : raw(`l.${column(field)}`);
      const items = list
        ? raw(`cross join lateral unnest(string_to_array(l.${column(field)}, ',')) as i (id)`)
        : raw('');
      const rows = await db.query<{ id: string }>(sql`
        select distinct ${value} as id from ${raw(liveTable(kind))} l ${items}
        where l.roster_id = ${rosterId} and ${value} = any(${[...left]})`);
      for (const { id } of rows) left.delete(id);
    }
  }
  return [...left];
}

async function purgeRecords(tx: Db, { rosterId, kind }: Place, ids: string[], at: Date): Promise<void> {
  const live = raw(liveTable(kind));
  const which = sql`l.roster_id = ${rosterId} and l.sourced_id = any(${ids})`;
  await tx.query(noteCreates({ rosterId, kind }, which));
  await tx.query(sql`
    insert into changes (roster_id, id, at, kind, sourced_id, action, before,
      source_before, hash_before, archived_before, sync_before)
    select l.roster_id, (${changeIds(newId(), kind).prefix} || lpad(to_hex(row_number() over ()), 10, '0'))::uuid,
      ${at}::timestamptz, ${kind}::text, l.sourced_id, 'purge', ${raw(recordJson(kind, 'l'))},
      l.source_id, l.content_hash, l.archived_at, l.updated_sync
    from ${live} l where ${which}`);
  await tx.query(sql`
    delete from created_records c using ${live} l
    where ${which} and c.roster_id = l.roster_id and c.sync_id = l.created_sync and c.kind = ${kind}
      and c.sourced_id = l.sourced_id`);
  await tx.query(sql`delete from ${live} l where ${which}`);
  await tx.query(sql`
    delete from former_ids where roster_id = ${rosterId} and kind = ${kind} and sourced_id = any(${ids})`);
  await touchRoster(tx, rosterId);
}

/** That a sync created a record stood in the record; among the changes of that sync it stands from here on. */
function noteCreates({ rosterId, kind }: Place, which: Sql): Sql {
  // See changeIds: the time of the sync, its last digits, the kind.
  const ordinal = changeIds(newId(), kind).prefix.slice(-2);
  const prefix = sql`substr(l.created_sync::text, 1, 13) || '-7' || substr(l.created_sync::text, 31, 3) || '-8'
    || substr(l.created_sync::text, 34, 3) || '-' || ${ordinal}::text`;
  const number = (value: Sql) => sql`(${prefix} || lpad(to_hex(${createdFrom}::bigint + ${value}), 10, '0'))::uuid`;
  return sql`
    insert into changes (roster_id, id, sync_id, at, kind, sourced_id, action, source_after, sync_after, schools)
    select l.roster_id, ${number(sql`n.taken + row_number() over (partition by l.created_sync)`)}, l.created_sync, a.at,
      ${kind}::text, l.sourced_id, 'create', l.source_id, l.created_sync, ${raw(schoolsOf(kind, 'l'))}
    from ${raw(liveTable(kind))} l
    join applied_syncs a on a.roster_id = l.roster_id and a.sync_id = l.created_sync
    join (
      select distinct l.created_sync, (
        select count(*) from changes c where c.roster_id = ${rosterId}
          and c.id between ${number(sql`0`)} and (${prefix} || 'ffffffffff')::uuid) as taken
      from ${raw(liveTable(kind))} l where ${which} and l.created_sync is not null
    ) n on n.created_sync = l.created_sync
    where ${which}`;
}
