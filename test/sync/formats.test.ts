/** Deliveries of other formats over the pipeline: what changes from night to night, what a product changes, what a mapping would do. */

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { csvLine } from '../../src/core/formats/csv-line.ts';
import { knownOf, templateTables } from '../../src/core/formats/template-tables.ts';
import { countsOf, danglingReferences } from '../../src/db/roster.ts';
import { ruleCountsOf } from '../../src/db/syncs.ts';
import type { House } from '../../src/house.ts';
import { writeXlsx } from '../../src/package/write-xlsx.ts';
import { buildZip } from '../zip.ts';
import { houseOn, put, settled, tempFolder } from './district.ts';

const folder = await tempFolder();
const house: House = await houseOn(join(folder.path, 'data'));
after(async () => {
  await house.close();
  await folder.remove();
});

const place = { district: '1234567', product: 'literacy' };
await house.acts.addProduct({ slug: 'literacy', name: 'Literacy', profile: 'literacy' });
await house.acts.addDistrict({ siteCode: place.district, name: 'Lakeview Unified' });
await house.acts.addSource({ ...place, trustFirst: true, format: 'traditional-literacy' });

const rosterId = async (): Promise<string> =>
  (
    (await house.db.one<{ id: string }>(
      sql`select r.id from rosters r join products p on p.id = r.product_id where p.slug = 'literacy'`,
    )) as { id: string }
  ).id;

