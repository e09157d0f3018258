/** The keys by which clients know this server: made on first start, kept for ever, shown as OpenSSH shows them. */

import { createHash } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';

export type HostKey = {
  /** `ssh-ed25519` or `ecdsa-sha2-nistp256`. */
  type: string;
  /** In OpenSSH's own format. */
  privateKey: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string;
  /** The line for known_hosts: type and key in base64. */
  publicKey: string;
};

/**
 * Reads the host keys of `dir`, and makes those that are not there.
 *
 * There is no RSA key: with one, ssh2 1.17 offers signatures with SHA-1 whatever list of algorithms it is given.
 */
export async function hostKeysOf(dir: string): Promise<HostKey[]> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return [
    await keyOf(join(dir, 'ssh_host_ed25519_key'), () => ssh2.utils.generateKeyPairSync('ed25519')),
    await keyOf(join(dir, 'ssh_host_ecdsa_key'), () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })),
  ];
}

async function keyOf(path: string, generate: () => { private: string }): Promise<HostKey> {
  let text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) {
    await writeOnce(path, readable(generate));
    text = await readFile(path, 'utf8');
  }
  await chmod(path, 0o600);
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) throw new Error(`The host key ${path} cannot be read: ${parsed.message}.`);
  const blob = parsed.getPublicSSH();
  const hash = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return {
    type: parsed.type,
    privateKey: text,
    fingerprint: `SHA256:${hash}`,
    publicKey: `${parsed.type} ${blob.toString('base64')}`,
  };
}

/** One ed25519 key in 256 comes out of ssh2 1.17 cut by a byte, and cannot be read back: those are thrown away. */
function readable(generate: () => { private: string }): string {
  for (;;) {
    const text = generate().private;
    const parsed = ssh2.utils.parseKey(text);
    if (parsed instanceof Error) continue;
    const probe = Buffer.from('probe');
    const signature = parsed.sign(probe);
    if (signature instanceof Uint8Array && parsed.verify(probe, signature) === true) return text;
  }
}

/** Never replaces a key that is there, and never leaves half of one. */
async function writeOnce(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}.new`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
