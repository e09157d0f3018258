/** `homeroom check` as its users meet it: exit codes, the three outputs, and bad deliveries of every kind. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { check } from '../src/core/check.ts';
import type { Bundle, Finding } from '../src/core/record.ts';
import { baseDelivery } from '../src/core/rules/base-delivery.ts';
import { generateFaulty } from '../src/sample/faults.ts';
import { generate } from '../src/sample/generate.ts';
import { buildZip } from './zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'homeroom-check-'));
after(() => rmSync(folder, { recursive: true }));
const main = join(import.meta.dirname, '../src/cli/main.ts');

function homeroom(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { stdout, stderr, status };
}

type Report = {
  format: string;
  version: string | null;
  tables: { kind: string; file: string; mode: string; rows: number; leftOut: number }[];
  counts: Record<string, number>;
  findings: Finding[];
};
function report(path: string, ...args: string[]): Report & { status: number | null } {
  const { stdout, status } = homeroom('check', path, '--output', 'json', ...args);
  return { ...(JSON.parse(stdout) as Report), status };
}

const clean = baseDelivery('1.1');
const put = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const zipOf = (files: Record<string, string | Uint8Array>): Buffer =>
  buildZip(Object.entries(files).map(([name, data]) => ({ name, data: Buffer.from(data) })));

test('a clean zip is ready to send', () => {
  const path = put('OneRoster.zip', zipOf(clean));
  const text = homeroom('check', path);
  assert.equal(text.status, 0);
  assert.match(text.stdout, /^Ready to send: 0 errors, 0 warnings\.$/m);
  assert.equal(text.stderr, '');
  const json = report(path);
  assert.equal(json.status, 0);
  assert.deepEqual(Object.keys(json), ['format', 'version', 'tables', 'counts', 'summary', 'findings', 'status']);
  assert.equal(json.format, 'oneroster-csv');
  assert.equal(json.version, '1.1');
  const users = json.tables.find((table) => table.kind === 'users');
  const rows = (clean['users.csv'] as string).trimEnd().split('\r\n').length - 1;
  assert.deepEqual(users, { kind: 'users', file: 'users.csv', mode: 'bulk', rows, leftOut: 0 });
});

test('a folder and loose files are read like a zip', () => {
  const inner = join(folder, 'folder');
  mkdirSync(inner);
  for (const [name, text] of Object.entries(clean)) writeFileSync(join(inner, name), text);
  assert.equal(report(inner).status, 0);
  const loose = Object.keys(clean).map((name) => join(inner, name));
  const { status, stdout } = homeroom('check', ...loose, '--output', 'json');
  assert.equal(status, 0);
  assert.equal((JSON.parse(stdout) as Report).tables.length, Object.keys(clean).length - 1);
});

test('an error is reported with its physical line, its column and its value, and the exit code is 1', () => {
  const lines = (clean['users.csv'] as string).split('\r\n');
  lines[2] = (lines[2] as string).replace(/,(student|teacher),/, ',studnet,');
  const path = put('errors.zip', zipOf({ ...clean, 'users.csv': lines.join('\r\n') }));
  const json = report(path);
  assert.equal(json.status, 1);
  const [fault] = json.findings.filter((finding) => finding.rule === 'enum-invalid');
  assert.equal(fault?.file, 'users.csv');
  assert.equal(fault?.line, 3);
  assert.equal(fault?.column, 'role');
  assert.equal(fault?.value, 'studnet');
  assert.equal(fault?.key, lines[2].split(',')[0]);
  assert.match(fault?.message ?? '', /did you mean student\?/);
  assert.equal(json.tables.find((table) => table.kind === 'users')?.leftOut, 1);
});

test('CSV output has a line for each finding', () => {
  const path = put(
    'csv.zip',
    zipOf({ ...clean, 'enrollments.csv': (clean['enrollments.csv'] as string).replaceAll(',student,', ',pupil,') }),
  );
  const { stdout, status } = homeroom('check', path, '--output', 'csv');
  assert.equal(status, 1);
  const [head, ...lines] = stdout.trimEnd().split('\r\n');
  assert.equal(head, 'rule,severity,file,line,column,key,value,message,fix');
  assert.equal(lines.length, report(path).findings.length);
  assert.ok(lines.some((line) => line.startsWith('enum-invalid,error,enrollments.csv,')));
});

/** Deliveries that nothing can be taken of: name, content, the rule that says so, and whether anything was read. */
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const wholeZip = zipOf(clean);
const bomb = Buffer.alloc(4 << 20);
const bad: [string, Buffer, string, 1 | 2][] = [
  ['truncated.zip', wholeZip.subarray(0, wholeZip.length - 300), 'zip-upload-incomplete', 2],
  [
    'encrypted.zip',
    buildZip(Object.entries(clean).map(([name, data]) => ({ name, data, flags: 1 }))),
    'zip-encrypted',
    2,
  ],
  ['bomb.zip', buildZip([{ name: 'users.csv', packed: deflateRawSync(bomb), data: bomb }]), 'zip-size-limit', 2],
  ['traversal.zip', zipOf({ ...clean, '../../etc/users.csv': 'x' }), 'zip-unsafe-path', 1],
  [
    'folder.zip',
    zipOf(Object.fromEntries(Object.entries(clean).map(([name, text]) => [`export/${name}`, text]))),
    'zip-nested-folder',
    1,
  ],
  ['utf16.zip', zipOf({ ...clean, 'users.csv': utf16(clean['users.csv'] as string) }), 'csv-utf16-encoding', 1],
  [
    'semicolons.zip',
    zipOf({ ...clean, 'orgs.csv': (clean['orgs.csv'] as string).replaceAll(',', ';') }),
    'csv-delimiter-wrong',
    1,
  ],
  [
    'no-manifest.zip',
    zipOf(Object.fromEntries(Object.entries(clean).filter(([name]) => name !== 'manifest.csv'))),
    'manifest-missing',
    1,
  ],
  [
    'header-case.zip',
    zipOf({ ...clean, 'users.csv': (clean['users.csv'] as string).replace('familyName', 'FamilyName') }),
    'header-wrong-case',
    1,
  ],
  ['nul.zip', zipOf({ ...clean, 'classes.csv': Buffer.alloc(5000) }), 'csv-not-utf8', 1],
  ['not-a-zip.zip', Buffer.from('sourcedId,status\r\n'), 'zip-unreadable', 2],
];

