/**
 * `check` on a district of 100,000 students against DuckDB, which reads every file as text and runs ten set-based
 * checks. Each run is a process of its own, the two take turns, and medians are compared.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';
import { build, childOf } from './built.ts';
import type { Run } from './children/check.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);

export default async function bench(): Promise<Record<string, number>> {
  build();
  const folder = await district();
  const ours: Run[] = [];
  const theirs: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(child('duckdb', folder));
    ours.push(child('homeroom', folder));
    console.log(
      `round ${round + 1}: homeroom ${ours.at(-1)?.ms.toFixed(0)} ms, duckdb ${theirs.at(-1)?.ms.toFixed(0)} ms`,
    );
  }
  const rows = ours[0]?.rows ?? 0;
  if (rows !== theirs[0]?.rows) throw new Error(`Both must read the same rows: ${rows} and ${theirs[0]?.rows}.`);
  const ms = median(ours.map((run) => run.ms));
  const duckdbMs = median(theirs.map((run) => run.ms));
  return {
    ...(process.env.BENCH_LARGE ? await tenfold(ms) : {}),
    checkToDuckdb: round(ms / duckdbMs),
    peakMiB: Math.round(median(ours.map((run) => run.peakMiB))),
    peakToDuckdb: round(median(ours.map((run) => run.peakMiB)) / median(theirs.map((run) => run.peakMiB))),
    checkMs: Math.round(ms),
    duckdbMs: Math.round(duckdbMs),
    rows,
  };
}

/** A district ten times as large, with `BENCH_LARGE=1`: its files take about ten times the room on disk, 650 MB. */
async function tenfold(ms: number): Promise<Record<string, number>> {
  const large = child('homeroom', await district(students * 10));
  console.log(
    `${students * 10} students: ${large.ms.toFixed(0)} ms, ${large.peakMiB.toFixed(0)} MiB, ${large.rows} rows`,
  );
  return { tenfoldToOne: round(large.ms / ms), tenfoldPeakMiB: Math.round(large.peakMiB), tenfoldRows: large.rows };
}

async function district(size = students): Promise<string> {
  const folder = join(tmpdir(), `homeroom-bench-${size}`);
  if (!existsSync(join(folder, 'enrollments.csv'))) {
    mkdirSync(folder, { recursive: true });
    await writeSample(generate({ students: size, seed: 1 }), folder);
  }
  return folder;
}

function child(who: 'homeroom' | 'duckdb', folder: string): Run {
  const output = execFileSync(process.execPath, [childOf('check'), who, folder], { encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Run;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const round = (value: number): number => Math.round(value * 100) / 100;
