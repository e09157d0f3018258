/** One run of `bench -- check`, of Homeroom or of DuckDB: a process of its own, so that its memory is its own too. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checked } from './checked.ts';

export type Run = { ms: number; peakMiB: number; rows: number; findings: number };

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

const [, , who, folder] = process.argv;
const run = await (who === 'duckdb' ? runDuckdb : runHomeroom)(folder as string);
console.log(JSON.stringify({ ...run, peakMiB: process.resourceUsage().maxRSS / 1024 } satisfies Run));