for (const [name, content, rule, status] of bad) {
  test(`${name}: ${rule}, in plain words, and nothing is taken`, () => {
    const path = put(name, content);
    const json = report(path);
    const found = json.findings.find((finding) => finding.rule === rule);
    assert.equal(found?.severity, 'fatal', JSON.stringify(json.findings.slice(0, 3)));
    assert.ok((found?.message.length ?? 0) > 10 && (found?.fix.length ?? 0) > 20);
    assert.equal(json.status, status);
    const text = homeroom('check', path);
    assert.match(text.stdout, /^Not ready to send: nothing of this delivery would be taken\./m);
    assert.doesNotMatch(text.stdout + text.stderr, /\bat .*\.ts:\d+|Error:/);
  });
}

test('wrong usage and missing files end with a sentence and exit code 2', () => {
  for (const args of [
    ['check'],
    ['check', join(folder, 'nowhere.zip')],
    ['check', folder, '--profile', 'soft'],
    ['chekc'],
  ]) {
    const { status, stderr, stdout } = homeroom(...args);
    assert.equal(status, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /\w+ .*\n/);
    assert.doesNotMatch(stderr, /fault of Homeroom|\bat .*\.ts:\d+/);
  }
});

/** A sample as a bundle, its bytes cut into pieces of the given sizes. */
function bundleOf(
  files: { name: string; text(): Iterable<string> }[],
  cut: (bytes: Buffer) => Iterable<Uint8Array>,
): Bundle {
  const entries = files
    .filter(({ name }) => name.endsWith('.csv'))
    .map(({ name, text }) => {
      const bytes = Buffer.from([...text()].join(''));
      return {
        name,
        sizeBytes: bytes.length,
        async *bytes() {
          yield* cut(bytes);
        },
      };
    });
  return { name: 'sample', entries, findings: [] };
}
const inPieces = (size: number) =>
  function* (bytes: Buffer) {
    for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
  };
async function findingsOf(bundle: Bundle): Promise<Finding[]> {
  const found: Finding[] = [];
  await check(bundle, { profile: 'default', report: (finding) => found.push(finding) });
  return found;
}

for (const seed of [1, 2, 3]) {
  test(`all faults planted in a district are found, and no other (seed ${seed})`, async () => {
    const sample = generateFaulty({ students: 300, seed });
    const found = await findingsOf(bundleOf(sample.files, inPieces(1 << 16)));
    const id = ({ rule, file, line, column }: { rule: string; file?: string; line?: number; column?: string }) =>
      [rule, file, line, column].join(' ');
    const planted = sample.planted().filter(({ file }) => file.endsWith('.csv'));
    const own = found.filter(({ rule }) => rule !== 'reference-cascade');
    assert.deepEqual(
      own.map(id).toSorted(),
      planted
        .filter(({ follows }) => !follows)
        .map(id)
        .toSorted(),
    );
    const followers = new Set(planted.filter(({ follows }) => follows).map(({ file, line }) => `${file} ${line}`));
    const cascades = new Set(
      found.filter(({ rule }) => rule === 'reference-cascade').map(({ file, line }) => `${file} ${line}`),
    );
    for (const follower of followers) assert.ok(cascades.has(follower), `${follower} needs a record that is left out`);
  });
}

test('a district is found the same however its bytes arrive', async () => {
  const { files } = generateFaulty({ students: 120, seed: 9 });
  const whole = await findingsOf(bundleOf(files, (bytes) => [Uint8Array.from(bytes)]));
  assert.ok(whole.length > 20);
  for (const size of [3, 1000, 4096, 65_537])
    assert.deepEqual(await findingsOf(bundleOf(files, inPieces(size))), whole);
});

test('a generated district of any size is clean', async () => {
  for (const students of [1, 7, 100, 2500]) {
    const found = await findingsOf(bundleOf(generate({ students, seed: 5 }).files, inPieces(1 << 16)));
    assert.deepEqual(
      found.filter(({ severity }) => severity !== 'info'),
      [],
    );
  }
});

test('a product adds what it would not take, and changes nothing about what is taken', () => {
  const files = { ...clean };
  files['users.csv'] = (files['users.csv'] ?? '').replace('peter.lindqvist@example.org', '');
  const path = put('product.zip', zipOf(files));
  const [alone, literacy] = [report(path), report(path, '--product', 'literacy')];
  const missing = literacy.findings.filter(({ rule }) => rule === 'product-field-missing');
  assert.deepEqual(
    missing.map(({ severity, column, key }) => [severity, column, key]),
    [['warning', 'email', 'tch-2']],
  );
  assert.deepEqual(literacy.tables, alone.tables);
  assert.equal(literacy.status, 0);
  const unknown = homeroom('check', path, '--product', 'science');
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /literacy, math/);
});
