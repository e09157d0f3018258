/**
 * A first load and a nightly sync with 1 % churn of a district of 100,000 students, from the zip to the applied roster,
 * against a bare COPY of the same rows into tables without indexes. The three take turns on one private PostgreSQL with
 * its ordinary settings, and medians are compared.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sql, { raw } from 'sql-template-tag';
import { check } from '../src/core/check.ts';
import { columnsOf, type Kind, rosterKinds } from '../src/core/tables.ts';
import { openDb, type Pool } from '../src/db/db.ts';
import { newId } from '../src/db/ids.ts';
import { migrate } from '../src/db/migrate.ts';
import { startPostgres } from '../src/db/postgres.ts';
import { liveTable } from '../src/db/roster-sql.ts';
import { apply, createStage, diff, dropStage } from '../src/db/staging.ts';
import { createLog } from '../src/log.ts';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';
import { rosterSink } from '../src/sync/load.ts';
import { openDelivery } from '../src/sync/open.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const limits = { unpackedLimitBytes: 8 * 1024 ** 3, zipRatioLimit: 100, zipEntriesLimit: 200 };

/** Milliseconds of the steps of one sync. */
type Steps = { check: number; diff: number; apply: number };
type Place = { rosterId: string; sourceId: string };

export default async function bench(): Promise<Record<string, number>> {
  const home = await mkdtemp(join(tmpdir(), 'homeroom-bench-sync-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  try {
    const { first, second, folder, rows } = await district(home);
    const engine = await startPostgres({ dataDir: join(home, 'data'), databaseUrl: '', log: createLog('error') });
    closing.unshift(() => engine.close());
    const db = openDb(engine.config);
    closing.unshift(() => db.close());
    await migrate(db);

    const runs: { copy: number; load: Steps; nightly: Steps }[] = [];
    for (let round = 1; round <= rounds; round++) {
      await empty(db);
      const place = { rosterId: newId(), sourceId: newId() };
      const run = {
        copy: await bareCopy(db, folder),
        load: await sync(db, place, first),
        nightly: await sync(db, place, second),
      };
      runs.push(run);
      console.log(`round ${round}: COPY ${ms(run.copy)}, first load ${show(run.load)}, nightly ${show(run.nightly)}`);
    }
    return { ...ratios(runs), rows };
  } finally {
    for (const close of closing) await close();
  }
}

function ratios(runs: { copy: number; load: Steps; nightly: Steps }[]): Record<string, number> {
  const copyMs = median(runs.map((run) => run.copy));
  const loadMs = median(runs.map((run) => total(run.load)));
  const nightlyMs = median(runs.map((run) => total(run.nightly)));
  const share = (of: 'load' | 'nightly', step: keyof Steps) =>
    rounded(median(runs.map((run) => run[of][step] / total(run[of]))));
  return {
    nightlyToCopy: rounded(nightlyMs / copyMs),
    firstLoadToCopy: rounded(loadMs / copyMs),
    nightlyCheckShare: share('nightly', 'check'),
    nightlyDiffShare: share('nightly', 'diff'),
    nightlyApplyShare: share('nightly', 'apply'),
    firstLoadCheckShare: share('load', 'check'),
    firstLoadApplyShare: share('load', 'apply'),
    copyMs: Math.round(copyMs),
    nightlyMs: Math.round(nightlyMs),
    firstLoadMs: Math.round(loadMs),
  };
}

/** Two nights of one district as zips, and the first one's files for the bare COPY. */
async function district(home: string) {
  const night = (generation: number) => generate({ students, seed: 1, churn: 0.01, generation });
  const [first, second, folder] = [join(home, 'first.zip'), join(home, 'second.zip'), join(home, 'files')];
  const written = await writeSample(night(0), first);
  await writeSample(night(1), second);
  await writeSample(night(0), folder);
  const rows = written.reduce((sum, file) => sum + (file.name === 'manifest.csv' ? 0 : file.rows), 0);
  return { first, second, folder, rows };
}

const sentKinds: Kind[] = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'demographics', 'enrollments'];

async function empty(db: Pool): Promise<void> {
  for (const kind of sentKinds) {
    const columns = columnsOf(kind, '1.1').map((name) => `"${name}" text`);
    await db.query(sql`drop table if exists ${raw(`bare_${liveTable(kind)}`)}`);
    await db.query(sql`create table ${raw(`bare_${liveTable(kind)}`)} (${raw(columns.join(', '))})`);
  }
  await db.query(sql`truncate ${raw([...rosterKinds.map(liveTable), 'changes', 'applied_syncs'].join(', '))}`);
}

async function bareCopy(db: Pool, folder: string): Promise<number> {
  return timed(db, async () => {
    for (const kind of sentKinds) {
      const copy = await db.copyIn(`copy bare_${liveTable(kind)} from stdin (format csv, header)`);
      await pipeline(createReadStream(join(folder, `${kind}.csv`), { highWaterMark: 1 << 18 }), copy);
    }
  });
}

async function sync(db: Pool, place: Place, zip: string): Promise<Steps> {
  const ctx = { ...place, syncId: newId() };
  const sink = rosterSink(db, ctx);
  let tables: Parameters<typeof diff>[2] = [];
  let plan: Awaited<ReturnType<typeof diff>> = { kinds: {}, schools: [] };
  const checkMs = await timed(db, async () => {
    await createStage(db, ctx);
    const bundle = await openDelivery(zip, limits);
    const result = await check(bundle, { profile: 'default', sink });
    await sink.finish();
    await bundle.close();
    if (result.counts.fatal + result.counts.error > 0) throw new Error('The district must be without faults.');
    tables = result.tables;
  });
  const diffMs = await timed(undefined, async () => {
    plan = await diff(db, ctx, tables);
  });
  const applyMs = await timed(undefined, async () => {
    await apply(db, ctx, plan, { removals: true });
    await dropStage(db, ctx);
  });
  return { check: checkMs, diff: diffMs, apply: applyMs };
}

/** @param db where the work begins with nothing left to write of what came before. */
async function timed(db: Pool | undefined, work: () => Promise<void>): Promise<number> {
  await db?.query(sql`checkpoint`);
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const total = (steps: Steps): number => steps.check + steps.diff + steps.apply;
const ms = (value: number): string => `${value.toFixed(0)} ms`;
const show = (steps: Steps): string =>
  `${ms(total(steps))} (check and stage ${ms(steps.check)}, diff ${ms(steps.diff)}, apply ${ms(steps.apply)})`;
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const rounded = (value: number): number => Math.round(value * 100) / 100;
