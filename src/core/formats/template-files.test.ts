import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPages } from './pages.ts';
import { takesOrgs, templateOf } from './template-files.ts';
import { textOf } from './write-oneroster-csv.ts';

test('every format that has a page has a template with its columns, in their order, and a page of words', () => {
  for (const { id, files } of formatPages()) {
    const made = templateOf(id) ?? [];
    for (const { name, columns } of files) {
      const file = made.find((each) => each.name === name);
      assert.ok(file, `${id} has ${name}`);
      const header = textOf(file).split('\r\n')[0]?.replaceAll('"', '');
      assert.equal(header, columns.map((column) => column.name).join(','), `${id} ${name}`);
    }
    const readme = made.find((each) => each.name === 'README.txt');
    assert.ok(readme, `${id} explains itself`);
    const words = textOf(readme);
    for (const { columns } of files) for (const { name } of columns) assert.ok(words.includes(name), `${id} ${name}`);
  }
});

test('the orgs of a district stand in the template, without status and date', () => {
  const org = { sourcedId: 'o1', name: 'Hill "North"', type: 'school', status: 'active', dateLastModified: '2026' };
  const orgs = templateOf('oneroster-csv-1.1', 'literacy', [org])?.find(({ name }) => name === 'orgs.csv');
  assert.ok(orgs);
  const [header = '', row = ''] = textOf(orgs).split('\r\n');
  const at = (name: string) => header.split(',').indexOf(name);
  const cells = row.split(',');
  assert.equal(cells[at('sourcedId')], 'o1');
  assert.equal(cells[at('name')], '"Hill ""North"""');
  assert.equal(cells[at('status')], '');
  assert.equal(cells[at('dateLastModified')], '');
});

test('what is no format has no template', () => {
  assert.equal(templateOf('nothing'), undefined);
  assert.equal(takesOrgs('clever'), false);
});
