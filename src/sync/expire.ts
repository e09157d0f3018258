/** Takes out of the archive and out of rosters what has been kept long enough. */
import type { Db } from '../db/db.ts';
import { allRosters, purgeRoster } from '../db/purge.ts';
import { expiredDeliveries, forgetDelivery } from '../db/retention.ts';
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
  let forgotten = 0;
  for (;;) {
    const before = forgotten;
    const page = await expiredDeliveries(db, at, pageSize);
    for (const delivery of page) {
      const putAt = await archive.putAt(delivery.archiveKey);
      if (putAt && at.getTime() - putAt.getTime() < freshMs) continue;
      for (const key of await forgetDelivery(db, delivery)) await archive.remove(key);
      forgotten++;
    }
    if (page.length < pageSize || forgotten === before) return forgotten;
  }
}

const dayMs = 86_400_000;

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
