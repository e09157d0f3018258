import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { denied, failed, missing, type Sftp, signedIn } from '../../test/sftp-client.ts';
import { type Door, folder, openDoor, shutDoor, until } from '../../test/sftp-door.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const names = (door: Door) => door.deliveries.map(({ files }) => files.map(({ name }) => name).sort());

describe('the folder for tests', () => {
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

  test('takes files as the folder around it does, and none of them becomes a delivery', async () => {
    await sftp.put(`${folder}/test/OneRoster.zip`, 'PK test');
    await sftp.put(`${folder}/test/users.csv`, 'a');
    await sftp.put(`${folder}/test/orgs.csv.part`, 'b');
    await sftp.rename(`${folder}/test/orgs.csv.part`, `${folder}/test/orgs.csv`);
    await until(() => door.tests.length === 1);
    assert.deepEqual(
      door.tests.map(({ sourceId, name, accountId }) => ({ sourceId, name, accountId })),
      [{ sourceId: 'lakeview-literacy', name: 'OneRoster.zip', accountId: 'ana' }],
      'a zip wins here, too',
    );
    assert.equal(door.tests[0]!.files[0]!.bytes.toString(), 'PK test');
    assert.deepEqual(door.deliveries, []);
    assert.deepEqual(await sftp.names(folder), ['reports', 'test']);
  });

  test('is apart from the real one: nothing moves between them, and a zip there leaves real files alone', async () => {
    await sftp.put(`${folder}/test/a.part`, 'x');
    await assert.rejects(sftp.rename(`${folder}/test/a.part`, `${folder}/a.zip`), denied);
    await sftp.put(`${folder}/b.part`, 'x');
    await assert.rejects(sftp.rename(`${folder}/b.part`, `${folder}/test/b.zip`), denied);
    await sftp.put(`${folder}/users.csv`, 'real');
    await sftp.put(`${folder}/test/again.zip`, 'PK');
    const [delivery] = await door.delivered(1);
    assert.equal(delivery!.name, 'users.csv');
    for (const path of ['test', 'test/reports/x', 'test/x/y'])
      await assert.rejects(sftp.put(`${folder}/${path}`, 'x'), path === 'test' ? denied : missing);
    await assert.rejects(sftp.mkdir(`${folder}/test`), failed);
    await assert.rejects(sftp.rmdir(`${folder}/test`), denied);
  });

  test('keeps apart over a restart, too', async () => {
    await sftp.put(`${folder}/test/set.csv`, 'x');
    sftp.end();
    door = await door.restart();
    await until(() => door.tests.length === 1);
    assert.equal(door.tests[0]!.sourceId, 'lakeview-literacy');
    assert.deepEqual(door.deliveries, []);
    sftp = await signedIn(door);
  });
});

