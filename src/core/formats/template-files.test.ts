import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FormatPage, formatPages, oneRosterPage } from './pages.ts';
import { takesOrgs, templateOf } from './template-files.ts';
import { textOf } from './write-oneroster-csv.ts';

test('every format that has a page has a template with its columns, in their order, and a page of words', () => {
  for (const page of formatPages()) {
    const { id, files } = page;
    const made = templateOf(page);
    for (const { name, columns } of files) {
      const file = made.find((each) => each.name === name.replace('.xlsx', '.csv'));
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
  const orgs = templateOf(oneRosterPage('1.1', 'literacy'), [org]).find(({ name }) => name === 'orgs.csv');
  assert.ok(orgs);
  const [header = '', row = ''] = textOf(orgs).split('\r\n');
  const at = (name: string) => header.split(',').indexOf(name);
  const cells = row.split(',');
  assert.equal(cells[at('sourcedId')], 'o1');
  assert.equal(cells[at('name')], '"Hill ""North"""');
  assert.equal(cells[at('status')], '');
  assert.equal(cells[at('dateLastModified')], '');
});

test('schools stand in the file of organizations with the numbers of the district; the directive only where it is asked for', () => {
  const orgs = [
    { sourcedId: 'D', name: 'Lakeview', type: 'district', identifier: '0100' },
    { sourcedId: 'S1', name: 'Hill, North', type: 'school', identifier: '0101', parentSourcedId: 'D' },
    { sourcedId: 'S2', name: 'Lake', type: 'school', parentSourcedId: 'D' },
  ];
  const text = (id: string, name: string, isComplete = false) => {
    const file = templateOf(pageOf(id), orgs, isComplete).find((each) => each.name === name);
    assert.ok(file, `${id} ${name}`);
    return textOf(file).split('\r\n');
  };
  assert.deepEqual(text('traditional-literacy', 'Organization.csv').slice(1, 4), [
    '0100,Lakeview,district,,,',
    '0101,"Hill, North",school,0100,,',
    'S2,Lake,school,0100,,',
  ]);
  assert.doesNotMatch(text('traditional-literacy', 'Student.csv')[0] ?? '', /Delete/);
  assert.match(text('traditional-literacy', 'Student.csv', true)[0] ?? '', /,<DeleteUnlistedRecords>$/);
  assert.doesNotMatch(text('clever-sftp', 'students.csv', true)[0] ?? '', /Delete/);
  const schools = text('clever-sftp', 'schools.csv');
  assert.equal(schools.length, 4, 'the district is no school');
  assert.ok(schools[1]?.includes('0101') && schools[1].includes('"Hill, North"'), schools[1]);
});

test('formats without a file of organizations take none', () => {
  assert.equal(takesOrgs(pageOf('simplified-math')), false);
  for (const id of ['oneroster-csv-1.2', 'traditional-math', 'clever-sftp', 'canvas-sis', 'sds-v1', 'sds-v2.1'])
    assert.equal(takesOrgs(pageOf(id)), true, id);
});

const pageOf = (id: string): FormatPage => formatPages().find((page) => page.id === id) as FormatPage;
