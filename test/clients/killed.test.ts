/** Real clients that are killed in the middle of a file: nothing of it is delivered, and the next run brings it whole. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { signedIn } from '../sftp-client.ts';
import { folder, person, sha256, until } from '../sftp-door.ts';
import { needsUploaders, noise, type Ran, run, type Stage, stage, strike } from './program.ts';

const bytes = noise(24_000_000);

describe('a client that is killed', () => {
  let s: Stage;
  /** What was received is listed for a while: each client has a file of its own. */
  let path: string;
  let target: string;
  before(async () => {
    needsUploaders();
    s = await stage();
  });
  after(() => strike(s));
  beforeEach(() => {
    s.door.deliveries.length = 0;
  });

  /** Each sends slowly the first time, and the second time goes on where it was stopped. */
  const clients: Record<string, (again: boolean, until?: () => Promise<void>) => Promise<Ran>> = {
    async sftp(again, killedWhen) {
      const script = join(s.home, 'script');
      await writeFile(script, `${again ? 'reput' : 'put'} ${path} ${target}\n`);
      const known = [`-oUserKnownHostsFile=${s.home}/.ssh/known_hosts`, '-oStrictHostKeyChecking=yes'];
      const who = ['-oPubkeyAuthentication=no', `-oUser=${person.username}`, '-F', 'none', '-oBatchMode=no'];
      const slow = again ? [] : ['-l', '16000'];
      const args = ['-e', 'sftp', ...known, ...who, ...slow, '-b', script, '-P', `${s.door.port}`, '127.0.0.1'];
      return run('sshpass', args, {
        home: s.home,
        env: { SSHPASS: person.password },
        ...(killedWhen && { until: killedWhen }),
      });
    },
    async lftp(again, killedWhen) {
      const ssh = `ssh -a -x -F none -o UserKnownHostsFile=${s.home}/.ssh/known_hosts -o StrictHostKeyChecking=yes`;
      const script = [
        `set net:limit-rate ${again ? 0 : 2_000_000}`,
        `set sftp:connect-program "${ssh}"`,
        `open -u "${person.username},${person.password}" -p ${s.door.port} sftp://127.0.0.1`,
        `cd ${folder}`,
        `put ${again ? '-c ' : ''}${path}`,
        'bye',
      ].join('; ');
      return run('lftp', ['--norc', '-c', script], { home: s.home, ...(killedWhen && { until: killedWhen }) });
    },
    async curl(again, killedWhen) {
      const to = `sftp://127.0.0.1:${s.door.port}${target}`;
      const more = again ? ['--continue-at', '-'] : [];
      const args = [
        '-sS',
        '--limit-rate',
        '1M',
        '-u',
        `${person.username}:${person.password}`,
        ...more,
        '-T',
        path,
        to,
      ];
      return run('curl', args, { home: s.home, ...(killedWhen && { until: killedWhen }) });
    },
  };

  for (const [name, send] of Object.entries(clients)) {
    test(`${name}: what came stays and is not delivered, and the next run goes on from there`, async () => {
      path = await s.file(`${name}.zip`, bytes);
      target = `${folder}/${name}.zip`;
      const watcher = await signedIn(s.door);
      const sizeBytes = () =>
        watcher.stat(target).then(
          ({ size }) => size,
          () => 0,
        );
      const killed = await send(false, () => until(async () => (await sizeBytes()) > 500_000));
      assert.equal(killed.code, null, 'it was killed');
      const keptBytes = await sizeBytes();
      assert.ok(keptBytes > 0 && keptBytes < bytes.length, `${keptBytes}`);
      assert.equal(s.door.deliveries.length, 0);
      const ran = await send(true);
      assert.equal(ran.code, 0, ran.errors);
      const [delivery, ...more] = await s.door.delivered(1);
      assert.equal(more.length, 0);
      assert.equal(delivery!.files[0]!.bytes.length, bytes.length);
      assert.equal(sha256(delivery!.files[0]!.bytes), sha256(bytes));
      watcher.end();
    });
  }
});
