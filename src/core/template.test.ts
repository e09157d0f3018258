import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from './bundle.ts';
import { check } from './check.ts';
import { textOf } from './formats/write-oneroster-csv.ts';
import { products } from './profiles/index.ts';
import { columnsOf, kindsOf, rosterKinds, type Version } from './tables.ts';
import { templateFiles } from './template.ts';

const texts = (version: Version, product?: string) =>
  Object.fromEntries(
    templateFiles(version, product === undefined ? undefined : products.get(product)).map((file) => [
      file.name,
      textOf(file),
    ]),
  );

test('every file has the header of its version, and nothing else', () => {
  for (const version of ['1.1', '1.2'] as const) {
    const files = texts(version);
    const kinds = kindsOf(version).filter((kind) => rosterKinds.includes(kind));
    assert.deepEqual(
      Object.keys(files).sort(),
      ['README.md', 'README.txt', 'manifest.csv', ...kinds.map((kind) => `${kind}.csv`)].sort(),
    );
    for (const kind of kinds) assert.equal(files[`${kind}.csv`], `${columnsOf(kind, version).join(',')}\r\n`);
  }
});

test('the manifest asks for what the product needs, and leaves the rest absent', () => {
  const { 'manifest.csv': manifest = '' } = texts('1.1', 'literacy');
  const said = Object.fromEntries(
    manifest
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(',')),
  );
  const sent = Object.keys(said).filter((name) => said[name] === 'bulk');
  assert.deepEqual(sent.sort(), [
    'file.academicSessions',
    'file.classes',
    'file.courses',
    'file.enrollments',
    'file.orgs',
    'file.users',
  ]);
  assert.equal(said['file.demographics'], 'absent');
  assert.equal(said['oneroster.version'], '1.1');
});

test('a filled template is ready to send, and its headers are what the check wants', async () => {
  const found: string[] = [];
  const { 'README.md': _, 'README.txt': __, ...files } = texts('1.2', 'math');
  delete files['demographics.csv'];
  await check(memoryBundle(files), { profile: 'strict', report: ({ rule }) => found.push(rule) });
  assert.deepEqual(
    [...new Set(found)].filter((rule) => /^(header|manifest)-/.test(rule)),
    ['manifest-source-blank'].filter((rule) => found.includes(rule)),
  );
});

test('the page says of every column whether it is needed, what it holds, and an example', () => {
  const { 'README.md': page = '', 'README.txt': plain = '' } = texts('1.1', 'literacy');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  assert.equal(rows.length, 7 + 9 + 10 + 14 + 18 + 16 + 10);
  assert.ok(rows.every((line) => line.split(' | ').length === 6));
  const email = rows.find((line) => line.startsWith('| `email` '));
  assert.match(email ?? '', /\*\*required\*\* \| text \|.*@example\.org.*login of teachers and administrators/);
  const grades = rows.filter((line) => line.startsWith('| `grades` ')).at(-1);
  assert.match(grades ?? '', /Assumed; ask the vendor/);
  assert.match(rows.find((line) => line.startsWith('| `enabledUser`')) ?? '', /true or false \| true, false \| `true`/);
  for (const line of rows) assert.ok(plain.includes(`${line.slice(3, line.indexOf('`', 3))}: `), line);
  assert.match(plain, /^OneRoster 1\.1 CSV for Literacy: what to fill\r\n=+\r\n/);
});

test('no column is without an example but those that stay blank', () => {
  const { 'README.md': page = '' } = texts('1.2');
  const blank = page
    .split('\n')
    .filter((line) => line.startsWith('| `') && (line.split(' | ')[4] ?? '').trim() === '')
    .map((line) => line.slice(3, line.indexOf('`', 3)));
  assert.deepEqual([...new Set(blank)].sort(), ['dateLastModified', 'password', 'status']);
});
