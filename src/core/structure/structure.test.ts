/** What the rules on records beside each other say beyond their own examples: changes, absent files, faults that follow, and sums. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from '../bundle.ts';
import { check } from '../check.ts';
import type { CheckResult, Finding, Sink } from '../record.ts';
import { baseDelivery, deltaDelivery } from '../rules/base-delivery.ts';
import { summaryOf } from '../summary.ts';
import type { Kind, Version } from '../tables.ts';

type Files = Record<string, string>;
type Checked = { found: Finding[]; result: CheckResult; taken: Map<Kind, string[]>; leftOut: string[] };

async function checked(files: Files, now: Date | undefined = new Date('2025-10-01T12:00:00Z')): Promise<Checked> {
  const found: Finding[] = [];
  const taken = new Map<Kind, string[]>();
  const leftOut: string[] = [];
  const sink: Sink = {
    table: (kind) => void taken.set(kind, []),
    row: (row) => void taken.get(row.kind)?.push(row.text(0)),
    leftOut: (kind, id) => void leftOut.push(`${kind} ${id}`),
    drain() {},
    tableDone() {},
  };
  const report = (one: Finding) => void found.push(one);
  const result = await check(memoryBundle(files), { profile: 'default', ...(now ? { now } : {}), report, sink });
  return { found, result, taken, leftOut };
}

const base = (version: Version, changes: (files: Files) => Files = (files) => files): Files => {
  const files = baseDelivery(version);
  return { ...files, ...changes(files) };
};
/** The delivery without these files, and without their lines in the manifest. */
const absent = (files: Files, ...kinds: string[]): Files => {
  const rest = Object.entries(files).filter(([name]) => !kinds.includes(name.replace('.csv', '')));
  const manifest = kinds.reduce(
    (text, kind) => text.replace(new RegExp(`file.${kind},(bulk|delta)`), `file.${kind},absent`),
    files['manifest.csv'] as string,
  );
  return { ...Object.fromEntries(rest), 'manifest.csv': manifest };
};
const lines = (text = '') => text.trimEnd().split('\r\n');
const without = (text: string | undefined, ...ids: string[]) =>
  lines(text)
    .filter((line) => !ids.some((id) => line.startsWith(`${id},`)))
    .map((line) => `${line}\r\n`)
    .join('');
const rulesOf = ({ found }: Checked) => found.map(({ rule }) => rule).sort();

test('of files that are not sent nothing is missed', async () => {
  const files = base('1.1');
  for (const kinds of [['enrollments'], ['enrollments', 'demographics']])
    assert.deepEqual(rulesOf(await checked(absent(files, ...kinds))), []);
  const without12 = await checked(absent(base('1.2'), 'roles'));
  assert.deepEqual(rulesOf(without12), []);
});

test('of changes nothing is missed, whatever they leave out', async () => {
  for (const version of ['1.1', '1.2'] as const) {
    const files = deltaDelivery(version);
    const some: Files = { ...files };
    some['enrollments.csv'] = without(files['enrollments.csv'], 'enr-1', 'enr-2', 'enr-3', 'enr-4');
    some['roles.csv'] = without(files['roles.csv'], 'role-3', 'role-4');
    if (version === '1.1') delete some['roles.csv'];
    some['orgs.csv'] = without(files['orgs.csv'], 'org-1');
    some['academicSessions.csv'] = without(files['academicSessions.csv'], 'year-2026');
    const found = rulesOf(await checked(some));
    assert.deepEqual(
      found.filter((rule) => !rule.startsWith('reference')),
      [],
      version,
    );
  }
});

test('without the present day nothing is said of it', async () => {
  const files = base('1.1', (all) => ({
    'demographics.csv': (all['demographics.csv'] as string).replace('2013-05-27', '2199-05-27'),
  }));
  assert.deepEqual(rulesOf(await checked(files)), ['demographics-unusual-birth-date']);
  const silent: Finding[] = [];
  await check(memoryBundle(files), { profile: 'default', report: (one) => silent.push(one) });
  assert.deepEqual(silent, []);
});

test('a teacher whose row is left out is no class without a teacher, but the class has none', async () => {
  const run = await checked(
    base('1.1', (all) => ({
      'enrollments.csv': (all['enrollments.csv'] as string).replace(/(enr-4,.*),true,/, '$1,TRUE,'),
    })),
  );
  assert.deepEqual(rulesOf(run), ['boolean-invalid']);
  assert.deepEqual(summaryOf(run.result.consequences as never), [
    '1 record would be left out for a fault.',
    '1 class would have no teacher: the rows that name one are left out.',
  ]);
});

