/** Deliveries as they were received: one row for each, whatever becomes of it. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';
import { isId, newId } from './ids.ts';
import type { Delivery } from './syncs.ts';

export async function addDelivery(db: Db, delivery: Omit<Delivery, 'id'>): Promise<Delivery> {
  const added: Delivery = { id: newId(), ...delivery };
  const { rosterId, id, sourceId, name, sizeBytes, sha256, receivedAt, accountId, address } = added;
  await db.query(sql`
    insert into deliveries (roster_id, id, source_id, name, size_bytes, sha256, received_at, account_id, address,
      archive_key, expires_at)
    values (${rosterId}, ${id}, ${sourceId}, ${name}, ${sizeBytes}, ${sha256}, ${receivedAt}, ${accountId}, ${address},
      ${added.archiveKey}, ${added.expiresAt})`);
  return added;
}

export async function deliveryById(db: Db, id: string): Promise<Delivery | undefined> {
  if (!isId(id)) return undefined;
  return db.one<Delivery>(sql`
    select id, roster_id as "rosterId", source_id as "sourceId", name, size_bytes as "sizeBytes", sha256,
      received_at as "receivedAt", account_id as "accountId", address, archive_key as "archiveKey",
      expires_at as "expiresAt"
    from deliveries where id = ${id}`);
}
