import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateFaulty } from '../../sample/faults.ts';
import { memoryBundle } from '../bundle.ts';
import { check } from '../check.ts';
import type { Finding } from '../record.ts';
import { baseDelivery, deltaDelivery } from '../rules/base-delivery.ts';
import { rules } from '../rules/index.ts';
import { fix } from './fix.ts';
import type { Repair } from './repairs.ts';

type Files = Record<string, string | Uint8Array>;
const now = new Date('2025-10-01T12:00:00Z');

async function fixed(files: Files): Promise<{ files: Record<string, string>; repairs: Repair[]; refused?: string }> {
  const done = await fix(memoryBundle(files));
  const texts: Record<string, string> = {};
  for (const file of done.files) {
    const pieces: Uint8Array[] = [];
    for await (const piece of file.pieces()) pieces.push(piece.slice());
    texts[file.name] = Buffer.concat(pieces).toString('latin1');
  }
  const decoded = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, Buffer.from(text, 'latin1').toString('utf8')]),
  );
  return { files: decoded, repairs: done.repairs.list(), ...(done.refused ? { refused: done.refused } : {}) };
}

async function findings(files: Files): Promise<Finding[]> {
  const found: Finding[] = [];
  await check(memoryBundle(files), { profile: 'default', now, report: (one) => found.push(one) });
  return found;
}

/** The clean delivery with changes in one file; each must change something. */
function broken(file: string, ...changes: [from: string | RegExp, to: string][]): Files {
  const files = baseDelivery('1.1');
  for (const [from, to] of changes) {
    const before = files[file] ?? '';
    files[file] = before.replaceAll(
      typeof from === 'string' ? from : new RegExp(from, `${from.flags.replace('g', '')}g`),
      to,
    );
    assert.notEqual(files[file], before, String(from));
  }
  return files;
}

/** What the clean delivery is after being written again: rows in the order of their ids. */
const clean = (await fixed(baseDelivery('1.1'))).files;
const brief = (repairs: Repair[]) =>
  repairs.map(({ rule, file, column, count }) => [rule, file, column, count].join(' '));

