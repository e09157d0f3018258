import assert from 'node:assert/strict';
import { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { connect } from '../../test/sftp-door.ts';
import { algorithms } from './algorithms.ts';
import { prepareKeys } from './prepared-keys.ts';

/** The ciphers of the server's side of a connection, where ssh2 keeps them. */
type Halves = { _cipher: Record<string, unknown>; _decipher: Record<string, unknown> };

test('the keys of AES-GCM are prepared once, also after new ones were agreed upon; other ciphers are left alone', async (t) => {
  const key = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private;
  const server = new ssh2.Server({ hostKeys: [key], algorithms });
  const met: { connection: ssh2.Connection; halves: Halves }[] = [];
  server.on('connection', (connection) => {
    prepareKeys(connection);
    const { _protocol: halves } = connection as unknown as { _protocol: Halves };
    met.push({ connection, halves });
    connection.on('error', () => {}).on('authentication', (auth) => auth.accept());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const signIn = (cipher: string) =>
    connect({ port }, undefined, {
      algorithms: { cipher: [cipher as 'aes128-ctr'], serverHostKey: ['ecdsa-sha2-nistp256'] },
    });

  const client = await signIn('aes128-gcm@openssh.com');
  const { connection, halves } = met[0] as (typeof met)[0];
  const keys = () => [halves._cipher._encKey, halves._decipher._decipherKey];
  // A native part of ssh2 prepares its keys itself; without one, they are the program's to prepare.
  const isNative = !('_encKey' in halves._cipher);
  const before = keys();
  if (!isNative) for (const one of before) assert.ok(one instanceof KeyObject);
  const renewed = once(connection, 'rekey');
  connection.rekey();
  await renewed;
  if (!isNative)
    for (const [at, one] of keys().entries()) {
      assert.ok(one instanceof KeyObject);
      assert.notEqual(one, before[at]);
    }
  client.end();

  const plain = await signIn('aes128-ctr');
  assert.ok(!(met[1]?.halves._cipher._encKey instanceof KeyObject));
  plain.end();
});
