/** What the archive may forget: bytes of deliveries that have expired, and nothing that a sync still needs. */
import sql, { join } from 'sql-template-tag';
import type { Db } from './db.ts';

export type Expired = { rosterId: string; deliveryId: string; archiveKey: string; findingsKeys: string[] };

/** States in which a sync may still have to read its delivery. */
const open = ['received', 'checking', 'comparing', 'applying', 'held', 'failed'];

/** Deliveries whose time is over, oldest first. */
export function expiredDeliveries(db: Db, at: Date, limit: number): Promise<Expired[]> {
  return db.query<Expired>(sql`
    select d.roster_id as "rosterId", d.id as "deliveryId", d.archive_key as "archiveKey",
      coalesce((select array_agg(t.detail->>'findings') from syncs s
        join sync_steps t on t.roster_id = s.roster_id and t.sync_id = s.id and t.detail ? 'findings'
        where s.roster_id = d.roster_id and s.delivery_id = d.id), '{}') as "findingsKeys"
    from deliveries d
    where d.expires_at < ${at} and d.archive_key is not null
      and not exists (select 1 from syncs s where s.roster_id = d.roster_id and s.delivery_id = d.id
        and s.state in (${join(open)}))
    order by d.expires_at limit ${limit}`);
}

/** Notes that a delivery's bytes are gone. Answers with the keys that nothing else needs: the archive keeps equal bytes once. */
export async function forgetDelivery(
  db: Db,
  { rosterId, deliveryId, archiveKey, findingsKeys }: Expired,
): Promise<string[]> {
  return db.tx(async (tx) => {
    await tx.query(sql`update deliveries set archive_key = null where roster_id = ${rosterId} and id = ${deliveryId}`);
    await tx.query(sql`
      update sync_steps t set detail = detail - 'findings'
      where t.roster_id = ${rosterId} and t.sync_id in (
        select s.id from syncs s where s.roster_id = ${rosterId} and s.delivery_id = ${deliveryId})`);
    const unused: string[] = [];
    for (const key of [archiveKey, ...findingsKeys]) {
      const used = await tx.one(sql`
        select 1 from deliveries where archive_key = ${key}
        union all select 1 from sync_steps where detail->>'findings' = ${key} limit 1`);
      if (!used) unused.push(key);
    }
    return unused;
  });
}

/** Every object of the archive that a delivery or a list of findings needs. */
export async function neededKeys(db: Db): Promise<Set<string>> {
  const rows = await db.query<{ key: string }>(sql`
    select archive_key as key from deliveries where archive_key is not null
    union all select detail->>'findings' from sync_steps where detail ? 'findings'`);
  return new Set(rows.map(({ key }) => key));
}

/** Whether nothing but this sync needs an object of the archive. */
export async function isUnused(db: Db, key: string, syncId: string): Promise<boolean> {
  const used = await db.one(sql`
    select 1 from deliveries where archive_key = ${key}
    union all select 1 from sync_steps where detail->>'findings' = ${key} and (sync_id <> ${syncId} or step <> 'comparing')
    limit 1`);
  return used === undefined;
}
