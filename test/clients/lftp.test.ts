import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { signedIn } from '../sftp-client.ts';
import { folder, person, sha256, until } from '../sftp-door.ts';
import { needs, noise, type Ran, run, type Stage, stage, strike } from './program.ts';

describe('lftp', () => {
  let s: Stage;
  before(async () => {
    needs('lftp', 'lftp');
    needs('ssh', 'openssh-client');
    s = await stage();
  });
  after(() => strike(s));
  beforeEach(() => {
    s.door.deliveries.length = 0;
  });

  function lftp(commands: string[], password = person.password): Promise<Ran> {
    const ssh = `ssh -a -x -F none -o UserKnownHostsFile=${s.home}/.ssh/known_hosts -o StrictHostKeyChecking=yes`;
    const script = [
      'set net:max-retries 1',
      'set net:reconnect-interval-base 1',
      'set cmd:fail-exit yes',
      `set sftp:connect-program "${ssh}"`,
      `open -u "${person.username},${password}" -p ${s.door.port} sftp://127.0.0.1`,
      ...commands,
      'bye',
    ].join('; ');
    return run('lftp', ['--norc', '-c', script], { home: s.home });
  }

  test('puts a zip, twice, and lists it', async () => {
    const path = await s.file('OneRoster.zip', noise(2_000_000));
    const ran = await lftp([`cd ${folder}`, `put ${path}`, `put ${path}`, 'ls', 'cls -l']);
    assert.equal(ran.code, 0, ran.errors);
    assert.match(ran.out, /2000000 .* OneRoster\.zip/);
    // lftp ends without awaiting the answer to its last word: a delivery may come a moment after it.
    assert.deepEqual(
      (await s.door.delivered(2)).map(({ files }) => sha256(files[0]!.bytes)),
      [sha256(noise(2_000_000)), sha256(noise(2_000_000))],
    );
  });

  test('mirrors a folder of loose files, which become one delivery', async () => {
    const names = ['manifest.csv', 'orgs.csv', 'users.csv', 'enrollments.csv'];
    for (const name of names) await s.file(`mirror/${name}`, noise(50_000));
    const ran = await lftp([`mirror -R --parallel=2 ${s.home}/files/mirror ${folder}`]);
    assert.equal(ran.code, 0, ran.errors);
    const [delivery] = await s.door.delivered(1);
    assert.deepEqual(delivery!.files.map(({ name }) => name).sort(), names.sort());
    for (const { bytes } of delivery!.files) assert.equal(sha256(bytes), sha256(noise(50_000)));
  });

  test('with temporary names the rename makes the delivery', async () => {
    const path = await s.file('OneRoster.zip', noise(200_000));
    const ran = await lftp([
      'set xfer:use-temp-file yes',
      'set xfer:temp-file-name .in.*',
      `cd ${folder}`,
      `put ${path}`,
    ]);
    assert.equal(ran.code, 0, ran.errors);
    assert.deepEqual(
      (await s.door.delivered(1)).map(({ name }) => name),
      ['OneRoster.zip'],
    );
  });

  test('resumes an upload that was cut off', async () => {
    const bytes = noise(800_000);
    const path = await s.file('Resumed.zip', bytes);
    const half = await signedIn(s.door);
    const handle = await half.open(`${folder}/Resumed.zip`, 'w');
    await half.write(handle, bytes.subarray(0, 300_000), 0);
    half.end();
    const other = await signedIn(s.door);
    await until(async () => (await other.stat(`${folder}/Resumed.zip`)).size === 300_000);
    other.end();
    const ran = await lftp([`cd ${folder}`, `put -c ${path}`]);
    assert.equal(ran.code, 0, ran.errors);
    assert.equal(sha256((await s.door.delivered(1))[0]!.files[0]!.bytes), sha256(bytes));
  });

  test('does not resume what was received already: no empty file is delivered', async () => {
    const path = await s.file('Twice.zip', noise(10_000));
    const first = await lftp([`cd ${folder}`, `put -c ${path}`]);
    assert.equal(first.code, 0, first.errors);
    await s.door.delivered(1);
    const second = await lftp([`cd ${folder}`, `put -c ${path}`]);
    assert.match(second.errors, /received already/);
    const third = await lftp([`cd ${folder}`, `put ${path}`]);
    assert.equal(third.code, 0, third.errors);
    const sizes = (await s.door.delivered(2)).map(({ files }) => files[0]!.bytes.length);
    assert.deepEqual(sizes, [10_000, 10_000]);
  });

  test('is denied elsewhere, and repeats our sentence', async () => {
    const path = await s.file('OneRoster.zip', 'PK');
    for (const command of [
      `put ${path} -o /imagine/x.zip`,
      `put ${path} -o ${folder}/reports/x.zip`,
      `mkdir ${folder}/new`,
    ]) {
      const ran = await lftp([command]);
      assert.notEqual(ran.code, 0, command);
      assert.match(ran.errors, /Access failed: .*(folder|Permission denied)/i, command);
    }
    assert.equal(s.door.deliveries.length, 0);
  });

  test('a wrong password ends it', async () => {
    const ran = await lftp(['ls'], 'wrong');
    assert.notEqual(ran.code, 0);
    assert.match(ran.errors, /Login (failed|incorrect)|max-retries/i);
  });
});
