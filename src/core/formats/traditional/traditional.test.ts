/** Traditional deliveries become OneRoster records: each rule of the format with the records that it makes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from '../../bundle.ts';
import { check } from '../../check.ts';
import type { Finding } from '../../record.ts';
import { textsOf } from '../../row-texts.ts';
import type { Kind } from '../../tables.ts';

type Texts = Record<string, string>;
type Files = Record<string, string>;

async function read(files: Files, format = 'traditional-literacy', live: Partial<Record<Kind, string[]>> = {}) {
  const found: Finding[] = [];
  const records: Partial<Record<Kind, Texts[]>> = {};
  const modes: Partial<Record<Kind, string>> = {};
  const leftOut: string[] = [];
  const result = await check(memoryBundle(files), {
    profile: 'default',
    format,
    now: new Date('2026-10-01T12:00:00Z'),
    report: (one) => found.push(one),
    live: (kind) => live[kind] ?? [],
    known: (kind) => live[kind],
    sink: {
      table(kind, mode) {
        records[kind] = [];
        modes[kind] = mode;
      },
      row: (row) => void records[row.kind]?.push({ ...textsOf(row), ...row.metadata }),
      leftOut: (kind, id) => void leftOut.push(`${kind} ${id}`),
      drain() {},
      tableDone() {},
    },
  });
  const told = found
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, file, line, column }) => [rule, file, line, column].join(' '));
  return { records, modes, leftOut, found, told, result };
}

const full = ',<DeleteUnlistedRecords>';
const district: Files = {
  'Lakeview-Organization.csv': `OrganizationNumber,OrganizationName,OrganizationType,ParentOrganizationNumber${full}
0100,Lakeview Unified,district,,
0101,Hill Elementary,school,0100,
`,
  'Lakeview-Class.csv': `ClassNumber,ClassName,OrganizationNumber,GradeLevel${full}
0101-3A,Room 12,0101,3;4,
0101-READ,Reading,0101,,
`,
  'Lakeview-User.csv': `UserNumber,FirstName,LastName,Username,Role,OrganizationNumber,ClassNumber${full}
T007,Ana,Ruiz,ana.ruiz@lakeview.example,Teacher,0101,0101-3A;0101-READ,
A001,Lee,Park,lee.park@lakeview.example,District Administrator,0100,,
`,
  'Lakeview-Student.csv': `StudentNumber,FirstName,LastName,Username,Password,GradeLevel,OrganizationNumber,ClassNumber,FirstLanguage${full}
000451,Mia,Stone,mia451,lake451,3,0101,0101-3A;0101-READ,Spanish,
000452,Leo,Park,leo452,,K,0101,0101-3A,,
`,
};
const changed = (file: string, from: string | RegExp, to: string): Files => {
  const text = district[file] ?? '';
  const made = text.replace(from, to);
  assert.notEqual(made, text);
  return { ...district, [file]: made };
};
const student = (from: string | RegExp, to: string) => changed('Lakeview-Student.csv', from, to);

test('a complete district becomes orgs, a year, courses, classes, users and enrollments', async () => {
  const { records, modes, told } = await read(district);
  assert.deepEqual(told, []);
  assert.deepEqual(records, {
    orgs: [
      { sourcedId: '0100', name: 'Lakeview Unified', type: 'district', identifier: '0100' },
      { sourcedId: '0101', name: 'Hill Elementary', type: 'school', identifier: '0101', parentSourcedId: '0100' },
    ],
    academicSessions: [
      {
        sourcedId: 'year-2027',
        title: '2026-2027',
        type: 'schoolYear',
        startDate: '2026-07-01',
        endDate: '2027-06-30',
        schoolYear: '2027',
      },
    ],
    courses: [
      { sourcedId: 'course-0101-3A', schoolYearSourcedId: 'year-2027', title: 'Room 12', orgSourcedId: '0101' },
      { sourcedId: 'course-0101-READ', schoolYearSourcedId: 'year-2027', title: 'Reading', orgSourcedId: '0101' },
    ],
    classes: [
      {
        sourcedId: '0101-3A',
        title: 'Room 12',
        grades: '03,04',
        courseSourcedId: 'course-0101-3A',
        classCode: '0101-3A',
        classType: 'scheduled',
        schoolSourcedId: '0101',
        termSourcedIds: 'year-2027',
      },
      {
        sourcedId: '0101-READ',
        title: 'Reading',
        courseSourcedId: 'course-0101-READ',
        classCode: '0101-READ',
        classType: 'scheduled',
        schoolSourcedId: '0101',
        termSourcedIds: 'year-2027',
      },
    ],
    users: [
      {
        sourcedId: 'staff-T007',
        enabledUser: 'true',
        orgSourcedIds: '0101',
        role: 'teacher',
        username: 'ana.ruiz@lakeview.example',
        givenName: 'Ana',
        familyName: 'Ruiz',
        email: 'ana.ruiz@lakeview.example',
      },
      {
        sourcedId: 'staff-A001',
        enabledUser: 'true',
        orgSourcedIds: '0100',
        role: 'administrator',
        username: 'lee.park@lakeview.example',
        givenName: 'Lee',
        familyName: 'Park',
        email: 'lee.park@lakeview.example',
      },
      {
        sourcedId: 'student-000451',
        enabledUser: 'true',
        orgSourcedIds: '0101',
        role: 'student',
        username: 'mia451',
        givenName: 'Mia',
        familyName: 'Stone',
        grades: '03',
        password: 'lake451',
        'metadata.language': 'Spanish',
      },
      {
        sourcedId: 'student-000452',
        enabledUser: 'true',
        orgSourcedIds: '0101',
        role: 'student',
        username: 'leo452',
        givenName: 'Leo',
        familyName: 'Park',
        grades: 'KG',
      },
    ],
    enrollments: [
      ['0101-3A', 'student-000451', 'student'],
      ['0101-READ', 'student-000451', 'student'],
      ['0101-3A', 'student-000452', 'student'],
      ['0101-3A', 'staff-T007', 'teacher'],
      ['0101-READ', 'staff-T007', 'teacher'],
    ].map(([classSourcedId, userSourcedId, role]) => ({
      sourcedId: `${classSourcedId}.${userSourcedId}`,
      classSourcedId,
      schoolSourcedId: '0101',
      userSourcedId,
      role,
    })),
  });
  assert.deepEqual(new Set(Object.values(modes)), new Set(['bulk']));
});

test('Math has its own languages, flags and grades', async () => {
  const files = {
    ...district,
    'Lakeview-Student.csv': `StudentNumber,FirstName,LastName,Username,GradeLevel,OrganizationNumber,SecondLanguage,IEP,ELL
1,Mia,Stone,mstone1,algebra i,0101,es,Y,0
2,Leo,Park,lpark2,10th,0101,Klingon,perhaps,
`,
  };
  const { records, told } = await read(files, 'traditional-math');
  const [mia, leo] = (records.users ?? []).filter(({ role }) => role === 'student');
  assert.deepEqual(
    [mia?.grades, mia?.['metadata.secondLanguage'], mia?.['metadata.iep'], mia?.['metadata.ell']],
    ['Algebra I', 'Spanish', 'true', 'false'],
  );
  assert.deepEqual([leo?.grades, leo?.['metadata.secondLanguage'], leo?.['metadata.iep']], ['10', 'English', 'false']);
  assert.deepEqual(
    told.filter((one) => one.startsWith('format-')),
    ['format-value-unknown Lakeview-Student.csv 3 SecondLanguage', 'format-value-unknown Lakeview-Student.csv 3 IEP'],
  );
});

test('columns are found in any order, by other names, whatever their capitals, spaces and signs', async () => {
  const { records, told } = await read(
    {
      'staff.csv':
        'account_type,EMAIL,School-ID,First Name,last name,Teacher Number*\nTEACHER,a@b.example,0101,Ana,Ruiz,T7\n',
    },
    'traditional-literacy',
    { orgs: ['0101'] },
  );
  assert.deepEqual(told, []);
  assert.equal(records.users?.[0]?.sourcedId, 'staff-T7');
  assert.equal(records.users?.[0]?.role, 'teacher');
});

test('values that are keys are compared without capitals, and stay the same record when their spelling changes', async () => {
  const lower = await read(student(/0101-3A/g, '0101-3a'));
  const upper = await read(district);
  assert.deepEqual(lower.records.enrollments, upper.records.enrollments);
});

test('a file without the directive changes what it lists and leaves the rest', async () => {
  const { modes, records } = await read(student(/,(<DeleteUnlistedRecords>)?\n/g, '\n'), 'traditional-literacy', {
    users: ['student-000999', 'staff-T007'],
    enrollments: ['0101-OLD.student-000451', '0101-OLD.student-000999'],
  });
  assert.equal(modes.orgs, 'bulk');
  assert.equal(modes.users, 'delta');
  const gone = (kind: Kind) =>
    records[kind]?.filter(({ status }) => status === 'tobedeleted').map(({ sourcedId }) => sourcedId);
  assert.deepEqual(gone('users'), []);
  // The list of a student who is in the file says all classes that they are in.
  assert.deepEqual(gone('enrollments'), ['0101-OLD.student-000451']);
});

test('a complete file of students removes students and nobody of the staff', async () => {
  const { modes, records } = await read(
    { 'Student.csv': district['Lakeview-Student.csv'] ?? '' },
    'traditional-literacy',
    {
      users: ['student-000999', 'student-000451', 'staff-T001'],
      orgs: ['0101'],
      classes: ['0101-3A', '0101-READ'],
      enrollments: ['0101-3A.student-000999', '0101-3A.staff-T001'],
    },
  );
  assert.deepEqual(Object.keys(modes).sort(), ['enrollments', 'users']);
  const gone = (kind: Kind) =>
    records[kind]?.filter(({ status }) => status === 'tobedeleted').map(({ sourcedId }) => sourcedId);
  assert.deepEqual(gone('users'), ['student-000999']);
  assert.deepEqual(gone('enrollments'), ['0101-3A.student-000999']);
});

test('a row that cannot be read removes nothing', async () => {
  const text = `${district['Lakeview-Student.csv']}000453,Too,Short\n`;
  const { records, told } = await read({ 'Student.csv': text }, 'traditional-literacy', {
    users: ['student-000453', 'student-000999'],
    orgs: ['0101'],
  });
  assert.ok(records.users?.every(({ status }) => status !== 'tobedeleted'));
  assert.ok(told.some((one) => one.startsWith('removals-suspended Student.csv')));
});

test('a faulty row is left out with its memberships, and its ids are said to be there', async () => {
  const { leftOut, told, records } = await read(student('Mia,Stone,mia451', 'Mia,,mia451'));
  assert.ok(leftOut.includes('users student-000451'));
  assert.ok(leftOut.includes('enrollments 0101-3A.student-000451'));
  assert.ok(told.includes('format-value-missing Lakeview-Student.csv 2 LastName'));
  assert.ok(records.users?.every(({ sourcedId }) => sourcedId !== 'student-000451'));
});

test('the directive is read in the header, in a line before it and in a line after the last record', async () => {
  const plain = (district['Lakeview-Student.csv'] ?? '').replaceAll(/,(<DeleteUnlistedRecords>)?\n/g, '\n');
  for (const text of [
    district['Lakeview-Student.csv'] ?? '',
    `< delete unlisted records >\n${plain}`,
    `<DELETEUNLISTEDRECORDS>,,,,,,,,\n${plain}`,
    `${plain}<DeleteUnlistedRecords>\n`,
  ]) {
    const { modes, told } = await read({ ...district, 'Lakeview-Student.csv': text });
    assert.deepEqual(told, [], text);
    assert.equal(modes.users, 'bulk', text);
  }
  const without = await read({ ...district, 'Lakeview-Student.csv': plain });
  assert.equal(without.modes.users, 'delta');
});

test('repeated rows are joined where only their lists differ', async () => {
  const row = '000451,Mia,Stone,mia451,lake451,3,0101,0101-3A;0101-READ,Spanish,\n';
  const one = await read(district);
  const two = await read(
    student(row, `${row.replace(';0101-READ', '')}${row.replace('0101-3A;', '').replace('0101,', '0101,')}`),
  );
  assert.deepEqual(two.told, []);
  assert.deepEqual(two.records.enrollments, one.records.enrollments);
  const three = await read(student(row, `${row}${row}`));
  assert.deepEqual(three.told, ['format-row-repeated Lakeview-Student.csv 3 ']);
  const four = await read(student(row, `${row}${row.replace('Mia', 'Maria').replace(',3,', ',4,')}`));
  assert.deepEqual(four.told, ['format-row-contradicts Lakeview-Student.csv 3 FirstName']);
  assert.match(
    four.found.find(({ rule }) => rule === 'format-row-contradicts')?.message ?? '',
    /line 2, and differs in FirstName, GradeLevel/,
  );
});

test('lists are cut at semicolons, with spaces around them; a comma is data; a colon is told', async () => {
  const spaced = await read(student('0101-3A;0101-READ', ' 0101-3A ; 0101-READ;'));
  assert.deepEqual(spaced.told, []);
  assert.equal(spaced.records.enrollments?.length, 5);
  const colon = await read(student('0101-3A;0101-READ', '0101-3A:0101-READ'));
  assert.deepEqual(colon.told, [
    'format-list-separator Lakeview-Student.csv 2 ClassNumber',
    'reference-not-found Lakeview-Student.csv 2 ClassNumber',
  ]);
});

test('a class that the delivery does not describe is at the first school of the row', async () => {
  const header = 'StudentNumber,FirstName,LastName,Username,GradeLevel,OrganizationNumber,ClassNumber\n';
  const live = { orgs: ['0101', 'B/2', 'B_2a2'], classes: ['C1'] };
  const files = { 'Student.csv': `${header}1,Mia,Stone,mia1,3,0101; b/2,c1\n2,Leo,Park,leo2,3,b*2;0101,c1\n` };
  const { records, told } = await read(files, 'traditional-literacy', live);
  assert.deepEqual(
    records.enrollments?.map(({ sourcedId, schoolSourcedId }) => [sourcedId, schoolSourcedId]),
    [
      ['C1.student-1', '0101'],
      ['C1.student-2', 'B_2a2'],
    ],
  );
  assert.deepEqual(told, []);
});

test('grades in every spelling, and several of them', async () => {
  const grades = {
    'pre-k': 'PK',
    '-1': 'TK',
    Kindergarten: 'KG',
    '01': '01',
    '2nd': '02',
    'Grade 12': '12',
    '5;4': '04',
    IT: 'IT',
  };
  for (const [sent, code] of Object.entries(grades)) {
    const { records } = await read(student('lake451,3,', `lake451,${sent},`));
    assert.equal(records.users?.find(({ sourcedId }) => sourcedId === 'student-000451')?.grades, code, sent);
  }
  for (const sent of ['UG', 'Third', '13']) {
    const { leftOut, told } = await read(student('lake451,3,', `lake451,${sent},`));
    assert.ok(leftOut.includes('users student-000451'), sent);
    assert.ok(told.includes('format-value-unknown Lakeview-Student.csv 2 GradeLevel'), sent);
  }
});

test('files are told by words of their names, or else by their columns', async () => {
  const [org, cls, user, kids] = Object.values(district) as [string, string, string, string];
  for (const names of [
    ['orgs.csv', 'Math_Classes_2026.csv', 'HillTeachers.csv', 'students-export.csv'],
    ['a.csv', 'b.csv', 'c.csv', 'd.csv'],
    ['StudentOrganization.csv', 'student class.csv', 'x.csv', 'y.csv'],
  ]) {
    const files = Object.fromEntries([org, cls, user, kids].map((text, at) => [names[at] as string, text]));
    const { told, records } = await read(files);
    assert.deepEqual(told, [], names.join());
    assert.equal(records.users?.length, 4);
  }
});

test('leading zeros stay, and numbers with signs of their own make ids that never meet', async () => {
  const text = `StudentNumber,FirstName,LastName,Username,GradeLevel,OrganizationNumber
007,Mia,Stone,mia1,3,0101
7,Leo,Park,leo2,3,0101
a b,Kim,Vu,kim3,3,0101
Ä#1,Eve,Lund,eve4,3,0101
`;
  const { records, told } = await read({ 'Student.csv': text }, 'traditional-literacy', { orgs: ['0101'] });
  assert.deepEqual(told, []);
  assert.deepEqual(
    records.users?.map(({ sourcedId }) => sourcedId),
    ['student-007', 'student-7', 'student-A_20B', 'student-_c3_84_231'],
  );
});

test('demographics come only where their columns do', async () => {
  const none = await read(district);
  assert.equal(none.records.demographics, undefined);
  const text = `StudentNumber,FirstName,LastName,Username,GradeLevel,OrganizationNumber,Birthdate,Gender,Ethnicity
1,Mia,Stone,mia1,3,0101,4/30/2017,F,Hispanic
2,Leo,Park,leo2,3,0101,20170502,x,
`;
  const { records, told } = await read({ 'Student.csv': text }, 'traditional-literacy', { orgs: ['0101'] });
  assert.deepEqual(
    records.demographics?.map(({ status: _, dateLastModified: __, ...rest }) => rest),
    [
      { sourcedId: 'student-1', birthDate: '2017-04-30', sex: 'female', hispanicOrLatinoEthnicity: 'true' },
      { sourcedId: 'student-2', birthDate: '2017-05-02' },
    ],
  );
  assert.deepEqual(told, ['format-value-unknown Student.csv 3 Gender']);
});

test('what is wrong with a reference is said of the file and the column that were sent', async () => {
  const { found } = await read(changed('Lakeview-Class.csv', 'Room 12,0101', 'Room 12,0999'));
  const one = found.find(({ rule }) => rule === 'reference-not-found');
  assert.deepEqual(
    [one?.file, one?.line, one?.column, one?.value],
    ['Lakeview-Class.csv', 2, 'OrganizationNumber', '0999'],
  );
  assert.match(one?.message ?? '', /Lakeview-Organization\.csv/);
  for (const { message } of found) assert.doesNotMatch(message, /orgs\.csv|users\.csv|orgSourcedIds|\d{8}/);
});

test('a delivery of another format is said to be one, and nothing of it is read', async () => {
  const cases: [Files, string, RegExp][] = [
    [{ 'manifest.csv': 'propertyName,value\n', 'users.csv': 'sourcedId\n' }, 'traditional-literacy', /OneRoster CSV/],
    [{ 'students.pdf': '%PDF-1.4 x' }, 'traditional-literacy', /students\.pdf is a PDF document/],
    [
      { 'Student.csv': (district['Lakeview-Student.csv'] ?? '').replaceAll(',', ';') },
      'traditional-literacy',
      /semicolons/,
    ],
    [
      { 'Student.csv': (district['Lakeview-Student.csv'] ?? '').replaceAll(',', ';') },
      'auto',
      /Student\.csv are separated by semicolons/,
    ],
    [
      {
        'Educators.csv': 'account_type,first_name,last_name,educator_email,classroom_name,school_name\n',
        'Students.csv':
          'student_state_id,district_student_id,first_name,last_name,grade_level,username,password,language,classroom_name,school_name\n',
      },
      'traditional-literacy',
      /This is Simplified Literacy, and Traditional Literacy is expected/,
    ],
    [district, 'oneroster-csv', /Traditional Literacy.*OneRoster CSV.*expected/],
    [
      { 'Student.csv': 'Student No.,Forename,Surname\n1,Mia,Stone\n' },
      'traditional-literacy',
      /no column StudentNumber/,
    ],
  ];
  for (const [files, format, words] of cases) {
    const { result, found } = await read(files, format);
    assert.ok(result.counts.fatal > 0, String(words));
    assert.ok(
      found.some(({ severity, message }) => severity === 'fatal' && words.test(message)),
      JSON.stringify(found),
    );
    assert.ok(result.tables.every(({ rows }) => rows === 0));
  }
});

test('without a word on the format, Literacy and Math are told by the columns that only one of them has', async () => {
  const math = (district['Lakeview-Student.csv'] ?? '').replace('FirstLanguage', 'IEP').replace('Spanish', 'no');
  assert.equal((await read(district, 'auto')).result.format, 'traditional-literacy');
  assert.equal((await read({ ...district, 'Lakeview-Student.csv': math }, 'auto')).result.format, 'traditional-math');
});
