/** An SFTP door with a house that only remembers, for the tests of the door with one client or another. */

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import ssh2 from 'ssh2';
import { Refusal } from '../src/core/refusal.ts';
import type { AuditEntry, Folder, ReceivedFile, SftpDeps, Upload } from '../src/sftp/deps.ts';
import { type HostKey, hostKeysOf } from '../src/sftp/host-keys.ts';
import { type SftpServer, startSftp } from '../src/sftp/server.ts';

export type Kept = {
  name: string;
  sourceId: string;
  accountId: string;
  address: string;
  files: { name: string; bytes: Buffer }[];
};

export type Door = SftpServer & {
  dir: string;
  reportsDir: string;
  deliveries: Kept[];
  tests: Kept[];
  audits: AuditEntry[];
  logged: string[];
  unprocessed: ReceivedFile[];
  /** What the house says when it is asked to receive. */
  refuse: { with: Error | undefined };
  /** Stops the door and starts it again on the same folder and port; another object. */
  restart(change?: Partial<SftpDeps>): Promise<Door>;
  /** Waits until so many deliveries were received. */
  delivered(count: number): Promise<Kept[]>;
};

export const folder = '/imagine/1234567-lakeview/literacy';
export const person = { username: 'ana.ruiz@lakeview.example', password: 'correct horse battery' };
export const other = { username: 'bo@hill.example', password: 'another long password' };

let keys: Promise<HostKey[]> | undefined;

export async function openDoor(change: Partial<SftpDeps> = {}, dir?: string): Promise<Door> {
  const home = dir ?? (await mkdtemp(join(tmpdir(), 'homeroom-sftp-')));
  const reportsDir = join(home, 'reports');
  await mkdir(reportsDir, { recursive: true });
  keys ??= hostKeysOf(join(home, 'keys'));
  const deliveries: Kept[] = [];
  const tests: Kept[] = [];
  const audits: AuditEntry[] = [];
  const logged: string[] = [];
  const unprocessed: ReceivedFile[] = [];
  const refuse: Door['refuse'] = { with: undefined };
  const folders: Record<string, Folder[]> = {
    ana: [
      { sourceId: 'lakeview-literacy', path: folder, reportsDir },
      { sourceId: 'lakeview-math', path: '/imagine/1234567-lakeview/math' },
    ],
    bo: [{ sourceId: 'hill', path: '/imagine/7654321-hill county/literacy plus' }],
  };
  const deps: SftpDeps = {
    host: '127.0.0.1',
    port: 0,
    hostKeys: await keys,
    stagingDir: join(home, 'staging'),
    quietMs: 200,
    graceMs: 2000,
    log: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    async signIn(email, password) {
      if (email === person.username && password === person.password) return { id: 'ana' };
      if (email === other.username && password === other.password) return { id: 'bo' };
      throw new Refusal('sign-in-refused', 401, 'Email or password is wrong.');
    },
    keysOf: async () => [],
    signInWithKey: async ({ accountId }) => ({ id: accountId }),
    foldersOf: async ({ accountId }) => folders[accountId] ?? [],
    async receive(upload: Upload) {
      if (refuse.with) throw refuse.with;
      deliveries.push(await kept(upload));
    },
    receiveTest: async (upload) => void tests.push(await kept(upload)),
    unprocessedOf: async () => unprocessed,
    audit: (entry) => void audits.push(entry),
    ...change,
  };
  const server = await startSftp(deps);
  const door: Door = {
    ...server,
    dir: home,
    reportsDir,
    deliveries,
    tests,
    audits,
    logged,
    unprocessed,
    refuse,
    async restart(more = {}) {
      await server.close();
      return openDoor({ ...change, ...more }, home);
    },
    async delivered(count) {
      await until(() => deliveries.length >= count);
      return deliveries;
    },
  };
  return door;
}

async function kept(upload: Upload): Promise<Kept> {
  const files = upload.files.map(async ({ name, path }) => ({ name, bytes: await readFile(path) }));
  return { ...upload, files: await Promise.all(files) };
}

/** Stops the door and removes everything it kept. */
export async function shutDoor(door: Door): Promise<void> {
  await door.close();
  await rm(door.dir, { recursive: true, force: true });
}

/** Waits for something to become true, for 20 s at most. */
export async function until(ready: () => boolean | Promise<boolean>): Promise<void> {
  const endAtMs = Date.now() + 20_000;
  while (!(await ready())) {
    if (Date.now() > endAtMs) throw new Error('It did not happen within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function connect(door: { port: number }, who = person, config: ssh2.ConnectConfig = {}): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client)).once('error', reject);
    client.on('error', () => {});
    client.connect({ host: '127.0.0.1', port: door.port, ...who, ...config });
    // ssh2 writes a packet in pieces, each of which would wait for the delayed acknowledgement of the one before.
    client.setNoDelay(true);
  });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
