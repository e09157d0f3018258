/** Goes through a delivery again because a person asks for it: what failed, or was read under other settings. */

import { Refusal } from '../core/refusal.ts';
import { thousands } from '../core/words.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { createFollower, newerThrough, openOfDelivery, otherChangesLost, releaseWaitingForFull } from '../db/past.ts';
import type { SyncRow } from '../db/queries.ts';
import type { SyncState } from '../db/sync-states.ts';
import { setSync, syncById } from '../db/syncs.ts';
import { setNeedsFull } from '../db/turns.ts';

export type Retry = {
  syncId: string;
  /** Null for the command line. */
  accountId: string | null;
  by: string;
  /** Network address. */
  address?: string | null;
};

/**
 * A sync that failed is taken up again; any other that is over gets a new sync for the same delivery.
 * @returns the sync that is under way now.
 * @throws Refusal `sync-unknown`, `sync-state`, `no-delivery`, `delivery-expired`, `newer-delivery`.
 */
export async function retry(
  db: Db,
  { syncId, accountId, by, address = null }: Retry,
): Promise<Pick<SyncRow, 'id' | 'number' | 'rosterId'>> {
  return db.tx(async (tx) => {
    const sync = await syncById(tx, syncId);
    if (!sync) throw new Refusal('sync-unknown', 404, 'There is no such sync.');
    await refuseWhatCannotBe(tx, sync);
    const isSame = sync.state === 'failed';
    const next = isSame ? sync : await createFollower(tx, sync, sync.removalsOnly);
    if (isSame) await setSync(tx, sync.id, { state: 'received', fault: null, hold: null, attempts: 0 }, ['failed']);
    if (lostStates.includes(sync.state) && !(await otherChangesLost(tx, sync))) {
      await setNeedsFull(tx, sync.sourceId, false);
      await releaseWaitingForFull(tx, sync);
    }
    const act = isSame ? 'sync retried' : 'delivery processed again';
    await audit(tx, { accountId, address, act, object: sync.id, detail: { by, sync: next.id } });
    return next;
  });
}

/** States in which a delivery of changes is lost, so that later ones wait for a full export. */
const lostStates: SyncState[] = ['failed', 'rejected', 'discarded'];

async function refuseWhatCannotBe(db: Db, sync: SyncRow): Promise<void> {
  const { state, delivery } = sync;
  if (sync.dryRun) throw new Refusal('dry-run', 409, 'This delivery was only tried. Send it to have it applied.');
  if (state === 'held')
    throw new Refusal('sync-state', 409, 'This sync waits for a decision: apply it or discard it first.');
  if (['received', 'checking', 'comparing', 'applying'].includes(state))
    throw new Refusal('sync-state', 409, `This sync is under way already; it is ${state}.`);
  if (!delivery) {
    if (state === 'failed') return;
    throw new Refusal('no-delivery', 409, 'This sync came from no delivery, so there is nothing to go through again.');
  }
  if (delivery.archiveKey === null) {
    const sentence = 'The bytes of this delivery are not kept any more. Ask the district to send it again.';
    throw new Refusal('delivery-expired', 409, sentence);
  }
  const same = await openOfDelivery(db, sync);
  if (same) {
    const sentence = `Sync ${thousands(same.number)} goes through this delivery already.`;
    throw new Refusal('sync-state', 409, sentence);
  }
  const newer = await newerThrough(db, sync);
  if (!newer) return;
  const sentence = `Delivery ${thousands(newer.number)} is newer and was applied since. Going through this one again would take it back; ask the district for a new export.`;
  throw new Refusal('newer-delivery', 409, sentence);
}
