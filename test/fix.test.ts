/** `homeroom fix` and `homeroom diff` as their users meet them: what they write and list, exit codes, what they refuse. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { baseDelivery } from '../src/core/rules/base-delivery.ts';

const folder = mkdtempSync(join(tmpdir(), 'homeroom-fix-'));
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
const spoilt = () => {
  const { 'manifest.csv': _, ...files } = baseDelivery('1.1');
  files['users.csv'] = `\ufeff${(files['users.csv'] ?? '').replaceAll(',true,', ',TRUE,').replaceAll(',03,', ',3,')}`;
  files['demographics.csv'] = (files['demographics.csv'] ?? '').replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, '$2/$3/$1');
  return files;
};

test('a spoilt folder becomes a zip that is ready to send, with every repair listed', () => {
  const out = join(folder, 'out.zip');
  const source = put('in', spoilt());
  const before = readFileSync(join(source, 'users.csv'));
  const done = homeroom('fix', source, out);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^Put right: 15 places\.\n/);
  assert.match(
    done.stdout,
    /\n {2}- enabledUser: A yes-or-no value was written true or false, 7 times; line 2: "TRUE" became "true"\n/,
  );
  assert.match(done.stdout, /\n {2}- birthDate: Dates written MM\/DD\/YYYY .*"02\/11\/2017" became "2017-02-11"\n/);
  assert.match(done.stdout, /\n {2}- manifest\.csv was made, for OneRoster 1\.1\n/);
  assert.match(done.stdout, /Ready to send: 0 errors, 0 warnings\.\n$/);
  assert.equal(homeroom('check', out).status, 0);
  assert.deepEqual(readFileSync(join(source, 'users.csv')), before);
  assert.match(homeroom('fix', out, join(folder, 'again.zip')).stdout, /^Nothing had to be put right\.\n/);
});

test('what is not certain stays, is listed, and makes the answer no', () => {
  const files = spoilt();
  files['users.csv'] = (files['users.csv'] ?? '').replace('stu-3,,,TRUE', 'stu-3,,,perhaps');
  const done = homeroom('fix', put('unsure', files), join(folder, 'unsure-out'), '--output', 'json');
  assert.equal(done.status, 1);
  const { repairs, left, counts } = JSON.parse(done.stdout);
  assert.ok(repairs.length >= 4);
  assert.deepEqual(Object.keys(repairs[0]), ['rule', 'file', 'column', 'count', 'sentence', 'line', 'before', 'after']);
  assert.ok(
    left.some(
      ({ rule, first }: { rule: string; first: { key: string } }) =>
        rule === 'boolean-invalid' && first.key === 'stu-3',
    ),
  );
  assert.ok(counts.error > 0);
  assert.match(readFileSync(join(folder, 'unsure-out', 'users.csv'), 'utf8'), /stu-3,,,perhaps/);
});

test('nothing is written where nothing can be put right', () => {
  const out = join(folder, 'never.zip');
  const done = homeroom('fix', put('alien', { 'a.csv': 'x,y\r\n1,2\r\n' }), out);
  assert.equal(done.status, 2);
  assert.match(done.stderr, /holds no file of OneRoster, so there is nothing to put right\. Nothing was written\.\n$/);
  assert.equal(existsSync(out), false);
});

test('the difference of two deliveries, as text, CSV and JSON', () => {
  const files = baseDelivery('1.1');
  const older = put('older', files);
  files['users.csv'] = (files['users.csv'] ?? '').replace('Adeyemi,,000451', '=Stone,,000451');
  const newer = put('newer', files);
  const text = homeroom('diff', older, newer);
  assert.equal(text.status, 1, text.stderr);
  assert.match(text.stdout, /\nusers +7 +0 +1 +0 +0\n/);
  assert.match(text.stdout, /\n {2}- stu-1: familyName "Adeyemi" → "=Stone"\n/);
  assert.match(text.stdout, /1 record would change\.\n$/);
  assert.equal(
    homeroom('diff', older, newer, '--output', 'csv').stdout,
    "kind,sourcedId,action,school,field,from,to\r\nusers,stu-1,changed,org-10,familyName,Adeyemi,'=Stone\r\n",
  );
  const json = JSON.parse(homeroom('diff', older, newer, '--output', 'json').stdout);
  assert.deepEqual(Object.keys(json), ['kinds', 'schools', 'changes']);
  assert.equal(json.changes.length, 1);
  const same = homeroom('diff', older, older);
  assert.equal(same.status, 0);
  assert.match(same.stdout, /\nNothing would change\.\n$/);
  const unreadable = homeroom('diff', older, put('nothing', { 'manifest.csv': '' }));
  assert.equal(unreadable.status, 2);
  assert.match(unreadable.stderr, /Nothing of .*nothing can be taken, so there is nothing to compare\./);
});