let sets = 0;
type Files = Record<string, string>;
async function zipOf(files: Files): Promise<string> {
  const path = join(folder.path, `set ${++sets}.zip`);
  await writeFile(path, buildZip(Object.entries(files).map(([name, data]) => ({ name, data: bytesOf(data) }))));
  return path;
}
/** Text, or bytes as signs. */
const bytesOf = (data: string): Buffer => Buffer.from(data, /[\u0080-\u00ff]/.test(data) ? 'latin1' : 'utf8');
async function looseOf(files: Files): Promise<string> {
  const path = join(folder.path, `set ${++sets}`);
  await mkdir(path);
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

const full = ',<DeleteUnlistedRecords>';
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const students = (of: number[], names: Record<number, string> = {}, directive = full) =>
  `StudentNumber,FirstName,LastName,Username,GradeLevel,OrganizationNumber,ClassNumber,FirstLanguage${directive}\n${of
    .map(
      (n) =>
        `${String(n).padStart(6, '0')},${names[n] ?? 'Kim'},Stone,kim${n},3,0101,${n % 2 ? 'K1;K2' : 'k1'},Spanish${directive ? ',' : ''}`,
    )
    .join('\n')}\n`;
const district = (kids: string): Files => ({
  'Organization.csv': `OrganizationNumber,OrganizationName,OrganizationType,ParentOrganizationNumber${full}\n0100,Lakeview,district,,\n0101,Hill Elementary,school,0100,\n`,
  'Class.csv': `ClassNumber,ClassName,OrganizationNumber${full}\nK1,Room 12,0101,\nK2,Reading,0101,\n`,
  'User.csv': `UserNumber,FirstName,LastName,Username,Role,OrganizationNumber,ClassNumber${full}\nT7,Ana,Ruiz,ana@lake.example,Teacher,0101,K1;K2,\n`,
  'Student.csv': kids,
});
test('a Traditional zip twice: the second night changes nothing, the third only what is different', async () => {
  const first = await put(house, await zipOf(district(students(numbers(1, 60)))));
  assert.equal(first.state, 'applied', JSON.stringify(first.reasons));
  const counts = async () => countsOf(house.db, await rosterId());
  const applied = await counts();
  assert.deepEqual(
    [applied.orgs, applied.academicSessions, applied.courses, applied.classes, applied.users, applied.enrollments],
    [2, 1, 2, 2, 61, 92],
  );
  const again = await put(house, await zipOf({ ...district(students(numbers(1, 60))), 'note.txt': 'another zip' }));
  assert.equal(again.state, 'unchanged', JSON.stringify(again.plan));
  // One has left, one has come, one is called otherwise.
  const third = await put(house, await zipOf(district(students(numbers(2, 61), { 5: 'Mia' }))));
  assert.equal(third.state, 'applied', JSON.stringify(third.reasons));
  const changes = await house.acts.changes({ sync: third.id });
  assert.deepEqual(changes.changes.map(({ kind, action, sourcedId }) => `${action} ${kind} ${sourcedId}`).sort(), [
    'archive enrollments K1.student-000001',
    'archive enrollments K2.student-000001',
    'archive users student-000001',
    'create enrollments K1.student-000061',
    'create enrollments K2.student-000061',
    'create users student-000061',
    'update users student-000005',
  ]);
  assert.deepEqual(await danglingReferences(house.db, await rosterId()), []);
});

test('loose files without the directive change what they list; students alone leave the staff', async () => {
  await put(house, await zipOf(district(students(numbers(2, 61), { 5: 'Mia' }))));
  const one = await put(house, await looseOf({ 'Student.csv': students([7], { 7: 'Max' }, '') }));
  assert.equal(one.state, 'applied', JSON.stringify(one.reasons));
  const counts = await countsOf(house.db, await rosterId());
  assert.equal(counts.users, 61);
  const whole = await put(house, await looseOf({ 'Student.csv': students(numbers(2, 59)) }));
  assert.equal(whole.state, 'applied', JSON.stringify(whole.reasons));
  const after = await countsOf(house.db, await rosterId());
  assert.equal(after.users, 59);
  assert.deepEqual(await danglingReferences(house.db, await rosterId()), []);
});

test('what is of another format is rejected and says what it is; nothing changes', async () => {
  const before = await countsOf(house.db, await rosterId());
  const clean = district(students(numbers(1, 3)));
  const strict = (await readFile(await bookOf(['StudentNumber'], []))).toString('latin1');
  const cases: [string, Files | string, RegExp][] = [
    [
      'a OneRoster zip',
      { 'manifest.csv': 'propertyName,value\n', 'users.csv': 'sourcedId\n' },
      /This is OneRoster CSV.*, and Traditional Literacy is expected here/,
    ],
    [
      'a PDF in a zip',
      { 'students.pdf': '%PDF-1.4 roster' },
      /students\.pdf is in truth a PDF document.*Traditional Literacy is expected here/,
    ],
    [
      'semicolons',
      { ...clean, 'Student.csv': (clean['Student.csv'] ?? '').replaceAll(',', ';') },
      /Student\.csv.*semicolons?/,
    ],
    [
      'the template of last year',
      { 'Student.csv': 'Student No.,First Name,Last Name,Login,Grade,School\n1,Mia,Stone,mia1,3,0101\n' },
      /has no column StudentNumber[\s\S]*has no column Username[\s\S]*has no column OrganizationNumber/,
    ],
    ['the files of Clever', cleverFiles, /This is Clever.*Traditional Literacy is expected here/],
    [
      'an old workbook',
      { 'Student.xls': `\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${'\0'.repeat(600)}` },
      /workbook of the old kind/,
    ],
    ['half a workbook', { 'Student.xlsx': strict.slice(0, strict.length - 80) }, /Student\.xlsx/],
    [
      'a bomb in a workbook',
      { 'Student.xlsx': await bombOf() },
      /zip-size-limit[\s\S]*Student\.xlsx.*more than 100 times its size/,
    ],
  ];
  for (const [about, files, words] of cases) {
    const sent = await put(house, typeof files === 'string' ? files : await zipOf(files));
    assert.equal(sent.state, 'rejected', about);
    const text = await house.acts.report({ sync: sent.id });
    assert.match(text, words, about);
  }
  assert.deepEqual(await countsOf(house.db, await rosterId()), before);
});

const cleverFiles: Files = {
  'schools.csv': 'School_id,School_name,School_number\n1,Hill,1\n',
  'students.csv': 'School_id,Student_id,Student_number,Last_name,First_name,Grade\n1,7,7,Stone,Mia,3\n',
  'teachers.csv':
    'School_id,Teacher_id,Teacher_number,Last_name,First_name,Teacher_email\n1,9,9,Ruiz,Ana,a@b.example\n',
  'sections.csv': 'School_id,Section_id,Teacher_id,Section_name\n1,5,9,Room 5\n',
  'enrollments.csv': 'School_id,Section_id,Student_id\n1,5,7\n',
};

async function bookOf(columns: string[], rows: string[][]): Promise<string> {
  const path = join(folder.path, `Student ${++sets}.xlsx`);
  await writeFile(path, await writeXlsx({ title: 'Students', columns, rows }));
  return path;
}

/** A workbook whose sheet unpacks to far more than it should. */
async function bombOf(): Promise<string> {
  const rows = `<row r="1"><c t="inlineStr"><is><t>StudentNumber</t></is></c></row>${' '.repeat(30_000_000)}`;
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const link = (id: string, type: string, target: string) =>
    `<Relationships><Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/></Relationships>`;
  const parts = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': link('r1', 'officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml': '<workbook><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': link('rId1', 'worksheet', 'worksheets/sheet1.xml'),
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
  };
  return buildZip(Object.entries(parts).map(([name, data]) => ({ name, data }))).toString('latin1');
}

