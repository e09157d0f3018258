/** One process that works on a pull until it is whole, or until it is killed: `node crash-child.ts JSON`. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type pg from 'pg';
import { openDb } from '../../src/db/db.ts';
import { newId } from '../../src/db/ids.ts';
import { storedKeys } from '../../src/db/pulls.ts';
import { networksOf, publicDialer } from '../../src/dial.ts';
import { createLog } from '../../src/log.ts';
import { openLanes } from '../../src/pull/lanes.ts';
import { type PullMoment, runPull } from '../../src/pull/pull.ts';
import { openPageStore } from '../../src/pull/store.ts';
import { openVault } from '../../src/vault.ts';

export type ChildInput = {
  config: pg.PoolConfig;
  dir: string;
  pull: string;
  /** It ends itself, as by SIGKILL, when it comes to this moment for so many times. */
  kill: { at: PullMoment; times: number } | null;
};

const { config, dir, pull, kill } = JSON.parse(process.argv[2] as string) as ChildInput;
const key = Buffer.alloc(32, 7);
const db = openDb(config);
const store = await openPageStore({ dir: join(dir, 'pulls'), tempDir: join(dir, 'work'), key: { all: () => [key] } });
await store.sweep(await storedKeys(db));
const dialer = publicDialer({
  allowed: networksOf('127.0.0.0/8', 'TEST'),
  connectTimeoutMs: 5000,
  connections: 4,
  keepAliveMs: 5000,
  responseLimitBytes: 2 ** 26,
});
let seen = 0;
await runPull(
  pull,
  {
    db,
    store,
    vault: openVault(key),
    desk: { consoleUrl: () => '' },
    log: createLog('silent'),
    dialer,
    lanes: openLanes(() => Date.now()),
    now: () => new Date(),
    timing: { backoffMs: 2, flushBytes: 1, silenceMs: 5000, totalMs: 10_000 },
    at(moment) {
      if (kill?.at === moment && ++seen === kill.times) process.kill(process.pid, 'SIGKILL');
    },
    inbox: {
      async receive({ bytes, inside }) {
        const zip = await buffer(Readable.from(bytes as AsyncIterable<Uint8Array>, { objectMode: false }));
        writeFileSync(join(dir, `${pull}.zip`), zip);
        const noted = { delivery: { id: newId() }, sync: { id: newId() } } as never;
        await db.tx(async (tx) => inside?.(tx, noted));
        appendFileSync(join(dir, 'delivered'), `${pull}\n`);
        return noted;
      },
    },
  },
  new AbortController().signal,
);
await dialer.destroy();
await db.close();
