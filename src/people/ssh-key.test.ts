import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import ssh2 from 'ssh2';
import { readPublicKey } from './ssh-key.ts';

/** One ed25519 key in 256 comes out of ssh2 cut by a byte, and such a one is thrown away. */
function pair(type: string, bits?: number): { private: string; public: string } {
  const made = ssh2.utils.generateKeyPairSync(
    type as 'ecdsa',
    { ...(bits ? { bits } : {}), comment: 'ana@laptop' } as never,
  );
  return ssh2.utils.parseKey(made.private) instanceof Error ? pair(type, bits) : made;
}

/** Written by ssh-keygen 9.2, whose `-l` said the fingerprint and whose `-e` wrote the other form. */
const fromOpenssh = {
  line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMiw4sxWl/XqxTwSkdwlI5KF+O5AIlDczczFkBgQkZ1E nightly@sis',
  rfc4716: `---- BEGIN SSH2 PUBLIC KEY ----
Comment: "256-bit ED25519, converted by OpenSSH"
AAAAC3NzaC1lZDI1NTE5AAAAIMiw4sxWl/XqxTwSkdwlI5KF+O5AIlDczczFkBgQkZ1E
---- END SSH2 PUBLIC KEY ----`,
  fingerprint: 'SHA256:VwUqQP+v815UAyNHz4UPXX+3HcjM93nyoTgx2FWMTeI',
};

for (const [type, bits, algorithm] of [
  ['ed25519', undefined, 'ssh-ed25519'],
  ['ecdsa', 256, 'ecdsa-sha2-nistp256'],
  ['ecdsa', 384, 'ecdsa-sha2-nistp384'],
  ['ecdsa', 521, 'ecdsa-sha2-nistp521'],
  ['rsa', 2048, 'ssh-rsa'],
] as const) {
  test(`${algorithm} is taken, with the bytes that stand in its line`, () => {
    const { public: line } = pair(type, bits);
    const key = readPublicKey(`\n  ${line}\r\n`);
    assert.equal(key.algorithm, algorithm);
    assert.equal(key.publicKey.toString('base64'), line.split(' ')[1]);
    assert.equal(key.comment, 'ana@laptop');
  });
}

test('the fingerprint is the one that ssh-keygen shows', () => {
  const key = readPublicKey(fromOpenssh.line);
  assert.equal(key.fingerprint, fromOpenssh.fingerprint);
  assert.equal(key.comment, 'nightly@sis');
});

test('both forms in which OpenSSH writes a public key are the same key', () => {
  assert.equal(readPublicKey(fromOpenssh.rfc4716).fingerprint, fromOpenssh.fingerprint);
});

test('a private key is refused in every form, in words that do not repeat it', () => {
  const { private: openssh } = pair('ed25519');
  const body = openssh.split('\n').slice(1, -2).join('\n');
  const pem = (type: 'pkcs1' | 'pkcs8') =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type, format: 'pem' }) as string;
  const putty = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\nAAAA';
  for (const text of [openssh, body, `my key:\n${openssh}`, pem('pkcs1'), pem('pkcs8'), putty]) {
    assert.throws(
      () => readPublicKey(text),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'key-private');
        assert.match(error.message, /^This is a private key\. It was not kept/);
        for (const line of text.split('\n').filter((each) => each.length > 20))
          assert.equal(error.message.includes(line), false);
        return true;
      },
    );
  }
});

const dsa = 'ssh-dss AAAAB3NzaC1kc3MAAAAhAJZ6jsGwbgM8s9Nuc1lnMIb01Vm8rtLK5pHCXPU1wGfPAAAAFQDfV1E= a@b';
const line = fromOpenssh.line;
for (const [what, text, code] of [
  ['an rsa key of 1,024 bits', pair('rsa', 1024).public, 'key-weak'],
  ['a dsa key', dsa, 'key-type'],
  ['a key of a security token', 'sk-ssh-ed25519@openssh.com AAAAGnNr a@b', 'key-type'],
  ['a certificate', line.replace('ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com'), 'key-type'],
  ['a key with options before it', `command="id",no-pty ${line}`, 'key-options'],
  ['two keys', `${line}\n${line}`, 'key-many'],
  ['half a key', line.slice(0, 40), 'key-unreadable'],
  ['another type than its bytes say', line.replace('ssh-ed25519', 'ssh-rsa'), 'key-unreadable'],
  ['words', 'please add my key', 'key-unreadable'],
  ['nothing', '  ', 'key-unreadable'],
  ['a novel', `${line} ${'x'.repeat(20_000)}`, 'key-unreadable'],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => readPublicKey(text), { code, status: 400 });
  });
}

test('bytes cut or changed anywhere are refused or are another key, and never a fault of ours', () => {
  const [type, base64 = ''] = pair('ecdsa', 256).public.split(' ');
  const bytes = Buffer.from(base64, 'base64');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 0x55;
    for (const data of [bytes.subarray(0, at), changed]) {
      try {
        readPublicKey(`${type} ${data.toString('base64')}`);
      } catch (error) {
        assert.match((error as { code?: string }).code ?? '', /^key-/, `byte ${at}`);
      }
    }
  }
});