/** Puts the same thing right, and gives exactly the clean delivery back. */
const cases: [name: string, files: Files, repairs: string[]][] = [
  ['a byte order mark', broken('users.csv', [/^/, '\ufeff']), ['csv-bom-present users.csv  1']],
  ['capitals of TRUE', broken('users.csv', [',true,', ',TRUE,']), ['boolean-invalid users.csv enabledUser 7']],
  [
    'yes and no',
    broken('demographics.csv', [',true,', ',Yes,']),
    ['boolean-invalid demographics.csv hispanicOrLatinoEthnicity 1', 'boolean-invalid demographics.csv asian 1'].sort(),
  ],
  [
    'capitals of a vocabulary',
    broken('classes.csv', ['homeroom', 'Homeroom'], ['scheduled', 'SCHEDULED']),
    ['enum-wrong-case classes.csv classType 2'],
  ],
  [
    'grades without zero',
    broken('users.csv', [',03,', ',3,'], [',07,', ', 7 ,']),
    ['grade-missing-leading-zero users.csv grades 4', 'csv-surrounding-whitespace users.csv grades 2'].sort(),
  ],
  [
    'dates as a spreadsheet writes them',
    broken('demographics.csv', [/(\d{4})-0?(\d+)-0?(\d+)/, '$2/$3/$1']),
    ['date-format-invalid demographics.csv birthDate 4'],
  ],
  ['dates with a time at midnight', broken('enrollments.csv', [/(\d{4}-\d\d-\d\d)\r/, '$1 00:00:00\r']), []],
  [
    'a status that says only active',
    broken('orgs.csv', [/^(org-\d+),,/m, '$1,active,2025-09-01T06:00:00.000Z']),
    ['bulk-date-last-modified-present orgs.csv dateLastModified 3', 'bulk-status-present orgs.csv status 3'],
  ],
  [
    'commas too many at the end of rows',
    broken('enrollments.csv', [/^(enr-.*)\r/m, '$1,,\r']),
    ['csv-row-width-mismatch enrollments.csv  6'],
  ],
  [
    'commas too many at the end of every row, where one row is certain and none is not',
    broken('users.csv', [/^((?:tch|stu|par).*)\r/gm, '$1,\r']),
    ['csv-row-width-mismatch users.csv  7'],
  ],
  ['commas too many in the whole file', broken('orgs.csv', [/\r/, ',,\r']), ['header-blank-name orgs.csv  2']],
  ['empty lines', broken('orgs.csv', [/$/, '\r\n,,,,,,\r\n\r\n']), ['csv-blank-row orgs.csv  3']],
  [
    'capitals and spaces in a header',
    broken('orgs.csv', ['sourcedId,', 'SourcedID ,'], ['parentSourcedId', ' ParentSourcedId']),
    ['header-wrong-case orgs.csv parentSourcedId 1', 'header-wrong-case orgs.csv sourcedId 1'],
  ],
  [
    'words for nothing',
    broken('orgs.csv', [/^(org-1,.*),\r/m, '$1,NULL\r']),
    ['csv-null-literal orgs.csv parentSourcedId 1'],
  ],
  [
    'two years for a school year',
    broken('academicSessions.csv', [/2026\r/, '2025-26\r']),
    ['year-invalid academicSessions.csv schoolYear 3'],
  ],
  [
    'lists with spaces, bars and empty items',
    broken('classes.csv', ['"term-1,term-2"', 'term-1|term-2|']),
    ['list-empty-item classes.csv termSourcedIds 1', 'list-wrong-separator classes.csv termSourcedIds 1'],
  ],
  [
    'a line break in a value',
    broken('orgs.csv', ['Cedar Elementary School', '"Cedar\r\nElementary School"']),
    ['csv-line-break-in-field orgs.csv  1'],
  ],
  [
    'a manifest as a spreadsheet leaves it',
    broken(
      'manifest.csv',
      ['manifest.version,1.0', 'manifest.version,1'],
      ['oneroster.version,1.1', 'oneroster.version,1.1.1'],
      ['file.orgs,bulk', 'File.orgs,Bulk'],
    ),
    [
      'manifest-mode-invalid manifest.csv file.orgs 1',
      'manifest-oneroster-version-patch manifest.csv oneroster.version 1',
      'manifest-property-unknown manifest.csv  1',
      'manifest-version-invalid manifest.csv manifest.version 1',
    ],
  ],
  [
    'lines missing from the manifest',
    broken('manifest.csv', [/file\.(orgs,bulk|results,absent)\r\n/, '']),
    ['manifest-property-missing manifest.csv file.orgs 1', 'manifest-property-missing manifest.csv file.results 1'],
  ],
];
for (const [name, files, repairs] of cases) {
  test(`${name}: put right`, async () => {
    const done = await fixed(files);
    assert.deepEqual(done.files, clean);
    if (repairs.length > 0) assert.deepEqual(brief(done.repairs).sort(), repairs);
    assert.ok(done.repairs.length > 0);
  });
}

test('a clean delivery needs nothing, and nothing is said', async () => {
  for (const files of [baseDelivery('1.1'), baseDelivery('1.2'), deltaDelivery('1.1')]) {
    const done = await fixed(files);
    assert.deepEqual(done.repairs, []);
    assert.deepEqual(await findings(done.files), []);
    assert.deepEqual((await fixed(done.files)).files, done.files);
  }
});

test('folder, file names, hidden files and UTF-16 are put right', async () => {
  const files = baseDelivery('1.1');
  const moved: Files = { 'export/.DS_Store': 'x' };
  for (const [name, text] of Object.entries(files)) moved[`export/${name.toLowerCase()}`] = text;
  moved['export/users.csv'] = Buffer.from(`\ufeff${files['users.csv']}`, 'utf16le');
  const done = await fixed(moved);
  assert.deepEqual(done.files, clean);
  assert.deepEqual([...new Set(done.repairs.map(({ rule }) => rule))].sort(), [
    'csv-utf16-encoding',
    'zip-file-name-case',
    'zip-nested-folder',
    'zip-os-junk-file',
  ]);
});

test('a missing manifest is made when the files tell what it has to say', async () => {
  for (const version of ['1.1', '1.2'] as const) {
    const { 'manifest.csv': _, ...files } = baseDelivery(version);
    const done = await fixed(files);
    assert.deepEqual(
      done.repairs.map(({ rule }) => rule),
      ['manifest-missing'],
    );
    assert.match(done.files['manifest.csv'] ?? '', new RegExp(`oneroster\\.version,${version}\\r\\n`));
    assert.deepEqual(
      (await findings(done.files)).filter(({ severity }) => severity !== 'info'),
      [],
    );
  }
  const { 'manifest.csv': _, ...delta } = deltaDelivery('1.1');
  assert.match((await fixed(delta)).refused ?? '', /bulk or delta/);
});

