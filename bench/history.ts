/**
 * A district of 100,000 students: its export as it is and as it was before a night with 1 % churn, against a bare COPY of
 * the same rows out of the database; and the first, a later and the last page of plans and histories, of a night and of a
 * whole first load.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { check } from '../src/core/check.ts';
import type { Plan } from '../src/core/plan.ts';
import { rosterKinds } from '../src/core/tables.ts';
import { openDb, type Pool } from '../src/db/db.ts';
import { changesOf } from '../src/db/history.ts';
import { newId } from '../src/db/ids.ts';
import { migrate } from '../src/db/migrate.ts';
import { startPostgres } from '../src/db/postgres.ts';
import { indexStage, plannedChanges } from '../src/db/preview.ts';
import { contentColumns, liveTable, type StageContext } from '../src/db/roster-sql.ts';
import { apply, createStage, diff, dropStage } from '../src/db/staging.ts';
import { createLog } from '../src/log.ts';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';
import { rosterSink } from '../src/sync/load.ts';
import { openDelivery } from '../src/sync/open.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const limits = { unpackedLimitBytes: 8 * 1024 ** 3, zipRatioLimit: 100, zipEntriesLimit: 200 };
const run = promisify(execFile);
const pageSize = 50;

export default async function bench(): Promise<Record<string, number>> {
  const home = await mkdtemp(join(tmpdir(), 'homeroom-bench-history-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  try {
    const zips = [join(home, 'first.zip'), join(home, 'second.zip')] as const;
    for (const [generation, zip] of zips.entries())
      await writeSample(generate({ students, seed: 1, churn: 0.01, generation }), zip);
    const engine = await startPostgres({ dataDir: join(home, 'data'), databaseUrl: '', log: createLog('error') });
    closing.unshift(() => engine.close());
    const db = openDb(engine.config);
    closing.unshift(() => db.close());
    await migrate(db);

    const place = { rosterId: newId(), sourceId: newId() };
    const first = await staged(db, place, zips[0]);
    const largePlan = await pages((after) => plannedChanges(db, first.ctx, first.plan, { limit: pageSize, ...after }));
    await applied(db, first);
    const until = new Date().toISOString();
    const second = await staged(db, place, zips[1]);
    const smallPlan = await pages((after) =>
      plannedChanges(db, second.ctx, second.plan, { limit: pageSize, ...after }),
    );
    await applied(db, second);
    const history = ({ ctx, plan }: Staged) =>
      pages((after) =>
        changesOf(db, ctx.rosterId, ctx.syncId, {
          limit: pageSize,
          plan,
          ...after,
        }),
      );
    const [largeHistory, smallHistory] = [await history(first), await history(second)];

    const copyMs = await bareCopy(engine.config, place.rosterId, home);
    const exported = async (at: string | null) => {
      const asked = { config: engine.config, rosterId: place.rosterId, until: at, out: join(home, 'export.zip') };
      const { stdout } = await run(process.execPath, [
        join(import.meta.dirname, 'history', 'export-child.ts'),
        JSON.stringify(asked),
      ]);
      return JSON.parse(stdout) as { ms: number; count: number; leftOut: number; peakMiB: number };
    };
    const [now, then] = [await exported(null), await exported(until)];
    console.log({ largePlan, smallPlan, largeHistory, smallHistory, copyMs, now, then });
    return {
      rows: now.count,
      exportToCopy: rounded(now.ms / copyMs),
      pastExportToExport: rounded(then.ms / now.ms),
      exportPeakMiB: Math.round(Math.max(now.peakMiB, then.peakMiB)),
      largePlanPageMs: rounded(largePlan.worstMs),
      smallPlanPageMs: rounded(smallPlan.worstMs),
      largeHistoryPageMs: rounded(largeHistory.worstMs),
      smallHistoryPageMs: rounded(smallHistory.worstMs),
    };
  } finally {
    for (const close of closing) await close();
  }
}

type Staged = { ctx: StageContext; plan: Plan };

async function staged(db: Pool, place: { rosterId: string; sourceId: string }, zip: string): Promise<Staged> {
  const ctx = { ...place, syncId: newId() };
  await createStage(db, ctx);
  const bundle = await openDelivery(zip, limits);
  const sink = rosterSink(db, ctx);
  const result = await check(bundle, { profile: 'default', sink });
  await sink.finish();
  await bundle.close();
  const plan = await diff(db, ctx, result.tables);
  const started = performance.now();
  await indexStage(db, ctx, plan);
  console.log(`indexes for looking: ${Math.round(performance.now() - started)} ms`);
  return { ctx, plan };
}

async function applied(db: Pool, { ctx, plan }: Staged): Promise<void> {
  await apply(db, ctx, plan, { removals: true });
  await dropStage(db, ctx);
}

type Place = { kind: (typeof rosterKinds)[number]; sourcedId: string };

/** The first page, one from the middle of the largest kind and one at its end, a few times each: the median of the slowest. */
async function pages(read: (after: { after?: Place }) => Promise<Place[]>) {
  const places: (Place | undefined)[] = [
    undefined,
    { kind: 'enrollments', sourcedId: '5' },
    { kind: 'enrollments', sourcedId: 'e' },
  ];
  const times: number[] = [];
  for (const after of places) {
    const rounds: number[] = [];
    for (let round = 0; round < 5; round++) {
      const started = performance.now();
      await read(after ? { after } : {});
      rounds.push(performance.now() - started);
    }
    times.push(rounds.toSorted((a, b) => a - b)[2] as number);
  }
  console.log(`pages: ${times.map(rounded).join(', ')} ms`);
  return { times: times.map(rounded), worstMs: Math.max(...times) };
}

async function bareCopy(config: pg.PoolConfig, rosterId: string, home: string): Promise<number> {
  const client = new pg.Client(config);
  await client.connect();
  const started = performance.now();
  for (const kind of rosterKinds) {
    const columns = contentColumns(kind).join(', ');
    const statement = `copy (select ${columns} from ${liveTable(kind)} where roster_id = '${rosterId}' and status = 'active' order by sourced_id) to stdout (format csv, header)`;
    await pipeline(client.query(copyTo(statement)), createWriteStream(join(home, `${kind}.csv`)));
  }
  const ms = performance.now() - started;
  await client.end();
  return ms;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