test('the summary counts students, classes and what follows', async () => {
  const run = await checked(
    base('1.1', (all) => ({
      // stu-1 has no name; cls-7m no course; stu-2 is enrolled with a wrong role.
      'users.csv': (all['users.csv'] as string).replace('Tomi,Adeyemi', ',Adeyemi'),
      'classes.csv': (all['classes.csv'] as string).replace('crs-7', 'crs-77'),
      'enrollments.csv': (all['enrollments.csv'] as string).replace('stu-2,student', 'stu-2,Student'),
    })),
  );
  assert.deepEqual(run.leftOut.sort(), [
    'classes cls-7m',
    'demographics stu-1',
    'enrollments enr-2',
    'enrollments enr-3',
    'enrollments enr-4',
    'enrollments enr-5',
    'enrollments enr-6',
    'users stu-1',
  ]);
  assert.deepEqual(run.result.consequences, {
    ownFaults: 3,
    followers: 5,
    classesLeftOut: 1,
    studentsOfThese: 2,
    peopleLeftOut: 1,
    studentsLosing: 1,
    classesLosing: 1,
    classesUntaught: 0,
    untaughtByFaults: 0,
    studentsWithoutClass: 3,
  });
  assert.deepEqual(summaryOf(run.result.consequences as never), [
    '3 records would be left out for a fault, and 5 more because they need one of these.',
    '1 class would be missing; 2 students are in it.',
    '1 person would be missing.',
    '1 student would be missing from 1 class.',
    '3 students would be in no class.',
  ]);
});

test('students whom only enrollments know are counted, each once', async () => {
  const run = await checked(
    base('1.1', (all) => ({
      'enrollments.csv': (all['enrollments.csv'] as string).replaceAll('stu-3', 'stu-33').replaceAll('stu-2', 'stu-33'),
    })),
  );
  assert.deepEqual(rulesOf(run).slice(0, 2), ['reference-not-found', 'reference-not-found']);
  assert.equal(run.result.consequences?.studentsLosing, 1);
  assert.equal(run.result.consequences?.classesLosing, 2);
});

test('a clean delivery, and one of which nothing is taken, have nothing to sum up', async () => {
  const clean = await checked(base('1.1'));
  assert.deepEqual(summaryOf(clean.result.consequences as never), []);
  const fatal = await checked({ ...base('1.1'), 'users.csv': 'sourcedId\r\nx\r\n' });
  assert.equal(fatal.result.consequences, undefined);
});

test('who has no role is left out with what needs them, wherever it stands', async () => {
  const run = await checked(
    base('1.2', (all) => ({
      'users.csv': `${lines(all['users.csv']).slice(0, 1).join('')}\r\n${lines(all['users.csv']).slice(1).reverse().join('\r\n')}\r\n`,
      'roles.csv': without(all['roles.csv'], 'role-3', 'role-6'),
    })),
  );
  assert.deepEqual(run.leftOut.sort(), ['demographics stu-3', 'enrollments enr-5', 'users par-1', 'users stu-3']);
  assert.deepEqual(
    run.found.filter(({ rule }) => rule === 'user-without-role').map(({ line, key }) => `${line} ${key}`),
    ['3 stu-3', '6 par-1'],
  );
  assert.ok(run.taken.get('users')?.includes('stu-1'), 'a student is taken without the parent');
});

test('roles that cannot all be read say nothing about who has none', async () => {
  for (const roles of ['role-9,,,"stu-1,primary\r\n', '']) {
    const run = await checked(
      base('1.2', (all) => ({
        'roles.csv': roles === '' ? `${lines(all['roles.csv'])[0]}\r\n` : without(all['roles.csv'], 'role-3') + roles,
      })),
    );
    assert.ok(!rulesOf(run).includes('user-without-role'));
  }
});

test('a role that is left out is a role all the same', async () => {
  const run = await checked(
    base('1.2', (all) => ({
      'roles.csv': (all['roles.csv'] as string).replace(/^(role-1,.*primary,teacher),,,/m, '$1,2025-09-02,2025-09-01,'),
    })),
  );
  assert.deepEqual(rulesOf(run), ['role-dates-reversed']);
});

test('people who share an identifier are told once their roles are known', async () => {
  const same = base('1.2', (all) => ({
    'users.csv': (all['users.csv'] as string).replace('000453', '10021').replace('000454', '000452'),
  }));
  const run = await checked(same);
  assert.deepEqual(
    run.found.map(({ rule, key }) => `${rule} ${key}`),
    ['user-identifier-duplicate stu-4'],
  );
});

test('the same person twice is told once, and two people by each column that they share', async () => {
  const line = (all: Files) => lines(all['users.csv']).find((one) => one.startsWith('stu-3')) as string;
  const twice = base('1.1', (all) => ({
    'users.csv': `${all['users.csv']}${line(all).replace('stu-3', 'stu-9')}\r\n`,
  }));
  assert.deepEqual(rulesOf(await checked(twice)), ['user-student-without-enrollment', 'user-username-duplicate']);
  const other = base('1.1', (all) => ({
    'users.csv': `${all['users.csv']}${line(all).replace('stu-3', 'stu-9').replace('Emma', 'Anna')}\r\n`,
  }));
  assert.deepEqual(rulesOf(await checked(other)), [
    'user-email-duplicate',
    'user-identifier-duplicate',
    'user-student-without-enrollment',
    'user-username-duplicate',
  ]);
});

