import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { failed, missing, type Sftp, signedIn } from '../../test/sftp-client.ts';
import { type Door, folder, openDoor, sha256, shutDoor, until } from '../../test/sftp-door.ts';

const bytes = Buffer.from(Array.from({ length: 500_000 }, (_, i) => (i * 19) % 241));
const half = 240_000;

/** Sends the first half of a file, and breaks the connection without a word. */
async function cutOff(door: Door, path: string): Promise<void> {
  const sftp = await signedIn(door);
  const handle = await sftp.open(path, 'w');
  await sftp.write(handle, bytes.subarray(0, half), 0);
  (sftp.client as unknown as { _sock: { destroy(): void } })._sock.destroy();
}

async function sizeOf(sftp: Sftp, path: string): Promise<number> {
  return sftp.stat(path).then(
    ({ size }) => size,
    () => -1,
  );
}

describe('an upload that is cut off', () => {
  test('stays as a part, is never delivered, and can be resumed by another connection', async () => {
    const door = await openDoor();
    await cutOff(door, `${folder}/OneRoster.zip`);
    const sftp = await signedIn(door);
    await until(async () => (await sizeOf(sftp, `${folder}/OneRoster.zip`)) === half);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(door.deliveries.length, 0);
    const handle = await sftp.open(`${folder}/OneRoster.zip`, 'r+');
    await sftp.write(handle, bytes.subarray(half), half);
    await sftp.close(handle);
    assert.equal(sha256(door.deliveries[0]!.files[0]!.bytes), sha256(bytes));
    sftp.end();
    await shutDoor(door);
  });

  test('is not made whole by a rename', async () => {
    const door = await openDoor();
    await cutOff(door, `${folder}/a.zip.filepart`);
    const sftp = await signedIn(door);
    await until(async () => (await sizeOf(sftp, `${folder}/a.zip.filepart`)) === half);
    await until(() =>
      sftp.rename(`${folder}/a.zip.filepart`, `${folder}/a.zip`).then(
        () => false,
        (error: Error) => /cut off/.test(error.message),
      ),
    );
    assert.equal(door.deliveries.length, 0);
    await sftp.put(`${folder}/a.zip.filepart`, bytes);
    await sftp.rename(`${folder}/a.zip.filepart`, `${folder}/a.zip`);
    assert.equal(sha256(door.deliveries[0]!.files[0]!.bytes), sha256(bytes));
    sftp.end();
    await shutDoor(door);
  });

  test('keeps no more than has no hole before it', async () => {
    const door = await openDoor();
    const first = await signedIn(door);
    const handle = await first.open(`${folder}/a.zip`, 'w');
    await first.write(handle, bytes.subarray(0, 1000), 0);
    await first.write(handle, bytes.subarray(5000, 6000), 5000);
    (first.client as unknown as { _sock: { destroy(): void } })._sock.destroy();
    const sftp = await signedIn(door);
    await until(async () => (await sizeOf(sftp, `${folder}/a.zip`)) === 1000);
    sftp.end();
    await shutDoor(door);
  });

  test('can be taken over before the server knows that it was cut off; the old connection fails then', async () => {
    const door = await openDoor();
    const [old, sftp] = [await signedIn(door), await signedIn(door)];
    const stale = await old.open(`${folder}/a.zip`, 'w');
    await old.write(stale, bytes.subarray(0, half), 0);
    const handle = await sftp.open(`${folder}/a.zip`, 'r+');
    assert.equal((await sftp.fstat(handle)).size, half);
    await assert.rejects(old.write(stale, bytes.subarray(0, 10), half), failed);
    await sftp.write(handle, bytes.subarray(half), half);
    await assert.rejects(old.close(stale), failed);
    await sftp.close(handle);
    assert.equal(door.deliveries.length, 1);
    assert.equal(sha256(door.deliveries[0]!.files[0]!.bytes), sha256(bytes));
    old.end();
    sftp.end();
    await shutDoor(door);
  });

  test('removed while it is sent: the sender fails, nothing stays', async () => {
    const door = await openDoor();
    const sftp = await signedIn(door);
    const handle = await sftp.open(`${folder}/a.zip`, 'w');
    await sftp.write(handle, bytes.subarray(0, half), 0);
    await sftp.remove(`${folder}/a.zip`);
    await assert.rejects(sftp.close(handle), failed);
    await assert.rejects(sftp.stat(`${folder}/a.zip`), missing);
    assert.deepEqual(await readdir(join(door.dir, 'staging/lakeview-literacy')), []);
    sftp.end();
    await shutDoor(door);
  });

  test('holds its set back until it is whole', async () => {
    const door = await openDoor({ quietMs: 1000 });
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/orgs.csv`, 'orgs');
    await cutOff(door, `${folder}/users.csv`);
    await until(() => door.audits.some(({ act }) => act === 'sftp upload cut off'));
    assert.equal(door.deliveries.length, 0);
    await sftp.put(`${folder}/users.csv`, 'users');
    await door.delivered(1);
    assert.deepEqual(door.deliveries[0]!.files.map(({ name }) => name).sort(), ['orgs.csv', 'users.csv']);
    sftp.end();
    await shutDoor(door);
  });
});

describe('a restart', () => {
  test('finds parts to be resumed and loose files to be delivered', async () => {
    const door = await openDoor({ quietMs: 3_600_000 });
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/orgs.csv`, 'orgs');
    await sftp.put(`${folder}/users.csv`, 'users');
    await sftp.put(`${folder}/renamed later.zip.tmp`, 'PK');
    await cutOff(door, '/imagine/1234567-lakeview/math/OneRoster.zip');
    await until(async () => (await sizeOf(sftp, '/imagine/1234567-lakeview/math/OneRoster.zip')) === half);
    sftp.end();
    const next = await door.restart({ quietMs: 100 });
    await next.delivered(1);
    assert.deepEqual(next.deliveries[0]!.files.map(({ name, bytes: found }) => `${name} ${found}`).sort(), [
      'orgs.csv orgs',
      'users.csv users',
    ]);
    assert.equal(next.deliveries[0]!.accountId, 'ana');
    const again = await signedIn(next);
    assert.equal(await sizeOf(again, '/imagine/1234567-lakeview/math/OneRoster.zip'), half);
    const handle = await again.open('/imagine/1234567-lakeview/math/OneRoster.zip', 'r+');
    await again.write(handle, bytes.subarray(half), half);
    await again.close(handle);
    await again.rename(`${folder}/renamed later.zip.tmp`, `${folder}/renamed.zip`);
    assert.deepEqual(
      next.deliveries.slice(1).map(({ name }) => name),
      ['OneRoster.zip', 'renamed.zip'],
    );
    assert.equal(sha256(next.deliveries[1]!.files[0]!.bytes), sha256(bytes));
    again.end();
    await shutDoor(next);
  });

  test('closing waits for an upload under way, and takes no new one', async () => {
    const door = await openDoor({ graceMs: 10_000 });
    const sftp = await signedIn(door);
    const handle = await sftp.open(`${folder}/a.zip`, 'w');
    const closing = door.close();
    await sftp.write(handle, bytes, 0);
    await sftp.close(handle);
    assert.equal(door.deliveries.length, 1);
    await closing;
    await assert.rejects(signedIn(door));
    await shutDoor(door);
  });

  test('closing does not wait for ever: what is not through by then stays as a part', async () => {
    const door = await openDoor({ graceMs: 100 });
    const sftp = await signedIn(door);
    const handle = await sftp.open(`${folder}/a.zip`, 'w');
    await sftp.write(handle, bytes.subarray(0, half), 0);
    const next = await door.restart();
    const again = await signedIn(next);
    assert.equal(await sizeOf(again, `${folder}/a.zip`), half);
    again.end();
    await shutDoor(next);
  });

  test('a port that is taken is told, and leaves nothing running', async () => {
    const door = await openDoor();
    await assert.rejects(openDoor({ port: door.port }, door.dir), { code: 'EADDRINUSE' });
    await shutDoor(door);
  });

  test('a silent socket does not keep the door from closing', async () => {
    const door = await openDoor();
    const socket = connectSocket(door.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    await shutDoor(door);
  });
});
