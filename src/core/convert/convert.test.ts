import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate } from '../../sample/generate.ts';
import { memoryBundle } from '../bundle.ts';
import { check } from '../check.ts';
import { RosterWriter, textOf } from '../formats/write-oneroster-csv.ts';
import type { Finding } from '../record.ts';
import { baseDelivery, deltaDelivery } from '../rules/base-delivery.ts';
import type { Version } from '../tables.ts';
import { type Conversion, convert } from './convert.ts';

type Files = Record<string, string>;
const now = new Date('2025-10-01T12:00:00Z');
const filesOf = ({ files }: Conversion): Files => Object.fromEntries(files.map((file) => [file.name, textOf(file)]));
const convertFiles = (files: Files, to: Version) => convert(memoryBundle(files), { to, profile: 'default', now });

async function findings(files: Files): Promise<Finding[]> {
  const found: Finding[] = [];
  await check(memoryBundle(files), { profile: 'strict', now, report: (one) => found.push(one) });
  return found;
}
const isGrave = ({ severity }: Finding) => severity === 'error' || severity === 'fatal';

/** Rows of a file as records by column; no cell of these files has a comma that matters here. */
function rows(files: Files, file: string): Record<string, string>[] {
  const [header = '', ...lines] = (files[file] ?? '').trimEnd().split('\r\n');
  const cut = (line: string) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((match) => match[1] as string);
  const names = cut(header);
  return lines.map((line) => {
    const cells = cut(line).map((cell) => cell.replace(/^"|"$/g, '').replaceAll('""', '"'));
    return Object.fromEntries(names.flatMap((name, at) => (cells[at] ? [[name, cells[at] as string]] : [])));
  });
}
const row = (files: Files, file: string, id: string) => rows(files, file).find((one) => one.sourcedId === id);

/** The clean delivery of 1.2 with other lines in some files, and files that it does not have. */
function with12(change: Record<string, (lines: string[]) => string[]>): Files {
  const files = baseDelivery('1.2');
  for (const [file, edit] of Object.entries(change)) {
    const lines = (files[file] ?? '').trimEnd().split('\r\n');
    files[file] = `${edit(lines[0] === '' ? [] : lines).join('\r\n')}\r\n`;
    files['manifest.csv'] = (files['manifest.csv'] ?? '').replace(
      `file.${file.slice(0, -4)},absent`,
      `file.${file.slice(0, -4)},bulk`,
    );
  }
  return files;
}
const add = (line: string) => (lines: string[]) => [...lines, line];

test('1.1 to 1.2: a role for each org, the first one primary, administrators by where they are', async () => {
  const files = baseDelivery('1.1');
  files['users.csv'] +=
    'adm-1,,,true,"org-1,org-10",administrator,kim.lee,,Kim,Lee,,,kim.lee@example.org,,,,,\r\n' +
    'tch-9,,,true,"org-20,org-10",teacher,jo.may,,Jo,May,,,jo.may@example.org,,,,,\r\n';
  const done = await convertFiles(files, '1.2');
  const made = filesOf(done);
  const shown = rows(made, 'roles.csv')
    .filter(({ userSourcedId }) => userSourcedId === 'adm-1' || userSourcedId === 'tch-9')
    .map(({ userSourcedId, roleType, role, orgSourcedId }) => [userSourcedId, roleType, role, orgSourcedId].join(' '));
  assert.deepEqual(shown, [
    'adm-1 primary districtAdministrator org-1',
    'adm-1 secondary siteAdministrator org-10',
    'tch-9 secondary teacher org-10',
    'tch-9 primary teacher org-20',
  ]);
  assert.equal(row(made, 'users.csv', 'tch-9')?.primaryOrgSourcedId, 'org-20');
  assert.equal(row(made, 'users.csv', 'tch-9')?.orgSourcedIds, undefined);
  assert.deepEqual((await findings(made)).filter(isGrave), []);
  assert.deepEqual(done.notCarried, []);
  assert.match(made['manifest.csv'] ?? '', /oneroster\.version,1\.2\r\n[\s\S]*source\.systemName,Sample SIS\r\n/);
});

