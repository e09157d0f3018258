/**
 * The composition root: reads the settings, opens everything in order, and closes it in the reverse order.
 *
 * The data folder holds: `postgres/` the private database, `archive/` what was received (encrypted), `keys/` the key of the
 * archive and the host keys of SFTP, `uploads/` what SFTP clients are still sending, `pulls/` pages of pulls that are not
 * whole yet (encrypted), `reports/` a folder per source for the people who send, `outbox/` mails when there is no mail
 * server, `run/` the control socket and, in `work` and `sent`, files of the moment and what browsers are still sending.
 * Everything is private to its user.
 */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type pg from 'pg';
import { type Acts, createActs } from './acts/acts.ts';
import type { Desk } from './alert/alerts.ts';
import { openPost, type Post } from './alert/post.ts';
import type { Config } from './config.ts';
import { type ActTable, openControl } from './control.ts';
import { openDb, type Pool } from './db/db.ts';
import { migrate } from './db/migrate.ts';
import { startPostgres } from './db/postgres.ts';
import { rostersWithWork } from './db/turns.ts';
import type { SftpPlace } from './doors/connection.ts';
import { houseFacts } from './doors/house.ts';
import { type Doors, type OpenSftp, openDoors } from './doors/open.ts';
import { openPulling, type Pulling } from './doors/pulls.ts';
import type { Log } from './log.ts';
import type { ProviderOptions } from './people/provider.ts';
import { openArchive } from './sync/archive.ts';
import { expire, purge, removeUnneeded } from './sync/expire.ts';
import { type Inbox, openInbox } from './sync/inbox.ts';
import { openKeys } from './sync/keys.ts';
import type { PipelineDeps } from './sync/pipeline.ts';
import { rotateKeys } from './sync/rotate.ts';
import { openTestDesk } from './sync/test-file.ts';
import { workOn } from './sync/turns.ts';
import { openUploadDesk } from './sync/uploads.ts';
import { checkWatch, watch } from './sync/watch.ts';
import { openVault, type Vault } from './vault.ts';
import { openWorker, type Worker } from './worker.ts';

export type Door = 'http' | 'sftp';

export type HouseOptions = {
  /** Which doors are opened; all with true. */
  doors: boolean | Door[];
  /** Without a worker, deliveries wait until a house with one is opened; with one unless told otherwise. */
  worker?: boolean;
  /** Rosters worked on at once. */
  concurrency?: number;
  /** First pause before work that failed is tried again, in seconds. */
  retrySeconds?: number;
  /** Pause between looks for mails and webhooks that are due, in milliseconds. */
  postMs?: number;
  /** The clock; that of the machine unless a test moves it. */
  now?: () => Date;
  /** For tests that end the process at a named moment of a sync. */
  at?: PipelineDeps['at'];
  /** The same of a pull, and its pauses. */
  pulling?: Pick<Parameters<typeof openPulling>[0], 'timing' | 'at'>;
};

export type House = {
  db: Pool;
  acts: Acts;
  inbox: Inbox;
  http: { port: number; url: string } | undefined;
  sftp: { host: string; port: number; fingerprints: { type: string; fingerprint: string }[] } | undefined;
  /** Looks which pulls are due, as the house does every minute. @returns how many sources have one to work on. */
  duePulls(): Promise<number>;
  /** Everything is open, and nothing is being closed. */
  ready(): boolean;
  /** Closes doors first, then what they lead to. May be called again. */
  close(): Promise<void>;
};

const sweepMs = 60_000;
const expireMs = 3_600_000;
const usualPostMs = 5_000;
const watchMs = 60_000;
const sentMs = 600_000;
const pullQueue = 'pulls';
/** Sources that are pulled at once by this node. */
const pullsAtOnce = 2;

/**
 * Opens a house on a data folder.
 * @throws InUseError, Refusal or SettingError with a sentence when that cannot be; what was opened is closed again.
 */
