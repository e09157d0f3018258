import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateFaulty } from '../../sample/faults.ts';
import { memoryBundle } from '../bundle.ts';
import { check } from '../check.ts';
import type { Finding } from '../record.ts';
import { baseDelivery } from '../rules/base-delivery.ts';
import { ShapeSink } from '../shape.ts';
import { htmlReport } from './report.ts';

type Files = Record<string, string>;
async function pageOf(files: Files, name = 'a.zip'): Promise<string> {
  const examples: Finding[] = [];
  const sink = new ShapeSink();
  const report = (one: Finding) => examples.push(one);
  const result = await check(memoryBundle(files), {
    profile: 'default',
    now: new Date('2025-10-01T12:00:00Z'),
    sink,
    report,
  });
  const shape = result.counts.fatal === 0 ? sink.finish() : undefined;
  return htmlReport({ name, result, examples, shape, asked: 'strict profile', at: '1 October 2025 at 12:00' });
}

test('one page that needs nothing else: no script, no address, no picture from elsewhere', async () => {
  const sample = generateFaulty({ students: 300, seed: 4 });
  const page = await pageOf(Object.fromEntries(sample.files.map((one) => [one.name, [...one.text()].join('')])));
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|url\(|@import|javascript:| on[a-z]+=/i);
  assert.deepEqual([...page.matchAll(/https?:\/\//g)], []);
  assert.match(page, /default-src 'none'/);
  assert.match(page, /@media print/);
  assert.match(page, /prefers-color-scheme: dark/);
  for (const id of ['records', 'findings', 'schools', 'sizes', 'loose'])
    assert.equal(page.split(`id="${id}"`).length, 2);
});

test('every element that is opened is closed, in its order', async () => {
  const page = await pageOf(baseDelivery('1.1'));
  const open: string[] = [];
  for (const [, slash, name = '', rest = ''] of page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
    if (['meta', 'rect'].includes(name)) continue;
    if (rest.endsWith('/')) continue;
    if (slash) assert.equal(open.pop(), name);
    else open.push(name);
  }
  assert.deepEqual(open, []);
});

test('what stands in the files is text, never markup', async () => {
  const files = baseDelivery('1.1');
  files['orgs.csv'] = (files['orgs.csv'] ?? '').replace('Cedar Elementary School', "<b onclick=x>Cedar & 'Co'</b>");
  files['users.csv'] = (files['users.csv'] ?? '').replace('stu-3,,,true', 'stu-3,,,<i>maybe</i>');
  const page = await pageOf(files, '<u>.zip');
  assert.doesNotMatch(page, /<b onclick|<i>maybe|<u>/);
  assert.match(page, /&lt;b onclick=x&gt;Cedar &amp; &#39;Co&#39;&lt;\/b&gt;/);
  assert.match(page, /&lt;i&gt;maybe&lt;\/i&gt;/);
  assert.match(page, /Report on &lt;u&gt;\.zip/);
});

test('every bar has its number beside it and in its label', async () => {
  const page = await pageOf(baseDelivery('1.1'));
  const bars = [...page.matchAll(/<svg role="img" aria-label="([^"]+)"/g)].map((match) => match[1] as string);
  assert.ok(bars.length > 12);
  for (const label of bars) assert.match(label, /\d/);
  assert.match(
    page,
    /<th scope="row">Cedar Elementary School<\/th><td data-title="students"><div class="cell"><svg[\s\S]*?<span>2<\/span>/,
  );
  assert.match(
    page,
    /Classes without a teacher<\/th>[\s\S]*?<td class="number">0<\/td><td class="number soft">0 % of 2 classes/,
  );
});

test('the verdict comes first, and a rule with many places shows some and counts the rest', async () => {
  const files = baseDelivery('1.1');
  const many = Array.from({ length: 30 }, (_, at) => `org-x${at},,,X ${at},nothing,,`).join('\r\n');
  files['orgs.csv'] = `${files['orgs.csv']}${many}\r\n`;
  const page = await pageOf(files);
  assert.match(page, /<section class="verdict bad"><strong>Not ready to send: 30 errors/);
  assert.ok(page.indexOf('class="verdict') < page.indexOf('id="records"'));
  const [section = ''] = page.split('<section class="rule">').slice(1);
  assert.equal(section.split('<li>').length - 1, 10);
  assert.match(section, /<li class="soft">and 20 more of these<\/li>/);
});

test('a delivery that cannot be read has a page too', async () => {
  const page = await pageOf({ 'x.txt': 'x' });
  assert.match(page, /verdict bad/);
  assert.match(page, /No file of the delivery could be read\./);
  assert.doesNotMatch(page, /id="schools"/);
});
