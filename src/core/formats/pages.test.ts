/** Every format has a page of the same shape, and what a page says is what the reader holds to. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from '../bundle.ts';
import { check } from '../check.ts';
import type { Finding } from '../record.ts';
import { columnsOf } from '../tables.ts';
import { formats } from './index.ts';
import { type FormatPage, formatPages, oneRosterPage } from './pages.ts';

const pages = formatPages();
const declared = pages.filter(({ id }) => formats.some((format) => format.id === id && format.declaration));

test('formats have pages of their own, with files and columns', () => {
  const ids = pages.map(({ id }) => id);
  assert.deepEqual(ids.slice(0, 4), [
    'oneroster-csv-1.1',
    'oneroster-csv-1.2',
    'traditional-literacy',
    'traditional-math',
  ]);
  assert.equal(new Set(ids).size, ids.length);
  for (const { id, about, files } of pages) {
    assert.match(about, /\.$/, id);
    assert.ok(files.length > 0, id);
    for (const { name, columns } of files) {
      assert.ok(columns.length > 0, `${id} ${name}`);
      assert.equal(new Set(columns.map((column) => column.name)).size, columns.length, `${id} ${name}`);
      for (const { help, name: column } of columns)
        assert.ok(help === '' || /[.]$/.test(help), `${id} ${name} ${column}`);
    }
  }
});

test('the page of OneRoster has its columns in the order of the standard, and the needs of a product', () => {
  const users = oneRosterPage('1.1').files.find(({ name }) => name === 'users.csv');
  assert.deepEqual(
    users?.columns.map(({ name }) => name),
    columnsOf('users', '1.1'),
  );
  const needOf = (page: FormatPage, column: string) =>
    page.files.find(({ name }) => name === 'users.csv')?.columns.find(({ name }) => name === column)?.need;
  assert.equal(needOf(oneRosterPage('1.1'), 'email'), 'optional');
  assert.equal(needOf(oneRosterPage('1.1', 'literacy'), 'email'), 'required');
});

const line = (cells: readonly string[]) =>
  cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');

for (const page of declared) {
  test(`${page.id}: a delivery of the page's own examples is taken without an error`, async () => {
    const files = Object.fromEntries(
      page.files.map(({ name, columns }) => [
        name,
        `${line(columns.map((column) => column.name))}\n${line(columns.map(({ example }) => example))}\n`,
      ]),
    );
    const found: Finding[] = [];
    const result = await check(memoryBundle(files), {
      profile: 'default',
      format: page.id,
      now: new Date('2026-10-01T00:00:00Z'),
      report: (finding) => found.push(finding),
    });
    const bad = found.filter(({ severity }) => severity === 'fatal' || severity === 'error');
    assert.deepEqual(bad, []);
    assert.ok(result.tables.length > 0);
  });

  for (const file of page.files)
    for (const column of file.columns.filter(({ need }) => need === 'required'))
      test(`${page.id} ${file.name}: without ${column.name} nothing is taken`, async () => {
        const own = page.files.map(({ name, columns }) => {
          const kept = name === file.name ? columns.filter((other) => other !== column) : columns;
          return [name, `${line(kept.map((each) => each.name))}\n${line(kept.map(({ example }) => example))}\n`];
        });
        const found: Finding[] = [];
        await check(memoryBundle(Object.fromEntries(own)), {
          profile: 'default',
          format: page.id,
          report: (finding) => found.push(finding),
        });
        assert.ok(
          found.some(
            (one) => one.rule === 'format-column-missing' && one.column === column.name && one.severity === 'fatal',
          ),
          JSON.stringify(found),
        );
      });
}