test('a product changes a format in versions: tried on the last delivery first, and counted once it is used', async () => {
  const kept = { format: 'traditional-literacy', product: 'literacy' };
  await assert.rejects(
    house.acts.addFormatVersion({ ...kept, content: '{"columns":{"student":{"Grad":{}}}}' }),
    /no column Grad/,
  );
  await assert.rejects(
    house.acts.addFormatVersion({ ...kept, content: '{"lookup":{}}' }),
    /lookup is not known here; did you mean lookups/,
  );
  const sent = district(students(numbers(1, 60)).replaceAll('GradeLevel', 'Year').replaceAll(',3,', ',third,'));
  const refused = await put(house, await zipOf(sent));
  assert.equal(refused.state, 'rejected');
  const content = JSON.stringify({
    columns: { student: { GradeLevel: { name: 'Year' } } },
    lookups: { grades: { third: '03' } },
  });
  const { version } = await house.acts.addFormatVersion({ ...kept, content, note: 'Our words' });
  assert.equal((await put(house, await zipOf(sent))).state, 'rejected');
  const tried = await house.acts.tryFormatVersion({ ...place, version });
  assert.equal(tried.findings.fatal, 0);
  const users = tried.kinds.find(({ kind }) => kind === 'users');
  assert.deepEqual([users?.added, users?.removed], [2, 0]);
  await house.acts.useFormatVersion({ ...kept, version });
  const taken = await put(house, await zipOf({ ...sent, 'note.txt': '1' }));
  assert.equal(taken.state, 'applied', JSON.stringify(taken.reasons));
  const { page } = await house.acts.showFormat(kept);
  assert.ok(
    page.files.some(({ columns }) =>
      columns.some(({ name, aliases }) => name === 'Year' && aliases.includes('GradeLevel')),
    ),
  );
});

const mapping = (username: string) => `mapping: 1
title: Lakeview export
files:
  pupils: { match: [pupils*.csv], delimiter: ";" }
  sites: { match: [sites.csv], delimiter: ";" }
records:
  orgs:
    - { from: sites, fields: { sourcedId: "{Site}", name: "{Name}", type: school } }
  users:
    - from: pupils
      fields: { sourcedId: "student-{No}", enabledUser: true, role: student, orgSourcedIds: "{Site}", username: ${username}, givenName: "{First}", familyName: "{Last}" }
`;

