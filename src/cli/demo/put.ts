/** Puts a file on an SFTP server as a district's client would: host key compared, password given, bytes watched. */

import ssh2 from 'ssh2';

export type Target = { host: string; port: number; fingerprints: readonly string[]; user: string; password: string };

/**
 * Resolves when the server has said that the file arrived.
 * @param onBytes called with the bytes sent so far.
 * @throws Error when the host key is not one of the fingerprints, or the server refuses.
 */
export async function putFile(
  target: Target,
  local: string,
  remote: string,
  onBytes: (sent: number) => void,
): Promise<void> {
  const client = new ssh2.Client();
  try {
    await connected(client, target);
    await new Promise<void>((resolve, reject) => {
      client.sftp((refused, sftp) => {
        if (refused) return reject(refused);
        sftp.fastPut(local, remote, { step: onBytes }, (error) => (error ? reject(error) : resolve()));
      });
    });
  } finally {
    client.end();
  }
}

function connected(client: ssh2.Client, { host, port, fingerprints, user, password }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    client
      .on('ready', resolve)
      .on('error', reject)
      .connect({
        host,
        port,
        username: user,
        password,
        hostHash: 'sha256',
        hostVerifier: (hash: string) =>
          fingerprints.includes(`SHA256:${Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '')}`),
      });
    client.setNoDelay(true);
  });
}
