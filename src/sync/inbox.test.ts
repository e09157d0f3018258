import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { testDb } from '../../test/postgres.ts';
import { addDistrict, addProduct, addSource, ensureRoster } from '../db/districts.ts';
import { listSyncs } from '../db/syncs.ts';
import { rostersWithWork } from '../db/turns.ts';
import { archivedKeys, openArchive } from './archive.ts';
import { openInbox } from './inbox.ts';
import { openDelivery } from './open.ts';

const root = await mkdtemp(join(tmpdir(), 'homeroom-inbox-'));
after(() => rm(root, { recursive: true, force: true }));
const limits = { unpackedLimitBytes: 1e9, zipRatioLimit: 100, zipEntriesLimit: 100 };

async function inbox(enqueue: (rosterId: string) => Promise<void> = async () => {}) {
  const db = await testDb();
  const product = await addProduct(db, { slug: 'literacy', name: 'Literacy' });
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const roster = await ensureRoster(db, district.id, product.id);
  const source = await addSource(db, { rosterId: roster.id, kind: 'sftp', name: 'SFTP' });
  const dir = await mkdtemp(join(root, 'data-'));
  const tempDir = join(dir, 'work');
  const archive = await openArchive({ dir: join(dir, 'archive'), tempDir, key: new Uint8Array(32) });
  const now = () => new Date('2026-11-21T00:00:00Z');
  return {
    db,
    dir,
    tempDir,
    archive,
    source,
    inbox: openInbox({ db, archive, tempDir, enqueue, retentionDays: 90, now }),
  };
}

test('a file is in the archive and its sync is committed when receive resolves, whatever becomes of the queue', async () => {
  const house = await inbox(() => Promise.reject(new Error('the queue is away')));
  const path = join(root, 'OneRoster.zip');
  await writeFile(path, 'bytes as sent');
  const { delivery, sync } = await house.inbox.receive({
    source: house.source,
    name: 'OneRoster.zip',
    path,
    address: '127.0.0.1',
  });
  assert.equal((await buffer(house.archive.get(delivery.archiveKey as string))).toString(), 'bytes as sent');
  assert.equal(delivery.sizeBytes, 13);
  assert.equal(delivery.expiresAt?.toISOString(), '2027-02-19T00:00:00.000Z');
  const [kept] = await listSyncs(house.db);
  assert.deepEqual(
    [kept?.id, kept?.state, kept?.number, kept?.delivery?.name],
    [sync.id, 'received', 1, 'OneRoster.zip'],
  );
  assert.deepEqual(await rostersWithWork(house.db), [house.source.rosterId], 'the sweep finds it');
});

test('loose files are one delivery, the same one for the same files in any order', async () => {
  const house = await inbox();
  const files = [];
  for (const name of ['users.csv', 'orgs.csv', 'manifest.csv']) {
    const path = join(root, `upload of ${name}`);
    await writeFile(path, `${name}\n`);
    files.push({ name, path });
  }
  const one = await house.inbox.receive({ source: house.source, name: 'loose files', files });
  const two = await house.inbox.receive({ source: house.source, name: 'loose files', files: files.toReversed() });
  assert.equal(one.delivery.name, 'loose files.zip');
  assert.equal(one.delivery.sha256, two.delivery.sha256);
  assert.deepEqual([one.sync.number, two.sync.number], [1, 2]);
  assert.deepEqual(await archivedKeys(join(house.dir, 'archive')), [one.delivery.archiveKey]);
  const file = await house.archive.openFile(one.delivery.archiveKey as string);
  const bundle = await openDelivery(file.path, limits, one.delivery.name);
  assert.deepEqual(bundle.findings, []);
  const found = await Promise.all(
    bundle.entries.map(async (entry) => [entry.name, (await buffer(entry.bytes())).toString()]),
  );
  assert.deepEqual(found.sort(), [
    ['manifest.csv', 'manifest.csv\n'],
    ['orgs.csv', 'orgs.csv\n'],
    ['users.csv', 'users.csv\n'],
  ]);
  await bundle.close();
  await file.close();
  assert.deepEqual(await readdir(house.tempDir), []);
});

test('what cannot be read is not received', async () => {
  const house = await inbox();
  await assert.rejects(house.inbox.receive({ source: house.source, name: 'gone.zip', path: join(root, 'gone.zip') }), {
    code: 'ENOENT',
  });
  await assert.rejects(
    house.inbox.receive({ source: house.source, name: 'set', files: [{ name: 'a.csv', path: join(root, 'gone') }] }),
    { code: 'ENOENT' },
  );
  assert.deepEqual(await listSyncs(house.db), []);
  assert.deepEqual(await readdir(house.tempDir), []);
});
