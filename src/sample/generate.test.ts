import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from '../core/bundle.ts';
import { check } from '../core/check.ts';
import type { Finding } from '../core/record.ts';
import { columnsOf, type Kind } from '../core/tables.ts';
import { generateFaulty, type Planted } from './faults.ts';
import { generate, type Sample, type SampleOptions } from './generate.ts';
import { planSchools } from './schools.ts';

type Record1 = Record<string, string>;
type Table = Map<string, Record1>;

const textsOf = (sample: Sample): Record<string, string> =>
  Object.fromEntries(sample.files.map((file) => [file.name, [...file.text()].join('')]));

/** A plain reader of its own: quoted cells hold no line breaks and no quotes. */
function tablesOf(sample: Sample): Record<Kind, Table> {
  const tables = Object.entries(textsOf(sample)).map(([name, text]) => {
    const [header = [], ...rows] = text
      .trimEnd()
      .split('\r\n')
      .map((line) => [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,"]*))/g)].map((cell) => cell[1] ?? cell[2] ?? ''));
    for (const row of rows) assert.equal(row.length, header.length, `${name}: ${row}`);
    const records = rows.map((row): [string, Record1] => [
      row[0] ?? '',
      Object.fromEntries(header.map((column, at) => [column, row[at] ?? ''])),
    ]);
    const table: Table = new Map(records);
    assert.equal(table.size, records.length, `${name} has a sourcedId twice`);
    return [name.replace('.csv', ''), table];
  });
  return Object.fromEntries(tables);
}

const items = (cell: string | undefined) => (cell ? cell.split(',') : []);
const valuesOf = (table: Table) => [...table.values()];

/** What the standard and good practice ask of a bulk set. */
function assertSound(sample: Sample): Record<Kind, Table> {
  const tables = tablesOf(sample);
  const { orgs, academicSessions, courses, classes, users, demographics, enrollments } = tables;
  const has = (table: Table, id: string | undefined, what: string) =>
    assert.ok(table.has(id ?? ''), `${what} refers to ${id}`);
  for (const row of valuesOf(classes)) {
    has(courses, row.courseSourcedId, 'a class');
    assert.equal(orgs.get(row.schoolSourcedId ?? '')?.type, 'school');
    for (const term of items(row.termSourcedIds)) has(academicSessions, term, 'a class');
  }
  for (const row of valuesOf(users)) {
    for (const org of items(row.orgSourcedIds)) has(orgs, org, 'a user');
    for (const agent of items(row.agentSourcedIds)) has(users, agent, 'a user');
    assert.notEqual(row.orgSourcedIds, '');
  }
  for (const id of demographics.keys()) assert.equal(users.get(id)?.role, 'student');
  const primary = new Map<string, number>();
  const pairs = new Set<string>();
  for (const row of valuesOf(enrollments)) {
    const user = users.get(row.userSourcedId ?? '');
    assert.equal(classes.get(row.classSourcedId ?? '')?.schoolSourcedId, row.schoolSourcedId);
    assert.equal(user?.role, row.role);
    assert.ok(items(user?.orgSourcedIds).includes(row.schoolSourcedId ?? ''));
    pairs.add(`${row.classSourcedId} ${row.userSourcedId}`);
    if (row.primary === 'true') primary.set(row.classSourcedId ?? '', (primary.get(row.classSourcedId ?? '') ?? 0) + 1);
  }
  assert.equal(pairs.size, enrollments.size, 'somebody is in a class twice');
  for (const id of classes.keys()) assert.equal(primary.get(id), 1, `class ${id} has one main teacher`);
  for (const column of ['username', 'email']) {
    const values = valuesOf(users).map((row) => row[column]);
    assert.equal(new Set(values).size, values.length, `a ${column} is there twice`);
  }
  return tables;
}

const base: SampleOptions = { students: 1500, seed: 42 };

test('the same numbers give the same district, other seeds another one', () => {
  assert.deepEqual(textsOf(generate(base)), textsOf(generate({ ...base })));
  assert.notDeepEqual(textsOf(generate(base)), textsOf(generate({ ...base, seed: 43 })));
});

test('files can be read again, and one without the others', () => {
  const sample = generate(base);
  const users = sample.files.find((file) => file.name === 'users.csv');
  assert.equal([...(users?.text() ?? [])].join(''), textsOf(sample)['users.csv']);
});

test('headers are those of OneRoster 1.1, and the manifest says which files there are', () => {
  const texts = textsOf(generate(base));
  for (const kind of [
    'orgs',
    'academicSessions',
    'courses',
    'classes',
    'users',
    'demographics',
    'enrollments',
  ] as const) {
    assert.equal(texts[`${kind}.csv`]?.split('\r\n')[0], columnsOf(kind, '1.1').join(','));
    assert.match(texts['manifest.csv'] ?? '', new RegExp(`^file\\.${kind},bulk\\r$`, 'm'));
  }
  assert.match(texts['manifest.csv'] ?? '', /^oneroster\.version,1\.1\r$/m);
  assert.match(texts['manifest.csv'] ?? '', /^file\.results,absent\r$/m);
});

for (const students of [1, 2, 13, 90, 1500, 4000]) {
  test(`a district of ${students} is sound`, () => {
    const { users, orgs, demographics } = assertSound(generate({ students, seed: 7 }));
    assert.equal(valuesOf(users).filter((row) => row.role === 'student').length, students);
    assert.equal(demographics.size, students);
    assert.ok(valuesOf(orgs).filter((row) => row.type === 'school').length >= 2);
  });
}

test('it has what real districts have', () => {
  const { users, classes, enrollments, demographics } = assertSound(generate(base));
  const people = valuesOf(users);
  for (const role of ['student', 'teacher', 'administrator', 'aide', 'parent', 'guardian', 'relative']) {
    assert.ok(
      people.some((row) => row.role === role),
      role,
    );
  }
  assert.ok(
    people.some((row) => row.role === 'teacher' && items(row.orgSourcedIds).length > 1),
    'a teacher at two schools',
  );
  assert.ok(
    people.some((row) => items(row.agentSourcedIds).length === 2),
    'a student with two guardians',
  );
  assert.ok(valuesOf(classes).some((row) => row.classType === 'homeroom'));
  assert.ok(
    valuesOf(enrollments).some((row) => row.role === 'teacher' && row.primary === 'false'),
    'a co-teacher',
  );
  const perStudent = valuesOf(enrollments).filter((row) => row.role === 'student').length / 1500;
  assert.ok(perStudent > 5 && perStudent < 6, String(perStudent));
  const sizes = Map.groupBy(
    valuesOf(enrollments).filter((row) => row.role === 'student'),
    (row) => row.classSourcedId,
  );
  for (const [id, there] of sizes) assert.ok(there.length <= 35, `${there.length} students in ${id}`);
  for (const [id, row] of demographics) {
    const grade = users.get(id)?.grades ?? '';
    const years = 2025 - Number(row.birthDate?.slice(0, 4)) - (grade === 'KG' ? 0 : Number(grade));
    assert.ok(years === 5 || years === 6, `${row.birthDate} in grade ${grade}`);
  }
  const names = people.map((row) => `${row.givenName} ${row.familyName}`).join('|');
  for (const mark of [/é|í|ñ/, /'/, /-/, /de la|van der/]) assert.match(names, mark);
});

test('schools have the sizes of schools', () => {
  const { schools, blocks } = planSchools(20_000, 3);
  assert.equal(schools.length, new Set(schools.map((school) => school.name)).size);
  assert.equal(
    blocks.reduce((sum, block) => sum + block.count, 0),
    20_000,
  );
  for (const [school, grades] of Map.groupBy(blocks, (block) => block.school)) {
    const size = grades.reduce((sum, block) => sum + block.count, 0);
    const [least, most] = school.name.endsWith('Elementary')
      ? [300, 700]
      : school.name.endsWith('High School')
        ? [900, 2200]
        : [450, 1100];
    assert.ok(size >= least && size <= most, `${school.name}: ${size}`);
  }
});

test('nobody is in two classes of one period', () => {
  const { classes, enrollments } = assertSound(generate(base));
  const seen = new Set<string>();
  for (const row of valuesOf(enrollments)) {
    const { periods, termSourcedIds } = classes.get(row.classSourcedId ?? '') ?? {};
    if (!periods || row.primary === 'false') continue;
    for (const term of items(termSourcedIds)) {
      const moment = `${row.userSourcedId} ${periods} ${term}`;
      assert.ok(!seen.has(moment), moment);
      seen.add(moment);
    }
  }
});

test('each generation changes about the share that was asked for, and stays sound', () => {
  const churn = 0.08;
  let before = assertSound(generate({ students: 4000, seed: 9, churn, generation: 0 }));
  assert.deepEqual(
    textsOf(generate({ students: 4000, seed: 9, churn })),
    textsOf(generate({ students: 4000, seed: 9 })),
  );
  for (const generation of [1, 2, 3]) {
    const now = assertSound(generate({ students: 4000, seed: 9, churn, generation }));
    for (const kind of ['classes', 'users', 'demographics', 'enrollments'] as const) {
      const [old, fresh] = [before[kind], now[kind]];
      const added = [...fresh.keys()].filter((id) => !old.has(id)).length;
      const removed = [...old.keys()].filter((id) => !fresh.has(id)).length;
      const changed = [...fresh].filter(
        ([id, row]) => old.has(id) && JSON.stringify(row) !== JSON.stringify(old.get(id)),
      ).length;
      for (const count of [added, removed, changed])
        assert.ok(count > 0, `${kind}: ${added} added, ${removed} removed, ${changed} changed`);
      const share = (added + removed + changed) / old.size;
      assert.ok(share > churn * 0.7 && share < churn * 1.3, `${kind}: ${share}`);
    }
    assert.deepEqual([...now.orgs], [...before.orgs]);
    before = now;
  }
});

test('numbers out of range are refused', () => {
  for (const [bad, words] of [
    [{ students: 0 }, /students must be a whole number from 1 to 2000000, not 0/],
    [{ students: 1.5 }, /students/],
    [{ students: 1, churn: 1.1 }, /churn must be a number from 0 to 1/],
    [{ students: 1, generation: -1 }, /generation/],
  ] as const)
    assert.throws(() => generate({ seed: 1, ...bad }), words);
});

test('name and site code of the district can be given', () => {
  const sample = generate({ ...base, place: 'Lakeview', siteCode: '1234567' });
  assert.deepEqual(
    [sample.name, sample.siteCode, sample.domain],
    ['Lakeview Unified School District', '1234567', 'lakeview.example'],
  );
  assert.ok(tablesOf(sample).orgs.has('1234567'));
});

const now = new Date('2025-10-01');
async function findingsOf(sample: Sample): Promise<Finding[]> {
  const found: Finding[] = [];
  await check(memoryBundle(textsOf(sample)), {
    profile: 'default',
    now,
    report: (one) => found.push(one),
  });
  return found;
}
const placeOf = ({ rule, file, line, column, key }: Finding | Planted) => [rule, file, line, column, key].join(' | ');

for (const generation of [0, 2]) {
  test(`the check has no fault to tell of generation ${generation}`, async () => {
    const found = await findingsOf(generate({ ...base, churn: 0.1, generation }));
    const known = ['class-not-yet-started', 'user-disabled-but-enrolled'];
    assert.deepEqual(
      found.filter(({ rule, severity }) => severity !== 'info' || !known.includes(rule)),
      [],
    );
  });
}

for (const students of [150, 1500]) {
  test(`the check finds every planted fault in a district of ${students}, and nothing else`, async () => {
    const sample = generateFaulty({ students, seed: 11 });
    const found = await findingsOf(sample);
    const planted = sample.planted(now);
    assert.deepEqual(found.map(placeOf).sort(), planted.map(placeOf).sort());
    assert.ok(new Set(planted.map((one) => one.rule)).size >= 17);
  });
}