export async function openHouse(config: Config, log: Log, options: HouseOptions): Promise<House> {
  const opened: (() => Promise<void>)[] = [];
  let ready = false;
  let closing: Promise<void> | undefined;
  const close = () => {
    ready = false;
    closing ??= closeAll(opened, log);
    return closing;
  };
  try {
    const house = await openRooms(config, log, options, opened, () => ready);
    ready = true;
    return { ...house, ready: () => ready, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openRooms(
  config: Config,
  log: Log,
  options: HouseOptions,
  opened: (() => Promise<void>)[],
  ready: () => boolean,
): Promise<Omit<House, 'ready' | 'close'>> {
  const folders = await makeFolders(config.data);
  const control = await openControl(folders.data, log);
  opened.push(control.close);
  const postgres = await startPostgres({ dataDir: folders.data, databaseUrl: config.databaseUrl, log });
  opened.push(postgres.close);
  const db = openDb(postgres.config);
  opened.push(db.close);
  await migrate(db);

  const now = options.now ?? (() => new Date());
  const keys = await openKeys(config.archiveKey, folders.keys);
  const archive = await openArchive({ dir: folders.archive, tempDir: folders.work, key: keys });
  opened.push(archive.close);
  const vault = openVault(keys);
  const open: Partial<Doors> = {};
  const consoleUrl = () => consoleUrlOf(config, open.http);
  const reportsDir = (sourceId: string) => join(folders.reports, sourceId);
  const { unpackedLimitBytes, zipRatioLimit, zipEntriesLimit } = config;
  const limits = { unpackedLimitBytes, zipRatioLimit, zipEntriesLimit };
  const desk = { consoleUrl };
  const post = openAlerts({ config, log, options, db, opened }, desk, folders.outbox, vault, now);
  const pipeline = {
    db,
    desk,
    archive,
    log,
    tempDir: folders.work,
    limits,
    now,
    reportsDir,
    ...(options.at ? { at: options.at } : {}),
  };
  // What is received before the queue is open is found by its first sweep.
  const queue: { enqueue: Worker['enqueue'] } = { enqueue: async () => {} };
  const { retentionDays } = config;
  const enqueue = (rosterId: string) => queue.enqueue(rosterId);
  const inbox = openInbox({ db, archive, tempDir: folders.work, enqueue, retentionDays, now });
  const pullHouse = { db, inbox, vault, keys, desk, log, now, dir: folders.pulls, tempDir: folders.work };
  const pulling = await openPulling({ ...pullHouse, networks: config.pullNetworks, ...options.pulling });
  opened.push(pulling.close);
  const worker = await openQueue({ config, log, options, postgres: postgres.config, db, opened }, pipeline, pulling);
  if (worker) queue.enqueue = worker.enqueue;
  const pullSoon = async (sourceId: string) => worker?.enqueueFor(pullQueue, sourceId);
  const duePulls = async () => {
    const due = await pulling.pulls.due(now());
    for (const sourceId of due) await pullSoon(sourceId);
    return due.length;
  };
  if (worker) {
    await duePulls();
    opened.push(every(watchMs, duePulls, 'looking for pulls', log));
  }
  const tests = openTestDesk({ db, tempDir: folders.work, limits, reportsDir, now, log });
  opened.push(tests.close);
  const uploads = await openUploadDesk({ dir: folders.sent, limitBytes: config.uploadLimitBytes, now });
  opened.push(uploads.close);
  opened.push(every(sentMs, uploads.sweep, 'what was sent half', log));
  const disconnect = (accountId: string) => open.sftp?.disconnect(accountId);
  const people = { db, vault, consoleUrl, disconnect, now };
  const provider = await providerOf(config, { db, vault, consoleUrl, log, now });
  const sftpPlace = () => placeOf(config, open.sftp);
  const { vendor, uploadLimitBytes: fileLimitBytes } = config;
  const doing = {
    db,
    archive,
    inbox,
    tests,
    uploads,
    enqueue,
    people,
    provider,
    log,
    vault,
    tellWebhook: post.tellWebhook,
  };
  const facts = houseFacts({ db, config, keys, place: sftpPlace });
  const places = { vendor, fileLimitBytes, limits, tempDir: folders.work, reportsDir, sftpPlace };
  const shared = { ...doing, ...places, houseFacts: facts, pulling, pullSoon, ready, now };
  Object.assign(open, await openDoors(shared, { config, options, folders, opened }));
  const { http } = open;
  const sftp = open.sftp && { host: open.sftp.host, port: open.sftp.port, fingerprints: open.sftp.fingerprints };
  const acts = createActs({
    db,
    inbox,
    archive,
    limits,
    enqueue,
    vendor: config.vendor,
    uploadLimitBytes: config.uploadLimitBytes,
    filesLimit: config.zipEntriesLimit,
    consoleUrl,
    people,
    hasMailServer: config.smtpUrl !== '',
    sftpPlace,
    rotateKeys: () => rotateKeys({ db, archive, pages: pulling.store, keys, vault }),
    vault,
    pulls: pulling.pulls,
    pullSoon,
    tellWebhook: post.tellWebhook,
    status: () => ({ pid: process.pid, ready: ready(), data: folders.data, http: http ?? null, sftp: sftp ?? null }),
    now,
  });
  control.open(acts as unknown as ActTable);
  opened.push(async () => control.open(undefined));
  return { db, acts, inbox, http, sftp, duePulls };
}

type Opening = {
  config: Config;
  log: Log;
  options: HouseOptions;
  postgres: pg.PoolConfig;
  db: Pool;
  opened: (() => Promise<void>)[];
};

/** The worker and its sweep; without a worker, what would be told to it is left for the next one to find. */
async function openQueue(
  opening: Opening,
  pipeline: Parameters<typeof workOn>[1],
  { pulls }: Pulling,
): Promise<Worker | undefined> {
  const { config, log, options, postgres, db, opened } = opening;
  if (options.worker === false) return undefined;
  const worker = await openWorker({
    config: postgres,
    log,
    work: (rosterId, signal) => workOn(rosterId, pipeline, signal),
    concurrency: options.concurrency ?? 2,
    others: { [pullQueue]: { work: pulls.work, concurrency: pullsAtOnce } },
    alone: config.databaseUrl === '',
    ...(options.retrySeconds === undefined ? {} : { retrySeconds: options.retrySeconds }),
  });
  opened.push(worker.stop);
  opened.push(await sweepRosters(db, worker, log));
  const { archive, now } = pipeline;
  opened.push(every(expireMs, () => expire(db, archive, now()), 'the expiry', log));
  opened.push(every(expireMs, () => removeUnneeded(db, archive, now()), 'the clearing of the archive', log));
  opened.push(every(expireMs, () => purge(db, config.archivedDays, now()), 'the purge', log));
  await pulls.sweep();
  return worker;
}

/** Mails and webhooks go out, and the watch looks, on nodes that work. Settings are read on all, so that a wrong one is said. */
function openAlerts(
  opening: Omit<Opening, 'postgres'>,
  desk: Desk,
  outbox: string,
  vault: Vault,
  now: () => Date,
): Post {
  const { config, log, options, db, opened } = opening;
  const { smtpUrl, mailFrom, webhookNetworks, retentionDays, digestTime, timeZone } = config;
  checkWatch({ digestTime, timeZone });
  const post = openPost({ db, vault, desk, log, smtpUrl, mailFrom, outbox, webhookNetworks, retentionDays });
  opened.push(post.close);
  if (options.worker === false) return post;
  const { postMs = usualPostMs } = options;
  opened.push(every(postMs, () => post.mails(now()), 'the post', log));
  opened.push(every(postMs, () => post.webhooks(now()), 'telling webhooks', log));
  const look = () => watch({ db, desk, digestTime, timeZone, retentionDays }, now());
  opened.push(every(watchMs, look, 'the watch', log));
  return post;
}

/** Host and port by the settings; else the host of the console, and the port that was taken. */
function placeOf({ sftpAddress, publicUrl }: Config, sftp: OpenSftp | undefined): SftpPlace | undefined {
  if (!sftp) return undefined;
  const [, host = '', port] = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(sftpAddress) ?? [];
  return {
    host: host.replace(/^\[|\]$/g, '') || (publicUrl ? new URL(publicUrl).hostname : sftp.host),
    port: port === undefined ? sftp.port : Number(port),
    hostKeys: sftp.hostKeys,
  };
}

/** Links in mails lead here: what a request says about the host is never asked. */
function consoleUrlOf({ publicUrl, host, httpPort }: Config, http: House['http']): string {
  return (publicUrl || http?.url || `http://${host}:${httpPort}`).replace(/\/+$/, '');
}

/** What speaks with one is read only where there is one. */
async function providerOf(config: Config, house: Pick<ProviderOptions, 'db' | 'vault' | 'consoleUrl' | 'log' | 'now'>) {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret, oidcName: name } = config;
  if (issuer === '') return null;
  const { createProvider } = await import('./people/provider.ts');
  return createProvider({ ...house, issuer, clientId, clientSecret, name });
}

async function makeFolders(dataDir: string) {
  const data = resolve(dataDir);
  const folders = {
    data,
    archive: join(data, 'archive'),
    keys: join(data, 'keys'),
    uploads: join(data, 'uploads'),
    pulls: join(data, 'pulls'),
    reports: join(data, 'reports'),
    outbox: join(data, 'outbox'),
    run: join(data, 'run'),
    work: join(data, 'run', 'work'),
    sent: join(data, 'run', 'sent'),
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 });
  return folders;
}

/** Finds what the queue was never told or has lost: at once, and then from time to time. */
async function sweepRosters(db: Pool, worker: Worker, log: Log): Promise<() => Promise<void>> {
  const sweep = async () => {
    for (const rosterId of await rostersWithWork(db)) await worker.enqueue(rosterId);
  };
  await sweep();
  return every(sweepMs, sweep, 'the sweep', log);
}

/** Runs something again and again until it is closed; a failure waits for the next time. */
function every(pauseMs: number, work: () => Promise<unknown>, what: string, log: Log): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = work().catch((error: Error) => log.warn({ kind: error.name }, `${what} failed`));
  }, pauseMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function closeAll(opened: (() => Promise<void>)[], log: Log): Promise<void> {
  for (const close of opened.toReversed()) {
    await close().catch((error: Error) =>
      log.error({ kind: error.name, code: (error as { code?: unknown }).code }, 'closing failed'),
    );
  }
}
