/**
 * `check` on a district of 100,000 students against DuckDB, which reads every file as text and runs ten set-based
 * checks. Each run is a process of its own, the two take turns, and medians are compared.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';
import { build } from './built.ts';
import { checked } from './checked.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const self = fileURLToPath(import.meta.url);

type Run = { ms: number; peakMiB: number; rows: number; findings: number };

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
  const output = execFileSync(process.execPath, [self, who, folder], {
    encoding: 'utf8',
    env: { ...process.env, BENCH_CHILD: '1' },
  });
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Run;
}

async function runHomeroom(folder: string): Promise<Omit<Run, 'peakMiB'>> {
  let findings = 0;
  const { ms, rows } = await checked(folder, { profile: 'default', report: () => findings++ });
  return { ms, findings, rows };
}

/** The ten checks: uniqueness of five files, three references, a vocabulary, dates. */
const tenChecks = [
  'select count(*) from (select sourcedId from users group by 1 having count(*) > 1)',
  'select count(*) from (select sourcedId from classes group by 1 having count(*) > 1)',
  'select count(*) from (select sourcedId from enrollments group by 1 having count(*) > 1)',
  'select count(*) from (select sourcedId from demographics group by 1 having count(*) > 1)',
  'select count(*) from (select sourcedId from courses group by 1 having count(*) > 1)',
  'select count(*) from enrollments e anti join users u on e.userSourcedId = u.sourcedId',
  'select count(*) from enrollments e anti join classes c on e.classSourcedId = c.sourcedId',
  'select count(*) from enrollments e anti join orgs o on e.schoolSourcedId = o.sourcedId',
  "select count(*) from enrollments where role not in ('administrator', 'proctor', 'student', 'teacher')",
  "select count(*) from demographics where birthDate is not null and birthDate <> '' and try_strptime(birthDate, '%Y-%m-%d') is null",
];

async function runDuckdb(folder: string): Promise<Omit<Run, 'peakMiB'>> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const started = performance.now();
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  let rows = 0;
  for (const name of csvFiles(folder)) {
    if (name === 'manifest.csv') continue;
    const table = name.replace('.csv', '');
    await connection.run(
      `create table ${table} as select * from read_csv('${join(folder, name)}', all_varchar = true, header = true)`,
    );
    rows += Number((await connection.runAndReadAll(`select count(*) from ${table}`)).getRows()[0]?.[0]);
  }
  let findings = 0;
  for (const sql of tenChecks) findings += Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
  return { ms: performance.now() - started, findings, rows };
}

const csvFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.csv'));
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const round = (value: number): number => Math.round(value * 100) / 100;

if (process.env.BENCH_CHILD && process.argv[1] === self) {
  const [, , who, folder] = process.argv;
  const run = await (who === 'duckdb' ? runDuckdb : runHomeroom)(folder as string);
  console.log(JSON.stringify({ ...run, peakMiB: process.resourceUsage().maxRSS / 1024 }));
}
