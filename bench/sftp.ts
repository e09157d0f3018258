/**
 * Uploads by OpenSSH's client, with the same cipher and key, into a whole house and into OpenSSH's own server; the two
 * take turns, and medians are compared. In the house every file is encrypted, hashed, on the disk with its folder, and in
 * the database before the client hears success; OpenSSH's server leaves it to the system when the bytes reach the disk.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { readConfig } from '../src/config.ts';
import { openHouse } from '../src/house.ts';
import { createLog } from '../src/log.ts';

const mebibytes = Number(process.env.BENCH_MIB ?? 256);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const smallFiles = Number(process.env.BENCH_FILES ?? 1000);
const smallFileBytes = 2048;
const cipher = process.env.BENCH_CIPHER ?? 'aes128-gcm@openssh.com';

type Server = {
  name: string;
  target: string;
  options: string[];
  count(): Promise<number>;
  end(): Promise<void> | void;
};

export default async function bench(): Promise<Record<string, number>> {
  need('/usr/sbin/sshd', 'openssh-server');
  need('sftp', 'openssh-client');
  const home = await mkdtemp(join(tmpdir(), 'homeroom-bench-sftp-'));
  const closing: (() => Promise<unknown> | unknown)[] = [() => rm(home, { recursive: true, force: true })];
  try {
    const key = join(home, 'client_key');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const ours = await openOurs(home, key);
    closing.unshift(() => ours.end());
    const theirs = await openTheirs(home, key);
    closing.unshift(() => theirs.end());
    const large = await compare([ours, theirs], async (round) => `put ${await fileOf(home, round)}`);
    await rm(join(home, 'file'), { recursive: true });
    await smallFilesIn(home);
    const before = await Promise.all([ours, theirs].map((server) => server.count()));
    const small = await compare([ours, theirs], async () => `put ${join(home, 'small')}/*`);
    const after = await Promise.all([ours, theirs].map((server) => server.count()));
    const arrived = after.map((count, at) => count - (before[at] ?? 0));
    // OpenSSH's server overwrites its files from round to round; ours keeps each as a delivery.
    if (arrived[0] !== smallFiles * rounds || arrived[1] !== smallFiles)
      throw new Error(`Not every small file arrived: ${arrived.join(' and ')}.`);
    return {
      throughputToOpenssh: ratio(large[1] / large[0]),
      smallFilesToOpenssh: ratio(small[1] / small[0]),
      homeroomMiBPerS: Math.round((mebibytes / large[0]) * 1000),
      opensshMiBPerS: Math.round((mebibytes / large[1]) * 1000),
      homeroomSmallFilesPerS: Math.round((smallFiles / small[0]) * 1000),
      opensshSmallFilesPerS: Math.round((smallFiles / small[1]) * 1000),
    };
  } finally {
    for (const close of closing) await close();
  }
}

/** @returns the median milliseconds of each server. */
async function compare(servers: [Server, Server], orderOf: (round: number) => Promise<string>) {
  const tookMs = servers.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const order = await orderOf(round);
    // Who goes first changes, so that neither always finds what the other has left to the disk.
    for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
      spawnSync('sync');
      tookMs[at]!.push(await put(servers[at]!, order));
    }
    console.log(
      `round ${round + 1}: ${servers.map(({ name }, at) => `${name} ${tookMs[at]!.at(-1)!.toFixed(0)} ms`).join(', ')}`,
    );
  }
  return tookMs.map(median) as [number, number];
}

/** The whole program on a folder of its own; its source is paused, so that what arrives is kept and not worked on. */
async function openOurs(home: string, key: string): Promise<Server> {
  const config = readConfig({
    HOMEROOM_DATA: join(home, 'data'),
    HOMEROOM_SFTP_PORT: '0',
    HOMEROOM_VENDOR: 'vendor',
  });
  const house = await openHouse(config, createLog('warn'), { doors: ['sftp'] });
  const email = 'bench@vendor.example';
  await house.acts.addProduct({ slug: 'product', name: 'Product' });
  await house.acts.addDistrict({ siteCode: '1', name: 'District' });
  await house.acts.addSource({ district: '1', product: 'product', mode: 'paused' });
  await house.acts.addContact({ email, district: '1', password: 'four wooden lamps sing' });
  await house.acts.addKey({ email, key: await readFile(`${key}.pub`, 'utf8') });
  return {
    name: 'Homeroom',
    target: '/vendor/1-district/product/',
    options: [`-oPort=${house.sftp?.port}`, `-oUser=${email}`, `-oIdentityFile=${key}`],
    async count() {
      const [row] = await house.db.query<{ count: string }>(sql`select count(*) from deliveries`);
      return Number(row?.count);
    },
    end: house.close,
  };
}

async function openTheirs(home: string, key: string): Promise<Server> {
  const target = join(home, 'received');
  await mkdir(target);
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'server_key')]);
  await copyFile(`${key}.pub`, join(home, 'authorized_keys'));
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
  return {
    name: 'OpenSSH',
    target: `${target}/`,
    options: [`-oPort=${port}`, `-oUser=${userInfo().username}`, `-oIdentityFile=${key}`],
    count: async () => (await readdir(target)).length,
    end: () => void server.kill(),
  };
}

/** @returns milliseconds, from the start of the client to its end. */
async function put({ target, options }: Server, order: string): Promise<number> {
  const common = ['-F', 'none', '-c', cipher, '-oIdentitiesOnly=yes', '-oStrictHostKeyChecking=no'];
  const quiet = ['-oUserKnownHostsFile=/dev/null', '-oLogLevel=ERROR'];
  const startedMs = performance.now();
  const client = spawn('sftp', [...common, ...quiet, ...options, '-b', '-', '127.0.0.1'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  client.stdin.end(`${order} ${target}\n`);
  const code = await new Promise((resolve) => client.on('close', resolve));
  if (code !== 0) throw new Error(`sftp ended with ${code}.`);
  return performance.now() - startedMs;
}

/** A file that was not sent before: what is known already could be kept more cheaply. */
async function fileOf(home: string, round: number): Promise<string> {
  await mkdir(join(home, 'file'), { recursive: true });
  const path = join(home, 'file', 'OneRoster.zip');
  const block = Buffer.concat(
    Array.from({ length: 32_768 }, (_, at) => createHash('sha256').update(`${round} ${at}`).digest()),
  );
  const file = await open(path, 'w');
  for (let at = 0; at < mebibytes; at++) await file.write(block);
  await file.close();
  return path;
}

async function smallFilesIn(home: string): Promise<void> {
  await mkdir(join(home, 'small'));
  for (let at = 0; at < smallFiles; at++) {
    const bytes = createHash('sha256')
      .update(`small ${at}`)
      .digest('hex')
      .repeat(smallFileBytes / 64);
    await writeFile(join(home, 'small', `roster-${at}.zip`), bytes);
  }
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

const ratio = (value: number): number => Math.round(value * 100) / 100;

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
