/** Deliveries as they were received: one row for each, whatever becomes of it. */
import sql from 'sql-template-tag';
import type { Finding } from '../core/record.ts';
import type { Db } from './db.ts';
import { isId, newId } from './ids.ts';
import type { Delivery } from './syncs.ts';

export async function addDelivery(
  db: Db,
  { remarks, ...delivery }: Omit<Delivery, 'id'> & { remarks?: readonly Finding[] },
): Promise<Delivery> {
  const added: Delivery = { id: newId(), ...delivery };
  const { rosterId, id, sourceId, name, sizeBytes, sha256, receivedAt, accountId, address } = added;
  await db.query(sql`
    insert into deliveries (roster_id, id, source_id, name, size_bytes, sha256, received_at, account_id, address,
      archive_key, expires_at, remarks)
    values (${rosterId}, ${id}, ${sourceId}, ${name}, ${sizeBytes}, ${sha256}, ${receivedAt}, ${accountId}, ${address},
      ${added.archiveKey}, ${added.expiresAt}, ${remarks ? JSON.stringify(remarks) : null}::jsonb)`);
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

/** What was remarked of a delivery when it was received. */
export async function remarksOf(db: Db, rosterId: string, id: string): Promise<Finding[]> {
  const row = await db.one<{ remarks: Finding[] | null }>(sql`
    select remarks from deliveries where roster_id = ${rosterId} and id = ${id}`);
  return row?.remarks ?? [];
}