test('a mapping is a format of its own; another version shows what it would do before it counts', async () => {
  await house.acts.addProduct({ slug: 'math', name: 'Math' });
  await house.acts.addSource({ ...place, product: 'math', trustFirst: true, format: 'mapping:lakeview' });
  const kept = { format: 'mapping:lakeview' };
  await assert.rejects(house.acts.addFormatVersion({ ...kept, content: 'mapping: 1' }), /lacks title/);
  const one = await house.acts.addFormatVersion({ ...kept, content: mapping('"{Login}"') });
  await house.acts.useFormatVersion({ ...kept, version: one.version });
  const files = {
    'sites.csv': 'Site;Name\nH1;Hill\n',
    'pupils 2026.csv': `No;First;Last;Login;Site\n${numbers(1, 30)
      .map((n) => `${n};Kim;Stone;KIM${n};H1`)
      .join('\n')}\n`,
  };
  const first = await put(house, await zipOf(files), 'math');
  assert.equal(first.state, 'applied', JSON.stringify(first.reasons));
  const two = await house.acts.addFormatVersion({ ...kept, content: mapping('{ value: "{Login}", case: lower }') });
  const tried = await house.acts.tryFormatVersion({ ...place, product: 'math', version: two.version });
  assert.deepEqual(
    tried.kinds.map(({ kind, added, changed, removed, unchanged }) => [kind, added, changed, removed, unchanged]),
    [
      ['orgs', 0, 0, 0, 1],
      ['users', 0, 30, 0, 0],
    ],
  );
  const same = await put(house, await zipOf(files), 'math');
  assert.equal(same.state, 'unchanged');
  await house.acts.useFormatVersion({ ...kept, version: two.version });
  const { sync } = await house.acts.sync({ ...place, product: 'math', path: await zipOf(files) });
  assert.equal((await settled(house, sync)).state, 'applied');
});

const literacyFiles = (kids: string) => ({ ...district(kids) });

test('why somebody is not in a class is said in the files that were sent, of a format that a product has changed', async () => {
  const sent = (of: number[]) =>
    literacyFiles(students(of).replaceAll('GradeLevel', 'Year').replaceAll(',3,', ',third,'));
  assert.match((await put(house, await zipOf(sent(numbers(1, 60))))).state, /^(applied|unchanged)$/);
  const without = sent(numbers(1, 60));
  without['Student.csv'] = (without['Student.csv'] ?? '').replace(
    '000009,Kim,Stone,kim9,third,0101,K1;K2',
    '000009,Kim,Stone,kim9,third,0101,K2',
  );
  assert.equal((await put(house, await zipOf(without))).state, 'applied');
  const { isIn, sentences } = await house.acts.why({ ...place, user: 'student-000009', class: 'K1' });
  assert.equal(isIn, false);
  const text = sentences.join('\n');
  assert.match(
    text,
    /Student\.csv and User\.csv and Class\.csv of that delivery is full|Student\.csv.* of that delivery/,
  );
  assert.match(text, /has no row for this person in this class/);
  const faulty = {
    ...without,
    'Student.csv': (without['Student.csv'] ?? '').replace('kim9,third,0101,K2', 'kim9,nineth,0101,K1'),
  };
  await put(house, await zipOf(faulty));
  const after = (await house.acts.why({ ...place, user: 'student-000009', class: 'K1' })).sentences.join('\n');
  assert.match(after, /has it on line 10 of Student\.csv \(K1\.student-000009\)/);
  assert.match(after, /Student\.csv line 10: .*nineth/);
});

test('a source that takes any format reads by what its product has changed', async () => {
  await house.acts.setSource({ ...place, changes: { format: 'auto' } });
  const sent = literacyFiles(students(numbers(1, 58)).replaceAll('GradeLevel', 'Year').replaceAll(',3,', ',third,'));
  const taken = await put(house, await zipOf(sent));
  assert.equal(taken.state, 'applied', JSON.stringify(taken.reasons));
  const kept = { format: 'traditional-literacy', product: 'literacy' };
  const { version } = await house.acts.addFormatVersion({
    ...kept,
    content: '{"lookups":{"grades":{"third":"04"}},"columns":{"student":{"GradeLevel":{"aliases":["Year"]}}}}',
  });
  await house.acts.useFormatVersion({ ...kept, version });
  const again = await put(house, await zipOf(sent));
  assert.equal(again.state, 'applied', 'the same bytes say something else now');
  await house.acts.setSource({ ...place, changes: { format: 'traditional-literacy' } });
});