test('nothing is guessed: what can be read in two ways, or in none, stays as it was', async () => {
  const ambiguous = '04/05/2016';
  const untouched: [string, string | RegExp, string][] = [
    ['demographics.csv', /\d{4}-\d\d-\d\d/, ambiguous],
    ['demographics.csv', '2017-02-11', '2/30/2017'],
    ['users.csv', ',07,', ',K,'],
    ['users.csv', 'enabledUser', 'enabeldUser'],
    ['users.csv', 'stu-3,,,true', 'stu-3,,,maybe'],
    ['classes.csv', 'homeroom', 'homeroon'],
    ['enrollments.csv', 'stu-3,student', 'STU-3,student'],
    ['academicSessions.csv', /2026\r/, '2024-2026\r'],
    ['orgs.csv', 'org-20,,,', 'org-20,tobedeleted,,'],
  ];
  for (const [file, from, to] of untouched) {
    const files = broken(file, [from, to]);
    const done = await fixed(files);
    const sorted = (text: string) => text.split('\r\n').sort().join('\n');
    assert.equal(sorted(done.files[file] ?? ''), sorted(files[file] as string), `${file}: ${to}`);
    assert.deepEqual(done.repairs, [], `${file}: ${to}`);
  }
});

test('commas too many stay where not every row has them, or one row speaks against it', async () => {
  const onAll: [RegExp, string] = [/^((?:tch|stu|par).*)\r/gm, '$1,\r'];
  const left: [row: string, Files][] = [
    // One row has none: the others are judged one by one.
    ['tch-2', broken('users.csv', [/^((?:tch-2|stu|par).*)\r/gm, '$1,\r'])],
    // One row has a comma in a value besides.
    ['tch-1', broken('users.csv', onAll, [',Emma,Kowalski', ',Emma,Kowalski, Jr.'])],
    // The value beyond the header is not blank.
    ['tch-1', broken('users.csv', onAll, [/^(stu-4.*),\r/gm, '$1,x\r'])],
    // No row is certain: a comma in each name looks the same.
    ['org-10', broken('orgs.csv', [/^(org-.*)\r/gm, '$1,\r'], [/,(district|school),/g, ', Jr.,$1,'])],
  ];
  for (const [id, files] of left) {
    const done = await fixed(files);
    const row = new RegExp(`^${id},.*$`, 'm');
    const said = row.exec(Object.values(files).join('\r\n'))?.[0];
    assert.ok(said);
    assert.equal(row.exec(Object.values(done.files).join('\r\n'))?.[0], said);
    assert.deepEqual(
      done.repairs.filter(({ rule, count }) => rule === 'csv-row-width-mismatch' && count > 4),
      [],
    );
  }
});

test('mixed dates agree when one of them decides, and not when two contradict', async () => {
  const dates = ['11/02/2017', '25/12/2016', '27/05/2013', '2013-01-19'];
  const give = (all: string[]) => {
    let at = 0;
    const files = baseDelivery('1.1');
    files['demographics.csv'] = (files['demographics.csv'] ?? '').replace(
      /\d{4}-\d\d-\d\d/g,
      () => all[at++] as string,
    );
    return files;
  };
  const done = await fixed(give(dates));
  assert.match(
    done.files['demographics.csv'] ?? '',
    /stu-1,,,2017-02-11,[\s\S]*stu-2,,,2016-12-25,[\s\S]*stu-3,,,2013-05-27,/,
  );
  assert.deepEqual((await fixed(give(['02/25/2017', '25/12/2016', '05/05/2013', '2013-01-19']))).repairs, []);
  const alike = await fixed(give(['05/05/2017', '06/06/2016', '2013-05-27', '2013-01-19']));
  assert.match(alike.files['demographics.csv'] ?? '', /stu-1,,,2017-05-05,/);
});

test('a day that does not exist keeps nobody from reading the others', async () => {
  const files = broken('demographics.csv', ['2016-12-03', '2016-02-30'], [/(201[37])-(\d+)-(\d+)/, '$2/$3/$1']);
  const done = await fixed(files);
  assert.match(done.files['demographics.csv'] ?? '', /stu-1,,,2017-02-11,[\s\S]*stu-2,,,2016-02-30,/);
});

