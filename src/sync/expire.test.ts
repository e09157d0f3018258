import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { testDb } from '../../test/postgres.ts';
import { addDelivery, deliveryById } from '../db/deliveries.ts';
import { addDistrict, addProduct, addSource, ensureRoster } from '../db/districts.ts';
import { createSync, finishStep, setSync, startStep } from '../db/syncs.ts';
import { openArchive } from './archive.ts';
import { expire, removeUnneeded } from './expire.ts';

const folder = await mkdtemp(join(tmpdir(), 'homeroom-expire-'));
after(() => rm(folder, { recursive: true }));
const open = async (name: string) => {
  const dir = join(folder, name);
  return { dir, archive: await openArchive({ dir, tempDir: join(folder, `${name} work`), key: randomBytes(32) }) };
};
const { dir, archive } = await open('archive');

const day = 86_400_000;
const now = new Date();
const longAgo = new Date(now.getTime() - 100 * day);

async function kept(text: string, into = { dir, archive }) {
  const object = await into.archive.put(Readable.from([Buffer.from(text)]));
  await utimes(join(into.dir, object.key.slice(0, 2), object.key.slice(2)), longAgo, longAgo);
  return object;
}

test('what has expired goes, what is shared, open, new or just put stays', async () => {
  const db = await testDb();
  const product = await addProduct(db, { slug: 'literacy', name: 'Literacy' });
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const roster = await ensureRoster(db, district.id, product.id);
  const source = await addSource(db, { rosterId: roster.id, kind: 'sftp', name: 'SFTP' });
  const deliver = async (text: string, expiresAt: Date, state: 'rejected' | 'received') => {
    const { key, sha256, sizeBytes } = await kept(text);
    const place = { rosterId: roster.id, sourceId: source.id };
    const sent = { name: 'a.zip', sha256, sizeBytes, receivedAt: longAgo, accountId: null, address: null };
    const delivery = await addDelivery(db, { ...place, ...sent, archiveKey: key, expiresAt });
    const sync = await createSync(db, { ...place, deliveryId: delivery.id });
    if (state === 'rejected') {
      await setSync(db, sync.id, { state: 'checking' });
      await setSync(db, sync.id, { state: 'rejected' });
    }
    return { id: delivery.id, key };
  };
  const past = new Date(now.getTime() - day);
  const future = new Date(now.getTime() + day);
  const gone = await deliver('expired', past, 'rejected');
  const stillOpen = await deliver('expired, and still to be read', past, 'received');
  const young = await deliver('not expired', future, 'rejected');
  const shared = await deliver('sent twice', past, 'rejected');
  const sharedYoung = await deliver('sent twice', future, 'rejected');
  const justPut = await deliver('sent again this minute', past, 'rejected');
  const { key } = justPut;
  await utimes(join(dir, key.slice(0, 2), key.slice(2)), now, now);

  assert.equal(await expire(db, archive, now), 2);
  const there = async (object: { key: string }) => (await archive.putAt(object.key)) !== undefined;
  assert.deepEqual(await Promise.all([gone, stillOpen, young, sharedYoung, justPut].map(there)), [
    false,
    true,
    true,
    true,
    true,
  ]);
  const keyOf = async (delivery: { id: string }) => (await deliveryById(db, delivery.id))?.archiveKey ?? null;
  assert.deepEqual(await Promise.all([gone, shared].map(keyOf)), [null, null]);
  assert.equal(await keyOf(young), young.key);
  assert.equal(await expire(db, archive, now), 0);
});

test('what nobody noted goes after a day; deliveries, findings and what was just put stay', async () => {
  const db = await testDb();
  const product = await addProduct(db, { slug: 'literacy', name: 'Literacy' });
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const roster = await ensureRoster(db, district.id, product.id);
  const source = await addSource(db, { rosterId: roster.id, kind: 'sftp', name: 'SFTP' });
  const place = { rosterId: roster.id, sourceId: source.id };
  const own = await open('own archive');
  const object = await kept('a delivery', own);
  const { id: deliveryId } = await addDelivery(db, {
    ...place,
    name: 'a.zip',
    sha256: object.sha256,
    sizeBytes: object.sizeBytes,
    receivedAt: longAgo,
    accountId: null,
    address: null,
    archiveKey: object.key,
    expiresAt: new Date(now.getTime() + day),
  });
  const sync = await createSync(db, { ...place, deliveryId });
  const findings = await kept('its findings', own);
  await startStep(db, sync.id, 'checking');
  await finishStep(db, sync.id, 'checking', { findings: findings.key });
  const orphan = await kept('of a process that ended', own);
  const young = await own.archive.put(Readable.from([Buffer.from('on its way')]));

  const removed = async (at: Date) => [await removeUnneeded(db, own.archive, at), await own.archive.keys()];
  const needed = [object.key, findings.key];
  assert.deepEqual(await removed(now), [1, [...needed, young.key].sort()]);
  assert.equal(await own.archive.removeOlder(young.key, now), false, 'put after that');
  assert.equal(await own.archive.removeOlder(orphan.key, now), false, 'gone already');
  assert.deepEqual(await removed(new Date(now.getTime() + 2 * day)), [1, needed.sort()]);
});
