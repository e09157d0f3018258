import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { SftpKey } from '../../src/sftp/deps.ts';
import { folder, person, sha256 } from '../sftp-door.ts';
import { needs, noise, type Ran, run, type Stage, stage, strike } from './program.ts';

describe('OpenSSH sftp with keys', () => {
  let s: Stage;
  const registered: SftpKey[] = [];
  before(async () => {
    needs('sftp', 'openssh-client');
    s = await stage({ keysOf: async () => registered, limits: { folderFiles: 2, fileBytes: 1_000_000 } });
  });
  after(() => strike(s));

  async function keyOf(type: string, bits: string[]): Promise<string> {
    const path = join(s.home, `id_${type}`);
    const made = spawnSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', '', '-f', path]);
    assert.equal(made.status, 0);
    const publicKey = Buffer.from((await readFile(`${path}.pub`, 'utf8')).split(' ')[1] as string, 'base64');
    registered.push({ id: type, accountId: 'ana', publicKey, fingerprint: `SHA256:${type}` });
    return path;
  }

  /** As a nightly script runs it: nobody is there to be asked. */
  async function sftp(key: string, lines: string[]): Promise<Ran> {
    const script = join(s.home, 'script');
    await writeFile(script, `${lines.join('\n')}\n`);
    const known = ['-F', 'none', `-oUserKnownHostsFile=${s.home}/.ssh/known_hosts`, '-oStrictHostKeyChecking=yes'];
    const who = ['-i', key, '-oIdentitiesOnly=yes', `-oUser=${person.username}`, '-P', String(s.door.port)];
    return run('sftp', ['-b', script, ...known, ...who, '127.0.0.1'], { home: s.home });
  }

  test('each kind of key lets in and puts; one that is not registered does not', async () => {
    const path = await s.file('OneRoster.zip', noise(200_000));
    const kinds: [string, string[]][] = [
      ['ed25519', []],
      ['ecdsa', ['-b', '384']],
      ['rsa', ['-b', '2048']],
    ];
    for (const [type, bits] of kinds) {
      const key = await keyOf(type, bits);
      const ran = await sftp(key, [`put ${path} ${folder}/`]);
      assert.equal(ran.code, 0, `${type}: ${ran.errors}`);
      assert.equal(sha256(s.door.deliveries.at(-1)!.files[0]!.bytes), sha256(noise(200_000)));
    }
    assert.equal(s.door.deliveries.length, kinds.length);
    registered.shift();
    const ran = await sftp(join(s.home, 'id_ed25519'), [`put ${path} ${folder}/`]);
    assert.equal(ran.code, 255);
    assert.match(ran.errors, /Permission denied/);
    assert.equal(s.door.deliveries.length, kinds.length);
  });

  test('a full folder and a file that is too large end with a failure and its reason', async () => {
    const key = join(s.home, 'id_ecdsa');
    const small = await s.file('a.csv', 'sourcedId\n');
    const large = await s.file('large.zip', noise(1_200_000));
    const full = await sftp(
      key,
      [1, 2, 3].map((at) => `put ${small} ${folder}/${at}.part`),
    );
    assert.equal(full.code, 1);
    assert.match(full.errors + full.out, /2 files waiting in this folder|Failure/);
    const tooLarge = await sftp(key, [`put ${large} ${folder}/`]);
    assert.equal(tooLarge.code, 1);
    assert.match(tooLarge.errors + tooLarge.out, /larger than the server takes|Failure/);
    const elsewhere = await sftp(key, [`put ${small} /imagine/x.csv`]);
    assert.equal(elsewhere.code, 1);
    assert.match(elsewhere.errors + elsewhere.out, /Permission denied/i);
  });
});
