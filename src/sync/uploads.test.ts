import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openUploadDesk } from './uploads.ts';

const root = mkdtempSync(join(tmpdir(), 'hr-uploads-'));
after(() => rmSync(root, { recursive: true, force: true }));
const by = { accountId: 'a', sourceId: 's' };
let counter = 0;

async function desk(limitBytes = 1000) {
  const clock = { now: new Date('2026-11-21T12:00:00Z') };
  const dir = join(root, String(++counter));
  return { dir, clock, uploads: await openUploadDesk({ dir, limitBytes, now: () => clock.now }) };
}
const refused = (code: string) => (error: { code?: string }) => error.code === code;
const bytes = (text: string) => new TextEncoder().encode(text);

test('pieces make up the files, whichever file is first and however often a piece comes', async () => {
  const { uploads, dir } = await desk();
  const { id } = await uploads.begin(by, [
    { name: 'users.csv', sizeBytes: 6 },
    { name: 'orgs.csv', sizeBytes: 3 },
  ]);
  assert.equal(await uploads.add(by, id, { file: 1, offset: 0, bytes: bytes('org') }), 3);
  assert.equal(await uploads.add(by, id, { file: 0, offset: 0, bytes: bytes('abc') }), 3);
  assert.equal(await uploads.add(by, id, { file: 0, offset: 0, bytes: bytes('abc') }), 3);
  await assert.rejects(
    uploads.finish(by, id, async () => {}),
    refused('upload-unfinished'),
  );
  assert.equal(await uploads.add(by, id, { file: 0, offset: 3, bytes: bytes('def') }), 6);
  const taken = await uploads.finish(by, id, async ({ files }) =>
    files.map(({ name, path }) => `${name}: ${readFileSync(path, 'utf8')}`),
  );
  assert.deepEqual(taken, ['users.csv: abcdef', 'orgs.csv: org']);
  assert.deepEqual(readdirSync(dir), [], 'nothing is left behind');
  await assert.rejects(uploads.add(by, id, { file: 0, offset: 0, bytes: bytes('x') }), refused('upload-gone'));
});

test('a gap, a surplus and a file that was not announced are refused', async () => {
  const { uploads } = await desk();
  const { id } = await uploads.begin(by, [{ name: 'a.zip', sizeBytes: 4 }]);
  for (const piece of [
    { file: 0, offset: 1, bytes: bytes('x') },
    { file: 0, offset: 0, bytes: bytes('12345') },
    { file: 1, offset: 0, bytes: bytes('1') },
  ]) {
    await assert.rejects(uploads.add(by, id, piece), refused('upload-piece'));
  }
});

test('nobody else adds to an upload, ends it or takes it', async () => {
  const { uploads } = await desk();
  const { id } = await uploads.begin(by, [{ name: 'a.zip', sizeBytes: 1 }]);
  for (const other of [
    { ...by, accountId: 'b' },
    { ...by, sourceId: 't' },
  ]) {
    await assert.rejects(uploads.add(other, id, { file: 0, offset: 0, bytes: bytes('1') }), refused('upload-gone'));
    await assert.rejects(uploads.cancel(other, id), refused('upload-gone'));
    await assert.rejects(
      uploads.finish(other, id, async () => {}),
      refused('upload-gone'),
    );
  }
});

test('too much, too many, names that are no names, and too many at once are refused', async () => {
  const { uploads } = await desk(10);
  const one = (name: string, sizeBytes = 1) => ({ name, sizeBytes });
  await assert.rejects(uploads.begin(by, [one('a.csv', 6), one('b.csv', 5)]), refused('upload-size'));
  await assert.rejects(uploads.begin(by, []), refused('upload-files'));
  await assert.rejects(uploads.begin(by, [one('a.csv'), one('A.csv')]), refused('upload-files'));
  for (const name of ['../a.csv', 'a\\b.csv', 'a\u0000.csv', ''])
    await assert.rejects(uploads.begin(by, [one(name)]), refused('upload-files'));
  for (let i = 0; i < 4; i++) await uploads.begin(by, [one('a.csv')]);
  await assert.rejects(uploads.begin(by, [one('a.csv')]), refused('busy'));
  await uploads.begin({ ...by, accountId: 'b' }, [one('a.csv')]);
});

test('what cannot be taken stays, so that it can be tried again', async () => {
  const { uploads } = await desk();
  const { id } = await uploads.begin(by, [{ name: 'a.zip', sizeBytes: 0 }]);
  await assert.rejects(
    uploads.finish(by, id, () => Promise.reject(new Error('no room'))),
    /no room/,
  );
  assert.equal(await uploads.finish(by, id, async ({ files }) => files.length), 1);
});

test('what nobody has added to for an hour is removed, and so is what an earlier run left', async () => {
  const { uploads, dir, clock } = await desk();
  const { id } = await uploads.begin(by, [{ name: 'a.zip', sizeBytes: 1 }]);
  clock.now = new Date(clock.now.getTime() + 3_500_000);
  await uploads.sweep();
  await uploads.add(by, id, { file: 0, offset: 0, bytes: bytes('1') });
  clock.now = new Date(clock.now.getTime() + 3_700_000);
  await uploads.sweep();
  assert.deepEqual(readdirSync(dir), []);
  writeFileSync(join(dir, 'left'), 'x');
  await openUploadDesk({ dir, limitBytes: 1, now: () => clock.now });
  assert.equal(existsSync(join(dir, 'left')), false);
});
