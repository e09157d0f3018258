/** What went before from a source: what the guard compares a delivery with, and what a retry has to know. */
import sql from 'sql-template-tag';
import type { Kind } from '../core/tables.ts';
import type { Db } from './db.ts';
import type { SyncRow } from './queries.ts';
import { createSync, type Hold, syncById } from './syncs.ts';

type OfSource = { rosterId: string; sourceId: string; number: number; follows: number | null };

/** How far back a bulk file of a kind is looked for: a source may send some kinds more rarely than others. */
const syncsLooked = 200;

/** Rows of each kind in the last bulk file of the source that went through before this sync. */
export async function lastRows(db: Db, sync: OfSource): Promise<Partial<Record<Kind, number>>> {
  const rows = await db.query<{ kind: Kind; rows: number }>(sql`
    select distinct on (t->>'kind') t->>'kind' as kind, (t->>'rows')::integer as rows
    from (
      select number, tables from syncs
      where roster_id = ${sync.rosterId} and source_id = ${sync.sourceId} and number < ${sync.number}
        and state in ('applied', 'unchanged') and tables is not null
      order by number desc limit ${syncsLooked}
    ) y cross join lateral jsonb_array_elements(y.tables) t
    where t->>'mode' = 'bulk'
    order by t->>'kind', y.number desc`);
  return Object.fromEntries(rows.map(({ kind, rows: count }) => [kind, count]));
}

/** When a person last decided about a delivery of the source that was then applied. */
export async function lastReviewed(db: Db, sync: OfSource): Promise<Date | undefined> {
  const row = await db.one<{ at: string | null }>(sql`
    select max(decision->>'at') as at from syncs
    where roster_id = ${sync.rosterId} and source_id = ${sync.sourceId} and number < ${sync.number}
      and state in ('applied', 'rolled back') and delivery_id is not null`);
  return row?.at ? new Date(row.at) : undefined;
}

/** A sync that goes through the delivery of another one again, at that one's place in the order of deliveries. */
export async function createFollower(
  db: Db,
  earlier: { rosterId: string; sourceId: string; deliveryId: string | null; number: number; follows: number | null },
  removalsOnly: boolean,
): Promise<SyncRow> {
  return db.tx(async (tx) => {
    const { rosterId, sourceId, deliveryId } = earlier;
    const place = earlier.follows ?? earlier.number;
    const { id } = await createSync(tx, { rosterId, sourceId, deliveryId });
    await tx.query(sql`
      update syncs set follows = ${place}, removals_only = ${removalsOnly} where roster_id = ${rosterId} and id = ${id}`);
    return (await syncById(tx, id)) as SyncRow;
  });
}

/** Says anew for what deliveries of a source wait that have waited behind another one. */
export async function setWaitsFor(db: Db, { rosterId, sourceId }: OfSource, hold: Hold): Promise<void> {
  await db.query(sql`
    update syncs set hold = ${JSON.stringify(hold)}
    where roster_id = ${rosterId} and source_id = ${sourceId} and state = 'received'
      and coalesce((hold->>'waits')::boolean, false)`);
}

/** The sync that holds the removals which were left waiting when this one was applied; the newest, if there are several. */
export function removalsSyncOf(
  db: Db,
  sync: { rosterId: string; deliveryId: string | null; number: number },
): Promise<{ id: string; number: number; state: SyncRow['state'] } | undefined> {
  return db.one(sql`
    select id, number, state from syncs
    where roster_id = ${sync.rosterId} and delivery_id = ${sync.deliveryId} and removals_only
      and number > ${sync.number}
    order by number desc limit 1`);
}

/**
 * The newest delivery after this one that has gone through, so that going through this one would take it back;
 * undefined also when it has the same bytes.
 */
export function newerThrough(
  db: Db,
  sync: OfSource & { deliveryId: string | null },
): Promise<{ number: number } | undefined> {
  return db.one<{ number: number }>(sql`
    select number from (
      select y.number, d.sha256 from syncs y join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
      where y.roster_id = ${sync.rosterId} and y.source_id = ${sync.sourceId} and not y.dry_run
        and coalesce(y.follows, y.number) > ${sync.follows ?? sync.number}
        and y.state in ('applied', 'unchanged', 'applying')
      order by coalesce(y.follows, y.number) desc, y.number desc limit 1
    ) newest
    where sha256 <> (select sha256 from deliveries where roster_id = ${sync.rosterId} and id = ${sync.deliveryId})`);
}

/** A sync of this delivery that is under way already, or held. */
export function openOfDelivery(
  db: Db,
  sync: { rosterId: string; deliveryId: string | null },
): Promise<{ number: number } | undefined> {
  return db.one<{ number: number }>(sql`
    select number from syncs
    where roster_id = ${sync.rosterId} and delivery_id = ${sync.deliveryId} and not dry_run
      and state in ('received', 'checking', 'comparing', 'applying', 'held')
    order by number limit 1`);
}

/** Whether a delivery of changes other than this sync's was lost since everything was last said anew. */
export async function otherChangesLost(db: Db, sync: OfSource & { id: string }): Promise<boolean> {
  const row = await db.one(sql`
    select 1 from syncs y
    where y.roster_id = ${sync.rosterId} and y.source_id = ${sync.sourceId} and y.id <> ${sync.id}
      and y.delivery_id is not null and not y.dry_run and y.delivery_id is distinct from
        (select delivery_id from syncs where roster_id = ${sync.rosterId} and id = ${sync.id})
      and y.state in ('rejected', 'discarded', 'failed')
      and (y.tables is null or jsonb_array_length(y.tables) = 0
        or y.tables @> '[{"mode": "delta"}]')
      and y.number > coalesce((
        select max(f.number) from syncs f
        where f.roster_id = y.roster_id and f.source_id = y.source_id and f.state in ('applied', 'unchanged')
          and f.bulk and not f.tables @> '[{"mode": "delta"}]'), 0)
    limit 1`);
  return row !== undefined;
}

/** Takes deltas up again that were held because an earlier one was lost. */
export async function releaseWaitingForFull(db: Db, sync: OfSource): Promise<void> {
  await db.query(sql`
    update syncs set state = 'received', hold = null, attempts = 0, finished_at = null
    where roster_id = ${sync.rosterId} and source_id = ${sync.sourceId} and state = 'held'
      and coalesce((hold->>'needsFull')::boolean, false)`);
}