test('people are known by another column where the product says so', async () => {
  const kept = { format: 'traditional-math', product: 'math' };
  for (const [keys, words] of [
    [{ student: 'Nickname' }, /no column Nickname/],
    [{ student: 'Password' }, /cannot be a key/],
    [{ teacher: 'Email' }, /The key of teacher cannot be changed; those are organization, class, user, student/],
  ] as const)
    await assert.rejects(house.acts.addFormatVersion({ ...kept, content: JSON.stringify({ keys }) }), words);
  const { version } = await house.acts.addFormatVersion({
    ...kept,
    content: JSON.stringify({ keys: { student: 'AlternateStudentNumber' } }),
  });
  const { page } = await house.acts.showFormat({ ...kept, version });
  assert.equal(page.files.find(({ id }) => id === 'student')?.key, 'AlternateStudentNumber');
  assert.ok(page.identity?.ids.some(({ id }) => id === 'student-{AlternateStudentNumber}'));
  assert.ok(page.identity?.ids.every(({ id }) => !id.includes('{StudentNumber}')));
  await house.acts.useFormatVersion({ ...kept, version });
  const other = { district: '7654321', product: 'math' };
  await house.acts.addDistrict({ siteCode: other.district, name: 'Bay City' });
  await house.acts.addSource({ ...other, trustFirst: true, format: 'traditional-math' });
  const { sync } = await house.acts.sync({
    ...other,
    path: await zipOf({
      ...district(''),
      'Student.csv': `StudentNumber,AlternateStudentNumber,FirstName,LastName,Username,GradeLevel,OrganizationNumber,ClassNumber${full}\n1,S900,Kim,Stone,kim1,3,0101,K1,\n`,
    }),
  });
  assert.equal((await settled(house, sync)).state, 'applied');
  const changes = await house.acts.changes({ sync });
  const ids = changes.changes.map(({ sourcedId }) => sourcedId);
  assert.ok(ids.includes('student-S900') && ids.includes('K1.student-S900'), ids.join());
});

test('a template that is filled is read as it was filled, as CSV and as workbooks, with the names of the product', async () => {
  const pages = await house.acts.formatPages({ product: 'literacy' });
  const page = pages.find(({ id }) => id === 'traditional-literacy');
  assert.ok(page);
  const orgs = await house.acts.organizations(place);
  assert.ok(orgs.some(({ name }) => name === 'Hill Elementary'));
  const tables = templateTables(page, knownOf(orgs), true);
  const filled: Record<string, Record<string, string>[]> = {
    'Class.csv': [{ ClassNumber: '007', ClassName: 'Art', OrganizationNumber: '0101' }],
    'User.csv': [
      {
        UserNumber: '09',
        FirstName: 'Bo',
        LastName: 'Lund',
        Username: 'bo@lake.example',
        Role: 'Teacher',
        OrganizationNumber: '0101',
        ClassNumber: '007',
      },
    ],
    'Student.csv': [
      {
        StudentNumber: '000900',
        FirstName: 'Ida',
        LastName: 'Lee',
        Username: '000900',
        GradeLevel: 'third',
        OrganizationNumber: '0101',
        ClassNumber: '007',
      },
    ],
  };
  const made = tables.map(({ name, title, columns, rows }) => ({
    name,
    title,
    columns,
    rows: [...rows, ...(filled[name] ?? []).map((row) => columns.map((column) => row[column] ?? ''))],
  }));
  const csv = Object.fromEntries(
    made.map(({ name, columns, rows }) => [
      name,
      [columns, ...rows].map((row) => Buffer.from(csvLine(row)).toString()).join(''),
    ]),
  );
  const other = { district: '7654321', product: 'literacy' };
  await house.acts.addSource({ ...other, trustFirst: true, format: 'traditional-literacy' });
  const sent = async (path: string) => settled(house, (await house.acts.sync({ ...other, path })).sync);
  const first = await sent(await zipOf(csv));
  assert.equal(first.state, 'applied', JSON.stringify(first.reasons));
  const books = Object.fromEntries(
    await Promise.all(
      made.map(async ({ name, title, columns, rows }) => [
        name.replace('.csv', '.xlsx'),
        Buffer.from(await writeXlsx({ title, columns, rows })).toString('latin1'),
      ]),
    ),
  );
  assert.equal((await sent(await zipOf(books))).state, 'unchanged', 'zeros and all');
  const record = await house.acts.show({ ...other, kind: 'users', sourcedId: 'student-000900' });
  assert.deepEqual([record.record?.fields.username, record.record?.fields.grades], ['000900', '04']);
});

