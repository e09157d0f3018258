/** Mapping documents as people write them: what they make, and what is said of their faults, with the line. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from '../core/bundle.ts';
import { check } from '../core/check.ts';
import { declaredFormat } from '../core/formats/declared/declared-format.ts';
import { draftMapping } from '../core/formats/mapped/draft.ts';
import { preview } from '../core/formats/mapped/preview.ts';
import { samplesOf } from '../core/formats/mapped/samples.ts';
import { suggest } from '../core/formats/mapped/suggest.ts';
import { textsOf } from '../core/row-texts.ts';
import { faultText, mappingText, parseMapping } from './mapping-yaml.ts';

const year = `  academicSessions:
    - from: schoolYear
      fields: { sourcedId: "year-{endYear}", title: "{startYear}-{endYear}", type: schoolYear, startDate: "{startDate}", endDate: "{endDate}", schoolYear: "{endYear}" }
`;
const document = `mapping: 1
title: Lakeview export
keysIgnoreCase: true
files:
  pupils:
    match: [pupils*.txt]
    delimiter: tab
    separator: "/"
    encoding: windows-1252
    columns:
      - { name: No, aliases: [Number], need: required }
  teachers:
    match: [teachers.csv]
    header: [No, Name, Site]
  sites:
    match: [sites.csv]
    delimiter: ";"
    headerLine: 3
lookups:
  grades: { K: KG, 1: "01", 2: "02", X: null }
records:
  orgs:
    - { from: sites, when: { value: "{Open}", is: [yes, 1] }, fields: { sourcedId: "site-{Site}", name: "{Name}", type: school } }
${year}  courses:
    - { from: pupils, each: Groups, once: true, fields: { sourcedId: "course-{item}", title: "{item}", orgSourcedId: "site-{Site}" } }
  classes:
    - from: pupils
      each: Groups
      once: true
      fields:
        sourcedId: "{item}"
        title: "Group {item}"
        courseSourcedId: "course-{item}"
        classType: homeroom
        schoolSourcedId: "site-{Site}"
        termSourcedIds: "year-{schoolYear.endYear}"
  users:
    - from: pupils
      fields:
        sourcedId: "student-{No}"
        enabledUser: true
        orgSourcedIds: "site-{Site}"
        role: student
        username: { first: ["{Login}", { value: "{First}.{Last}{No}", case: lower }] }
        givenName: { value: "{First}", case: title }
        familyName: "{Last}"
        identifier: { value: "{No}", pad: 6 }
        grades: { value: "{Grade}", lookup: grades, otherwise: blank }
    - from: teachers
      fields: { sourcedId: "staff-{No}", enabledUser: true, orgSourcedIds: "site-{Site}", role: teacher, username: "t{No}", givenName: "{Name}", familyName: "{Name}" }
  demographics:
    - { from: pupils, needs: [Born], fields: { sourcedId: "student-{No}", birthDate: { value: "{Born}", date: [D.M.YYYY, MMM D YYYY] } } }
  enrollments:
    - { from: pupils, each: Groups, fields: { sourcedId: "{item}.student-{No}", classSourcedId: "{item}", schoolSourcedId: "site-{Site}", userSourcedId: "student-{No}", role: student } }
`;
const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const files = {
  'pupils_2026.txt': latin(
    'Number\tFirst\tLast\tLogin\tGrade\tBorn\tSite\tGroups\r\n7\tMIA-lou\tMüller\t\tK\t3.4.2017\th1\ta1 / b2\r\n8\tleo\tPark\tleo8\tZ\tMay 2 2018\tH1\tA1\r\n9\tKim\tVu\tkim9\t1\t31.2.2017\tH1\t\r\n',
  ),
  'teachers.csv': '1,Ana,H1\n',
  'sites.csv': 'Export of sites\n\nSite;Name;Open\nH1;Hill, the school;1\nH2;Closed;no\n',
};

test('a mapping of everything: names, constants, lookups, lists, dates, capitals, conditions, keys', async () => {
  const { declaration, faults } = parseMapping(document, 'mapping:lakeview');
  assert.deepEqual(faults, []);
  assert.ok(declaration);
  const seen = await preview(declaration, memoryBundle(files), new Date('2026-10-01T00:00:00Z'));
  const rows = Object.fromEntries(
    seen.records.map(({ kind, first }) => [kind, first.map((record) => Object.values(record).join(' '))]),
  );
  assert.deepEqual(rows, {
    orgs: ['site-H1 Hill, the school school'],
    academicSessions: ['year-2027 2026-2027 schoolYear 2026-07-01 2027-06-30 2027'],
    courses: ['course-A1 a1 site-H1', 'course-B2 b2 site-H1'],
    classes: ['A1 Group a1 course-A1 homeroom site-H1 year-2027', 'B2 Group b2 course-B2 homeroom site-H1 year-2027'],
    users: [
      'student-7 true site-H1 student mia-lou.müller7 Mia-Lou Müller 000007 KG',
      'student-8 true site-H1 student leo8 Leo Park 000008',
      'student-9 true site-H1 student kim9 Kim Vu 000009 01',
      'staff-1 true site-H1 teacher t1 Ana Ana',
    ],
    demographics: ['student-7 2017-04-03', 'student-8 2018-05-02'],
    enrollments: [
      'A1.student-7 A1 site-H1 student-7 student',
      'B2.student-7 B2 site-H1 student-7 student',
      'A1.student-8 A1 site-H1 student-8 student',
    ],
  });
  const told = seen.findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, file, line, column }) => [rule, file, line, column].join(' '));
  assert.deepEqual(
    told.filter((one) => one.startsWith('format')),
    ['format-value-unknown pupils_2026.txt 3 Grade', 'format-value-unreadable pupils_2026.txt 4 Born'],
  );
});

test('faults are told with their line and what was meant', () => {
  const cases: [from: string, to: string, fault: RegExp][] = [
    ['mapping: 1', 'mapping: 2', /^line 1: mapping has to be 1/],
    ['  grades: {', '  grades: [', /^line \d+: This is not YAML/],
    ['lookup: grades,', 'lookup: grads,', /^line 5\d: .*names the table grads.*did you mean grades/],
    ['from: teachers\n', 'from: teacher\n', /names the file teacher.*did you mean teachers/],
    ['givenName: { value: "{First}"', 'givnName: { value: "{First}"', /is no field of users; did you mean givenName/],
    ['D.M.YYYY', 'D.M', /has no year, month and day/],
    ['encoding: windows-1252', 'encoding: latin1', /has to be one of utf-8, utf-16le, windows-1252/],
    ['  sites:\n    match', '  sites:\n    mach', /lacks match|did you mean match/],
    ['case: title', 'case: Title', /upper, lower, title/],
    ['"{endYear}" }\n', '"{endYears}" }\n', /endYears\} is not known of the school year/],
  ];
  for (const [from, to, fault] of cases) {
    const text = document.replace(from, to);
    assert.notEqual(text, document, from);
    const { faults } = parseMapping(text, 'mapping:x');
    assert.ok(
      faults.some((one) => fault.test(faultText(one))),
      `${to}: ${faults.map(faultText).join(' | ')}`,
    );
  }
});

test('a document that makes itself large is refused', () => {
  const anchors = Array.from(
    { length: 20 },
    (_, at) => `a${at}: &a${at} [${at === 0 ? 'x' : `*a${at - 1}, *a${at - 1}`}]`,
  ).join('\n');
  assert.ok(parseMapping(anchors, 'x').faults.length > 0);
  assert.match(
    faultText(
      (parseMapping('x'.repeat(600_000), 'x').faults as { line: number; where: string; message: string }[])[0] as never,
    ),
    /512 KiB/,
  );
});

test('columns are suggested by their names and by their values, and the draft reads the files', async () => {
  const bundle = memoryBundle({
    'Students.csv':
      'Pupil Number,Forename,Surname,C4,C5,Building ID,Login,Groups\n' +
      Array.from({ length: 20 }, (_, at) => `${at + 1},Kim,Stone,${at % 5},4/${at + 1}/2016,H1,kim${at + 1},A1`).join(
        '\n',
      ),
    'Sites.csv': 'Building ID;Building Name\nH1;Hill\n',
    'Teachers.csv':
      'Staff ID,First Name,Last Name,Contact,School ID\n1,Ana,Ruiz,ana@lake.example,H1\n2,Bo,Lund,bo@lake.example,H1\n',
    'Classes.csv': 'Section ID,Section Name,Building ID\nA1,Room 12,H1\n',
  });
  const samples = await samplesOf(bundle);
  const means = suggest(samples).map(({ file, column, meaning, by }) => [file, column, meaning, by].join(' / '));
  assert.ok(means.includes('Students.csv / C4 / grade / values'), means.join('\n'));
  assert.ok(means.includes('Students.csv / C5 / birth date / values'));
  assert.ok(means.includes('Teachers.csv / Contact / email / values'));
  assert.ok(means.includes('Students.csv / Pupil Number / student id / name'));
  const { document: draft, notes } = draftMapping(samples, 'Draft');
  assert.deepEqual(notes, []);
  const { declaration, faults } = parseMapping(mappingText(draft), 'mapping:draft');
  assert.deepEqual(faults.map(faultText), []);
  assert.ok(declaration);
  const seen = await preview(declaration, bundle, new Date('2026-10-01T00:00:00Z'));
  assert.deepEqual(
    seen.records.map(({ kind, taken }) => `${kind} ${taken}`),
    ['orgs 1', 'academicSessions 1', 'courses 1', 'classes 1', 'users 22', 'demographics 20', 'enrollments 20'],
  );
  assert.equal(seen.result.counts.error, 0);
});

test('the draft reads several classes and schools of a person, none, and what the staff do', async () => {
  const bundle = memoryBundle({
    'Schools.csv': 'School ID,School Name\nH1,Hill\nL2,Lake\n',
    'Sections.csv': 'Section ID,Section Name,School ID\nA1,Room 12,H1\nB2,Reading,H1\n',
    'Students.csv':
      'Student ID,First Name,Last Name,Username,Grade,School ID,Section ID\n1,Kim,Stone,kim1,3,H1|L2,A1|B2\n2,Leo,Park,leo2,3,H1,A1\n3,Ada,Lee,ada3,3,H1,\n',
    'Staff.csv':
      'Staff ID,First Name,Last Name,Email,Staff Type,School ID,Section ID\n7,Ana,Ruiz,ana@lake.example,Teacher,H1,A1;B2\n8,Bo,Lund,bo@lake.example,Admin,H1,A1\n',
  });
  const { document: draft } = draftMapping(await samplesOf(bundle), 'Draft');
  const { declaration, faults } = parseMapping(mappingText(draft), 'mapping:draft');
  assert.deepEqual(faults.map(faultText), []);
  assert.ok(declaration);
  const records: string[] = [];
  const result = await check(bundle, {
    profile: 'default',
    format: declaredFormat(declaration),
    now: new Date('2026-10-01T00:00:00Z'),
    sink: {
      table() {},
      row(row) {
        const { sourcedId, role, orgSourcedIds, schoolSourcedId } = textsOf(row);
        if (row.kind === 'users' || row.kind === 'enrollments')
          records.push([sourcedId, role, orgSourcedIds ?? schoolSourcedId].join(' '));
      },
      leftOut() {},
      drain() {},
      tableDone() {},
    },
  });
  assert.equal(result.counts.error, 0);
  assert.deepEqual(records.sort(), [
    'A1.staff-7 teacher H1',
    'A1.student-1 student H1',
    'A1.student-2 student H1',
    'B2.staff-7 teacher H1',
    'B2.student-1 student H1',
    'staff-7 teacher H1',
    'staff-8 administrator H1',
    'student-1 student H1,L2',
    'student-2 student H1',
    'student-3 student H1',
  ]);
});
