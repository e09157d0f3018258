/** The one way in: whatever a door takes in becomes a delivery here, and is durable before the sender hears success. */

import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Finding } from '../core/record.ts';
import { Refusal } from '../core/refusal.ts';
import type { Db } from '../db/db.ts';
import { addDelivery } from '../db/deliveries.ts';
import { createSync, type Delivery, type Sync } from '../db/syncs.ts';
import type { Archive, Following } from './archive.ts';
import { isDiskFull } from './disk-full.ts';
import { settledAtOnce } from './same.ts';

export type Received = {
  source: { id: string; rosterId: string };
  /** The name under which it was sent. */
  name: string;
  /** A finished file, on disk. It stays where it is; whoever wrote it removes it after this. */
  path?: string;
  /** What the archive keeps of the file already, and its size; it is finished or given up here. */
  following?: Following | undefined;
  sizeBytes?: number;
  /** Or several loose files of one set; they are kept, uncompressed, as one zip named after `name`. */
  files?: { name: string; path: string }[];
  /** Or bytes that are made as they are read. */
  bytes?: AsyncIterable<Uint8Array>;
  /** What is to be said of it whenever it is checked. */
  remarks?: readonly Finding[];
  /** In the transaction in which the delivery is noted. */
  inside?(db: Db, noted: { delivery: Delivery; sync: Sync }): Promise<void>;
  accountId?: string;
  /** Network address of the sender. */
  address?: string;
  /** Nothing of it is to be applied. */
  dryRun?: boolean;
};

export type Inbox = {
  /**
   * Keeps what was received. When this resolves, the bytes and their directory entry are on disk and the delivery and
   * its sync are committed; one that brings the same as the last is at its end by then. That the queue is told afterwards is not waited for: what it misses is found by its sweep.
   * @throws Refusal `disk-full` when there is no room to keep it.
   */
  receive(received: Received): Promise<{ delivery: Delivery; sync: Sync }>;
};

export type InboxDeps = {
  db: Db;
  archive: Archive;
  /** Private folder for what is being packed. */
  tempDir: string;
  enqueue(rosterId: string): Promise<void>;
  /** Days for which deliveries are kept. */
  retentionDays: number;
  now(): Date;
};

export function openInbox(deps: InboxDeps): Inbox {
  return {
    async receive(received) {
      try {
        return await receive(received, deps);
      } catch (error) {
        // A database that finds no room for its journal ends without saying why.
        if (!(error instanceof Refusal) && (await isDiskFull(error, deps.tempDir))) throw noRoom();
        throw error;
      }
    },
  };
}

const noRoom = () =>
  new Refusal(
    'disk-full',
    507,
    'The disk of the server is full, so this was not kept. Make room on it, and then send it again.',
  );

async function receive(received: Received, deps: InboxDeps): Promise<{ delivery: Delivery; sync: Sync }> {
  const kept = await keep(received, deps);
  const receivedAt = deps.now();
  const expiresAt = new Date(receivedAt.getTime() + deps.retentionDays * 86_400_000);
  const { source } = received;
  const result = await deps.db.tx(async (db) => {
    const delivery = await addDelivery(db, {
      rosterId: source.rosterId,
      sourceId: source.id,
      name: received.files ? `${received.name}.zip` : received.name,
      sizeBytes: kept.sizeBytes,
      sha256: kept.sha256,
      receivedAt,
      accountId: received.accountId ?? null,
      address: received.address ?? null,
      archiveKey: kept.key,
      expiresAt,
      ...(received.remarks && received.remarks.length > 0 ? { remarks: received.remarks } : {}),
    });
    const sync = await createSync(db, {
      rosterId: source.rosterId,
      sourceId: source.id,
      deliveryId: delivery.id,
      dryRun: received.dryRun ?? false,
    });
    await received.inside?.(db, { delivery, sync });
    await settledAtOnce(db, { delivery, sync }, receivedAt);
    return { delivery, sync };
  });
  deps.enqueue(source.rosterId).catch(() => {});
  return result;
}

async function keep(received: Received, deps: InboxDeps) {
  const { following, sizeBytes } = received;
  if (following && sizeBytes !== undefined) return following.finish(sizeBytes);
  if (received.path !== undefined) return deps.archive.put(received.path);
  if (received.bytes) return deps.archive.put(received.bytes);
  const path = join(deps.tempDir, randomUUID());
  try {
    await pack(received.files ?? [], path);
    return await deps.archive.put(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** The same files give the same bytes, in whatever order and at whatever time they came. */
async function pack(files: { name: string; path: string }[], path: string): Promise<void> {
  const zip = new ZipFile();
  const packed = zip.outputStream as Readable;
  const giveUp = (error: unknown) => void packed.destroy(error as Error);
  zip.on('error', giveUp);
  const options = { mtime: new Date(1980, 0, 1), mode: 0o100600, compress: false };
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = basename(file.name.replaceAll('\\', '/'));
    zip.addReadStreamLazy(name, options, (done) => done(null, createReadStream(file.path).on('error', giveUp)));
  }
  zip.end();
  await pipeline(packed, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
}
