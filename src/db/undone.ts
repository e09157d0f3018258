/** What a rollback means for other syncs and for their sources: which count as rolled back, and who has to send everything. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';
import type { SyncState } from './sync-states.ts';
import type { Origin, OriginDetail } from './syncs.ts';
import { appliedSince, type Undo } from './undo.ts';

type Rollback = Extract<OriginDetail, { sync: string }>;
type Known = { id: string; sourceId: string; origin: Origin; detail: OriginDetail | null; state: SyncState };

/**
 * Marks the syncs that are undone as rolled back, and those whose rollback is undone as applied again; sources that send
 * changes alone need a full delivery, for what they build on is not there any more. Within the transaction that changes
 * the roster. @returns the detail of the rollback, with what has been marked.
 */
export async function markUndone(db: Db, rosterId: string, rollback: { id: string } & Rollback): Promise<Rollback> {
  const syncs = await known(db, rosterId, rollback);
  const within = new Set(syncs.map(({ id }) => id));
  const undone = syncs.filter(({ state }) => state === 'applied').map(({ id }) => id);
  const before = new Map<string, 'applied' | 'rolled back'>();
  // Latest first: each rollback hands back the states that it found.
  for (const { detail } of syncs.toReversed()) {
    if (!detail || !('sync' in detail)) continue;
    for (const id of detail.undone ?? []) before.set(id, 'applied');
    for (const id of detail.redone ?? []) before.set(id, 'rolled back');
  }
  const redone: string[] = [];
  for (const [id, state] of before) {
    if (within.has(id)) continue;
    (state === 'applied' ? redone : undone).push(id);
  }
  const from = { 'rolled back': 'applied', applied: 'rolled back' } as const;
  const mark = async (ids: string[], state: keyof typeof from) =>
    (
      await db.query<{ id: string }>(sql`
        update syncs set state = ${state} where roster_id = ${rosterId} and id = any(${ids}::uuid[])
          and state = ${from[state]} returning id`)
    ).map(({ id }) => id);
  const marked = { undone: await mark(undone, 'rolled back'), redone: await mark(redone, 'applied') };
  await clearNeeds(db, rosterId, syncs);
  const { id: _, ...detail } = rollback;
  return { ...detail, ...marked, needFull: await setNeeds(db, rosterId, marked.undone) };
}

/** The syncs that are undone, in the order in which they were applied. */
async function known(db: Db, rosterId: string, rollback: { id: string } & Rollback): Promise<Known[]> {
  const undo: Undo = { syncId: rollback.sync, back: rollback.back };
  const ids = undo.back ? await appliedSince(db, rosterId, undo.syncId) : [undo.syncId];
  return db.query<Known>(sql`
    select y.id, y.source_id as "sourceId", y.origin, y.origin_detail as detail, y.state
    from syncs y join applied_syncs a on a.roster_id = y.roster_id and a.sync_id = y.id
    where y.roster_id = ${rosterId} and y.id = any(${ids}::uuid[]) and y.id <> ${rollback.id}
    order by a.at`);
}

/** A source that has ever sent changes alone builds on what is undone. @returns the sources that did not need it before. */
async function setNeeds(db: Db, rosterId: string, undone: string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    update sources o set needs_full = true
    where o.roster_id = ${rosterId} and not o.needs_full
      and exists (select 1 from syncs y where y.roster_id = o.roster_id and y.source_id = o.id
        and y.origin = 'delivery' and y.id = any(${undone}::uuid[]))
      and exists (select 1 from syncs y where y.roster_id = o.roster_id and y.source_id = o.id
        and y.origin = 'delivery' and y.tables @> '[{"mode": "delta"}]')
    returning o.id`);
  return rows.map(({ id }) => id);
}

/** When a rollback is undone, its sources have what they build on again, unless changes have come in the meantime. */
async function clearNeeds(db: Db, rosterId: string, syncs: Known[]): Promise<void> {
  for (const { id, detail } of syncs) {
    if (!detail || !('sync' in detail) || !detail.needFull?.length) continue;
    await db.query(sql`
      update sources o set needs_full = false
      where o.roster_id = ${rosterId} and o.id = any(${detail.needFull}::uuid[])
        and not exists (select 1 from syncs y where y.roster_id = o.roster_id and y.source_id = o.id
          and y.origin = 'delivery' and y.tables @> '[{"mode": "delta"}]'
          and y.number > (select number from syncs where roster_id = ${rosterId} and id = ${id}))`);
  }
}
