import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { signedIn } from '../sftp-client.ts';
import { folder, person, sha256, until } from '../sftp-door.ts';
import { needs, noise, type Ran, run, type Stage, stage, strike } from './program.ts';

describe('OpenSSH sftp', () => {
  let s: Stage;
  before(async () => {
    needs('sftp', 'openssh-client');
    needs('sshpass', 'sshpass');
    s = await stage();
    await writeFile(join(s.door.reportsDir, 'sync 218.txt'), 'All is well.\n');
  });
  after(() => strike(s));
  beforeEach(() => {
    s.door.deliveries.length = 0;
  });

  const options = () => [
    `-oUserKnownHostsFile=${s.home}/.ssh/known_hosts`,
    '-oStrictHostKeyChecking=yes',
    '-oPubkeyAuthentication=no',
    '-oNumberOfPasswordPrompts=1',
    `-oUser=${person.username}`,
    '-F',
    'none',
  ];

  async function sftp(lines: string[], password = person.password, more: string[] = []): Promise<Ran> {
    const script = join(s.home, 'script');
    await writeFile(script, `${lines.join('\n')}\n`);
    const args = [
      '-e',
      'sftp',
      ...options(),
      '-oBatchMode=no',
      '-b',
      script,
      ...more,
      '-P',
      String(s.door.port),
      '127.0.0.1',
    ];
    return run('sshpass', args, { home: s.home, env: { SSHPASS: password } });
  }

  test('puts a zip, twice, and ends by itself', async () => {
    const path = await s.file('OneRoster.zip', noise(3_000_000));
    const ran = await sftp([`cd ${folder}`, 'pwd', `put ${path}`, `put -p ${path}`, 'ls -la', 'bye']);
    assert.equal(ran.code, 0, ran.errors);
    assert.match(ran.out, new RegExp(`Remote working directory: ${folder}`));
    assert.match(ran.out, /^-rw------- +\S+ homeroom +homeroom +3000000 .* OneRoster\.zip$/m);
    assert.deepEqual(
      s.door.deliveries.map(({ files }) => sha256(files[0]!.bytes)),
      [sha256(noise(3_000_000)), sha256(noise(3_000_000))],
    );
  });

  test('puts loose files by a pattern, which become one delivery', async () => {
    for (const name of ['orgs.csv', 'users.csv', 'a name.csv']) await s.file(`set/${name}`, name);
    const ran = await sftp([`cd ${folder}`, `put ${s.home}/files/set/*.csv`]);
    assert.equal(ran.code, 0, ran.errors);
    const [delivery] = await s.door.delivered(1);
    assert.deepEqual(delivery!.files.map(({ name }) => name).sort(), ['a name.csv', 'orgs.csv', 'users.csv']);
  });

  test('renames from a temporary name, removes, reads a report', async () => {
    const path = await s.file('OneRoster.zip', 'PK');
    const ran = await sftp([
      `cd ${folder}`,
      `put ${path} OneRoster.zip.tmp`,
      `put ${path} wrong.tmp`,
      'rm wrong.tmp',
      'rename OneRoster.zip.tmp OneRoster.zip',
      `get "reports/sync 218.txt" ${s.home}/report`,
      'ls reports',
    ]);
    assert.equal(ran.code, 0, ran.errors);
    assert.equal(await readFile(join(s.home, 'report'), 'utf8'), 'All is well.\n');
    assert.deepEqual(
      s.door.deliveries.map(({ name }) => name),
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
    const ran = await sftp([`reput ${path} ${folder}/Resumed.zip`]);
    assert.equal(ran.code, 0, ran.errors);
    assert.equal(sha256(s.door.deliveries[0]!.files[0]!.bytes), sha256(bytes));
  });

  test('is denied elsewhere, and says so', async () => {
    const path = await s.file('OneRoster.zip', 'PK');
    for (const line of [
      `put ${path} /imagine/x.zip`,
      `put ${path} ${folder}/reports/x.zip`,
      `mkdir ${folder}/new`,
      'cd /etc',
    ]) {
      const ran = await sftp([line]);
      assert.notEqual(ran.code, 0, line);
      assert.match(ran.errors + ran.out, /Permission denied/, line);
    }
    assert.equal(s.door.deliveries.length, 0);
  });

  test('a wrong password ends it', async () => {
    const ran = await sftp(['ls'], 'wrong');
    assert.notEqual(ran.code, 0);
    assert.match(ran.errors, /Permission denied/);
  });

  test('ssh and scp -O get no shell and no command', async () => {
    const address = ['-p', String(s.door.port), '127.0.0.1'];
    const env = { SSHPASS: person.password };
    const shell = await run('sshpass', ['-e', 'ssh', ...options(), ...address], { home: s.home, env });
    assert.notEqual(shell.code, 0);
    const command = await run('sshpass', ['-e', 'ssh', ...options(), ...address, 'id'], { home: s.home, env });
    assert.notEqual(command.code, 0);
    assert.equal(command.out, '');
  });

  test('scp, which speaks SFTP, puts a file', async () => {
    const path = await s.file('OneRoster.zip', noise(100_000));
    const args = ['-e', 'scp', '-s', ...options(), '-P', String(s.door.port), path, `127.0.0.1:${folder}/`];
    const ran = await run('sshpass', args, { home: s.home, env: { SSHPASS: person.password } });
    assert.equal(ran.code, 0, ran.errors);
    assert.equal(s.door.deliveries.length, 1);
  });
});
