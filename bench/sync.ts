/**
 * A district of 100,000 students through the whole program, from the zip on disk to the applied roster: a first load, a
 * nightly delivery with 1 % churn, the same file again, and a rollback of the nightly; against a bare COPY of the same
 * rows into tables without indexes, on the same private PostgreSQL with its ordinary settings. Every round is a process
 * and a data folder of its own; medians are compared.
 */
import '../src/young-space.ts';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sql, { raw } from 'sql-template-tag';
import type * as Config from '../src/config.ts';
import { columnsOf, type Kind } from '../src/core/tables.ts';
import type { Pool } from '../src/db/db.ts';
import { liveTable } from '../src/db/roster-sql.ts';
import type * as House from '../src/house.ts';
import type * as Log from '../src/log.ts';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';
import { build, built } from './built.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const self = fileURLToPath(import.meta.url);

/** Milliseconds of wall clock, and of processor time where the system tells it. */
type Spent = { ms: number; nodeCpuMs: number; postgresCpuMs: number };
type Round = {
  copy: Spent;
  load: Spent;
  nightly: Spent;
  /** The same file again; of it, until it was received: hashed, encrypted and on disk. */
  same: Spent;
  receivedMs: number;
  back: Spent;
  hashMs: number;
  peakMiB: number;
  steps: Record<string, number>;
};

export default async function bench(): Promise<Record<string, number>> {
  const home = await mkdtemp(join(tmpdir(), 'homeroom-bench-sync-'));
  try {
    build();
    const rows = await district(home);
    const runs: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      const output = execFileSync(process.execPath, [self, home, String(round)], {
        encoding: 'utf8',
        env: { ...process.env, BENCH_CHILD: '1' },
        maxBuffer: 1 << 26,
      });
      const run = JSON.parse(output.trim().split('\n').at(-1) as string) as Round;
      runs.push(run);
      const { copy, load, nightly, same, back } = run;
      const line = Object.entries({ COPY: copy, 'first load': load, nightly, 'same again': same, rollback: back });
      console.log(`round ${round}: ${line.map(([name, { ms }]) => `${name} ${ms.toFixed(0)} ms`).join(', ')}`);
    }
    return { ...ratios(runs), rows };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function ratios(runs: Round[]): Record<string, number> {
  const of = (pick: (run: Round) => number) => median(runs.map(pick));
  const postgresShare = (name: 'load' | 'nightly') =>
    rounded(of((run) => run[name].postgresCpuMs / (run[name].postgresCpuMs + run[name].nodeCpuMs || 1)));
  const checking = of((run) => run.steps.checking ?? 0);
  const comparing = of((run) => run.steps.comparing ?? 0);
  const applying = of((run) => run.steps.applying ?? 0);
  return {
    nightlyToCopy: rounded(of((run) => run.nightly.ms) / of((run) => run.copy.ms)),
    firstLoadToCopy: rounded(of((run) => run.load.ms) / of((run) => run.copy.ms)),
    sameToHash: rounded(of((run) => run.same.ms - run.receivedMs) / of((run) => run.hashMs)),
    sameWithReceivingToHash: rounded(of((run) => run.same.ms) / of((run) => run.hashMs)),
    rollbackToNightly: rounded(of((run) => run.back.ms) / of((run) => run.nightly.ms)),
    peakMiB: Math.round(of((run) => run.peakMiB)),
    nightlyPostgresShare: postgresShare('nightly'),
    firstLoadPostgresShare: postgresShare('load'),
    nightlyCheckingMs: Math.round(checking),
    nightlyComparingMs: Math.round(comparing),
    nightlyApplyingMs: Math.round(applying),
    copyMs: Math.round(of((run) => run.copy.ms)),
    nightlyMs: Math.round(of((run) => run.nightly.ms)),
    firstLoadMs: Math.round(of((run) => run.load.ms)),
    rollbackMs: Math.round(of((run) => run.back.ms)),
    sameMs: Math.round(of((run) => run.same.ms)),
    hashMs: Math.round(of((run) => run.hashMs)),
  };
}

/** Two nights of one district as zips, and the first one's files for the bare COPY. */
async function district(home: string): Promise<number> {
  const night = (generation: number) => generate({ students, seed: 1, churn: 0.01, generation });
  const written = await writeSample(night(0), join(home, 'first.zip'));
  await writeSample(night(1), join(home, 'second.zip'));
  await writeSample(night(0), join(home, 'files'));
  return written.reduce((sum, file) => sum + (file.name === 'manifest.csv' ? 0 : file.rows), 0);
}

const sentKinds: Kind[] = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'demographics', 'enrollments'];

