import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import ssh2 from 'ssh2';
import { signedIn } from '../../test/sftp-client.ts';
import { connect, type Door, folder, openDoor, other, person, shutDoor, until } from '../../test/sftp-door.ts';
import { hostKeysOf } from './host-keys.ts';

describe('signing in', () => {
  let door: Door;
  before(async () => {
    door = await openDoor();
  });
  after(() => shutDoor(door));

  test('the right password opens the door, and the audit log says who came', async () => {
    const client = await connect(door);
    client.end();
    await until(() => door.audits.some(({ act, accountId }) => act === 'sftp sign in' && accountId === 'ana'));
  });

  test('a wrong password and an unknown person are refused alike', async () => {
    const wrong = await connect(door, { ...person, password: 'wrong' }).catch((error) => error);
    const unknown = await connect(door, { username: 'nobody@x.example', password: 'x' }).catch((error) => error);
    assert.equal(wrong.level, 'client-authentication');
    assert.equal(wrong.message, unknown.message);
  });

  test('the connection ends after six wrong passwords', async () => {
    let asked = 0;
    const client = new ssh2.Client();
    await new Promise<void>((resolve) => {
      client.on('error', () => {});
      client.on('close', () => resolve());
      client.connect({
        host: '127.0.0.1',
        port: door.port,
        username: person.username,
        authHandler: (_left, _partial, next) => {
          asked++;
          next({ type: 'password', username: person.username, password: `wrong ${asked}` });
        },
      });
    });
    assert.ok(asked === 6 || asked === 7, `${asked} were tried`);
  });

  test('public keys and prompts are answered with "password"', async () => {
    const key = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private;
    const client = await connect(door, person, { privateKey: key, tryKeyboard: true });
    client.end();
  });

  test('no shell, no command, no other subsystem, no tunnel', async () => {
    const client = await connect(door);
    const failure = (call: (done: (error?: Error | null) => void) => void) =>
      new Promise<Error | null | undefined>((resolve) => call(resolve));
    assert.ok(await failure((done) => client.shell(done)));
    assert.ok(await failure((done) => client.exec('id', done)));
    assert.ok(await failure((done) => client.subsys('netconf', done)));
    assert.ok(await failure((done) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', door.port, done)));
    assert.ok(await failure((done) => client.forwardIn('127.0.0.1', 0, done)));
    client.sftp((error) => {
      assert.equal(error ?? undefined, undefined);
      client.end();
    });
    await new Promise<void>((resolve) => client.on('close', () => resolve()));
  });

  test('another person sees another tree', async () => {
    const ana = await signedIn(door);
    const bo = await signedIn(door, other);
    assert.deepEqual(await ana.names('/imagine'), ['1234567-lakeview']);
    assert.deepEqual(await bo.names('/imagine'), ['7654321-hill county']);
    ana.end();
    bo.end();
  });
});

describe('the way in', () => {
  const offers: [name: string, algorithms: ssh2.Algorithms][] = [
    ['hmac-sha1', { cipher: ['aes128-ctr'], hmac: ['hmac-sha1'] }],
    ['CBC', { cipher: ['aes128-cbc'] }],
    ['group 14 with SHA-1', { kex: ['diffie-hellman-group14-sha1'] }],
    ['group 1', { kex: ['diffie-hellman-group1-sha1'] }],
    ['ChaCha20', { cipher: ['chacha20-poly1305@openssh.com'] }],
    ['RSA with SHA-1', { serverHostKey: ['ssh-rsa'] }],
  ];
  const spoken: [name: string, algorithms: ssh2.Algorithms][] = [
    ['AES-GCM', { cipher: ['aes256-gcm@openssh.com'] }],
    ['AES-CTR with HMAC', { cipher: ['aes192-ctr'], hmac: ['hmac-sha2-256'] }],
    ['ECDSA host key', { serverHostKey: ['ecdsa-sha2-nistp256'] }],
    ['group 14 with SHA-256', { kex: ['diffie-hellman-group14-sha256'] }],
  ];
  let door: Door;
  before(async () => {
    door = await openDoor();
  });
  after(() => shutDoor(door));

  for (const [name, algorithms] of offers) {
    test(`${name} is not spoken`, async () => {
      const error = await connect(door, person, { algorithms }).catch((failure: Error & { level?: string }) => failure);
      assert.ok(error instanceof Error);
      assert.equal(error.level, 'handshake');
    });
  }
  for (const [name, algorithms] of spoken) {
    test(`${name} works, and bytes arrive as they were`, async () => {
      const sftp = await signedIn(door);
      sftp.end();
      const client = await connect(door, person, { algorithms });
      const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31) % 251));
      const before = door.deliveries.length;
      await new Promise<void>((resolve, reject) =>
        client.sftp((error, raw) => {
          if (error) return reject(error);
          raw.writeFile(`${folder}/a.zip`, bytes, (failure) => (failure ? reject(failure) : resolve()));
        }),
      );
      assert.deepEqual(door.deliveries[before]?.files[0]?.bytes, bytes);
      client.end();
    });
  }

  test('strict key exchange is offered, and compression is not', async () => {
    const lines: string[] = [];
    const client = await connect(door, person, { debug: (line) => lines.push(line) });
    client.end();
    assert.ok(
      lines.some((line) => line.includes('(remote) KEX method') && line.includes('kex-strict-s-v00@openssh.com')),
    );
    assert.ok(
      lines.some((line) => /\(remote\) S->C compression: none$/i.test(line)),
      'only "none"',
    );
  });
});

