/** Takes out of the archive and out of rosters what has been kept long enough. */
import type { Db } from '../db/db.ts';
import { allRosters, purgeRoster } from '../db/purge.ts';
import { expiredDeliveries, forgetDelivery, neededKeys } from '../db/retention.ts';
import type { Archive } from './archive.ts';

const pageSize = 100;
/** An object that was put this lately may belong to a delivery that is not noted yet. */
const freshMs = 3_600_000;

/**
 * Removes the bytes and findings of deliveries that expired before `at`; the delivery itself and its counts stay in the
 * history. Doing it twice removes nothing more.
 * @returns how many deliveries were forgotten.
 */
export async function expire(db: Db, archive: Archive, at: Date): Promise<number> {
  const fresh = new Date(at.getTime() - freshMs);
  let forgotten = 0;
  for (;;) {
    const before = forgotten;
    const page = await expiredDeliveries(db, at, pageSize);
    for (const delivery of page) {
      const putAt = await archive.putAt(delivery.archiveKey);
      if (putAt && putAt >= fresh) continue;
      for (const key of await forgetDelivery(db, delivery)) await archive.removeOlder(key, fresh);
      forgotten++;
    }
    if (page.length < pageSize || forgotten === before) return forgotten;
  }
}

const dayMs = 86_400_000;

/**
 * Removes from the archive what nothing needs: kept by a process that ended, or met a full disk, before it was noted to
 * whom it belongs, or by a try that was begun anew. What was put within the last day may be on its way to be noted.
 * @returns how many objects were removed.
 */
export async function removeUnneeded(db: Db, archive: Archive, at: Date): Promise<number> {
  const there = await archive.keys();
  const needed = await neededKeys(db);
  let removed = 0;
  for (const key of there) {
    if (!needed.has(key) && (await archive.removeOlder(key, new Date(at.getTime() - dayMs)))) removed++;
  }
  return removed;
}

/**
 * Purges the records of all rosters that were archived more than so many days before `at`. Doing it twice purges nothing
 * more. @returns how many records were purged.
 */
export async function purge(db: Db, days: number, at: Date): Promise<number> {
  let purged = 0;
  for (const { id } of await allRosters(db))
    purged += await purgeRoster(db, id, new Date(at.getTime() - days * dayMs), at);
  return purged;
}