test('a row that cannot be read stays byte for byte, and its file keeps its columns as they were', async () => {
  const files = baseDelivery('1.1');
  const wide = 'org-30,,,Oak, the school,school,1,org-1';
  const open = 'org-31,,,"Elm,school,1,org-1';
  const latin = Buffer.concat([
    Buffer.from((files['orgs.csv'] ?? '').replace('name,type', 'type,NAME')),
    Buffer.from(`${wide}\r\n${open}\r\norg-32,,,Écho,school,,\r\n`, 'latin1'),
  ]);
  const done = await fix(memoryBundle({ ...files, 'orgs.csv': latin }));
  const orgs = done.files.find(({ name }) => name === 'orgs.csv');
  assert.ok(orgs);
  const pieces: Uint8Array[] = [];
  for await (const piece of orgs.pieces()) pieces.push(piece.slice());
  const text = Buffer.concat(pieces);
  assert.match(text.toString('latin1'), /^sourcedId,status,dateLastModified,type,name,/);
  for (const line of [wide, open]) assert.ok(text.includes(`${line}\r\n`));
  assert.ok(text.includes(Buffer.from('org-32,,,Écho,school,,\r\n', 'latin1')));
});

test('what nobody can put right by program is refused in a sentence', async () => {
  const twice = { ...baseDelivery('1.1'), 'a/users.csv': 'x' };
  assert.match((await fixed(twice)).refused ?? '', /^This cannot be put right by a program: .*more than once/);
  assert.match((await fixed({ 'note.txt': 'x' })).refused ?? '', /holds no file of OneRoster/);
  assert.match((await fixed({ 'orgs.csv': 'sourcedId,name,type\r\n1,a,school\r\n' })).refused ?? '', /1\.1 or 1\.2/);
});

const alone = [...rules.values()].filter(({ exampleIsZip, exampleGiven }) => !exampleIsZip && !exampleGiven);
test('over the bad examples of all rules: what is said to be put right is, no fault is added, no row is lost', async () => {
  for (const rule of alone) {
    const files = Object.fromEntries(
      Object.entries({ ...baseDelivery(rule.exampleVersion ?? '1.1'), ...rule.bad }).filter(
        (one): one is [string, string] => one[1] !== null,
      ),
    );
    const before = await findings(files);
    const done = await fix(memoryBundle(files));
    if (done.refused) continue;
    const after: Files = {};
    for (const file of done.files) {
      const pieces: Uint8Array[] = [];
      for await (const piece of file.pieces()) pieces.push(piece.slice());
      after[file.name] = Buffer.concat(pieces);
    }
    const left = await findings(after);
    const had = new Set(before.map((one) => one.rule));
    const repaired = new Set(done.repairs.list().map((one) => one.rule));
    // A fault that hid others (nothing was read) uncovers them.
    const hidden = before.some(({ severity }) => severity === 'fatal');
    if (!hidden)
      assert.deepEqual(
        [...new Set(left.map((one) => one.rule))].filter((one) => !had.has(one)),
        [],
        rule.id,
      );
    for (const { rule: id, file } of left)
      assert.ok(
        !done.repairs.list().some((one) => one.rule === id && one.file === file),
        `${rule.id}: ${id} is left in ${file}`,
      );
    if (repaired.has(rule.id)) assert.ok(!left.some((one) => one.rule === rule.id), rule.id);
  }
});

test('a district with the faults that exports have most often is better afterwards, and never worse', async () => {
  const sample = generateFaulty({ students: 300, seed: 11 });
  const files = Object.fromEntries(sample.files.map((file) => [file.name, [...file.text()].join('')]));
  const before = await findings(files);
  const done = await fixed(files);
  const after = await findings(done.files);
  const count = (all: Finding[]) => Map.groupBy(all, ({ rule }) => rule);
  const [had, left] = [count(before), count(after)];
  for (const [rule, ones] of left)
    assert.ok(
      ones.length <= (had.get(rule)?.length ?? 0),
      `${rule}: ${had.get(rule)?.length ?? 0} became ${ones.length}`,
    );
  assert.ok(after.length < before.length);
  assert.ok(done.repairs.length > 3);
  for (const name of Object.keys(files)) {
    const lines = (text = '') => text.split(/\r?\n/).filter((line) => line.replaceAll(',', '').trim() !== '').length;
    if (done.files[name]) assert.equal(lines(done.files[name]), lines(files[name]), name);
  }
});