async function bareCopy(db: Pool, folder: string): Promise<void> {
  for (const kind of sentKinds) {
    const columns = columnsOf(kind, '1.1').map((name) => `"${name}" text`);
    await db.query(sql`create table ${raw(`bare_${liveTable(kind)}`)} (${raw(columns.join(', '))})`);
    const copy = await db.copyIn(`copy bare_${liveTable(kind)} from stdin (format csv, header)`);
    await pipeline(createReadStream(join(folder, `${kind}.csv`), { highWaterMark: 1 << 18 }), copy);
  }
}

async function runRound(home: string, round: string): Promise<Round> {
  const { openHouse } = await built<typeof House>('house');
  const { readConfig } = await built<typeof Config>('config');
  const { createLog } = await built<typeof Log>('log');
  const data = join(home, `data-${round}`);
  const house = await openHouse(readConfig({}, { data, httpPort: '0', sftpPort: '0' }), createLog('error'), {
    doors: false,
  });
  try {
    const { acts, db } = house;
    const which = { district: '1', product: 'reading' };
    await acts.addProduct({ slug: 'reading', name: 'Reading' });
    await acts.addDistrict({ siteCode: '1', name: 'Large' });
    await acts.addSource({ ...which, kind: 'upload', trustFirst: true });
    const until = async (sync: string, wanted: string) => {
      for (;;) {
        // A look that costs next to nothing: asked as often, what people are told of a sync would take a fifth of the machine.
        const [now] = await db.query<{ state: string; isTold: boolean }>(sql`
          select y.state, p.finished_at is not null as "isTold" from syncs y
          left join sync_steps p on p.roster_id = y.roster_id and p.sync_id = y.id and p.step = 'published'
          where y.id = ${sync}`);
        if (now?.state === wanted && now.isTold) return (await acts.follow({ sync })).steps;
        if (now && ['rejected', 'held', 'failed'].includes(now.state)) throw new Error(`The sync is ${now.state}.`);
        await pause(10);
      }
    };
    const put = async (name: string) => (await acts.sync({ ...which, path: join(home, name) })).sync;
    const spent = async (work: () => Promise<unknown>): Promise<Spent> => {
      await db.query(sql`checkpoint`);
      const [node, postgres, started] = [process.cpuUsage(), postgresCpuMs(data), performance.now()];
      await work();
      const { user, system } = process.cpuUsage(node);
      const ms = performance.now() - started;
      return { ms, nodeCpuMs: (user + system) / 1000, postgresCpuMs: postgresCpuMs(data) - postgres };
    };
    const copy = await spent(() => bareCopy(db, join(home, 'files')));
    const load = await spent(async () => until(await put('first.zip'), 'applied'));
    let night = '';
    let steps: Awaited<ReturnType<typeof until>> = [];
    const nightly = await spent(async () => {
      night = await put('second.zip');
      steps = await until(night, 'applied');
    });
    let receivedMs = 0;
    const same = await spent(async () => {
      const started = performance.now();
      const again = await put('second.zip');
      receivedMs = performance.now() - started;
      await until(again, 'unchanged');
    });
    const hashStarted = performance.now();
    createHash('sha256')
      .update(readFileSync(join(home, 'second.zip')))
      .digest();
    const hashMs = performance.now() - hashStarted;
    const counts = (await acts.previewRollback({ sync: night })).counts;
    const back = await spent(async () => until((await acts.rollback({ sync: night, counts })).sync, 'applied'));
    const stepMs = steps.map(
      ({ step, startedAt, finishedAt }) => [step, Number(finishedAt) - Number(startedAt)] as const,
    );
    const peakMiB = process.resourceUsage().maxRSS / 1024;
    return { copy, load, nightly, same, receivedMs, back, hashMs, peakMiB, steps: Object.fromEntries(stepMs) };
  } finally {
    await house.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** Processor time of the private PostgreSQL and its children so far, ended ones too; 0 where the system does not tell. */
function postgresCpuMs(data: string): number {
  try {
    const postmaster = readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n')[0] as string;
    let ticks = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const fields = statOf(pid);
      if (!fields || (pid !== postmaster && fields[1] !== postmaster)) continue;
      ticks += Number(fields[11]) + Number(fields[12]);
      if (pid === postmaster) ticks += Number(fields[13]) + Number(fields[14]);
    }
    return ticks * 10;
  } catch {
    return 0;
  }
}

/** The fields of a process behind its name: state, parent, ... */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const rounded = (value: number): number => Math.round(value * 100) / 100;

if (process.env.BENCH_CHILD && process.argv[1] === self) {
  const [, , home, round] = process.argv;
  console.log(JSON.stringify(await runRound(home as string, round as string)));
}
