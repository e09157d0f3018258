import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { type Archive, archivedKeys, openArchive } from './archive.ts';

const root = await mkdtemp(join(tmpdir(), 'homeroom-following-'));
after(() => rm(root, { recursive: true, force: true }));
const chunk = 256 * 1024;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let count = 0;
async function fresh(key: Parameters<typeof openArchive>[0]['key'] = randomBytes(32)) {
  const dir = join(root, `archive-${count++}`);
  const archive = await openArchive({ dir, tempDir: `${dir}-open`, key });
  const path = join(root, `file-${count}`);
  return { archive, dir, path };
}
async function until(ready: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await ready()); tries++) {
    assert.ok(tries < 2000, 'it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const writing = (dir: string) => readdir(join(dir, 'writing'));

test('a file that grows while it is followed is kept whole, wherever it was looked at', async () => {
  const { archive, dir, path } = await fresh();
  for (const size of [1, chunk, chunk + 1, 4 * chunk, 5 * chunk + 17]) {
    const bytes = randomBytes(size);
    await writeFile(path, '');
    const following = archive.follow(path);
    for (let at = 0; at < size; at += 100_003) {
      await appendFile(path, bytes.subarray(at, at + 100_003));
      following.upTo(Math.min(size, at + 100_003));
    }
    const kept = await following.finish(size);
    assert.deepEqual(kept, { key: sha256(bytes), sha256: sha256(bytes), sizeBytes: size });
    assert.deepEqual(await buffer(archive.get(kept.key)), bytes);
  }
  assert.deepEqual(await writing(dir), []);
  await archive.close();
});

test('many at once do not mix', async () => {
  const { archive, path } = await fresh();
  const files = await Promise.all(
    Array.from({ length: 12 }, async (_, at) => {
      const bytes = randomBytes(3 * chunk + at);
      await writeFile(`${path}-${at}`, bytes);
      const following = archive.follow(`${path}-${at}`);
      following.upTo(chunk * (at % 4));
      return { bytes, following };
    }),
  );
  for (const { bytes, kept } of await Promise.all(
    files.map(async ({ bytes, following }) => ({ bytes, kept: await following.finish(bytes.length) })),
  )) {
    assert.equal(kept.sha256, sha256(bytes));
    assert.deepEqual(await buffer(archive.get(kept.key)), bytes);
  }
  await archive.close();
});

test('what is given up leaves nothing', async () => {
  const { archive, dir, path } = await fresh();
  await writeFile(path, randomBytes(3 * chunk));
  const following = archive.follow(path);
  following.upTo(3 * chunk);
  await until(async () => (await writing(dir)).length === 1);
  following.giveUp();
  await until(async () => (await writing(dir)).length === 0);
  assert.deepEqual(await archivedKeys(dir), []);
  await archive.close();
});

test('what the thread cannot do is done without it, or fails as it would have without', async () => {
  const { archive, dir, path } = await fresh();
  const bytes = randomBytes(2 * chunk);
  await writeFile(path, bytes);
  const ended = archive.follow(path);
  ended.upTo(chunk);
  await archive.close();
  assert.equal((await ended.finish(bytes.length)).sha256, sha256(bytes), 'the thread has ended');
  await assert.rejects(archive.follow(join(root, 'not-there')).finish(5), { code: 'ENOENT' });
  assert.deepEqual(await writing(dir), []);
  await archive.close();
});

test('a key that changes while a file is followed encrypts it, too', async () => {
  const [former, next] = [randomBytes(32), randomBytes(32)];
  let keys = [former];
  const { archive, dir, path } = await fresh({ all: () => keys });
  const bytes = randomBytes(3 * chunk);
  await writeFile(path, bytes);
  const following = archive.follow(path);
  following.upTo(2 * chunk);
  keys = [next, former];
  const kept = await following.finish(bytes.length);
  await archive.close();
  const reading: Archive = await openArchive({ dir, tempDir: `${dir}-again`, key: next });
  assert.deepEqual(await buffer(reading.get(kept.key)), bytes);
});
