/** What a roster has to do next, and the marks by which a sync is taken up again where it stopped. */
import sql from 'sql-template-tag';
import type { TableCount } from '../core/record.ts';
import type { Db } from './db.ts';
import type { Origin } from './syncs.ts';

/** A sync that is not over, as far as the order of work is concerned. */
export type OpenSync = {
  id: string;
  number: number;
  sourceId: string;
  state: 'received' | 'checking' | 'comparing' | 'applying' | 'held';
  /** A person has decided about it since it was held. */
  decided: boolean;
  /** The number of the held sync of its source that it waits behind; null for most. */
  waitsFor: number | null;
  /** It goes through an earlier delivery again, at that one's place. */
  follows: number | null;
  origin: Origin;
  /** It is only tried. */
  dryRun: boolean;
};

/** Syncs of a roster that are not over, in the order of arrival of their deliveries. */
export function openSyncs(db: Db, rosterId: string): Promise<OpenSync[]> {
  return db.query<OpenSync>(sql`
    select id, number, source_id as "sourceId", state, decision is not null as decided,
      case when (hold->>'waits')::boolean then (hold->'details'->0->>'count')::integer end as "waitsFor", follows, origin,
      dry_run as "dryRun"
    from syncs
    where roster_id = ${rosterId} and state in ('received', 'checking', 'comparing', 'applying', 'held')
    order by coalesce(follows, number), number`);
}

/** Rosters that may have something to do: for the sweep that finds what the queue was never told. */
export async function rostersWithWork(db: Db): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select distinct roster_id as id from syncs 
    where state in ('received', 'checking', 'comparing', 'applying') or (state = 'held' and decision is not null)
    union
    select distinct roster_id from sync_steps where step = 'published' and finished_at is null`);
  return rows.map((row) => row.id);
}

/** Syncs of a roster whose outcome has not been told yet, in the order of arrival. */
export async function unpublished(db: Db, rosterId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select y.id from sync_steps p join syncs y on y.roster_id = p.roster_id and y.id = p.sync_id
    where p.roster_id = ${rosterId} and p.step = 'published' and p.finished_at is null
    order by y.number`);
  return rows.map((row) => row.id);
}

/** Marks that the outcome of a sync is to be told; in the transaction that makes it the outcome. */
export async function askToPublish(db: Db, rosterId: string, syncId: string): Promise<void> {
  await db.query(sql`
    insert into sync_steps (roster_id, sync_id, step, started_at) values (${rosterId}, ${syncId}, 'published', now())
    on conflict (roster_id, sync_id, step) do update set started_at = now(), finished_at = null`);
}

/** Counts a try before it begins, so that one that ends the process counts too. */
export async function countAttempt(db: Db, rosterId: string, syncId: string): Promise<number> {
  const row = await db.one<{ attempts: number }>(sql`
    update syncs set attempts = attempts + 1, started_at = coalesce(started_at, now())
    where roster_id = ${rosterId} and id = ${syncId} returning attempts`);
  return row?.attempts ?? 0;
}

/** Takes a try back that was broken off by a clean stop. */
export async function uncountAttempt(db: Db, rosterId: string, syncId: string): Promise<void> {
  await db.query(sql`
    update syncs set attempts = greatest(attempts - 1, 0) where roster_id = ${rosterId} and id = ${syncId}`);
}

/** Numbers of earlier deliveries of the same source that still wait for a person, or for such a one. */
export async function earlierWaiting(
  db: Db,
  sync: { id: string; rosterId: string; sourceId: string; number: number; follows: number | null },
) {
  return db.query<{ id: string; number: number; state: 'received' | 'held' }>(sql`
    select id, number, state from syncs
    where roster_id = ${sync.rosterId} and source_id = ${sync.sourceId} and id <> ${sync.id}
      and coalesce(follows, number) < ${sync.follows ?? sync.number} and state in ('received', 'held')
      and origin = 'delivery' and not dry_run
    order by coalesce(follows, number), number`);
}

