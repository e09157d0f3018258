/** The private PostgreSQL: made in the data folder, reachable by its socket alone, started and stopped with the program. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Refusal } from '../core/refusal.ts';
import type { Log } from '../log.ts';
import { type Binaries, findBinaries, type Owner } from './binaries.ts';
import { lockFolder } from './folder-lock.ts';
import { stopOrphan } from './orphan.ts';

const DATABASE = 'homeroom';
const PORT = 5432;
/** Longest path of a unix socket: 107 bytes on Linux, 103 on macOS and the BSDs. */
const SOCKET_PATH_LIMIT_BYTES = process.platform === 'linux' ? 107 : 103;
const STOP_MS = 60_000;

export type Engine = {
  config: pg.PoolConfig;
  /** Stops PostgreSQL cleanly and frees the data folder. */
  close(): Promise<void>;
};

export type EngineOptions = {
  dataDir: string;
  log: Log;
  /** Settings of PostgreSQL beside or instead of the usual ones, for example to give up durability in tests. */
  settings?: Record<string, string>;
};

type Cluster = Binaries & {
  owner: Owner;
  dataDir: string;
  /** PostgreSQL's own folder. */
  folder: string;
  socketDir: string;
  settings: Record<string, string>;
};

/**
 * Starts the private PostgreSQL of a data folder, making it when there is none. As root it runs as `postgres` or
 * `nobody`, and only its own folder belongs to that user.
 * @throws Refusal with a sentence when the folder is in use, is of another major version, or the engine cannot run here.
 */
