import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { folder, other, person, sha256 } from '../sftp-door.ts';
import { needs, noise, type Ran, run, type Stage, stage, strike } from './program.ts';

describe('rclone', () => {
  let s: Stage;
  before(async () => {
    needs('rclone', 'rclone');
    s = await stage();
  });
  after(() => strike(s));
  beforeEach(() => {
    s.door.deliveries.length = 0;
  });

  async function rclone(args: string[], who = person): Promise<Ran> {
    const hidden = await run('rclone', ['obscure', who.password], { home: s.home });
    return run('rclone', [...args, '--retries', '1', '--low-level-retries', '1', '--contimeout', '10s'], {
      home: s.home,
      env: {
        RCLONE_CONFIG_DOOR_TYPE: 'sftp',
        RCLONE_CONFIG_DOOR_HOST: '127.0.0.1',
        RCLONE_CONFIG_DOOR_PORT: String(s.door.port),
        RCLONE_CONFIG_DOOR_USER: who.username,
        RCLONE_CONFIG_DOOR_PASS: hidden.out.trim(),
        RCLONE_CONFIG_DOOR_KNOWN_HOSTS_FILE: `${s.home}/.ssh/known_hosts`,
      },
    });
  }

  test('copies a zip, sees that it is there, and copies a changed one', async () => {
    const path = await s.file('OneRoster.zip', noise(2_000_000));
    const first = await rclone(['copy', path, `door:${folder}`]);
    assert.equal(first.code, 0, first.errors);
    const same = await rclone(['copy', path, `door:${folder}`]);
    assert.equal(same.code, 0, same.errors);
    assert.equal(s.door.deliveries.length, 1, 'the same file is not sent again while it is listed');
    await s.file('OneRoster.zip', noise(2_000_001));
    const changed = await rclone(['copy', path, `door:${folder}`]);
    assert.equal(changed.code, 0, changed.errors);
    assert.deepEqual(
      s.door.deliveries.map(({ files }) => sha256(files[0]!.bytes)),
      [sha256(noise(2_000_000)), sha256(noise(2_000_001))],
    );
  });

  test('copies a folder of loose files at once, which become one delivery', async () => {
    const names = ['manifest.csv', 'orgs.csv', 'users.csv', 'enrollments.csv', 'classes.csv'];
    for (const name of names) await s.file(`set/${name}`, noise(60_000));
    const ran = await rclone(['copy', `${s.home}/files/set`, `door:${folder}`, '--transfers', '4']);
    assert.equal(ran.code, 0, ran.errors);
    const [delivery] = await s.door.delivered(1);
    assert.deepEqual(delivery!.files.map(({ name }) => name).sort(), names.sort());
  });

  test('lists, also where names have spaces', async () => {
    const path = await s.file('OneRoster.zip', 'PK');
    const home = '/imagine/7654321-hill county/literacy plus';
    const put = await rclone(['copy', path, `door:${home}`], other);
    assert.equal(put.code, 0, put.errors);
    const listed = await rclone(['lsf', '-R', 'door:/'], other);
    assert.equal(listed.code, 0, listed.errors);
    assert.ok(listed.out.split('\n').includes(`${home.slice(1)}/OneRoster.zip`), listed.out);
  });

  test('moves a temporary name to its own', async () => {
    const path = await s.file('OneRoster.zip', noise(1000));
    assert.equal((await rclone(['copyto', path, `door:${folder}/OneRoster.zip.0a1b2c3d.partial`])).code, 0);
    assert.equal(s.door.deliveries.length, 0);
    const ran = await rclone(['moveto', `door:${folder}/OneRoster.zip.0a1b2c3d.partial`, `door:${folder}/Moved.zip`]);
    assert.equal(ran.code, 0, ran.errors);
    assert.deepEqual(
      s.door.deliveries.map(({ name }) => name),
      ['Moved.zip'],
    );
  });

  test('is denied elsewhere, and repeats our sentence', async () => {
    const path = await s.file('OneRoster.zip', 'PK');
    const ran = await rclone(['copy', path, 'door:/imagine/7654321-hill county/literacy plus']);
    assert.notEqual(ran.code, 0);
    assert.match(ran.errors, /not one of your folders|permission denied/i);
    assert.equal(s.door.deliveries.length, 0);
  });

  test('a wrong password ends it', async () => {
    const ran = await rclone(['lsd', 'door:/'], { ...person, password: 'wrong' });
    assert.notEqual(ran.code, 0);
    assert.match(ran.errors, /unable to authenticate/);
  });
});