export type LastApplied = {
  number: number;
  sha256: string | null;
  leftOut: number;
  /** Nothing of it was left waiting. */
  whole: boolean;
  /** The settings under which it was read. */
  checkedAs: string | null;
  tables: TableCount[] | null;
  /** A rollback, a school-year reset or a person has changed the roster since. */
  changedSince: boolean;
  /** One of these is a reset, and still stands. */
  resetSince: boolean;
};

/** The newest delivery of a source that went through, before this sync. */
export function lastThrough(db: Db, sync: { rosterId: string; sourceId: string; number: number }) {
  return db.one<LastApplied>(sql`
    select y.number, d.sha256, coalesce(y.left_out, 0) as "leftOut", y.tables,
      y.waiting = 0 as whole, y.checked_as as "checkedAs",
      exists (select 1 from syncs o where o.roster_id = y.roster_id and o.origin <> 'delivery'
        and o.finished_at > y.finished_at and o.state in ('applied', 'rolled back'))
        or exists (select 1 from roster_versions v where v.roster_id = y.roster_id and v.at > y.started_at) as "changedSince",
      exists (select 1 from syncs o where o.roster_id = y.roster_id and o.origin = 'year reset'
        and o.finished_at > y.finished_at and o.state = 'applied') as "resetSince"
    from syncs y left join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
    where y.roster_id = ${sync.rosterId} and y.source_id = ${sync.sourceId} and y.number < ${sync.number}
      and y.state in ('applied', 'unchanged') and y.origin = 'delivery'
    order by y.number desc limit 1`);
}

/** Whether nothing else of its roster is on its way, and the last of its source that went through had these bytes. */
export async function isNextLike(
  db: Db,
  { id, rosterId, sourceId }: { id: string; rosterId: string; sourceId: string },
  sha256: string,
): Promise<boolean> {
  const row = await db.one<{ is: boolean }>(sql`
    select coalesce((
        select d.sha256 = ${sha256} from syncs y left join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
        where y.roster_id = ${rosterId} and y.source_id = ${sourceId} and y.state in ('applied', 'unchanged')
          and y.origin = 'delivery'
        order by y.number desc limit 1
      ), false) and not exists (
        select 1 from syncs o where o.roster_id = ${rosterId} and o.id <> ${id}
          and o.state in ('received', 'checking', 'comparing', 'applying', 'held')
      ) as is`);
  return row?.is ?? false;
}

/** How far a step has come, as people are shown it. */
export async function tellStep(db: Db, rosterId: string, syncId: string, step: string, detail: object): Promise<void> {
  await db.query(sql`
    update sync_steps set detail = ${JSON.stringify(detail)}
    where roster_id = ${rosterId} and sync_id = ${syncId} and step = ${step} and finished_at is null`);
}

/** Where the archive keeps all findings of a sync as CSV; undefined when there are none. */
export async function findingsKeyOf(
  db: Db,
  rosterId: string,
  syncId: string,
  steps: ('checking' | 'comparing')[] = ['checking', 'comparing'],
): Promise<string | undefined> {
  // What the comparison wrote holds what the check wrote, too.
  const row = await db.one<{ key: string | null }>(sql`
    select detail->>'findings' as key from sync_steps
    where roster_id = ${rosterId} and sync_id = ${syncId} and step = any(${steps}) and detail ? 'findings'
    order by step desc limit 1`);
  return row?.key ?? undefined;
}

/** Deliveries of a source that nobody has looked into yet. */
export function unprocessed(
  db: Db,
  sourceId: string,
): Promise<{ name: string; sizeBytes: number; receivedAt: Date }[]> {
  return db.query(sql`
    select d.name, d.size_bytes as "sizeBytes", d.received_at as "receivedAt"
    from sources o
    join syncs y on y.roster_id = o.roster_id and y.source_id = o.id
    join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
    where o.id = ${sourceId} and y.state in ('received', 'checking', 'comparing', 'applying') and y.follows is null
    order by y.number`);
}

export async function setNeedsFull(db: Db, sourceId: string, needsFull: boolean): Promise<void> {
  await db.query(sql`update sources set needs_full = ${needsFull} where id = ${sourceId}`);
}

export async function setLastFileName(db: Db, sourceId: string, name: string): Promise<void> {
  await db.query(sql`update sources set last_file_name = ${name} where id = ${sourceId}`);
}