export async function startEmbedded({ dataDir, log, settings = {} }: EngineOptions): Promise<Engine> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const place = realpathSync(dataDir);
  const unlock = lockFolder(place);
  let socketDir: string | undefined;
  try {
    const folder = path.join(place, 'postgres');
    const owner = ownerFor(folder);
    const binaries = await findBinaries(owner);
    checkMajor(folder, binaries.major);
    if (existsSync(folder) && (await stopOrphan(folder))) log.info('stopped the database of an earlier start');
    socketDir = openSocketDir(place, folder, owner);
    const cluster: Cluster = { ...binaries, owner, dataDir: place, folder, socketDir, settings };
    if (!existsSync(folder)) await createCluster(cluster);
    const postgres = await keepRunning(cluster, log);
    return {
      config: configOf(cluster, DATABASE),
      close: async () => {
        await postgres.stop();
        closeSocketDir(place, folder, cluster.socketDir);
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function configOf(cluster: Cluster, database: string): pg.PoolConfig {
  return { host: cluster.socketDir, port: PORT, user: DATABASE, database };
}

/** PostgreSQL refuses to run as root; whoever owns an existing folder goes on owning it. */
function ownerFor(folder: string): Owner {
  const uid = process.getuid?.();
  const found: Stats | undefined = statSync(folder, { throwIfNoEntry: false });
  if (uid !== 0) {
    if (!found || found.uid === uid) return {};
    throw new Refusal(
      'database-owner',
      409,
      `The database in ${folder} belongs to another user (uid ${found.uid}): Homeroom was started as root or by someone ` +
        `else before. Start it as that user again, or as root give the folder to this one: chown -R ${uid} "${folder}"`,
    );
  }
  if (found && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  for (const name of ['postgres', 'nobody']) {
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    try {
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user here; the next one.
    }
  }
  throw new Refusal(
    'database-owner',
    500,
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Start Homeroom as another user, or set DATABASE_URL to use a PostgreSQL of your own.',
  );
}

function checkMajor(folder: string, major: string): void {
  const file = path.join(folder, 'PG_VERSION');
  if (!existsSync(file)) return;
  const found = readFileSync(file, 'utf8').trim();
  if (found === major) return;
  throw new Refusal(
    'database-version',
    500,
    `The database in ${folder} was made by PostgreSQL ${found}; this Homeroom brings PostgreSQL ${major} and cannot ` +
      `read it. Start the Homeroom that made it, dump the database with pg_dump, and load the dump into a new data folder. ` +
      'Homeroom cannot do this by itself yet.',
  );
}

/** Where the socket stands: in PostgreSQL's own folder, unless that makes its path too long for the kernel. */
function openSocketDir(dataDir: string, folder: string, owner: Owner): string {
  const note = path.join(dataDir, 'postgres.socket');
  if (existsSync(note)) closeSocketDir(dataDir, folder, readFileSync(note, 'utf8'));
  if (Buffer.byteLength(path.join(folder, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_LIMIT_BYTES) return folder;
  const short = mkdtempSync(path.join(tmpdir(), 'homeroom-'));
  writeFileSync(note, short, { mode: 0o600 });
  if (owner.uid !== undefined) chownSync(short, owner.uid, owner.gid ?? owner.uid);
  return short;
}

function closeSocketDir(dataDir: string, folder: string, socketDir: string): void {
  if (socketDir === folder) return;
  if (path.basename(socketDir).startsWith('homeroom-')) rmSync(socketDir, { recursive: true, force: true });
  rmSync(path.join(dataDir, 'postgres.socket'), { force: true });
}

/** Made aside and renamed, so that a start that is cut off leaves nothing half made. */
async function createCluster(cluster: Cluster): Promise<void> {
  const aside = `${cluster.folder}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { mode: 0o700 });
  const { uid, gid } = cluster.owner;
  if (uid !== undefined) chownSync(aside, uid, gid ?? uid);
  // Trust is enough: whoever can enter the folder with the socket (mode 0700) can read the database's files as well.
  const flags = `--username=${DATABASE} --auth-local=trust --auth-host=reject --encoding=UTF8 --locale=C
    --locale-provider=builtin --builtin-locale=C.UTF-8 --no-instructions`.split(/\s+/);
  if (cluster.settings.fsync === 'off') flags.push('--no-sync');
  const code = await exitOf(launch(cluster, aside, (at) => [cluster.initdb, ['-D', at, ...flags]]));
  if (code !== 0) {
    const sentence = `The private PostgreSQL could not be made: ${lastWords(cluster)}. Set DATABASE_URL to use one of your own.`;
    throw new Refusal('database-failed', 500, sentence);
  }
  renameSync(aside, cluster.folder);
}

/**
 * Runs a program of PostgreSQL on `folder`. As root on Linux it is told the folder as an inherited descriptor: then it
 * needs no right to enter the folders above, and the data folder stays closed to everyone but the starter.
 */
function launch(cluster: Cluster, folder: string, command: (at: string) => [string, string[]]): ChildProcess {
  const log = openSync(logFile(cluster), 'w', 0o600);
  const inherit = cluster.owner.uid !== undefined && process.platform === 'linux';
  const descriptor = inherit ? openSync(folder, 'r') : undefined;
  const [program, args] = command(inherit ? '/proc/self/fd/3' : folder);
  const options: SpawnOptions = {
    ...cluster.owner,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: descriptor === undefined ? ['ignore', log, log] : ['ignore', log, log, descriptor],
    // A session of its own: Ctrl-C in the terminal is for us, who stop it when nothing needs it any more.
    detached: true,
  };
  try {
    return spawn(program, args, options);
  } finally {
    closeSync(log);
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
}

function logFile(cluster: Cluster): string {
  return path.join(cluster.dataDir, 'postgres.log');
}

function lastWords(cluster: Cluster): string {
  const lines = readFileSync(logFile(cluster), 'utf8').trim().split('\n');
  const isCause = (line: string) =>
    /FATAL|PANIC|error:/.test(line) && !line.endsWith('the database system is starting up');
  const worst = lines.findLast(isCause) ?? lines.at(-1) ?? '';
  return `${worst.replace(/^.*?(FATAL|PANIC|error):\s*/, '')} (${logFile(cluster)})`;
}

/** Starts PostgreSQL, and again when it ends without having been told to. */
async function keepRunning(cluster: Cluster, log: Log): Promise<{ stop(): Promise<void> }> {
  let stopping = false;
  let child: ChildProcess | undefined;
  const start = async () => {
    child = await startOnce(cluster);
    child.unref();
    child.once('exit', (code, signal) => {
      if (stopping) return;
      log.error({ code, signal }, 'the database ended by itself; starting it again');
      running = again(1000);
    });
  };
  const again = async (waitMs: number): Promise<void> => {
    await sleep(waitMs, undefined, { ref: false });
    if (stopping) return;
    await start().catch((error: Error) => {
      log.error({ err: error }, 'the database could not be started again');
      running = again(Math.min(waitMs * 2, 30_000));
    });
  };
  const onExit = () => child?.kill('SIGINT');
  let running = start();
  await running;
  process.once('exit', onExit);
  return {
    stop: async () => {
      stopping = true;
      process.removeListener('exit', onExit);
      await running;
      if (child) await stop(child);
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = exitOf(child);
  child.kill('SIGINT');
  const quit = setTimeout(() => child.kill('SIGQUIT'), STOP_MS);
  await ended;
  clearTimeout(quit);
}

/** Backends whose postmaster was killed need a moment to notice; until then its memory is still in use. */
async function startOnce(cluster: Cluster): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    const args = Object.entries(settingsOf(cluster)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = launch(cluster, cluster.folder, (at) => [cluster.postgres, ['-D', at, ...args]]);
    try {
      if (await ready(cluster, child)) return child;
    } catch (error) {
      await stop(child);
      throw error;
    }
    const words = lastWords(cluster);
    if (!words.includes('still in use') || attempt === 20) {
      throw new Refusal('database-failed', 500, `The private PostgreSQL did not start: ${words}`);
    }
    await sleep(500);
  }
}

/** Waits without limit, for recovery after a crash takes the time it takes. @returns false when it ended instead. */
async function ready(cluster: Cluster, child: ChildProcess): Promise<boolean> {
  let ended = false;
  const end = exitOf(child).finally(() => {
    ended = true;
  });
  end.catch(() => {});
  while (!ended) {
    if (await createDatabase(cluster)) return true;
    await Promise.race([end, sleep(25)]);
  }
  return false;
}

async function createDatabase(cluster: Cluster): Promise<boolean> {
  const client = new pg.Client(configOf(cluster, 'postgres'));
  client.on('error', () => {});
  try {
    await client.connect();
  } catch {
    return false;
  }
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
    return true;
  } finally {
    await client.end();
  }
}

function settingsOf(cluster: Cluster): Record<string, string> {
  return {
    listen_addresses: '',
    port: String(PORT),
    // Its own folder by a relative name: no limit on the length, and no trouble with unusual characters.
    unix_socket_directories: cluster.socketDir === cluster.folder ? '.' : `"${cluster.socketDir}"`,
    unix_socket_permissions: '0700',
    max_connections: '100',
    shared_buffers: '128MB',
    effective_cache_size: '1GB',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    // No replica and no archive hangs on it; loads into tables of the same transaction write half as much.
    wal_level: 'minimal',
    max_wal_senders: '0',
    random_page_cost: '1.1',
    jit: 'off',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Cell values must not get into the log, and PostgreSQL puts them in details, contexts and statements.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...cluster.settings,
  };
}
