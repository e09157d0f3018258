import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate } from '../sample/generate.ts';
import { memoryBundle } from './bundle.ts';
import { check } from './check.ts';
import { baseDelivery } from './rules/base-delivery.ts';
import { ShapeSink } from './shape.ts';

type Files = Record<string, string>;
async function shapeOf(files: Files) {
  const sink = new ShapeSink();
  await check(memoryBundle(files), { profile: 'default', now: new Date('2025-10-01T12:00:00Z'), sink });
  return sink.finish();
}

for (const version of ['1.1', '1.2'] as const) {
  test(`the small delivery of ${version}: two schools, two classes, nobody loose`, async () => {
    const shape = await shapeOf(baseDelivery(version));
    assert.deepEqual(shape.schools, [
      { school: 'org-10', name: 'Cedar Elementary School', students: 2, staff: 1, classes: 1, enrollments: 3 },
      { school: 'org-20', name: 'Birch Middle School', students: 2, staff: 1, classes: 1, enrollments: 3 },
    ]);
    assert.deepEqual(
      shape.classSizes.filter(({ classes }) => classes > 0),
      [{ from: 1, to: 5, classes: 2 }],
    );
    assert.deepEqual(
      [
        shape.classes,
        shape.classesWithoutTeacher,
        shape.classesWithoutStudents,
        shape.students,
        shape.studentsWithoutClass,
      ],
      [2, 0, 0, 4, 0],
    );
    assert.equal(shape.isWhole, true);
  });
}

test('classes and students that hang loose are counted, and what is left out is not there', async () => {
  const files = baseDelivery('1.1');
  files['enrollments.csv'] = (files['enrollments.csv'] ?? '').replace(/^enr-[456].*\r\n/gm, '');
  files['users.csv'] = (files['users.csv'] ?? '').replace('stu-4,,,true', 'stu-4,,,maybe');
  const shape = await shapeOf(files);
  assert.deepEqual(
    [
      shape.classes,
      shape.classesWithoutTeacher,
      shape.classesWithoutStudents,
      shape.students,
      shape.studentsWithoutClass,
    ],
    [2, 1, 1, 3, 1],
  );
});

test('without all of the three files, what is loose cannot be told', async () => {
  const files = baseDelivery('1.1');
  delete files['enrollments.csv'];
  files['manifest.csv'] = (files['manifest.csv'] ?? '').replace('enrollments,bulk', 'enrollments,absent');
  assert.equal((await shapeOf(files)).isWhole, false);
});

test('a district counted another way gives the same numbers', async () => {
  const files = Object.fromEntries(
    generate({ students: 600, seed: 2 }).files.map((one) => [one.name, [...one.text()].join('')]),
  );
  const lines = (name: string) => (files[name] ?? '').trimEnd().split(/\r?\n/).slice(1);
  const shape = await shapeOf(files);
  const sum = (name: 'students' | 'classes' | 'enrollments') =>
    shape.schools.reduce((all, school) => all + school[name], 0);
  assert.equal(sum('enrollments'), lines('enrollments.csv').length);
  assert.equal(sum('classes'), lines('classes.csv').length);
  assert.equal(shape.students, lines('users.csv').filter((line) => /,student,/.test(line)).length);
  assert.equal(
    shape.classSizes.reduce((all, { classes }) => all + classes, 0),
    shape.classes,
  );
  const school = shape.schools[0];
  assert.equal(
    school?.enrollments,
    lines('enrollments.csv').filter((line) => line.split(',')[4] === school?.school).length,
  );
});
