import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pino from 'pino';
import ssh2, { type ParsedKey } from 'ssh2';
import { signedIn } from '../../test/sftp-client.ts';
import { connect, openDoor, person, shutDoor, until } from '../../test/sftp-door.ts';
import { Refusal } from '../core/refusal.ts';
import type { AuditEntry, SftpKey } from './deps.ts';
import { signingIn } from './signing-in.ts';

type Pair = { private: string; parsed: ParsedKey; algo: string; key: SftpKey };

function pair(type: string, bits?: number): Pair {
  const made = ssh2.utils.generateKeyPairSync(type as 'ecdsa', (bits ? { bits } : {}) as { bits: 256 });
  const parsed = ssh2.utils.parseKey(made.private);
  // One ed25519 key in 256 comes out of ssh2 cut by a byte.
  if (parsed instanceof Error) return pair(type, bits);
  const [algo = ''] = made.public.split(' ');
  const key: SftpKey = {
    id: `key of ${algo}`,
    accountId: 'ana',
    publicKey: parsed.getPublicSSH(),
    fingerprint: `SHA256:${algo}`,
  };
  return { private: made.private, parsed, algo, key };
}
const ed25519 = pair('ed25519');
const rsa = pair('rsa', 2048);
const pairs = [ed25519, pair('ecdsa', 256), pair('ecdsa', 384), pair('ecdsa', 521), rsa];

describe('signing in with a key, by a real client', () => {
  for (const { private: privateKey, algo, key } of pairs) {
    test(`${algo} opens the door, is noted as used, and the audit log names it`, async () => {
      const used: [string, string][] = [];
      const door = await openDoor({
        keysOf: async (email) => (email === person.username ? [ed25519.key, key] : []),
        signInWithKey: async ({ id, accountId }, address) => {
          used.push([id, address]);
          return { id: accountId };
        },
      });
      const sftp = await signedIn(door, { username: person.username, privateKey } as never);
      assert.deepEqual(await sftp.names('/'), ['imagine']);
      sftp.end();
      assert.deepEqual(used, [[key.id, '127.0.0.1']]);
      await until(() => door.audits.some(({ act }) => act === 'sftp sign in'));
      assert.deepEqual(door.audits.find(({ act }) => act === 'sftp sign in')?.detail, { key: key.fingerprint });
      await shutDoor(door);
    });
  }

  test('a key of somebody else, one that is refused after all, and an unknown person do not', async () => {
    const door = await openDoor({
      keysOf: async (email) => (email === person.username ? [rsa.key] : []),
      signInWithKey: async () => {
        throw new Refusal('network-not-allowed', 403, 'Not from here.');
      },
    });
    const refused = [
      { username: person.username, privateKey: ed25519.private },
      { username: person.username, privateKey: rsa.private },
      { username: 'nobody@x.example', privateKey: rsa.private },
    ];
    for (const who of refused) await assert.rejects(connect(door, who as never), { level: 'client-authentication' });
    const client = await connect(door, { ...person, privateKey: ed25519.private } as never);
    client.end();
    await shutDoor(door);
  });
});

type Fake = Parameters<ReturnType<typeof signingIn>>[0];

/** One request to come in, as ssh2 hands it on, and what was answered. */
async function ask(auth: object, { keys = [ed25519.key, rsa.key] as SftpKey[], faulty = false } = {}) {
  const said: string[] = [];
  const audits: AuditEntry[] = [];
  const answer = new Promise<void>((resolve) => {
    const handle = signingIn({
      signIn: async () => ({ id: 'ana' }),
      keysOf: async () => {
        if (faulty) throw new Error('the database is gone');
        return keys;
      },
      signInWithKey: async ({ accountId }) => ({ id: accountId }),
      log: pino({ level: 'silent' }),
      limits: { attempts: 6 },
      address: '127.0.0.1',
      audit: (entry) => audits.push(entry),
      end: () => resolve(void said.push('end')),
      welcome: ({ id }) => said.push(`welcome ${id}`),
    });
    handle({
      username: person.username,
      service: 'ssh-connection',
      accept: () => resolve(void said.push('accept')),
      reject: (methods: string[]) => resolve(void said.push(`reject ${methods}`)),
      ...auth,
    } as unknown as Fake);
  });
  await answer;
  return said.join(', ');
}

describe('what counts as a proof', () => {
  const blob = Buffer.from('what is signed in this session');
  const proof = ({ parsed, algo, key }: typeof rsa, hashAlgo?: string) => ({
    method: 'publickey',
    key: { algo, data: key.publicKey },
    hashAlgo,
    blob,
    signature: parsed.sign(blob, hashAlgo) as Buffer,
  });
  const refused = 'reject publickey,password';

  test('a signature by the registered key, with a hash that is not SHA-1', async () => {
    assert.equal(await ask(proof(ed25519)), 'welcome ana, accept');
    for (const hash of ['sha256', 'sha512']) assert.equal(await ask(proof(rsa, hash)), 'welcome ana, accept');
    assert.equal(await ask(proof(rsa, 'sha1')), refused);
    assert.equal(await ask({ ...proof(rsa, 'sha1'), hashAlgo: undefined }), refused);
  });

  test('an RSA key under the name of another type is not checked by the rules of that', async () => {
    const { signature } = proof(rsa, 'sha1');
    for (const algo of ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-dss', 'ssh-rsa-cert-v01@openssh.com', '__proto__'])
      assert.equal(
        await ask({ ...proof(rsa, 'sha1'), hashAlgo: undefined, key: { algo, data: rsa.key.publicKey }, signature }),
        refused,
        algo,
      );
  });

  test('a signature over something else, by another key, cut or empty is none', async () => {
    const good = proof(ed25519);
    for (const wrong of [
      { blob: Buffer.from('another session') },
      { blob: undefined },
      { signature: proof(pair('ed25519')).signature },
      { signature: good.signature.subarray(1) },
      { signature: Buffer.alloc(0) },
      { signature: Buffer.alloc(64) },
      { key: { algo: 'ssh-ed25519', data: pair('ed25519').key.publicKey } },
      { key: { algo: 'ssh-ed25519', data: Buffer.alloc(0) } },
    ])
      assert.equal(await ask({ ...good, ...wrong }), refused, JSON.stringify(Object.keys(wrong)));
  });

  test('asking whether a key would do lets nobody in', async () => {
    const offered = { ...proof(ed25519), signature: undefined, blob: undefined };
    assert.equal(await ask(offered), 'accept');
    assert.equal(await ask(offered, { keys: [] }), refused);
  });

  test('a fault of ours lets nobody in; other methods and names without end do not either', async () => {
    assert.equal(await ask(proof(ed25519), { faulty: true }), 'end');
    for (const method of ['none', 'hostbased', 'keyboard-interactive']) assert.equal(await ask({ method }), refused);
    assert.equal(await ask({ method: 'password', password: undefined }), refused);
    assert.equal(await ask({ method: 'password', password: 'x'.repeat(1025) }), refused);
    assert.equal(await ask({ method: 'password', password: 'x', username: 'x'.repeat(321) }), 'end');
  });
});
