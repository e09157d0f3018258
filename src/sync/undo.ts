/** Asking for a rollback: what can be rolled back, what that would do, and the sync that does it. */

import { Refusal } from '../core/refusal.ts';
import type { Pool } from '../db/db.ts';
import type { SyncRow } from '../db/queries.ts';
import { type OriginDetail, syncById } from '../db/syncs.ts';
import { hasBeenApplied } from '../db/undo.ts';
import { type Asked, addRewrite } from './asked.ts';
import { listed, type Preview, previewRewrite } from './rewrite.ts';

export type RollbackOf = {
  syncId: string;
  /** Undoes all that was applied after it too: the roster as it was before that sync. */
  back: boolean;
};

/**
 * What rolling back would do to the roster as it is now.
 * @throws Refusal `sync-unknown`, `not-applied`, `rolled-back`.
 */
export async function previewRollback(db: Pool, of: RollbackOf): Promise<Preview> {
  const { sync, detail } = await rollbackOf(db, of);
  return previewRewrite(db, sync, detail, listed);
}

/**
 * Adds the sync that rolls back; the worker does it.
 * @throws Refusal as `previewRollback` and `addRewrite`.
 */
export async function askForRollback(
  db: Pool,
  of: RollbackOf,
  asked: Asked,
  at: Date,
): Promise<{ sync: string; number: number; rosterId: string }> {
  const { sync, detail } = await rollbackOf(db, of);
  const { plan } = await previewRewrite(db, sync, detail, { changes: 0, kept: 0 });
  const { rosterId, sourceId } = sync;
  return addRewrite(db, { rosterId, sourceId, origin: 'rollback', detail, plan }, asked, at);
}

async function rollbackOf(db: Pool, { syncId, back }: RollbackOf): Promise<{ sync: SyncRow; detail: OriginDetail }> {
  const sync = await syncById(db, syncId);
  if (!sync) throw new Refusal('sync-unknown', 404, 'There is no such sync.');
  const { number, state } = sync;
  if (!(await hasBeenApplied(db, sync.rosterId, syncId)))
    throw new Refusal('not-applied', 409, `Sync ${number} is ${state}: it has changed nothing that could be undone.`);
  if (!back && state === 'rolled back') throw new Refusal('rolled-back', 409, `Sync ${number} is rolled back already.`);
  return { sync, detail: { sync: syncId, number, back } };
}
