/**
 * A district of 100,000 students and 727,000 enrollments pulled from a server in a process of its own, until it lies in the
 * archive as a delivery, against the bare fetches of the same pages with as many under way at once.
 */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDb } from '../src/db/db.ts';
import { addDistrict, addProduct, addSource, ensureRoster } from '../src/db/districts.ts';
import { migrate } from '../src/db/migrate.ts';
import { startPostgres } from '../src/db/postgres.ts';
import { addPull, pullById, saveConnection } from '../src/db/pulls.ts';
import { createLog } from '../src/log.ts';
import { openVault } from '../src/vault.ts';
import { build, childOf } from './built.ts';
import type { RunInput } from './children/pull.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
/** Where each measured process leaves a profile of its time; none unless it is set. */
const profileDir = process.env.BENCH_PROFILE;
const pageSize = 2000;
const concurrency = 2;
const run = promisify(execFile);
const serverPath = fileURLToPath(new URL('./pull/server.ts', import.meta.url));

export default async function bench(): Promise<Record<string, number>> {
  build();
  const dir = await mkdtemp(join(tmpdir(), 'homeroom-bench-pull-'));
  const server = fork(serverPath, [String(students)]);
  const engine = await startPostgres({ dataDir: join(dir, 'data'), databaseUrl: '', log: createLog('error') });
  const db = openDb(engine.config);
  try {
    const [{ port, counts }] = (await once(server, 'message')) as [{ port: number; counts: Record<string, number> }];
    console.error(`${counts.enrollments} enrollments and ${counts.users} users on port ${port}`);
    await migrate(db);
    const product = await addProduct(db, { slug: 'reading', name: 'Reading' });
    const district = await addDistrict(db, { siteCode: '1', name: 'Large' });
    const roster = await ensureRoster(db, district.id, product.id);
    const address = `http://127.0.0.1:${port}/ims/oneroster/v1p1`;
    const settings = { pageSize, concurrency };
    const connection = { address, tokenUrl: `http://127.0.0.1:${port}/token`, clientId: 'k', preset: null, settings };
    const measure = async (mode: RunInput['mode']) => {
      // A source of its own each time, so that nothing is remembered of the last one.
      const source = await addSource(db, { rosterId: roster.id, kind: 'pull', name: `${mode} ${Math.random()}` });
      const sealed = openVault(Buffer.alloc(32, 7)).seal('s', `pull:${source.id}`);
      await saveConnection(db, source.id, connection, sealed, new Date());
      const pull = await addPull(db, { sourceId: source.id, rosterId: roster.id, scope: 'full', at: new Date() });
      const id = pull?.id as string;
      const input: RunInput = { mode, config: engine.config, dir, pull: id, address, counts, pageSize, concurrency };
      const { stdout, stderr } = await run(process.execPath, [
        ...(profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : []),
        childOf('pull'),
        JSON.stringify(input),
      ]);
      process.stderr.write(stderr);
      const found = JSON.parse(stdout.trim().split('\n').at(-1) as string) as { ms: number; peakMiB: number };
      const after = await pullById(db, id);
      if (mode === 'pull' && after?.state !== 'done')
        throw new Error(`The pull is ${after?.state}: ${after?.trouble?.sentence}`);
      console.error(`${mode}: ${Math.round(found.ms)} ms, ${Math.round(found.peakMiB)} MiB`);
      return found;
    };
    const pulls: { ms: number; peakMiB: number }[] = [];
    const fetches: { ms: number; peakMiB: number }[] = [];
    // The first answers of a server are slower than those that follow.
    await measure('fetch');
    for (let round = 0; round < rounds; round++) {
      fetches.push(await measure('fetch'));
      pulls.push(await measure('pull'));
    }
    // Each pull against the fetches just before it: a minute later the machine may be a third slower.
    const ratios = pulls.map(({ ms }, round) => ms / (fetches[round] as { ms: number }).ms);
    return {
      pullToFetch: Math.round(median(ratios) * 100) / 100,
      pullMs: Math.round(median(pulls.map(({ ms }) => ms))),
      fetchMs: Math.round(median(fetches.map(({ ms }) => ms))),
      pullPeakMiB: Math.round(Math.max(...pulls.map(({ peakMiB }) => peakMiB))),
    };
  } finally {
    server.kill();
    await db.close();
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
