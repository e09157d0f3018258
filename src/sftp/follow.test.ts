import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Sftp, signedIn } from '../../test/sftp-client.ts';
import { type Door, folder, openDoor, sha256, shutDoor, until } from '../../test/sftp-door.ts';
import type { Upload } from './deps.ts';

const MiB = 1024 * 1024;
const bytes = Buffer.from(Array.from({ length: 5 * MiB }, (_, at) => (at * 31 + (at >> 12)) % 251));

/** What a house was told of a file that it follows; at each telling, what was in the file by then. */
type Followed = {
  told: number[];
  hashes: string[];
  end: 'finished' | 'given up' | undefined;
  looking: Promise<void>[];
};

describe('a large file', () => {
  let door: Door;
  let sftp: Sftp;
  const followed: Followed[] = [];
  const received: { following: boolean; hash: string }[] = [];
  before(async () => {
    door = await openDoor({
      follow(path) {
        const own: Followed = { told: [], hashes: [], end: undefined, looking: [] };
        followed.push(own);
        return {
          upTo(sizeBytes) {
            own.told.push(sizeBytes);
            const look = async () => void own.hashes.push(sha256((await readFile(path)).subarray(0, sizeBytes)));
            own.looking.push(look());
          },
          async finish(sizeBytes) {
            own.end = 'finished';
            return { key: '', sha256: '', sizeBytes };
          },
          giveUp() {
            own.end ??= 'given up';
          },
        };
      },
      async receive({ files: [file] }: Upload) {
        const hash = sha256(await readFile(file!.path));
        received.push({ following: file!.following !== undefined, hash });
        await file!.following?.finish(file!.sizeBytes);
      },
    });
    sftp = await signedIn(door);
  });
  after(async () => {
    sftp.end();
    await shutDoor(door);
  });
  beforeEach(() => {
    followed.length = 0;
    received.length = 0;
  });

  async function write(handle: Buffer, from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += 32_000)
      await sftp.write(handle, bytes.subarray(at, Math.min(at + 32_000, to)), at);
  }
  const last = (): Followed => followed.at(-1) as Followed;

  test('is followed as far as it is there without a hole, and handed on', async () => {
    await sftp.put(`${folder}/a.zip`, bytes);
    const { told, hashes, end, looking } = last();
    await Promise.all(looking);
    assert.ok(told.length >= 2, `${told}`);
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      hashes.toSorted(),
      told.map((sizeBytes) => sha256(bytes.subarray(0, sizeBytes))).toSorted(),
      'what was said to be there was there',
    );
    assert.deepEqual([end, received], ['finished', [{ following: true, hash: sha256(bytes) }]]);
  });

  test('whose beginning comes last is not followed before', async () => {
    const handle = await sftp.open(`${folder}/a.zip`, 'w');
    await write(handle, 2 * MiB, 5 * MiB);
    assert.equal(followed.length, 0);
    await write(handle, 0, 2 * MiB);
    await sftp.close(handle);
    assert.equal(received[0]?.hash, sha256(bytes));
  });

  test('of which something is written again, or cut off, is followed no more, and is whole all the same', async () => {
    for (const change of [
      (handle: Buffer) => sftp.write(handle, bytes.subarray(10, 20), 10),
      async (handle: Buffer) => {
        await sftp.fsetstat(handle, { size: 5 });
        await write(handle, 5, 3 * MiB);
      },
    ]) {
      const handle = await sftp.open(`${folder}/a.zip`, 'w');
      await write(handle, 0, 3 * MiB);
      await change(handle);
      assert.equal(last().end, 'given up');
      await write(handle, 3 * MiB, bytes.length);
      await sftp.close(handle);
      assert.deepEqual(received.at(-1), { following: false, hash: sha256(bytes) });
    }
  });

  test('under a temporary name is handed on with its rename; replaced or removed it is given up', async () => {
    await sftp.put(`${folder}/a.zip.filepart`, bytes);
    await sftp.rename(`${folder}/a.zip.filepart`, `${folder}/a.zip`);
    assert.deepEqual([last().end, received.length, received[0]?.following], ['finished', 1, true]);
    await sftp.put(`${folder}/b.zip.filepart`, bytes);
    await sftp.remove(`${folder}/b.zip.filepart`);
    assert.equal(last().end, 'given up');
    await sftp.put(`${folder}/c.zip.filepart`, bytes);
    const first = last();
    const handle = await sftp.open(`${folder}/c.zip.filepart`, 'r+');
    assert.equal(first.end, 'given up', 'it is written again');
    await sftp.close(handle);
    await sftp.remove(`${folder}/c.zip.filepart`);
  });

  test('that is cut off, refused or loose is given up', async () => {
    const other = await signedIn(door);
    const handle = await other.open(`${folder}/cut.zip`, 'w');
    for (let at = 0; at < 2 * MiB; at += 32_000) await other.write(handle, bytes.subarray(at, at + 32_000), at);
    assert.equal(last().end, undefined);
    other.end();
    await until(() => last().end === 'given up');
    followed.length = 0;
    await sftp.put(`${folder}/users.csv`, bytes);
    await sftp.put(`${folder}/test/a.zip`, bytes);
    assert.equal(followed.length, 0, 'neither a set nor a test is kept while it comes');
  });
});