test('there and back again is the same roster', async () => {
  for (const files of [
    baseDelivery('1.1'),
    Object.fromEntries(generate({ students: 300, seed: 3 }).files.map((one) => [one.name, [...one.text()].join('')])),
  ]) {
    const once = filesOf(await convertFiles(files, '1.1'));
    const there = await convertFiles(files, '1.2');
    const back = await convertFiles(filesOf(there), '1.1');
    assert.deepEqual(filesOf(back), once);
    assert.deepEqual([...there.notCarried, ...back.notCarried], []);
  }
});

test('1.2 to 1.1: a user row for each role, and what points to the person follows', async () => {
  const files = with12({
    'roles.csv': (lines) => [
      ...lines,
      'role-x1,,,tch-1,secondary,parent,,,org-20,',
      'role-x2,,,tch-1,secondary,counselor,,,org-10,',
    ],
  });
  files['users.csv'] = (files['users.csv'] ?? '').replace(
    /^(stu-3,.*?)(emma\.kowalski@example\.org,,,),/m,
    '$1$2tch-1,',
  );
  const done = await convertFiles(files, '1.1');
  const made = filesOf(done);
  const parts = rows(made, 'users.csv').filter(({ username }) => username === 'maya.ortiz');
  assert.deepEqual(
    parts.map(({ sourcedId, role, orgSourcedIds }) => [sourcedId, role, orgSourcedIds]),
    [
      ['tch-1', 'teacher', 'org-10'],
      ['tch-1-aide', 'aide', 'org-10'],
      ['tch-1-parent', 'parent', 'org-20'],
    ],
  );
  assert.equal(row(made, 'users.csv', 'stu-3')?.agentSourcedIds, 'tch-1-parent');
  assert.equal(row(made, 'enrollments.csv', 'enr-1')?.userSourcedId, 'tch-1');
  assert.deepEqual((await findings(made)).filter(isGrave), []);
  assert.ok(done.changed.some(({ sentence }) => sentence === 'counselor became aide for 1 role.'));
  assert.ok(done.changed.some(({ sentence }) => /^1 person has more than one role/.test(sentence)));
});

test('1.2 to 1.1: preferred names become extension columns, and come back', async () => {
  const files = baseDelivery('1.2');
  files['users.csv'] = (files['users.csv'] ?? '').replace(/^(stu-1,.*),,,,org-10,$/m, '$1,Tom,,,org-10,he/him');
  assert.equal(row(files, 'users.csv', 'stu-1')?.preferredGivenName, 'Tom');
  const done = await convertFiles(files, '1.1');
  const made = filesOf(done);
  assert.equal(row(made, 'users.csv', 'stu-1')?.['metadata.preferredGivenName'], 'Tom');
  assert.deepEqual(
    done.notCarried.map(({ kind, field, count, sentence }) => [kind, field, count, sentence]),
    [['users', 'pronouns', 1, 'pronouns of 1 user is not carried: OneRoster 1.1 has no such column.']],
  );
  const back = filesOf(await convertFiles(made, '1.2'));
  assert.equal(row(back, 'users.csv', 'stu-1')?.preferredGivenName, 'Tom');
});

test('1.2 to 1.1: what has no name there is left out with what needs it, and said', async () => {
  const files = with12({
    'orgs.csv': add('org-99,,,Campus,ext:campus,,org-1'),
    'users.csv': add('u-9,,,true,o.nine,,Ona,Nine,,,,,,,,,,,,,,'),
    'roles.csv': add('role-9,,,u-9,primary,ext:coach,2025-08-01,,org-10,'),
    'demographics.csv': (lines) =>
      lines.map((line) => line.replace(/^stu-1,,,2017-02-11,male/, 'stu-1,,,2017-02-11,unspecified')),
    'userProfiles.csv': () => [
      'sourcedId,status,dateLastModified,userSourcedId,profileType,vendorId,applicationId,description,credentialType,username,password',
      'prof-1,,,stu-1,app,v,,,basic,x,',
    ],
  });
  const done = await convertFiles(files, '1.1');
  const made = filesOf(done);
  assert.equal(row(made, 'orgs.csv', 'org-99'), undefined);
  assert.equal(row(made, 'users.csv', 'u-9'), undefined);
  assert.equal(row(made, 'demographics.csv', 'stu-1')?.sex, undefined);
  assert.equal(row(made, 'demographics.csv', 'stu-1')?.birthDate, '2017-02-11');
  assert.deepEqual(
    done.notCarried.map(({ kind, field, count, costsRecord }) => [kind, field, count, costsRecord]).sort(),
    [
      ['demographics', 'sex', 1, false],
      ['orgs', 'type', 1, true],
      ['roles', 'beginDate', 1, false],
      ['roles', 'role', 1, false],
      ['userProfiles', null, 1, false],
      ['users', 'role', 1, true],
    ],
  );
  assert.deepEqual((await findings(made)).filter(isGrave), []);
});

