/** Pulls from a test server with everything real but the inbox, which keeps what it is handed in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after } from 'node:test';
import type { Finding } from '../../src/core/record.ts';
import type { Pool } from '../../src/db/db.ts';
import { addDistrict, addProduct, addSource, ensureRoster, type SourceRow } from '../../src/db/districts.ts';
import { newId } from '../../src/db/ids.ts';
import { addPull, type PullRow, type PullScope, pullById, saveConnection } from '../../src/db/pulls.ts';
import { networksOf, publicDialer } from '../../src/dial.ts';
import { createLog } from '../../src/log.ts';
import { openLanes } from '../../src/pull/lanes.ts';
import { type PullDeps, runPull } from '../../src/pull/pull.ts';
import { openPageStore } from '../../src/pull/store.ts';
import type { Inbox } from '../../src/sync/inbox.ts';
import { openVault } from '../../src/vault.ts';
import { testDb } from '../postgres.ts';
import type { Sis } from './server.ts';
import { clientId, secret } from './way.ts';

export type Pulled = { pull: PullRow; zip: Buffer | undefined; name: string; remarks: readonly Finding[] };

export type Harness = {
  db: Pool;
  deps: PullDeps;
  /** Where its pages are kept. */
  pagesDir: string;
  /** A source that pulls from the server. */
  source(sis: Sis, settings?: Record<string, unknown>): Promise<SourceRow>;
  /** Pulls once, and says what came of it. */
  pull(source: SourceRow, scope?: PullScope, more?: Partial<PullDeps>): Promise<Pulled>;
};

const key = Buffer.alloc(32, 7);

export async function openHarness(): Promise<Harness> {
  const db = await testDb();
  const dir = mkdtempSync(join(tmpdir(), 'hr-pull-'));
  const dialer = publicDialer({
    allowed: networksOf('127.0.0.0/8', 'TEST'),
    connectTimeoutMs: 5000,
    connections: 8,
    keepAliveMs: 5000,
    responseLimitBytes: 64 * 2 ** 20,
  });
  after(async () => {
    await dialer.destroy();
    rmSync(dir, { recursive: true, force: true });
  });
  const pagesDir = join(dir, 'pulls');
  const store = await openPageStore({ dir: pagesDir, tempDir: join(dir, 'work'), key: { all: () => [key] } });
  const vault = openVault(key);
  const product = await addProduct(db, { slug: 'literacy', name: 'Literacy' });
  const taken: { zip: Buffer; name: string; remarks: readonly Finding[] }[] = [];
  const inbox: Inbox = {
    async receive({ bytes, name, remarks = [], inside }) {
      const zip = await buffer(Readable.from(bytes as AsyncIterable<Uint8Array>, { objectMode: false }));
      const noted = { delivery: { id: newId() }, sync: { id: newId() } } as Awaited<ReturnType<Inbox['receive']>>;
      await db.tx(async (tx) => inside?.(tx, noted));
      taken.push({ zip, name, remarks });
      return noted;
    },
  };
  const deps: PullDeps = {
    db,
    inbox,
    store,
    vault,
    desk: { consoleUrl: () => 'http://console.example' },
    log: createLog('silent'),
    dialer,
    lanes: openLanes(() => Date.now()),
    now: () => new Date(),
    timing: { backoffMs: 1, slowMs: 10_000, silenceMs: 2000, totalMs: 3000 },
  };
  let count = 0;
  return {
    db,
    deps,
    pagesDir,
    async source(sis, settings = {}) {
      const district = await addDistrict(db, { siteCode: `d-${++count}`, name: `District ${count}` });
      const roster = await ensureRoster(db, district.id, product.id);
      const source = await addSource(db, { rosterId: roster.id, kind: 'pull', name: 'API' });
      const connection = {
        address: sis.url,
        tokenUrl: sis.tokenUrl,
        clientId,
        preset: null,
        settings: { pageSize: 40, concurrency: 2, ...settings },
      };
      await saveConnection(db, source.id, connection, vault.seal(secret, `pull:${source.id}`), new Date(0));
      return source;
    },
    async pull(source, scope = 'full', more = {}) {
      const { id: sourceId, rosterId } = source;
      const added = (await addPull(db, { sourceId, rosterId, scope, at: new Date() })) as PullRow;
      const before = taken.length;
      await runPull(added.id, { ...deps, ...more }, new AbortController().signal);
      const pull = (await pullById(db, added.id)) as PullRow;
      const last = taken.length > before ? taken.at(-1) : undefined;
      return { pull, zip: last?.zip, name: last?.name ?? '', remarks: last?.remarks ?? [] };
    },
  };
}
