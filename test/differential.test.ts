/**
 * Districts with random faults, checked twice: by the engine row by row, and by DuckDB in sets. Both must find the same
 * of ids, references, vocabularies, dates and required cells. `DIFFERENTIAL_SEEDS=200` tries more of them.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { memoryBundle } from '../src/core/bundle.ts';
import { check } from '../src/core/check.ts';
import { generate } from '../src/sample/generate.ts';
import { breakSheets, randomFrom, type Sheet, type Sheets, type Table } from './differential/faults.ts';
import { findInSql } from './differential/sql.ts';

const standard = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/oneroster-tables.json'), 'utf8'),
) as Record<string, Record<string, Table>>;
const seeds = Number(process.env.DIFFERENTIAL_SEEDS ?? 12);
const folder = mkdtempSync(join(tmpdir(), 'homeroom-differential-'));
after(() => rmSync(folder, { recursive: true }));

/** The rules that both know, by the name under which they are compared. */
const families: Record<string, string> = {
  'sourced-id-duplicate': 'sourced-id-duplicate',
  'sourced-id-case-collision': 'sourced-id-case-collision',
  'required-value-missing': 'required',
  'date-format-invalid': 'date-format-invalid',
  'date-impossible': 'date-impossible',
  'year-invalid': 'year-invalid',
  'enum-invalid': 'vocabulary',
  'enum-wrong-case': 'vocabulary',
  'enum-extension-not-allowed': 'vocabulary',
  'enrollment-role-not-permitted': 'vocabulary',
  'boolean-invalid': 'vocabulary',
  'grade-unknown': 'vocabulary',
  'grade-missing-leading-zero': 'vocabulary',
  'reference-not-found': 'reference-not-found',
  'reference-wrong-case': 'reference-wrong-case',
  'reference-self': 'reference-self',
  'user-agent-self': 'reference-self',
  'org-type-not-school': 'reference-type',
  'course-school-year-type': 'reference-type',
};

async function findByCheck(files: Record<string, string>): Promise<Set<string>> {
  const found = new Set<string>();
  await check(memoryBundle(files), {
    profile: 'default',
    report({ rule, file, line, column }) {
      const family = families[rule];
      if (family) found.add([family, file, line, column].join(' '));
    },
  });
  return found;
}

/** Reads what the sample writes: quotes only around lists, no quote or line break inside. */
function sheetOf(csv: string): Sheet {
  const [columns = [], ...rows] = csv
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
    );
  return { columns, rows };
}

const csvOf = ({ columns, rows }: Sheet): string =>
  [columns, ...rows]
    .map(
      (cells) => `${cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`,
    )
    .join('');

const only = (some: Set<string>, others: Set<string>) => [...some].filter((one) => !others.has(one)).sort();

for (let seed = 1; seed <= seeds; seed++) {
  test(`seed ${seed}: both find the same`, async () => {
    const random = randomFrom(seed);
    const sample = generate({ students: 20 + random(200), seed });
    const files = Object.fromEntries(sample.files.map((file) => [file.name, [...file.text()].join('')]));
    const sheets: Sheets = {};
    for (const [name, csv] of Object.entries(files))
      if (name !== 'manifest.csv') sheets[name.replace('.csv', '')] = sheetOf(csv);
    const tables = Object.fromEntries(Object.keys(sheets).map((kind) => [kind, standard['1.1']?.[kind] as Table]));
    breakSheets(sheets, tables, 10 + random(150), random);
    for (const [kind, sheet] of Object.entries(sheets)) {
      files[`${kind}.csv`] = csvOf(sheet);
      writeFileSync(join(folder, `${kind}.csv`), files[`${kind}.csv`] as string);
    }
    const ours = await findByCheck(files);
    const theirs = await findInSql(folder, tables);
    assert.ok(theirs.size > 5, 'there are faults to find');
    assert.deepEqual(
      { onlyOurs: only(ours, theirs), onlyTheirs: only(theirs, ours) },
      { onlyOurs: [], onlyTheirs: [] },
    );
  });
}
