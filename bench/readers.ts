/**
 * Our CSV reader beside csv-parse, papaparse, udsv and DuckDB on one file: each run is a process of its own, they take
 * turns, and medians are compared. Then a small broken file, and what each of them makes of it without a word.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';
import { type Damage, damages } from './readers/damages.ts';
import { type ReaderName, readerNames, readFile, readText } from './readers/readers.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const self = import.meta.filename;

type Run = { ms: number; peakMiB: number; rows: number; letters: number };

export default async function bench(): Promise<Record<string, number>> {
  const path = await usersFile();
  const runs = new Map<ReaderName, Run[]>(readerNames.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of readerNames) runs.get(name)?.push(child(name, path));
    console.log(
      `round ${round + 1}: ${readerNames.map((name) => `${name} ${ms(runs, name).toFixed(0)} ms`).join(', ')}`,
    );
  }
  const truth = (runs.get('homeroom') as Run[])[0] as Run;
  const wrong: Record<string, number> = {};
  for (const name of readerNames) {
    const { rows, letters } = (runs.get(name) as Run[])[0] as Run;
    if (rows !== truth.rows) throw new Error(`All must read the same rows: ${name} ${rows}, homeroom ${truth.rows}.`);
    // Where a piece of the file ends between CR and LF, a reader may take the LF for a part of the next id.
    if (letters !== truth.letters) wrong[`${name}WrongIdBytes`] = letters - truth.letters;
  }
  const mibPerSecond = statSync(path).size / 2 ** 20 / (ms(runs, 'homeroom') / 1000);
  const result: Record<string, number> = { homeroomMiBPerSecond: Math.round(mibPerSecond) };
  for (const name of readerNames.slice(1)) {
    result[`${name}ToHomeroom`] = round(ms(runs, name) / ms(runs, 'homeroom'));
    result[`${name}PeakToHomeroom`] = round(peak(runs, name) / peak(runs, 'homeroom'));
  }
  return { ...result, ...wrong, ...tellDamages() };
}

const ms = (runs: Map<ReaderName, Run[]>, name: ReaderName) => median((runs.get(name) ?? []).map((run) => run.ms));
const peak = (runs: Map<ReaderName, Run[]>, name: ReaderName) =>
  median((runs.get(name) ?? []).map((run) => run.peakMiB));

async function usersFile(): Promise<string> {
  const folder = join(tmpdir(), `homeroom-bench-${students}`);
  if (!existsSync(join(folder, 'enrollments.csv'))) {
    mkdirSync(folder, { recursive: true });
    await writeSample(generate({ students, seed: 1 }), folder);
  }
  return join(folder, 'users.csv');
}

function child(name: ReaderName, path: string): Run {
  const output = execFileSync(process.execPath, [self, name, path], {
    encoding: 'utf8',
    env: { ...process.env, BENCH_READER: '1' },
  });
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Run;
}

/** Prints what every reader makes of every damage; counts the damages of which a reader says nothing. */
function tellDamages(): Record<string, number> {
  const silent: Record<string, number> = {};
  const table: Record<string, Record<string, string>> = {};
  const readers = readerNames.filter((name) => name !== 'homeroomText');
  for (const [at, damage] of damages.entries()) {
    const line: Record<string, string> = {};
    for (const name of readers) {
      const verdict = inAProcess(name, at);
      line[name] = verdict;
      if (!verdict.startsWith('told')) silent[`${name}Silent`] = (silent[`${name}Silent`] ?? 0) + 1;
    }
    table[damage.name] = line;
  }
  console.log(`\n| damage | ${readers.join(' | ')} |\n|${' - |'.repeat(readers.length + 1)}`);
  for (const [name, line] of Object.entries(table))
    console.log(`| ${name} | ${readers.map((reader) => line[reader]).join(' | ')} |`);
  console.log('');
  return Object.fromEntries(readers.map((name) => [`${name}Silent`, silent[`${name}Silent`] ?? 0]));
}

/** A reader that never comes to an end ends with its process. */
function inAProcess(name: ReaderName, damage: number): string {
  const { stdout, status } = spawnSync(process.execPath, ['--max-old-space-size=256', self, name, String(damage)], {
    encoding: 'utf8',
    env: { ...process.env, BENCH_READER: 'damage' },
    timeout: 20_000,
  });
  return status === 0 ? stdout.trim() : 'never ends, until memory is full';
}

/** How a reader takes a damage: whether it says so, and what becomes of the rows that have no fault. */
async function judge(name: ReaderName, { text, whole }: Damage): Promise<string> {
  const { rows, told } = await readText(name, text);
  const got = rows.map((row) => row.join('\u001f'));
  const lost = whole.filter((row) => !got.includes(row.join('\u001f'))).length;
  const welded = rows.filter((row) => row.filter((cell) => whole.some(([id]) => cell.includes(`${id},`))).length > 0);
  const parts = [
    told ? 'told' : 'silent',
    ...(lost > 0 ? [`${lost} of ${whole.length} whole rows lost`] : []),
    ...(welded.length > 0 ? ['rows welded'] : []),
  ];
  return parts.join(', ');
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const round = (value: number): number => Math.round(value * 100) / 100;

if (process.env.BENCH_READER && process.argv[1] === self) {
  const [, , name, what] = process.argv as [string, string, ReaderName, string];
  if (process.env.BENCH_READER === 'damage') console.log(await judge(name, damages[Number(what)] as Damage));
  else {
    const started = performance.now();
    const read = await readFile(name, what);
    const run = { ...read, ms: performance.now() - started, peakMiB: process.resourceUsage().maxRSS / 1024 };
    console.log(JSON.stringify(run satisfies Run));
  }
}
