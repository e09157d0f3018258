import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { denied, failed, missing, type Sftp, signedIn } from '../../test/sftp-client.ts';
import { type Door, folder, openDoor, other, shutDoor, until } from '../../test/sftp-door.ts';

describe('the tree that a person sees', () => {
  let door: Door;
  let sftp: Sftp;
  before(async () => {
    door = await openDoor();
    await writeFile(join(door.reportsDir, '2026-11-21 sync 218.txt'), 'All is well.\n');
    await writeFile(join(door.reportsDir, '.secret'), 'no');
    await mkdir(join(door.reportsDir, 'folder'));
    await symlink('/etc/passwd', join(door.reportsDir, 'link.txt'));
    sftp = await signedIn(door);
  });
  after(async () => {
    sftp.end();
    await shutDoor(door);
  });

  test('leads from the root to own folders, and shows nothing else', async () => {
    assert.deepEqual(await sftp.names('/'), ['imagine']);
    assert.deepEqual(await sftp.names('/imagine'), ['1234567-lakeview']);
    assert.deepEqual(await sftp.names('/imagine/1234567-lakeview'), ['literacy', 'math']);
    assert.deepEqual(await sftp.names(folder), ['reports', 'test']);
  });

  test('home is the root, and paths are relative to it', async () => {
    assert.equal(await sftp.realpath('.'), '/');
    assert.equal(await sftp.realpath(''), '/');
    assert.equal(await sftp.realpath('imagine/../imagine/./1234567-lakeview//literacy/'), folder);
    assert.equal(await sftp.realpath('../../..'), '/');
    assert.deepEqual(await sftp.names('imagine/1234567-lakeview'), ['literacy', 'math']);
  });

  test('everything on the way is a folder', async () => {
    for (const path of ['/', '/imagine', '/imagine/1234567-lakeview', folder, `${folder}/`, `${folder}/reports`]) {
      assert.ok((await sftp.stat(path)).isDirectory(), path);
      assert.ok((await sftp.lstat(path)).isDirectory(), path);
    }
  });

  test('lines of a listing are those of ls -l, with . and .. as a server has them', async () => {
    await sftp.put(`${folder}/a b.part`, 'x'.repeat(1234));
    const lines: { filename: string; longname: string }[] = [];
    // `full` is not in the types: without it the client leaves . and .. out.
    const readdir = sftp.raw.readdir.bind(sftp.raw) as unknown as (
      path: string,
      options: { full: boolean },
      done: (error: unknown, list: typeof lines) => void,
    ) => void;
    await new Promise<void>((done) =>
      readdir(folder, { full: true }, (_error, list) => {
        lines.push(...list);
        done();
      }),
    );
    assert.deepEqual(
      lines.map(({ filename }) => filename),
      ['.', '..', 'reports', 'test', 'a b.part'],
    );
    assert.match(
      lines[4]!.longname,
      /^-rw------- 1 homeroom homeroom +1234 [A-Z][a-z]{2} [ \d]\d \d\d:\d\d a b\.part$/,
    );
    assert.match(lines[2]!.longname, /^dr-x------ /);
    await sftp.remove(`${folder}/a b.part`);
  });

  test('anything outside is denied, for every request, and the audit log is told once for each place', async () => {
    const outside = [
      '/etc/passwd',
      '/imagine/7654321-hill county/literacy plus',
      '/imagine/1234567-lakeview/science',
      '/other',
    ];
    for (const path of outside) {
      await assert.rejects(sftp.stat(path), denied, path);
      await assert.rejects(sftp.lstat(path), denied, path);
      await assert.rejects(sftp.list(path), denied, path);
      await assert.rejects(sftp.get(path), denied, path);
      await assert.rejects(sftp.put(`${path}/x.zip`, 'x'), denied, path);
      await assert.rejects(sftp.remove(path), denied, path);
      await assert.rejects(sftp.rmdir(path), denied, path);
      await assert.rejects(sftp.mkdir(path), denied, path);
      await assert.rejects(sftp.setstat(path, { mode: 0o777 }), denied, path);
      await assert.rejects(sftp.readlink(path), denied, path);
      await assert.rejects(sftp.rename(path, `${folder}/x.zip`), denied, path);
      await assert.rejects(sftp.symlink(path, `${folder}/x.zip`), denied, path);
      const told = () => door.audits.filter(({ act, object }) => act === 'sftp denied' && object === path);
      await until(() => told().length > 0);
      assert.equal(told().length, 1, path);
      assert.equal(told()[0]!.accountId, 'ana');
    }
    assert.equal(door.deliveries.length, 0);
  });

  test('no folders are made, removed or renamed, and nothing is put beside the own folders', async () => {
    await assert.rejects(sftp.mkdir(`${folder}/new`), denied);
    await assert.rejects(sftp.mkdir(folder), failed);
    await assert.rejects(sftp.rmdir(folder), denied);
    await assert.rejects(sftp.rename(folder, '/imagine/1234567-lakeview/new'), denied);
    await assert.rejects(sftp.put('/x.zip', 'x'), denied);
    await assert.rejects(sftp.put('/imagine/x.zip', 'x'), denied);
    await assert.rejects(sftp.put(folder, 'x'), denied);
    await assert.rejects(sftp.put(`${folder}/new/x.zip`, 'x'), missing);
    await assert.rejects(sftp.symlink('/etc/passwd', `${folder}/x.zip`), denied);
  });

  test('reports are listed and read, and cannot be changed', async () => {
    const reports = `${folder}/reports`;
    assert.deepEqual(await sftp.names(reports), ['2026-11-21 sync 218.txt']);
    assert.equal((await sftp.get(`${reports}/2026-11-21 sync 218.txt`)).toString(), 'All is well.\n');
    assert.equal((await sftp.stat(`${reports}/2026-11-21 sync 218.txt`)).size, 13);
    await assert.rejects(sftp.put(`${reports}/2026-11-21 sync 218.txt`, 'x'), denied);
    await assert.rejects(sftp.put(`${reports}/new.zip`, 'x'), denied);
    await assert.rejects(sftp.remove(`${reports}/2026-11-21 sync 218.txt`), denied);
    await assert.rejects(sftp.rename(`${reports}/2026-11-21 sync 218.txt`, `${folder}/x.zip`), denied);
    for (const hidden of ['.secret', 'folder', 'link.txt', 'none.txt', '..%2f', 'folder/x'])
      await assert.rejects(sftp.get(`${reports}/${hidden}`), missing, hidden);
    assert.deepEqual(await sftp.names('/imagine/1234567-lakeview/math/reports'), []);
  });

  test('folders and files of names with spaces and other letters', async () => {
    const bo = await signedIn(door, other);
    const home = '/imagine/7654321-hill county/literacy plus';
    const name = 'Müller’s röster 東京.zip';
    await bo.put(`${home}/${name}`, 'PK');
    assert.deepEqual(await bo.names(home), ['reports', 'test', name]);
    // A Mac sends the same name decomposed.
    assert.equal((await bo.stat(`${home}/${name.normalize('NFD')}`)).size, 2);
    assert.equal(door.deliveries.at(-1)!.name, name);
    bo.end();
  });

  test('names that would break a listing are refused', async () => {
    for (const name of ['a\nb.zip', 'a\u001b[2J.zip', `${'x'.repeat(300)}.zip`])
      await assert.rejects(sftp.put(`${folder}/${name}`, 'x'), failed);
  });

  test('what the house still works on stays listed', async () => {
    const receivedAt = new Date('2026-11-21T02:58:00Z');
    door.unprocessed.push({ name: 'OneRoster.zip', sizeBytes: 77, receivedAt });
    assert.deepEqual(await sftp.names(folder), ['reports', 'test', 'OneRoster.zip']);
    assert.equal((await sftp.stat(`${folder}/OneRoster.zip`)).size, 77);
    await assert.rejects(sftp.get(`${folder}/OneRoster.zip`), failed);
    await assert.rejects(sftp.remove(`${folder}/OneRoster.zip`), failed);
    door.unprocessed.length = 0;
    await assert.rejects(sftp.stat(`${folder}/OneRoster.zip`), missing);
  });
});
