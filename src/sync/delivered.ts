/** Hands out a delivery as it was received, for those who want to look at it, compare it or send it elsewhere. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '../core/refusal.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { syncById } from '../db/syncs.ts';
import type { Archive } from './archive.ts';

type Deps = { db: Db; archive: Archive };

/** The bytes of the delivery of a sync, and its name. @throws Refusal `sync-unknown`, `no-delivery`, `delivery-expired` */
export async function deliveredFile(
  { db, archive }: Deps,
  syncId: string,
  who: { accountId: string; address: string } | { by: string },
): Promise<{ name: string; sizeBytes: number; bytes: AsyncIterable<Uint8Array> }> {
  const sync = await syncById(db, syncId);
  if (!sync) throw new Refusal('sync-unknown', 404, `There is no sync ${syncId}.`);
  const { delivery } = sync;
  if (!delivery) throw new Refusal('no-delivery', 409, 'This sync came from no file.');
  if (delivery.archiveKey === null)
    throw new Refusal(
      'delivery-expired',
      410,
      'The bytes of this delivery are kept no more; its counts and changes are.',
    );
  const entry = { act: 'delivery downloaded', object: delivery.id };
  await audit(db, 'by' in who ? { ...entry, detail: { by: who.by } } : { ...entry, ...who });
  return { name: delivery.name, sizeBytes: delivery.sizeBytes, bytes: archive.get(delivery.archiveKey) };
}

/** Writes it to a path of this machine, private to its user; nothing is left there when it fails. @throws Refusal `path` when there is a file already */
export async function writeDelivered(bytes: AsyncIterable<Uint8Array>, out: string): Promise<void> {
  try {
    await pipeline(bytes, createWriteStream(out, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Refusal('path', 409, `There is a file ${out} already.`);
    await rm(out, { force: true });
    throw error;
  }
}
