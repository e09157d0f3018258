/** `homeroom convert` as its users meet it: files, outputs, exit codes, and what it refuses. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { baseDelivery } from '../src/core/rules/base-delivery.ts';

const folder = mkdtempSync(join(tmpdir(), 'homeroom-convert-'));
after(() => rmSync(folder, { recursive: true }));
const main = join(import.meta.dirname, '../src/cli/main.ts');

function homeroom(...args: string[]) {
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}
function put(name: string, files: Record<string, string>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}
const source = put('in', baseDelivery('1.1'));

test('a folder becomes a zip of the other version that is ready to send', () => {
  const out = join(folder, 'out.zip');
  const done = homeroom('convert', source, out, '--to', 'oneroster-csv-1.2');
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^OneRoster 1\.1 to 1\.2\n/);
  assert.match(done.stdout, /\nroles +0 +0 +7\n/);
  assert.match(done.stdout, /\nEverything that was taken is carried\.\n\nWritten to .*out\.zip\.\n$/);
  const checked = homeroom('check', out);
  assert.equal(checked.status, 0, checked.stdout);
  assert.match(checked.stdout, /OneRoster CSV 1\.2/);
});

test('equal rosters give equal zips, byte for byte', () => {
  const [first, second] = ['one.zip', 'two.zip'].map((name) => {
    const out = join(folder, name);
    homeroom('convert', source, out, '--to', 'oneroster-csv-1.1');
    return readFileSync(out);
  });
  assert.deepEqual(first, second);
});

test('the report as JSON counts what is not carried', () => {
  const files = baseDelivery('1.2');
  files['users.csv'] = (files['users.csv'] ?? '').replace(/^(stu-1,.*org-10),$/m, '$1,he/him');
  const done = homeroom(
    'convert',
    put('in12', files),
    join(folder, 'back'),
    '--to',
    'oneroster-csv-1.1',
    '--output',
    'json',
  );
  assert.equal(done.status, 0, done.stderr);
  const report = JSON.parse(done.stdout);
  assert.deepEqual(Object.keys(report), ['from', 'to', 'tables', 'notCarried', 'changed', 'notRead']);
  assert.deepEqual(report.notCarried, [
    {
      kind: 'users',
      field: 'pronouns',
      count: 1,
      sentence: 'pronouns of 1 user is not carried: OneRoster 1.1 has no such column.',
    },
  ]);
  assert.ok(readdirSync(join(folder, 'back')).includes('manifest.csv'));
});

test('records that are left out make the answer no', () => {
  const files = baseDelivery('1.1');
  files['users.csv'] = (files['users.csv'] ?? '').replace('stu-3,,,true', 'stu-3,,,YES');
  const done = homeroom('convert', put('faulty', files), join(folder, 'faulty.zip'), '--to', 'oneroster-csv-1.2');
  assert.equal(done.status, 1);
  assert.match(done.stdout, /Left out as faulty: 1 user, 1 demographics record, 1 enrollment\./);
});

test('it refuses to write over what it reads, into a full folder, and what it cannot read', () => {
  for (const [args, words] of [
    [[source, source], /is what is read; name another file to write\./],
    [[source, folder], /is not empty; name a new one\./],
    [[join(folder, 'none'), join(folder, 'x.zip')], /none/],
    [[put('empty', { 'manifest.csv': '' }), join(folder, 'x.zip')], /Nothing of this delivery can be taken/],
  ] as [string[], RegExp][]) {
    const done = homeroom('convert', ...args, '--to', 'oneroster-csv-1.2');
    assert.ok(done.status === 2 || done.status === 1);
    assert.match(done.stderr, words);
    assert.equal(done.stdout, '');
  }
  assert.equal(readdirSync(folder).includes('x.zip'), false);
});

test('a template is a zip of headers with a page about them', () => {
  const out = join(folder, 'template');
  const done = homeroom('template', 'oneroster-csv-1.2', '--product', 'math', '--out', out);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^9 files and README written to .*: manifest\.csv, orgs\.csv/);
  assert.ok(
    readFileSync(join(out, 'users.csv'), 'utf8').startsWith('sourcedId,status,dateLastModified,enabledUser,username'),
  );
  const again = homeroom('template', 'oneroster-csv-1.2', '--out', out);
  assert.equal(again.status, 2);
  assert.match(again.stderr, /is not empty; name a new one\./);
});
