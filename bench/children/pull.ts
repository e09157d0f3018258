/** One run in a process of its own: `pull`, from the first request to the delivery in the archive, or `fetch`, the bare pages. */
import { join } from 'node:path';
import type pg from 'pg';
import type * as Db from '../../src/db/db.ts';
import type * as Dial from '../../src/dial.ts';
import type * as Log from '../../src/log.ts';
import type * as Lanes from '../../src/pull/lanes.ts';
import type * as Pull from '../../src/pull/pull.ts';
import type * as Store from '../../src/pull/store.ts';
import type * as Archive from '../../src/sync/archive.ts';
import type * as Inbox from '../../src/sync/inbox.ts';
import type * as Vault from '../../src/vault.ts';
import { built } from '../built.ts';

export type RunInput = {
  mode: 'pull' | 'fetch';
  config: pg.PoolConfig;
  dir: string;
  pull: string;
  address: string;
  counts: Record<string, number>;
  pageSize: number;
  concurrency: number;
};

// As the program does before anything else.
await built('young-space');
const input = JSON.parse(process.argv[2] as string) as RunInput;
const { networksOf, publicDialer } = await built<typeof Dial>('dial');
const dialer = publicDialer({
  allowed: networksOf('127.0.0.0/8', 'BENCH'),
  connectTimeoutMs: 5000,
  connections: 8,
  keepAliveMs: 10_000,
  responseLimitBytes: 2 ** 28,
});
const ms = input.mode === 'fetch' ? await fetchAll(input, dialer) : await pullAll(input, dialer);
console.log(JSON.stringify({ ms, peakMiB: process.resourceUsage().maxRSS / 1024 }));
process.exit(0);

/** Every page once, with so many under way at once; the bytes are read and dropped. */
async function fetchAll({ address, counts, pageSize, concurrency }: RunInput, dialer: Dial.Dialer): Promise<number> {
  const urls = Object.entries(counts).flatMap(([kind, count]) =>
    Array.from(
      { length: Math.ceil(count / pageSize) },
      (_, at) => `${address}/${kind}?limit=${pageSize}&offset=${at * pageSize}`,
    ),
  );
  const started = performance.now();
  const lane = async () => {
    for (let url = urls.shift(); url; url = urls.shift()) {
      const { body } = await dialer.request(url, { method: 'GET' });
      for await (const _ of body);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return performance.now() - started;
}

async function pullAll({ config, dir, pull }: RunInput, dialer: Dial.Dialer): Promise<number> {
  const { openDb } = await built<typeof Db>('db/db');
  const { createLog } = await built<typeof Log>('log');
  const { openLanes } = await built<typeof Lanes>('pull/lanes');
  const { runPull } = await built<typeof Pull>('pull/pull');
  const { openPageStore } = await built<typeof Store>('pull/store');
  const { openArchive } = await built<typeof Archive>('sync/archive');
  const { openInbox } = await built<typeof Inbox>('sync/inbox');
  const { openVault } = await built<typeof Vault>('vault');
  const key = Buffer.alloc(32, 7);
  const db = openDb(config);
  const ring = { all: () => [key] };
  const archive = await openArchive({ dir: join(dir, 'archive'), tempDir: join(dir, 'work'), key: ring });
  const store = await openPageStore({ dir: join(dir, 'pulls'), tempDir: join(dir, 'other'), key: ring });
  const now = () => new Date();
  const inbox = openInbox({ db, archive, tempDir: join(dir, 'work'), enqueue: async () => {}, retentionDays: 90, now });
  const desk = { consoleUrl: () => '' };
  const started = performance.now();
  const deps = {
    db,
    inbox,
    store,
    vault: openVault(key),
    desk,
    log: createLog('error'),
    dialer,
    lanes: openLanes(() => Date.now()),
    now,
  };
  const at = (moment: string) => {
    const { user, system } = process.cpuUsage();
    console.error(
      `  ${moment} at ${Math.round(performance.now() - started)} ms, ${Math.round((user + system) / 1000)} ms of cpu, at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
    );
  };
  const tell = (moment: string) => (moment === 'page' ? undefined : at(moment));
  await runPull(pull, { ...deps, at: tell }, new AbortController().signal);
  return performance.now() - started;
}
