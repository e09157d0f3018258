/**
 * A district of 100,000 students through the whole program, from the zip on disk to the applied roster: a first load, the
 * same file again, a nightly delivery with 1 % churn, and a rollback of the nightly; against a bare COPY of the same
 * rows into tables without indexes, on the same private PostgreSQL with its ordinary settings. Every round is a process
 * and a data folder of its own; medians are compared.
 */
import '../src/young-space.ts';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
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
  /** The same file again, until its sync is at its end; and where it waits for its turn, until it is received. */
  sameMs: number;
  receivedMs: number;
  /** Until its outcome was told as well: report, events, alerts. */
  sameToldMs: number;
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
      const { copy, load, nightly, sameMs, back } = run;
      const line = Object.entries({ COPY: copy, 'first load': load, nightly, rollback: back });
      const spent = line.map(([name, { ms }]) => `${name} ${ms.toFixed(0)} ms`);
      console.log(`round ${round}: ${[...spent, `same again ${sameMs.toFixed(0)} ms`].join(', ')}`);
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
    sameToHash: rounded(of((run) => (run.sameMs - run.receivedMs) / run.hashMs)),
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
    sameMs: rounded(of((run) => run.sameMs)),
    receivedMs: rounded(of((run) => run.receivedMs)),
    sameToldMs: Math.round(of((run) => run.sameToldMs)),
    hashMs: rounded(of((run) => run.hashMs)),
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

const which = { district: '1', product: 'reading' };
const sameTimes = 9;

/** Waits until a sync has come to this state, and that is told. @returns its steps. */
type Until = (sync: string, state: string) => Promise<{ step: string; startedAt: Date; finishedAt: Date | null }[]>;

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
    await acts.addProduct({ slug: 'reading', name: 'Reading' });
    await acts.addDistrict({ siteCode: '1', name: 'Large' });
    await acts.addSource({ ...which, kind: 'upload', trustFirst: true });
    const until: Until = async (sync, wanted) => {
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
    const same = await sameAgain(acts, join(home, 'first.zip'), until);
    let night = '';
    let steps: Awaited<ReturnType<Until>> = [];
    const nightly = await spent(async () => {
      night = await put('second.zip');
      steps = await until(night, 'applied');
    });
    const counts = (await acts.previewRollback({ sync: night })).counts;
    const back = await spent(async () => until((await acts.rollback({ sync: night, counts })).sync, 'applied'));
    const stepMs = steps.map(
      ({ step, startedAt, finishedAt }) => [step, Number(finishedAt) - Number(startedAt)] as const,
    );
    const peakMiB = process.resourceUsage().maxRSS / 1024;
    return { copy, load, nightly, ...same, back, peakMiB, steps: Object.fromEntries(stepMs) };
  } finally {
    await house.close();
    await rm(data, { recursive: true, force: true });
  }
}

/**
 * The same file a few times more: until its sync is at its end; beside it for another product whose source is paused, where
 * it is received and waits; and its bare hash. Medians, for each is over in the time of a few writes to the disk.
 */
async function sameAgain(acts: House.House['acts'], path: string, until: Until) {
  const paused = { district: '1', product: 'math' };
  await acts.addProduct({ slug: 'math', name: 'Math' });
  await acts.addSource({ ...paused, kind: 'upload', mode: 'paused' });
  const all = {
    sameMs: [] as number[],
    receivedMs: [] as number[],
    sameToldMs: [] as number[],
    hashMs: [] as number[],
  };
  for (let time = 0; time < sameTimes; time++) {
    const began = performance.now();
    await acts.sync({ ...paused, path });
    const received = performance.now();
    const { sync } = await acts.sync({ ...which, path });
    const decided = performance.now();
    const { state } = await acts.follow({ sync });
    if (state !== 'unchanged') throw new Error(`The same file again is ${state} when it is received.`);
    await until(sync, 'unchanged');
    const told = performance.now();
    const hashing = performance.now();
    hashOf(path);
    all.hashMs.push(performance.now() - hashing);
    all.receivedMs.push(received - began);
    all.sameMs.push(decided - received);
    all.sameToldMs.push(told - received);
  }
  return Object.fromEntries(Object.entries(all).map(([name, times]) => [name, median(times)])) as Record<
    keyof typeof all,
    number
  >;
}

/** Read from the disk and hashed, and nothing else. */
function hashOf(path: string): void {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  for (let length = 1; length > 0; ) {
    length = readSync(file, piece);
    hash.update(piece.subarray(0, length));
  }
  closeSync(file);
  hash.digest();
}

const piece = Buffer.allocUnsafe(1 << 20);

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
