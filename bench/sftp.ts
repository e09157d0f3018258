/**
 * One upload by OpenSSH's client, with the same cipher, into our door and into OpenSSH's own server; the two take turns,
 * and medians are compared. Ours puts the bytes on the disk before it answers, the other does not.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { hostKeysOf } from '../src/sftp/host-keys.ts';
import { startSftp } from '../src/sftp/server.ts';

const mebibytes = Number(process.env.BENCH_MIB ?? 256);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const cipher = 'aes128-gcm@openssh.com';
const password = 'bench';

export default async function bench(): Promise<Record<string, number>> {
  need('/usr/sbin/sshd', 'openssh-server');
  need('sftp', 'openssh-client');
  need('sshpass', 'sshpass');
  const home = await mkdtemp(join(tmpdir(), 'homeroom-bench-sftp-'));
  const closing: (() => Promise<unknown> | unknown)[] = [() => rm(home, { recursive: true, force: true })];
  try {
    const file = await fileOf(home);
    const door = await openDoor(home);
    closing.unshift(() => door.close());
    const peer = await openPeer(home);
    closing.unshift(() => peer.end());
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      theirs.push(await peer.put(file, join(home, 'received.zip')));
      ours.push(await put(home, door.port, file, '/vendor/1-district/product/OneRoster.zip', ['-oUser=bench']));
      console.log(
        `round ${round + 1}: homeroom ${ours.at(-1)?.toFixed(0)} ms, OpenSSH ${theirs.at(-1)?.toFixed(0)} ms`,
      );
    }
    return {
      uploadToOpenssh: Math.round((median(ours) / median(theirs)) * 100) / 100,
      homeroomMiBPerS: Math.round((mebibytes / median(ours)) * 1000),
      opensshMiBPerS: Math.round((mebibytes / median(theirs)) * 1000),
    };
  } finally {
    for (const close of closing) await close();
  }
}

async function openDoor(home: string) {
  return startSftp({
    host: '127.0.0.1',
    port: 0,
    hostKeys: await hostKeysOf(join(home, 'keys')),
    stagingDir: join(home, 'staging'),
    quietMs: 60_000,
    lingerMs: 1,
    log: pino({ level: 'silent' }),
    signIn: async () => ({ id: 'bench' }),
    keysOf: async () => [],
    signInWithKey: async () => ({ id: 'bench' }),
    foldersOf: async () => [{ sourceId: 'bench', path: '/vendor/1-district/product' }],
    receive: async () => {},
    receiveTest: async () => {},
    audit: () => {},
  });
}

async function openPeer(home: string) {
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'client_key')]);
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'server_key')]);
  await copyFile(join(home, 'client_key.pub'), join(home, 'authorized_keys'));
  const port = await freePort();
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(home, 'server_key')}`,
    `AuthorizedKeysFile ${join(home, 'authorized_keys')}`,
    `PidFile ${join(home, 'sshd.pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'Subsystem sftp /usr/lib/openssh/sftp-server',
  ];
  await writeFile(join(home, 'sshd_config'), `${config.join('\n')}\n`);
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
  const server: ChildProcess = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(home, 'sshd_config')], {
    stdio: 'ignore',
  });
  await listening(port);
  const options = [
    `-oUser=${userInfo().username}`,
    `-oIdentityFile=${join(home, 'client_key')}`,
    '-oIdentitiesOnly=yes',
  ];
  return {
    put: (file: string, target: string) => put(home, port, file, target, options),
    end: () => server.kill(),
  };
}

/** @returns milliseconds, from the start of the client to its end. */
async function put(home: string, port: number, file: string, target: string, options: string[]): Promise<number> {
  const script = join(home, 'script');
  await writeFile(script, `put ${file} ${target}\n`);
  const common = [
    '-F',
    'none',
    '-c',
    cipher,
    '-oStrictHostKeyChecking=no',
    '-oUserKnownHostsFile=/dev/null',
    '-oLogLevel=ERROR',
  ];
  const args = ['-e', 'sftp', ...common, ...options, '-oBatchMode=no', '-b', script, '-P', String(port), '127.0.0.1'];
  const startedMs = performance.now();
  const client = spawn('sshpass', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SSHPASS: password },
  });
  const code = await new Promise((resolve) => client.on('close', resolve));
  if (code !== 0) throw new Error(`sftp ended with ${code}.`);
  return performance.now() - startedMs;
}

async function fileOf(home: string): Promise<string> {
  const path = join(home, 'OneRoster.zip');
  const block = Buffer.concat(Array.from({ length: 32_768 }, (_, i) => createHash('sha256').update(`${i}`).digest()));
  const file = await open(path, 'w');
  for (let i = 0; i < mebibytes; i++) await file.write(block);
  await file.close();
  await readFile(path);
  return path;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('OpenSSH’s server did not start.');
}

function need(program: string, debianPackage: string): void {
  if (spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status !== 0)
    throw new Error(`The program ${program} is missing. Install it with: apt-get install ${debianPackage}`);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
