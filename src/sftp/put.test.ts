import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, mock, test } from 'node:test';
import { failed, missing, type Sftp, signedIn } from '../../test/sftp-client.ts';
import { connect, type Door, folder, openDoor, sha256, shutDoor, until } from '../../test/sftp-door.ts';
import { Refusal } from '../core/refusal.ts';

const staged = (door: Door, source = 'lakeview-literacy') => readdir(join(door.dir, 'staging', source));
const sentence = (text: RegExp) => (error: Error & { code?: number }) => error.code === 4 && text.test(error.message);

describe('putting a file', () => {
  let door: Door;
  let sftp: Sftp;
  before(async () => {
    door = await openDoor();
    sftp = await signedIn(door);
  });
  after(async () => {
    sftp.end();
    await shutDoor(door);
  });
  beforeEach(() => {
    door.deliveries.length = 0;
    door.refuse.with = undefined;
  });

  test('a zip is a delivery when it is closed: received before success is said, with who sent it', async () => {
    const bytes = Buffer.from(Array.from({ length: 700_001 }, (_, i) => (i * 7) % 256));
    await sftp.put(`${folder}/OneRoster.zip`, bytes);
    const [delivery] = door.deliveries;
    assert.equal(delivery!.name, 'OneRoster.zip');
    assert.equal(delivery!.sourceId, 'lakeview-literacy');
    assert.equal(delivery!.accountId, 'ana');
    assert.equal(delivery!.address, '127.0.0.1');
    assert.deepEqual(delivery!.files[0]!.bytes, bytes);
    assert.deepEqual(await staged(door), [], 'nothing stays behind');
  });

  test('it stays listed for clients that look for what they have put, with the time they gave it', async () => {
    await sftp.put(`${folder}/OneRoster.zip`, 'PK12');
    await sftp.setstat(`${folder}/OneRoster.zip`, { atime: 1_700_000_000, mtime: 1_700_000_000 });
    const found = await sftp.stat(`${folder}/OneRoster.zip`);
    assert.equal(found.size, 4);
    assert.equal(found.mtime, 1_700_000_000);
    assert.ok((await sftp.names(folder)).includes('OneRoster.zip'));
  });

  test('putting it again is another delivery', async () => {
    await sftp.put(`${folder}/OneRoster.zip`, 'first');
    await sftp.put(`${folder}/OneRoster.zip`, 'second');
    assert.deepEqual(
      door.deliveries.map(({ files }) => files[0]!.bytes.toString()),
      ['first', 'second'],
    );
  });

  for (const name of [
    '.OneRoster.zip',
    'OneRoster.zip.filepart',
    'OneRoster.zip.tmp',
    'OneRoster.zip.part',
    'OneRoster.zip.1a2b3c4d.partial',
    '.in.OneRoster.zip',
    'OneRoster.zip~',
  ]) {
    test(`${name} waits for its name, however long`, async () => {
      await sftp.put(`${folder}/${name}`, 'PK');
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(door.deliveries.length, 0);
      await sftp.rename(`${folder}/${name}`, `${folder}/Renamed.zip`);
      assert.deepEqual(
        door.deliveries.map((delivery) => delivery.name),
        ['Renamed.zip'],
      );
      await assert.rejects(sftp.stat(`${folder}/${name}`), missing);
    });
  }

  test('a rename replaces a waiting file', async () => {
    await sftp.put(`${folder}/a.zip.tmp`, 'old');
    await sftp.put(`${folder}/b.zip.tmp`, 'new');
    await sftp.rename(`${folder}/b.zip.tmp`, `${folder}/a.zip.tmp`);
    assert.equal((await sftp.get(`${folder}/a.zip.tmp`)).toString(), 'new');
    await sftp.remove(`${folder}/a.zip.tmp`);
    await assert.rejects(sftp.stat(`${folder}/a.zip.tmp`), missing);
    assert.deepEqual(await staged(door), []);
  });

  test('pieces may come in any order, and many at once', async () => {
    const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * 13) % 253));
    const handle = await sftp.open(`${folder}/a.zip`, 'w');
    const pieces = Array.from({ length: 50 }, (_, i) => (i * 17) % 50);
    await Promise.all(pieces.map((i) => sftp.write(handle, bytes.subarray(i * 20_000, (i + 1) * 20_000), i * 20_000)));
    assert.equal((await sftp.fstat(handle)).size, 1_000_000);
    await sftp.close(handle);
    assert.equal(sha256(door.deliveries[0]!.files[0]!.bytes), sha256(bytes));
  });

  test('a file with a hole is not taken for whole', async () => {
    const handle = await sftp.open(`${folder}/a.zip`, 'w');
    await sftp.write(handle, Buffer.from('end'), 1000);
    await assert.rejects(sftp.close(handle), sentence(/part of this file is missing/));
    assert.equal(door.deliveries.length, 0);
    await assert.rejects(sftp.close(handle), failed);
  });

  test('a file may be resumed at an offset, and appended to', async () => {
    await sftp.put(`${folder}/a.zip.part`, '0123456789');
    const handle = await sftp.open(`${folder}/a.zip.part`, 'r+');
    await sftp.write(handle, Buffer.from('ABC'), 10);
    await sftp.close(handle);
    const again = await sftp.open(`${folder}/a.zip.part`, 'a');
    await sftp.write(again, Buffer.from('DEF'), 0);
    await sftp.close(again);
    await sftp.rename(`${folder}/a.zip.part`, `${folder}/a.zip`);
    assert.equal(door.deliveries[0]!.files[0]!.bytes.toString(), '0123456789ABCDEF');
  });

  test('flags mean what they say', async () => {
    await sftp.put(`${folder}/a.part`, 'x');
    await assert.rejects(sftp.open(`${folder}/a.part`, 'wx'), failed);
    await assert.rejects(sftp.open(`${folder}/none.part`, 'r+'), missing);
    await assert.rejects(sftp.open(`${folder}/none.part`, 'r'), missing);
    await assert.rejects(sftp.remove(`${folder}/none.part`), missing);
    await assert.rejects(sftp.rename(`${folder}/none.part`, `${folder}/none.zip`), missing);
    await sftp.remove(`${folder}/a.part`);
  });

  test('truncating a file under way takes its end away', async () => {
    const handle = await sftp.open(`${folder}/a.zip`, 'w');
    await sftp.write(handle, Buffer.from('0123456789'), 0);
    await sftp.fsetstat(handle, { size: 4 });
    await sftp.close(handle);
    assert.equal(door.deliveries[0]!.files[0]!.bytes.toString(), '0123');
  });

  test('what was received already is not resumed: nothing, or the tail of another file, would be delivered', async () => {
    await sftp.put(`${folder}/Again.zip`, 'first');
    const received = (error: Error) => /received already\. Send it again from its start/.test(error.message);
    door.unprocessed.push({ name: 'Waits.zip', sizeBytes: 5, receivedAt: new Date() });
    for (const name of ['Again.zip', 'Waits.zip']) {
      await assert.rejects(sftp.open(`${folder}/${name}`, 'a'), received);
      const handle = await sftp.open(`${folder}/${name}`, 0x0a);
      await assert.rejects(sftp.close(handle), received);
      const tail = await sftp.open(`${folder}/${name}`, 0x0a);
      await sftp.write(tail, Buffer.from('tail'), 5);
      await assert.rejects(sftp.close(tail), sentence(/part of this file is missing/));
    }
    door.unprocessed.length = 0;
    assert.equal(door.deliveries.length, 1);
    await sftp.put(`${folder}/Again.zip`, 'second');
    assert.equal(String(door.deliveries[1]!.files[0]!.bytes), 'second');
  });

  test('cuts and writes that are sent in one breath take effect in their order', async () => {
    const handle = await sftp.open(`${folder}/Ordered.zip`, 'w');
    await Promise.all([
      sftp.write(handle, Buffer.from('old bytes'), 0),
      sftp.fsetstat(handle, { size: 3 }),
      sftp.fsetstat(handle, { size: 2 }),
      sftp.write(handle, Buffer.from('new'), 2),
      sftp.fsetstat(handle, { size: 5 }),
      sftp.close(handle),
    ]);
    assert.equal(String(door.deliveries[0]!.files[0]!.bytes), 'olnew');
  });

  test('a refusal of the house reaches the client as a sentence, and leaves nothing', async () => {
    door.refuse.with = new Refusal('source-paused', 409, 'This source takes no files at the moment.');
    await assert.rejects(sftp.put(`${folder}/a.zip`, 'x'), sentence(/takes no files at the moment/));
    await assert.rejects(sftp.stat(`${folder}/a.zip`), missing);
    assert.deepEqual(await staged(door), []);
  });

  test('a fault of the house is told as one, without its words, and a rename leaves the file where it was', async () => {
    await sftp.put(`${folder}/a.zip.tmp`, 'x');
    door.refuse.with = new Error('connection to 10.0.0.5 lost');
    await assert.rejects(
      sftp.rename(`${folder}/a.zip.tmp`, `${folder}/a.zip`),
      (error: Error) => /Try again later/.test(error.message) && !/10\.0/.test(error.message),
    );
    door.refuse.with = undefined;
    await sftp.rename(`${folder}/a.zip.tmp`, `${folder}/a.zip`);
    assert.equal(door.deliveries.length, 1);
  });

  test('a full disk is told in a sentence, and gives its room back at once', async () => {
    const probe = await import('node:fs/promises').then(({ open }) => open(join(door.dir, 'probe'), 'w'));
    const full = Object.assign(new Error('ENOSPC: no space left on device, writev'), { code: 'ENOSPC' });
    const writev = mock.method(Object.getPrototypeOf(probe), 'writev', async () => Promise.reject(full));
    try {
      await assert.rejects(sftp.put(`${folder}/a.zip`, 'x'), sentence(/no room on the server/));
    } finally {
      writev.mock.restore();
      await probe.close();
    }
    await until(async () => (await staged(door)).length === 0);
    assert.equal(door.deliveries.length, 0);
  });

  test('twenty people at once', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 11) % 249));
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const one = await signedIn(door);
        await one.put(`${folder}/district ${i}.zip`, Buffer.concat([bytes, Buffer.from([i])]));
        one.end();
      }),
    );
    const found = door.deliveries.map(({ name, files }) => `${name} ${sha256(files[0]!.bytes)}`).sort();
    const sent = Array.from(
      { length: 20 },
      (_, i) => `district ${i}.zip ${sha256(Buffer.concat([bytes, Buffer.from([i])]))}`,
    );
    assert.deepEqual(found, sent.sort());
  });

  test('nothing of a name is logged but its ending', async () => {
    await sftp.put(`${folder}/Mia Stone grade 3.zip`, 'x');
    assert.ok(door.logged.some((line) => line.includes('"extension":"zip"')));
    assert.ok(!door.logged.some((line) => /Mia|Stone|ana\.ruiz/.test(line)));
  });
});

