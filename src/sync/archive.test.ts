import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { SettingError } from '../config.ts';
import { type Archive, archivedKeys, openArchive } from './archive.ts';
import { openKeys } from './keys.ts';
import { ArchiveError } from './sealing.ts';

const root = await mkdtemp(join(tmpdir(), 'homeroom-archive-'));
after(() => rm(root, { recursive: true, force: true }));
const key = randomBytes(32);
const chunk = 256 * 1024;

let count = 0;
async function fresh(): Promise<{ archive: Archive; dir: string; tempDir: string }> {
  const dir = join(root, `archive-${count++}`);
  const tempDir = `${dir}-open`;
  return { archive: await openArchive({ dir, tempDir, key }), dir, tempDir };
}
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const objectPath = (dir: string, name: string) => join(dir, name.slice(0, 2), name.slice(2));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('what is put comes back, whatever its size and however it was cut', async () => {
  const { archive, dir } = await fresh();
  for (const size of [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 17]) {
    const bytes = randomBytes(size);
    const kept = await archive.put(pieces(bytes, 70_001));
    assert.deepEqual(kept, { key: sha256(bytes), sha256: sha256(bytes), sizeBytes: size });
    assert.deepEqual(await buffer(archive.get(kept.key)), bytes);
    const file = await stat(objectPath(dir, kept.key));
    assert.equal(file.mode & 0o777, 0o600);
  }
});

test('the bytes on disk are not the plain bytes', async () => {
  const { archive, dir } = await fresh();
  const kept = await archive.put(pieces(Buffer.from('sourcedId,givenName\nu1,Xanthippe\n'.repeat(100)), 100));
  assert.equal((await readFile(objectPath(dir, kept.key))).includes('Xanthippe'), false);
});

test('the same bytes twice are one object, from a path as from a stream', async () => {
  const { archive, dir } = await fresh();
  const bytes = randomBytes(500_000);
  const path = join(root, 'plain');
  await writeFile(path, bytes);
  const first = await archive.put(path);
  const second = await archive.put(pieces(bytes, 999));
  assert.deepEqual(first, second);
  assert.deepEqual(await archivedKeys(dir), [first.key]);
  assert.deepEqual(await readdir(join(dir, 'writing')), []);
});

test('one changed bit anywhere is seen', async () => {
  const { archive, dir } = await fresh();
  const kept = await archive.put(pieces(randomBytes(chunk + 100), chunk));
  const path = objectPath(dir, kept.key);
  const whole = await readFile(path);
  for (const at of [0, 5, 20, 60, chunk, whole.length - 20, whole.length - 1]) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] as number) ^ 1;
    await writeFile(path, changed);
    await assert.rejects(buffer(archive.get(kept.key)), ArchiveError, `byte ${at}`);
  }
});

test('a cut is seen, also between two chunks; so is anything added, and chunks that changed places', async () => {
  const { archive, dir } = await fresh();
  const kept = await archive.put(pieces(randomBytes(3 * chunk), chunk));
  const path = objectPath(dir, kept.key);
  const whole = await readFile(path);
  const sealedChunk = chunk + 16;
  for (const length of [whole.length - 1, whole.length - sealedChunk, 40 + sealedChunk, 40 + 16, 40, 39, 3, 0]) {
    await writeFile(path, whole);
    await truncate(path, length);
    await assert.rejects(buffer(archive.get(kept.key)), ArchiveError, `cut to ${length}`);
  }
  await writeFile(path, Buffer.concat([whole, whole.subarray(40)]));
  await assert.rejects(buffer(archive.get(kept.key)), ArchiveError);
  const [one, two] = [whole.subarray(40, 40 + sealedChunk), whole.subarray(40 + sealedChunk, 40 + 2 * sealedChunk)];
  await writeFile(path, Buffer.concat([whole.subarray(0, 40), two, one, whole.subarray(40 + 2 * sealedChunk)]));
  await assert.rejects(buffer(archive.get(kept.key)), ArchiveError);
});

test('an object under another name, with another key, or gone, is refused', async () => {
  const { archive, dir, tempDir } = await fresh();
  const one = await archive.put(pieces(Buffer.from('one'), 3));
  const two = await archive.put(pieces(Buffer.from('two'), 3));
  await writeFile(objectPath(dir, one.key), await readFile(objectPath(dir, two.key)));
  await assert.rejects(buffer(archive.get(one.key)), ArchiveError);
  const other = await openArchive({ dir, tempDir, key: randomBytes(32) });
  await assert.rejects(buffer(other.get(two.key)), ArchiveError);
  await archive.remove(two.key);
  await archive.remove(two.key);
  await assert.rejects(buffer(archive.get(two.key)), /not in the archive any more/);
  assert.throws(() => archive.get('../../etc/passwd'), ArchiveError);
});

test('a temporary file is private and goes away; leftovers of a dead process too', async () => {
  const { archive, dir, tempDir } = await fresh();
  const kept = await archive.put(pieces(Buffer.from('a,b\n1,2\n'), 2));
  const file = await archive.openFile(kept.key);
  assert.equal(await readFile(file.path, 'utf8'), 'a,b\n1,2\n');
  assert.equal((await stat(file.path)).mode & 0o777, 0o600);
  assert.equal((await stat(tempDir)).mode & 0o777, 0o700);
  await file.close();
  assert.deepEqual(await readdir(tempDir), []);
  await writeFile(join(tempDir, 'left'), 'plain');
  await writeFile(join(dir, 'writing', 'left'), 'half');
  const again = await openArchive({ dir, tempDir, key });
  assert.deepEqual([await readdir(tempDir), await readdir(join(dir, 'writing'))], [[], []]);
  assert.equal((await buffer(again.get(kept.key))).toString(), 'a,b\n1,2\n');
});

test('a source that fails leaves nothing behind', async () => {
  const { archive, dir } = await fresh();
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(3 * chunk + 1, 'half');
    throw new Error('the connection broke');
  }
  await assert.rejects(archive.put(failing()), /the connection broke/);
  assert.deepEqual([await archivedKeys(dir), await readdir(join(dir, 'writing'))], [[], []]);
});

test('the key is made once, private, and a setting wins', async () => {
  const dir = join(root, 'keys');
  const [first, second] = await Promise.all([openKeys('', dir), openKeys('', dir)]);
  assert.deepEqual(first.all(), second.all());
  assert.equal(first.all()[0]?.length, 32);
  assert.deepEqual(await readdir(dir), ['archive.key']);
  assert.equal((await stat(join(dir, 'archive.key'))).mode & 0o777, 0o600);
  assert.deepEqual((await openKeys(key.toString('base64'), dir)).all(), [key]);
  await assert.rejects(openKeys('c2hvcnQ=', dir), SettingError);
  await assert.rejects(openKeys(`${'!'.repeat(8)}${key.toString('base64')}`, dir), SettingError);
});