test('line items get the school of their class, and need their limits in 1.1', async () => {
  const files = baseDelivery('1.1');
  files['categories.csv'] = 'sourcedId,status,dateLastModified,title\r\ncat-1,,,Quizzes\r\n';
  files['lineItems.csv'] =
    'sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax\r\n' +
    'li-1,,,Quiz,,2025-09-08,2025-09-12,cls-7m,cat-1,term-1,0,100\r\n';
  files['manifest.csv'] = (files['manifest.csv'] ?? '').replace(/(file\.(categories|lineItems)),absent/g, '$1,bulk');
  const made = filesOf(await convertFiles(files, '1.2'));
  assert.deepEqual(row(made, 'lineItems.csv', 'li-1'), {
    sourcedId: 'li-1',
    title: 'Quiz',
    assignDate: '2025-09-08',
    dueDate: '2025-09-12',
    classSourcedId: 'cls-7m',
    categorySourcedId: 'cat-1',
    academicSessionSourcedId: 'term-1',
    resultValueMin: '0',
    resultValueMax: '100',
    schoolSourcedId: 'org-20',
  });
  made['lineItems.csv'] = (made['lineItems.csv'] ?? '').replace(',0,100,', ',,,');
  const back = await convertFiles(made, '1.1');
  assert.equal(filesOf(back)['lineItems.csv'], undefined);
  assert.ok(
    back.notCarried.some(
      ({ kind, field, costsRecord }) => kind === 'lineItems' && field === 'resultValueMin' && costsRecord,
    ),
  );
});

test('faulty records are left out as the check says, and counted', async () => {
  const files = baseDelivery('1.1');
  files['users.csv'] = (files['users.csv'] ?? '').replace('stu-3,,,true', 'stu-3,,,YES');
  const done = await convertFiles(files, '1.2');
  const table = (kind: string) => done.tables.find((one) => one.kind === kind);
  assert.deepEqual(table('users'), { kind: 'users', read: 7, faulty: 1, written: 6 });
  assert.deepEqual(table('enrollments'), { kind: 'enrollments', read: 6, faulty: 1, written: 5 });
  assert.equal(row(filesOf(done), 'roles.csv', 'stu-3-org-20'), undefined);
});

test('a delta, and what cannot be taken at all, are refused in a sentence', async () => {
  assert.match(
    (await convertFiles(deltaDelivery('1.1'), '1.2')).refused ?? '',
    /^Only bulk deliveries can be converted: orgs\.csv/,
  );
  assert.match(
    (await convertFiles({ 'manifest.csv': '' }, '1.2')).refused ?? '',
    /^Nothing of this delivery can be taken/,
  );
});

test('a roster of any shape converts to one that the check accepts', async () => {
  const writer = new RosterWriter({ version: '1.1' });
  writer.record('orgs', { sourcedId: 'a', name: 'A', type: 'school' });
  // Made ids: user "u" in org "a-a" and user "u-a" in org "a" would get the same one.
  writer.record('orgs', { sourcedId: 'a-a', name: 'B', type: 'school' });
  const user = { enabledUser: 'true', role: 'teacher', givenName: 'G', familyName: 'F' };
  writer.record('users', { ...user, sourcedId: 'u', username: 'one', orgSourcedIds: 'a-a' });
  writer.record('users', { ...user, sourcedId: 'u-a', username: 'two', orgSourcedIds: 'a' });
  const long = 'x'.repeat(250);
  writer.record('users', { ...user, sourcedId: long, username: 'three', orgSourcedIds: 'a,a-a' });
  const files = Object.fromEntries(writer.files().map((file) => [file.name, textOf(file)]));
  const made = filesOf(await convertFiles(files, '1.2'));
  const ids = rows(made, 'roles.csv').map(({ sourcedId }) => sourcedId as string);
  assert.equal(new Set(ids).size, 4);
  assert.ok(ids.every((id) => id.length <= 255));
  assert.deepEqual((await findings(made)).filter(isGrave), []);
});
