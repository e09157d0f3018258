/** `homeroom check --output html`, `sarif` and `json`, as the command line prints them. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'homeroom-outputs-'));
after(() => rmSync(folder, { recursive: true }));
const main = join(import.meta.dirname, '../src/cli/main.ts');
const homeroom = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder },
    maxBuffer: 1 << 26,
  });

const zip = join(folder, 'district.zip');
homeroom('sample', '--students', '300', '--faults', '--out', zip);

test('html: one page, the same exit code as the text, nothing on standard error', () => {
  const { stdout, stderr, status } = homeroom(
    'check',
    zip,
    '--output',
    'html',
    '--profile',
    'strict',
    '--product',
    'math',
  );
  assert.equal(status, 1);
  assert.equal(stderr, '');
  assert.match(stdout, /^<!doctype html>\n/);
  assert.match(
    stdout,
    /<h1>Report on district\.zip<\/h1>\n<p class="soft">OneRoster CSV 1\.1 · strict profile, for Math · checked \d/,
  );
  assert.match(stdout, /<\/html>\n$/);
});

test('sarif: as many results as the JSON has findings, each with its rule', () => {
  const { findings } = JSON.parse(homeroom('check', zip, '--output', 'json').stdout);
  const { stdout, status } = homeroom('check', zip, '--output', 'sarif');
  assert.equal(status, 1);
  const [run] = JSON.parse(stdout).runs;
  assert.equal(run.results.length, findings.length);
  assert.deepEqual(
    run.results.map(({ ruleId }: { ruleId: string }) => ruleId),
    findings.map(({ rule }: { rule: string }) => rule),
  );
  const own = new Set(findings.map(({ rule }: { rule: string }) => rule));
  assert.deepEqual(new Set(run.tool.driver.rules.map(({ id }: { id: string }) => id)), own);
});

test('json: what it is, its tables, counts, the sentences of the text, and all findings', () => {
  const said = JSON.parse(homeroom('check', zip, '--output', 'json').stdout);
  assert.deepEqual(Object.keys(said), ['format', 'version', 'tables', 'counts', 'summary', 'findings']);
  assert.deepEqual(Object.keys(said.tables[0]), ['kind', 'file', 'mode', 'rows', 'leftOut']);
  const [, sentences = ''] = homeroom('check', zip).stdout.split('\nWhat follows:\n');
  assert.deepEqual(
    said.summary.map((sentence: string) => `- ${sentence}`),
    sentences.slice(0, sentences.indexOf('\n\n')).split('\n'),
  );
  assert.ok(said.summary.length >= 2);
  const clean = join(folder, 'clean');
  homeroom('sample', '--students', '50', '--out', clean);
  assert.deepEqual(JSON.parse(homeroom('check', clean, '--output', 'json').stdout).summary, []);
  rmSync(clean, { recursive: true });
});

test('lists leave no file behind', () => {
  assert.deepEqual(readdirSync(folder), ['district.zip']);
});
