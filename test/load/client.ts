/** One of the processes that put load on a house: so many sessions of the npm client at once, each with its own files. */
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2, { type SFTPWrapper } from 'ssh2';

export type Order = {
  port: number;
  user: string;
  privateKey: string;
  /** Folder of the source. */
  folder: string;
  /** Folder for what is to be sent. */
  dir: string;
  sessions: number;
  filesEach: number;
  fileBytes: number;
  /** Of the names of the files. */
  prefix: string;
};
export type Sent = { name: string; sha256: string };

process.on('message', async (order: Order) => {
  const sessions = Array.from({ length: order.sessions }, (_, at) => session(order, at));
  const sent = (await Promise.all(sessions)).flat();
  process.send?.(sent, () => process.disconnect());
});

async function session(order: Order, at: number): Promise<Sent[]> {
  const { port, user: username, privateKey, folder, dir, filesEach, fileBytes, prefix } = order;
  const client = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve).on('error', reject);
    client.connect({ host: '127.0.0.1', port, username, privateKey, readyTimeout: 120_000 });
    client.setNoDelay(true);
  });
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
  );
  const sent: Sent[] = [];
  for (let count = 0; count < filesEach; count++) {
    const name = `${prefix}-${at}-${count}.zip`;
    const path = join(dir, name);
    const sha256 = await written(path, bytesOf(name, fileBytes));
    await new Promise<void>((resolve, reject) =>
      sftp.fastPut(path, `${folder}/${name}`, (error) => (error ? reject(error) : resolve())),
    );
    await rm(path);
    sent.push({ name, sha256 });
  }
  client.end();
  return sent;
}

async function written(path: string, bytes: Buffer): Promise<string> {
  await writeFile(path, bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

/** Differ from file to file and everywhere within, so that a piece in the wrong place is seen. */
function bytesOf(name: string, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes, createHash('sha512').update(name).digest());
  for (let at = 0; at + 8 <= lengthBytes; at += 4096) bytes.writeDoubleLE(at, at);
  return bytes;
}
