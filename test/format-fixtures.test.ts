/** Marked fixtures of Traditional and Simplified deliveries: exactly the faults that are marked are found, where they are marked. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryBundle } from '../src/core/bundle.ts';
import { severityOf } from '../src/core/finding.ts';
import { checkForProduct } from '../src/core/product-check.ts';
import { products } from '../src/core/profiles/index.ts';
import type { ProductProfile } from '../src/core/profiles/product.ts';
import type { Finding } from '../src/core/record.ts';
import { rules } from '../src/core/rules/index.ts';

const folder = join(import.meta.dirname, 'fixtures/formats');

type Fixture = {
  name: string;
  title: string;
  format: string;
  product: ProductProfile;
  files: Record<string, Uint8Array>;
  /** `file line column rule severity`, with a dash for what a finding has not. */
  expected: string[];
  leftOut: Record<string, number>;
};

/** A delivery without a fault, of which a fixture replaces single files. */
function cleanFiles(format: string): Record<string, string> {
  const start = join(folder, `clean-${format}`);
  return Object.fromEntries(readdirSync(start).map((name) => [name, readFileSync(join(start, name), 'utf8')]));
}

/** The form is described in the folder's README.md. */
function readFixture(name: string, text: string): Fixture {
  const [head = '', ...parts] = text.split(/^--- /m);
  const [title = '', ...lines] = head.trim().split('\n');
  const setting = (key: string) => lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2) ?? '';
  const format = setting('format') || 'traditional-literacy';
  const product = products.get(format.endsWith('math') ? 'math' : 'literacy');
  assert.ok(product);
  const expected: string[] = [];
  const sent = new Map(
    Object.entries(cleanFiles(format)).map(([file, content]) => [file, Buffer.from(content, 'utf8')]),
  );
  for (const gone of setting('without').split(', ')) sent.delete(gone);
  for (const part of parts) {
    const [heading = '', ...rows] = part.replace(/\n+$/, '').split('\n');
    const [, file = '', encoding = 'utf8'] = /^(.*?)(?: \((latin1|utf16le)\))?$/.exec(heading) ?? [];
    const kept: string[] = [];
    for (const row of rows) {
      const [content = '', marks = ''] = row.split(' << ');
      const isLoose = content.startsWith('!!');
      if (!isLoose) kept.push(content);
      const found = (isLoose ? content.slice(2) : marks).split(';').map((mark) => mark.trim());
      for (const mark of found.filter(Boolean))
        expected.push(place(mark, file === '(delivery)' ? '-' : file, isLoose ? '-' : String(kept.length)));
    }
    if (kept.length > 0) sent.set(file, Buffer.from(unescaped(`${kept.join('\n')}\n`), encoding as BufferEncoding));
  }
  const counts = setting('left out')
    .split('; ')
    .filter(Boolean)
    .map((pair) => pair.split(' '));
  return {
    name,
    title,
    format,
    product,
    files: Object.fromEntries([...sent].map(([file, bytes]) => [file, Uint8Array.from(bytes)])),
    expected,
    leftOut: Object.fromEntries(counts.map(([kind, count]) => [kind, Number(count)])),
  };
}

/** `rule column (severity)` */
function place(mark: string, file: string, line: string): string {
  const [, id = '', column, severity] = /^(\S+)(?: ([^(]+?))?(?: \((\w+)\))?$/.exec(mark) ?? [];
  const rule = rules.get(id);
  assert.ok(rule, `there is no rule ${id}`);
  return `${file} ${line} ${column || '-'} ${id} ${severity ?? severityOf(rule, 'default')}`;
}

const unescaped = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort()
  .map((name) => readFixture(name.slice(0, -4), readFileSync(join(folder, name), 'utf8')));

async function checked({ files, format, product }: Fixture) {
  const found: Finding[] = [];
  const result = await checkForProduct(memoryBundle(files), product, {
    profile: 'default',
    format,
    now: new Date('2026-10-01T12:00:00Z'),
    report: (one) => found.push(one),
  });
  const leftOut = result.tables.filter((table) => table.leftOut > 0).map((table) => [table.kind, table.leftOut]);
  const places = found.map(
    ({ file, line, column, rule, severity }) => `${file || '-'} ${line || '-'} ${column || '-'} ${rule} ${severity}`,
  );
  return { places: places.sort(), leftOut: Object.fromEntries(leftOut), isFatal: result.counts.fatal > 0 };
}

for (const fixture of fixtures)
  test(`${fixture.name}: ${fixture.title}`, async () => {
    const { places, leftOut, isFatal } = await checked(fixture);
    assert.deepEqual(places, fixture.expected.sort());
    if (isFatal) assert.deepEqual(fixture.leftOut, {}, 'nothing is taken anyway');
    else assert.deepEqual(leftOut, fixture.leftOut);
  });

for (const format of ['traditional-literacy', 'traditional-math', 'simplified-literacy', 'simplified-math'])
  test(`the clean delivery of ${format} is clean`, async () => {
    const { places } = await checked(readFixture('clean', `Clean\nformat: ${format}\n`));
    assert.deepEqual(places, []);
  });

test('a mark that is missing or one too many would fail', async () => {
  const text = readFileSync(join(folder, 'student-grade.txt'), 'utf8');
  const { places } = await checked(readFixture('marked', text));
  assert.ok(places.length > 0);
  assert.deepEqual(readFixture('unmarked', text.replaceAll(/ << .*/g, '')).expected, []);
});