test('a product asks more of people in a version: looked at first, then every delivery is checked by it, of any format', async () => {
  const reading = { district: '2222222', product: 'reading' };
  const kept = { format: 'product-rules', product: 'reading' };
  await house.acts.addProduct({ slug: 'reading', name: 'Reading' });
  await house.acts.addDistrict({ siteCode: reading.district, name: 'Hill County' });
  await house.acts.addSource({ ...reading, trustFirst: true, format: 'traditional-literacy' });
  await assert.rejects(
    house.acts.addFormatVersion({ ...kept, content: '{"passwordMinLength":6}' }),
    /reading is checked against the standard alone.*homeroom product set reading --profile literacy\|math/,
  );
  await house.acts.setProduct({ slug: 'reading', profile: 'literacy' });
  await assert.rejects(
    house.acts.addFormatVersion({ ...kept, content: '{"passwordMinLenght":6}' }),
    /passwordMinLenght is not known here; did you mean passwordMinLength/,
  );
  const sent = await zipOf(district(students(numbers(1, 30))));
  const send = async () => settled(house, (await house.acts.sync({ ...reading, path: sent })).sync);
  const remarks = async (sync: string) =>
    (await ruleCountsOf(house.db, sync)).find(({ rule }) => rule === 'product-sign-in-rule')?.count ?? 0;
  const first = await send();
  assert.equal(first.state, 'applied');
  assert.equal(await remarks(first.id), 0);
  const { version } = await house.acts.addFormatVersion({ ...kept, content: '{"username":{"minLength":5}}' });
  assert.equal(await remarks((await send()).id), 0, 'a version that is kept does not count');
  const tried = await house.acts.tryFormatVersion({ ...reading, format: kept.format, version });
  assert.deepEqual(
    tried.rules.filter(({ rule }) => rule === 'product-sign-in-rule'),
    // kim1 to kim9
    [{ rule: 'product-sign-in-rule', severity: 'warning', count: 9, before: 0 }],
  );
  assert.ok(tried.kinds.every(({ added, changed, removed }) => added + changed + removed === 0));
  await house.acts.useFormatVersion({ ...kept, version });
  const again = await send();
  assert.equal(again.state, 'unchanged', 'remarks of a product leave nobody out');
  assert.equal(await remarks(again.id), 9, 'the same bytes are read once more by another rule');
  const usernameHelp = async (product: string) =>
    (await house.acts.formatPages({ product }))
      .find(({ id }) => id === 'traditional-literacy')
      ?.files.find(({ id }) => id === 'student')
      ?.columns.find(({ name }) => name === 'Username')?.help;
  assert.match((await usernameHelp('reading')) ?? '', /At least 5 characters\./);
  assert.match((await usernameHelp('literacy')) ?? '', /At least 3 characters\./);
  const shown = await house.acts.showFormat(kept);
  assert.deepEqual(
    shown.rules.find(({ name }) => name === 'username of a student, length'),
    { name: 'username of a student, length', value: 'at least 5 characters', confidence: 'own' },
  );
  // The rules of one product are no format, and none of another product.
  await house.acts.setSource({ ...reading, changes: { format: 'auto' } });
  assert.equal((await send()).state, 'unchanged');
  const audited = await house.db.query<{ act: string; object: string }>(
    sql`select act, object from audit where object = 'product-rules@reading' order by at`,
  );
  assert.deepEqual(
    audited.map(({ act }) => act),
    ['format version added', 'format version used'],
  );
});