describe('limits', () => {
  test('a file over the limit ends with a sentence and leaves nothing', async () => {
    const door = await openDoor({ limits: { fileBytes: 1024 * 1024 } });
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/a.zip`, Buffer.alloc(1024 * 1024));
    await assert.rejects(
      sftp.put(`${folder}/b.zip`, Buffer.alloc(1024 * 1024 + 1)),
      sentence(/larger than the server takes \(1 MiB\)/),
    );
    const handle = await sftp.open(`${folder}/c.zip`, 'w');
    await assert.rejects(sftp.write(handle, Buffer.from('x'), 2 ** 60), failed);
    await assert.rejects(sftp.close(handle), failed);
    assert.equal(door.deliveries.length, 1);
    assert.deepEqual(await staged(door), []);
    sftp.end();
    await shutDoor(door);
  });

  test('a folder takes only so many waiting files, and so many bytes', async () => {
    const door = await openDoor({ limits: { folderFiles: 3, folderBytes: 1000 } });
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/1.part`, Buffer.alloc(500));
    await assert.rejects(sftp.put(`${folder}/2.part`, Buffer.alloc(501)), failed);
    await sftp.put(`${folder}/2.part`, Buffer.alloc(300));
    await sftp.put(`${folder}/3.part`, '');
    await assert.rejects(sftp.put(`${folder}/4.part`, ''), sentence(/3 files waiting/));
    await sftp.put(`${folder}/1.part`, Buffer.alloc(600));
    sftp.end();
    await shutDoor(door);
  });

  test('the room of a folder is shared by all connections, also while files grow in it', async () => {
    const door = await openDoor({ limits: { folderBytes: 1_000_000 } });
    const [one, two] = [await signedIn(door), await signedIn(door)];
    const [first, second] = [await one.open(`${folder}/1.part`, 'w'), await two.open(`${folder}/2.part`, 'w')];
    await one.write(first, Buffer.alloc(600_000), 0);
    await assert.rejects(two.write(second, Buffer.alloc(600_000), 0), sentence(/Too much waits/));
    await one.close(first);
    await one.remove(`${folder}/1.part`);
    await assert.rejects(two.close(second), failed);
    await two.put(`${folder}/2.part`, Buffer.alloc(600_000));
    for (const each of [one, two]) each.end();
    await shutDoor(door);
  });

  test('a session has so many files open, and a client so many sessions', async () => {
    const door = await openDoor();
    const sftp = await signedIn(door);
    for (let i = 0; i < 64; i++) await sftp.open('/', 'r').catch(() => {});
    const handles: Buffer[] = [];
    for (let i = 0; i < 64; i++) handles.push(await sftp.open(`${folder}/${i}.part`, 'w'));
    await assert.rejects(sftp.open(`${folder}/65.part`, 'w'), failed);
    await sftp.close(handles[0]!);
    await sftp.open(`${folder}/65.part`, 'w');
    sftp.end();
    const client = await connect(door);
    const session = () => new Promise<boolean>((resolve) => client.sftp((error) => resolve(!error)));
    const opened: boolean[] = [];
    for (let i = 0; i < 9; i++) opened.push(await session());
    assert.deepEqual(opened, [...Array.from({ length: 8 }, () => true), false]);
    client.end();
    await shutDoor(door);
  });
});