describe('loose files', () => {
  let door: Door;
  let sftp: Sftp;
  beforeEach(async () => {
    door = await openDoor({ quietMs: 700 });
    sftp = await signedIn(door);
  });
  afterEach(async () => {
    sftp.end();
    await shutDoor(door);
  });

  test('of one set become one delivery when nothing more comes', async () => {
    for (const name of ['manifest.csv', 'orgs.csv', 'users.csv']) {
      await sftp.put(`${folder}/${name}`, `${name}\n`);
      assert.equal(door.deliveries.length, 0, 'while they come they are not delivered');
    }
    await door.delivered(1);
    assert.deepEqual(names(door), [['manifest.csv', 'orgs.csv', 'users.csv']]);
    assert.equal(door.deliveries[0]!.name, 'loose files');
    assert.equal(door.deliveries[0]!.accountId, 'ana');
    assert.deepEqual(door.deliveries[0]!.files.find(({ name }) => name === 'orgs.csv')!.bytes.toString(), 'orgs.csv\n');
    await wait(1000);
    assert.equal(door.deliveries.length, 1, 'and only once');
  });

  test('one alone is named as it is', async () => {
    await sftp.put(`${folder}/Lakeview-User.csv`, 'x');
    await door.delivered(1);
    assert.equal(door.deliveries[0]!.name, 'Lakeview-User.csv');
  });

  test('a file that is open holds its set back, and an overwritten one counts once', async () => {
    await sftp.put(`${folder}/orgs.csv`, 'old');
    const handle = await sftp.open(`${folder}/users.csv`, 'w');
    await sftp.write(handle, Buffer.from('half'), 0);
    await wait(1200);
    assert.equal(door.deliveries.length, 0);
    await sftp.put(`${folder}/orgs.csv`, 'new');
    await sftp.close(handle);
    await door.delivered(1);
    assert.deepEqual(door.deliveries[0]!.files.map(({ name, bytes }) => `${name} ${bytes}`).sort(), [
      'orgs.csv new',
      'users.csv half',
    ]);
  });

  test('renamed from temporary names they are collected too', async () => {
    await sftp.put(`${folder}/orgs.csv.filepart`, 'orgs');
    await sftp.rename(`${folder}/orgs.csv.filepart`, `${folder}/orgs.csv`);
    await sftp.put(`${folder}/users.csv`, 'users');
    await door.delivered(1);
    assert.deepEqual(names(door), [['orgs.csv', 'users.csv']]);
  });

  test('a removed one is not delivered', async () => {
    await sftp.put(`${folder}/orgs.csv`, 'orgs');
    await sftp.put(`${folder}/wrong.csv`, 'wrong');
    await sftp.remove(`${folder}/wrong.csv`);
    await door.delivered(1);
    assert.deepEqual(names(door), [['orgs.csv']]);
  });

  test('lose to a zip of the same set, whichever comes first, and the audit log says so', async () => {
    await sftp.put(`${folder}/orgs.csv`, 'orgs');
    await sftp.put(`${folder}/OneRoster.zip`, 'PK');
    await sftp.put(`${folder}/users.csv`, 'users');
    await wait(1200);
    assert.deepEqual(names(door), [['OneRoster.zip']]);
    assert.equal(door.audits.filter(({ act }) => act === 'sftp set aside').length, 2);
    await sftp.put(`${folder}/orgs.csv`, 'next set');
    await door.delivered(2);
    assert.deepEqual(names(door)[1], ['orgs.csv']);
  });

  test('in two folders are two sets', async () => {
    await sftp.put(`${folder}/orgs.csv`, 'a');
    await sftp.put('/imagine/1234567-lakeview/math/orgs.csv', 'b');
    await door.delivered(2);
    assert.deepEqual(door.deliveries.map(({ sourceId }) => sourceId).sort(), ['lakeview-literacy', 'lakeview-math']);
  });

  test('that cannot be received stay, and are tried again', async () => {
    door.refuse.with = new Error('database down');
    await sftp.put(`${folder}/orgs.csv`, 'orgs');
    await until(() => door.logged.some((line) => line.includes('sftp set not received')));
    await until(async () => (await sftp.names(folder)).includes('orgs.csv'));
    door.refuse.with = undefined;
    await door.delivered(1);
    assert.deepEqual(names(door), [['orgs.csv']]);
  });
});

describe('files of other names', () => {
  test('wait until a client may not rename them any more, and are delivered each by itself', async () => {
    const door = await openDoor({ quietMs: 300 });
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/upload.uploading-now`, 'PK');
    await sftp.rename(`${folder}/upload.uploading-now`, `${folder}/OneRoster.zip`);
    assert.deepEqual(names(door), [['OneRoster.zip']], 'the rename made it a zip');
    await sftp.put('/imagine/1234567-lakeview/math/export.dat', 'data');
    await sftp.put('/imagine/1234567-lakeview/math/readme', 'text');
    await door.delivered(3);
    assert.deepEqual(names(door).slice(1).sort(), [['export.dat'], ['readme']]);
    sftp.end();
    await shutDoor(door);
  });

  test('a spreadsheet goes at once; an empty zip waits, and then is told to be empty', async () => {
    const door = await openDoor({ quietMs: 300 });
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/Educators.xlsx`, 'PK');
    assert.deepEqual(names(door), [['Educators.xlsx']]);
    await sftp.put(`${folder}/OneRoster.zip`, '');
    assert.equal(door.deliveries.length, 1);
    await door.delivered(2);
    assert.equal(door.deliveries[1]!.files[0]!.bytes.length, 0);
    sftp.end();
    await shutDoor(door);
  });

  test('what was received disappears from the folder after a while', async () => {
    const door = await openDoor({ lingerMs: 50 });
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/OneRoster.zip`, 'PK');
    await until(async () => !(await sftp.names(folder)).includes('OneRoster.zip'));
    await assert.rejects(sftp.stat(`${folder}/OneRoster.zip`), missing);
    sftp.end();
    await shutDoor(door);
  });
});