test('an enrollment that ended and began again is no duplicate, and a second primary after the first is none', async () => {
  const add = (all: Files, ...rows: string[]) => ({
    'enrollments.csv': `${all['enrollments.csv']}${rows.join('\r\n')}\r\n`,
  });
  const back = base('1.1', (all) => ({
    ...add(
      { 'enrollments.csv': (all['enrollments.csv'] as string).replace(/(enr-6,.*),2026-01-17/, '$1,2025-09-10') },
      'enr-7,,,cls-7m,org-20,stu-4,student,,2025-10-10,2026-01-17',
      'enr-8,,,cls-7m,org-20,stu-4,student,,2025-09-20,2025-09-30',
    ),
  }));
  assert.deepEqual(rulesOf(await checked(back)), []);
  const third = base('1.1', (all) => ({
    ...add(all, 'enr-7,,,cls-7m,org-20,stu-4,student,,2026-01-16,'),
  }));
  assert.deepEqual(
    (await checked(third)).found.map(({ rule, line, message }) => `${rule} ${line} ${/line \d+/.exec(message)}`),
    ['enrollment-duplicate 8 line 7'],
  );
});

test('many classes of one user are told apart as well as few', async () => {
  const classes = Array.from({ length: 120 }, (_, at) => `c${at}`);
  const run = await checked(
    base('1.1', (all) => {
      const line = lines(all['classes.csv']).find((one) => one.startsWith('cls-7m')) as string;
      const more = classes.map((id) => `${line.replace('cls-7m', id)}\r\n`).join('');
      const rows = (name: string, some: string[]) =>
        some.map((id) => `${name}-${id},,,${id},org-20,tch-2,teacher,true,,\r\n`).join('');
      return {
        'classes.csv': all['classes.csv'] + more,
        'enrollments.csv': all['enrollments.csv'] + rows('t', classes) + rows('again', ['c0', 'c47', 'c48', 'c119']),
      };
    }),
  );
  assert.deepEqual(
    run.found.filter(({ rule }) => rule === 'enrollment-duplicate').map(({ key }) => key),
    ['again-c0', 'again-c47', 'again-c48', 'again-c119'],
  );
  assert.ok(!rulesOf(run).includes('enrollment-multiple-primary'));
});

test('what all records have is told once', async () => {
  const run = await checked(
    base('1.1', (all) => {
      const student = lines(all['users.csv']).find((one) => one.startsWith('stu-4')) as string;
      const more = Array.from({ length: 12 }, (_, at) =>
        student.replace('stu-4', `s${at}`).replaceAll('noah.tran', `n${at}`).replace('000454', `0009${at}`),
      );
      return { 'users.csv': `${[...lines(all['users.csv']), ...more].join('\r\n').replaceAll(/,0[37],/g, ',,')}\r\n` };
    }),
  );
  const grades = run.found.filter(({ rule }) => rule === 'user-student-without-grade');
  assert.deepEqual(
    grades.map(({ file, line, column, message }) => ({ file, line, column, message })),
    [{ file: 'users.csv', line: undefined, column: 'grades', message: 'grades is blank for all 16 students' }],
  );
  assert.equal(run.found.filter(({ rule }) => rule === 'user-student-without-enrollment').length, 12);
});

test('a session without days takes the classes with it that have no other', async () => {
  const run = await checked(
    base('1.1', (all) => ({
      'academicSessions.csv': (all['academicSessions.csv'] as string).replace(
        /^(term-1,.*2025-08-18),2026-01-17/m,
        '$1,2025-08-18',
      ),
    })),
  );
  assert.deepEqual([...new Set(run.found.map(({ rule }) => rule))], ['session-dates-reversed', 'reference-cascade']);
  assert.ok(run.leftOut.includes('classes cls-7m') && !run.leftOut.includes('classes cls-3a'));
});

test('a password is never shown, and one that is scrambled is none', async () => {
  const withPassword = (password: string) =>
    base('1.1', (all) => ({
      'users.csv': (all['users.csv'] as string).replace(/^(stu-3,.*),$/m, (_, line) => `${line},${password}`),
    }));
  const run = await checked(withPassword('Sunflower7'));
  assert.deepEqual(rulesOf(run), ['user-password-present']);
  assert.doesNotMatch(JSON.stringify(run.found), /Sunflower7/);
  for (const hash of ['{SSHA}c2FsdHk=', '$2b$10$abcdefghijklmnopqrstuv', '5f4dcc3b5aa765d61d8327deb882cf99'])
    assert.deepEqual(rulesOf(await checked(withPassword(hash))), [], hash);
});