describe('crowds', () => {
  test('a connection over the limit is told so, and one that leaves makes room', async () => {
    const door = await openDoor({ limits: { connections: 2 } });
    const [first, second] = [await connect(door), await connect(door)];
    const words = await firstWords(door.port);
    assert.match(words, /^Too many connections/);
    first!.end();
    await new Promise<void>((resolve) => first!.on('close', () => resolve()));
    await until(async () =>
      connect(door).then(
        (client) => !!client.end(),
        () => false,
      ),
    );
    second!.end();
    await shutDoor(door);
  });

  test('too many new connections from one address have to wait', async () => {
    const door = await openDoor({ limits: { newConnectionsPerMinute: 3 } });
    for (let i = 0; i < 3; i++) (await connect(door)).end();
    assert.match(await firstWords(door.port), /Wait a minute/);
    await shutDoor(door);
  });

  test('who does not sign in in time is sent away, even without a word', async () => {
    const door = await openDoor({ limits: { signInMs: 100 } });
    const socket = connectSocket(door.port, '127.0.0.1');
    await new Promise((resolve) => socket.on('close', resolve).resume());
    await shutDoor(door);
  });

  test('who is signed in and asks for nothing is sent away', async () => {
    const door = await openDoor({ limits: { idleMs: 100 } });
    const client = await connect(door);
    await new Promise<void>((resolve) => client.on('close', () => resolve()));
    await shutDoor(door);
  });

  function firstWords(port: number): Promise<string> {
    const socket = connectSocket(port, '127.0.0.1');
    return new Promise((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())).on('error', () => {}));
  }
});

describe('host keys', () => {
  test('are made once, private, and have the fingerprints of the public key', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'homeroom-keys-'));
    const made = await hostKeysOf(join(dir, 'keys'));
    const again = await hostKeysOf(join(dir, 'keys'));
    assert.deepEqual(again, made);
    assert.deepEqual(
      made.map(({ type }) => type),
      ['ssh-ed25519', 'ecdsa-sha2-nistp256'],
    );
    for (const name of await readdir(join(dir, 'keys')))
      assert.equal((await stat(join(dir, 'keys', name))).mode & 0o777, 0o600);
    for (const { publicKey, fingerprint } of made) {
      const blob = Buffer.from(publicKey.split(' ')[1]!, 'base64');
      const hash = createHash('sha256').update(blob).digest('base64');
      assert.equal(fingerprint, `SHA256:${hash.slice(0, 43)}`);
    }
    await rm(dir, { recursive: true });
  });

  test('ssh-keygen, where there is one, prints the same fingerprint', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'homeroom-keys-'));
    const [key] = await hostKeysOf(dir);
    const printed = spawnSync('ssh-keygen', ['-lf', join(dir, 'ssh_host_ed25519_key')], { encoding: 'utf8' });
    if (!printed.error) assert.equal(printed.stdout.split(' ')[1], key!.fingerprint);
    await rm(dir, { recursive: true });
  });
});
