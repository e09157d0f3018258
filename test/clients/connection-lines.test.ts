/** The command lines that a district is shown, run as they are printed, with names that every shell trips over. */
import assert from 'node:assert/strict';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type ConnectionCommand, connectionCommands } from '../../src/core/connection-commands.ts';
import { hostKeysOf } from '../../src/sftp/host-keys.ts';
import { person, sha256 } from '../sftp-door.ts';
import { needsUploaders, noise, type Ran, run, type Stage, stage, strike } from './program.ts';

const path = "/ima gine/1234567-o'brien $HOME/literacy `plus`";
const names = [
  'OneRoster.zip',
  'One Roster.zip',
  `it's "our" $HOME \`id\` 100%.zip`,
  'a,b{c}[d];e#f?.zip',
  'é 東京.zip',
  '~a&b|c.zip',
];

describe('the lines of the connection page', () => {
  let s: Stage;
  let fingerprints: Record<string, string>;
  before(async () => {
    needsUploaders();
    s = await stage({ foldersOf: async () => [{ sourceId: 'lakeview-literacy', path }] });
    const keys = await hostKeysOf(join(s.home, 'keys'));
    fingerprints = Object.fromEntries(keys.map(({ type, fingerprint }) => [type, fingerprint]));
    // OpenSSH asks the system for the home folder, not the environment: only where it looks for known hosts is added.
    const known = `-F none -oUserKnownHostsFile=${s.home}/.ssh/known_hosts -oStrictHostKeyChecking=yes`;
    await writeFile(join(s.home, '.lftprc'), 'set net:max-retries 1\nset net:timeout 10\n');
    await mkdir(join(s.home, 'bin'));
    for (const program of ['sftp', 'ssh']) {
      const wrapper = join(s.home, 'bin', program);
      await writeFile(wrapper, `#!/bin/sh\nexec /usr/bin/${program} ${known} "$@"\n`);
      await chmod(wrapper, 0o755);
    }
  });
  after(() => strike(s));
  beforeEach(() => {
    s.door.deliveries.length = 0;
  });

  function commands(file: string): ConnectionCommand[] {
    return connectionCommands({
      host: '127.0.0.1',
      port: s.door.port,
      user: person.username,
      path,
      fingerprint: fingerprints['ssh-ed25519'] ?? '',
      ecdsaFingerprint: fingerprints['ecdsa-sha2-nistp256'] ?? '',
      file,
    });
  }
  const lineOf = (client: string, file: string) => commands(file).find((each) => each.client === client)?.text ?? '';

  /** As somebody pastes it into a terminal, and types the password when asked. */
  function pasted(line: string, password = person.password, homeOfUser = s.home): Promise<Ran> {
    // curl prefers the key of a server that this machine knows already: its line is for one that does not.
    const isFirst = line.startsWith('curl') && homeOfUser === s.home;
    const env = {
      HOME: isFirst ? join(s.home, 'bin') : homeOfUser,
      SSHPASS: password,
      LFTP_PASSWORD: password,
      PATH: `${join(s.home, 'bin')}:${process.env.PATH}`,
    };
    // lftp asks a terminal alone, and no program that plays one: it takes the password from the environment instead.
    // curl asks on standard error, which is the terminal then.
    const asked = line.replace(/^lftp /, 'lftp --env-password ').replace(/^curl .*/s, '$& 2>/dev/tty');
    const script = `cd ${join(s.home, 'files')} && ${asked}`;
    return run('sshpass', ['-e', 'sh', '-c', script], { home: s.home, env });
  }

  for (const client of ['sftp', 'lftp', 'curl']) {
    test(`${client}: puts each of these names where it belongs`, async () => {
      for (const [at, name] of names.entries()) {
        await s.file(name, noise(1000 + at));
        const ran = await pasted(lineOf(client, name));
        assert.equal(ran.code, 0, `${lineOf(client, name)}\n${ran.out}${ran.errors}`);
        // lftp ends without awaiting the answer to its last word: the delivery may come a moment after it.
        const delivery = (await s.door.delivered(at + 1)).at(-1);
        assert.deepEqual([delivery?.name, s.door.deliveries.length], [name, at + 1], lineOf(client, name));
        assert.equal(delivery!.files[0]!.bytes.length, 1000 + at, ran.out + ran.errors);
        assert.equal(sha256(delivery!.files[0]!.bytes), sha256(noise(1000 + at)));
      }
    });

    test(`${client}: a file that is not there, or a wrong password, is no success`, async () => {
      const missing = await pasted(lineOf(client, 'not here.zip'));
      // sftp that reads its orders from a pipe goes on after a failure, and says it.
      if (client === 'sftp') assert.match(missing.out + missing.errors, /not found|No such file/);
      else assert.notEqual(missing.code, 0, missing.errors);
      await s.file('OneRoster.zip', 'PK');
      const wrong = await pasted(lineOf(client, 'OneRoster.zip'), 'wrong password of mine');
      assert.notEqual(wrong.code, 0);
      assert.equal(s.door.deliveries.length, 0);
    });
  }

  test('curl: where the server is known already, without its fingerprint, as the line says', async () => {
    await s.file('OneRoster.zip', noise(1000));
    const known = join(s.home, 'known');
    await cp(join(s.home, '.ssh'), join(known, '.ssh'), { recursive: true });
    const line = lineOf('curl', 'OneRoster.zip').replace(/--hostpubsha256 \S+ /, '');
    assert.match(commands('x').find(({ client }) => client === 'curl')?.use ?? '', /leave out --hostpubsha256/);
    const ran = await pasted(line, person.password, known);
    assert.equal(ran.code, 0, ran.errors);
    assert.equal((await s.door.delivered(1)).length, 1);
  });
});
