/** Runs the real SFTP clients of Debian against a door of this process. */

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostKeysOf } from '../../src/sftp/host-keys.ts';
import { type Door, openDoor, shutDoor } from '../sftp-door.ts';

export type Ran = { code: number | null; out: string; errors: string };

/** A door, a home folder for the client whose known_hosts holds the door's keys, and files to send. */
export type Stage = { door: Door; home: string; file(name: string, bytes: string | Uint8Array): Promise<string> };

export async function stage(change: Parameters<typeof openDoor>[0] = {}): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'homeroom-client-'));
  const hostKeys = await hostKeysOf(join(home, 'keys'));
  const door = await openDoor({ ...change, hostKeys });
  const known = hostKeys.map(({ publicKey }) => `[127.0.0.1]:${door.port} ${publicKey}\n`).join('');
  await mkdir(join(home, '.ssh'), { mode: 0o700 });
  await mkdir(join(home, 'files'));
  await writeFile(join(home, '.ssh/known_hosts'), known);
  return {
    door,
    home,
    async file(name, bytes) {
      const path = join(home, 'files', name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, bytes);
      return path;
    },
  };
}

export async function strike({ door, home }: Stage): Promise<void> {
  await shutDoor(door);
  await rm(home, { recursive: true, force: true });
}

/**
 * Fails when a program is not there, and says where it comes from.
 * @param debianPackage what `apt-get install` has to be told.
 */
export function needs(program: string, debianPackage: string): void {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
  if (found.status === 0) return;
  throw new Error(`The program ${program} is missing. Install it with: apt-get install ${debianPackage}`);
}

/** The clients that the connection page has a line for. */
export function needsUploaders(): void {
  needs('sftp', 'openssh-client');
  needs('sshpass', 'sshpass');
  needs('lftp', 'lftp');
  needs('curl', 'curl');
}

/**
 * Runs a program to its end; one that takes longer than a minute hangs, and is ended.
 * @param options.until kills the program, and what it started, once this is so.
 */
export function run(
  program: string,
  args: string[],
  options: { home: string; env?: Record<string, string>; until?: () => Promise<void> },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.home,
      env: { PATH: process.env.PATH, HOME: options.home, LC_ALL: 'C.UTF-8', TERM: 'dumb', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: a client and the ssh that it runs go at once, as when their machine goes.
      detached: options.until !== undefined,
    });
    options.until?.().then(() => process.kill(-(child.pid as number), 'SIGKILL'), reject);
    let [out, errors] = ['', ''];
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    const hung = setTimeout(() => child.kill('SIGKILL'), 60_000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(hung);
      resolve({ code, out, errors });
    });
  });
}

/** Bytes that differ everywhere, so that a piece in the wrong place is seen. */
export function noise(lengthBytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < lengthBytes; i++) blocks.push(createHash('sha256').update(String(i)).digest());
  return Buffer.concat(blocks).subarray(0, lengthBytes);
}
