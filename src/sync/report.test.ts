import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import type { Finding } from '../core/record.ts';
import { openArchive } from './archive.ts';
import { keepFindings } from './findings.ts';
import { outcome, type ReportFacts, reportText, writeReport } from './report.ts';

const root = await mkdtemp(join(tmpdir(), 'homeroom-report-'));
after(() => rm(root, { recursive: true, force: true }));

const facts: ReportFacts = {
  district: 'Lakeview Unified',
  product: 'Literacy',
  number: 12,
  fileName: 'OneRoster.zip',
  formerName: null,
  receivedAt: new Date('2026-11-21T02:58:40Z'),
  state: 'held',
  tables: [
    { kind: 'users', file: 'users.csv', mode: 'bulk', rows: 2940, leftOut: 2, unidentified: 0 },
    { kind: 'demographics', file: 'demographics.csv', mode: 'absent', rows: 0, leftOut: 0, unidentified: 0 },
  ],
  plan: { users: { create: 10, update: 31, archive: 1412, reactivate: 2 } },
  removalsWait: false,
  dryRun: false,
  rules: [{ rule: 'required-value-missing', severity: 'error', count: 2 }],
  examples: [
    {
      rule: 'required-value-missing',
      severity: 'error',
      file: 'users.csv',
      line: 12,
      column: 'givenName',
      message: 'givenName is blank',
      fix: '',
    },
  ],
  reasons: ['This delivery would remove 1,412 of 2,940 users (48 %; the limit is 10 %).'],
  fault: null,
};

test('the sentence that matters stands first and last, with the reasons, a line per kind, and examples', () => {
  const lines = reportText(facts).split('\n');
  assert.equal(lines[0], 'Lakeview Unified, Literacy');
  assert.equal(lines[1], 'Delivery 12: OneRoster.zip, received 2026-11-21 02:58 UTC');
  const sentence =
    'Held: nothing has been changed yet. Applying it would mean: 12 added, 31 changed, 1,412 removed. 2 errors of 1 kind.';
  assert.equal(lines[3], sentence);
  assert.equal(lines[4], '- This delivery would remove 1,412 of 2,940 users (48 %; the limit is 10 %).');
  assert.equal(lines.at(-2), sentence);
  assert.ok(lines.includes('        rows  added  changed  removed  left out'));
  assert.ok(lines.includes('users  2,940     12       31    1,412         2'));
  assert.ok(lines.includes('  - users.csv line 12: givenName is blank'));
  assert.ok(!reportText(facts).includes('demographics'), 'what was not sent is not listed');
});

test('each outcome has its words', () => {
  const of = (state: string, more: Partial<ReportFacts> = {}) => outcome({ ...facts, rules: [], ...more, state });
  assert.equal(of('applied'), 'Applied: 12 added, 31 changed, 1,412 removed. No errors.');
  assert.equal(
    of('applied', { removalsWait: true }),
    'Applied: 12 added, 31 changed, 1,412 removals left waiting. No errors.',
  );
  assert.equal(of('unchanged'), 'Unchanged: nothing in this delivery changes the roster. No errors.');
  for (const state of ['rejected', 'superseded', 'discarded', 'failed']) {
    const sentence = of(state);
    assert.ok(
      sentence.startsWith(`${state.slice(0, 1).toUpperCase()}${state.slice(1)}: `) &&
        /nothing was changed/.test(sentence),
      state,
    );
  }
});

test('reports replace each other by number, and the oldest go', async () => {
  const dir = join(root, 'reports');
  const receivedAt = new Date('2026-11-21T02:58:40Z');
  async function* findings() {
    yield Buffer.from('rule\r\n');
  }
  for (let number = 1; number <= 22; number++) {
    await writeReport(dir, {
      number,
      receivedAt,
      text: `first ${number}`,
      findings: number % 2 ? findings() : undefined,
    });
  }
  await writeReport(dir, { number: 22, receivedAt, text: 'again', findings: undefined });
  const names = (await readdir(dir)).sort();
  assert.equal(names.filter((name) => name.endsWith('report.txt')).length, 20);
  assert.equal(names[0], '000003 2026-11-21 findings.csv');
  assert.equal(await readFile(join(dir, '000022 2026-11-21 report.txt'), 'utf8'), 'again');
});

test('all findings are kept as CSV, the first of each rule are saved, and no temporary file stays', async () => {
  const tempDir = join(root, 'work');
  const archive = await openArchive({ dir: join(root, 'archive'), tempDir, key: new Uint8Array(32) });
  const saved: Finding[] = [];
  const keeper = keepFindings({ archive, tempDir, save: async (findings) => void saved.push(...findings) });
  const of = (rule: string, value: string): Finding => ({
    rule,
    severity: 'error',
    value,
    message: 'm, "quoted"',
    fix: 'f',
  });
  for (let n = 0; n < 3000; n++) {
    keeper.report(of('a', `=${n}`));
    if (n % 500 === 0) await keeper.flush();
  }
  keeper.report(of('b', 'x'));
  const key = await keeper.finish();
  await keeper.close();
  assert.equal(saved.filter(({ rule }) => rule === 'a').length, 1000);
  assert.equal(saved.at(-1)?.rule, 'b');
  const rows = (await buffer(archive.get(key as string))).toString().trimEnd().split('\r\n');
  assert.equal(rows.length, 1 + 3001);
  assert.equal(rows[1], `a,error,,,,,'=0,"m, ""quoted""",f`, 'a spreadsheet does not run it as a formula');
  assert.deepEqual(await readdir(tempDir), []);

  const none = keepFindings({ archive, tempDir, save: async () => {} });
  assert.equal(await none.finish(), undefined);
  await none.close();
});
