/** Simplified workbooks over the whole house: what they add belongs to the people, and a fault adds nothing. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rosterOf } from '../../src/db/districts.ts';
import { recordOf } from '../../src/db/roster.ts';
import { writeXlsx } from '../../src/package/write-xlsx.ts';
import { houseOn, tempFolder } from './district.ts';

const folder = await tempFolder();
const house = await houseOn(join(folder.path, 'data'));
after(async () => {
  await house.close();
  await folder.remove();
});
const place = { district: '1234567', product: 'literacy' };
await house.acts.addProduct({ slug: 'literacy', name: 'Literacy', profile: 'literacy' });
await house.acts.addDistrict({ siteCode: place.district, name: 'Lakeview' });

const educators = ['account_type', 'first_name', 'last_name', 'educator_email', 'classroom_name', 'school_name'];
const students = [
  'student_state_id',
  'district_student_id',
  'first_name',
  'last_name',
  'grade_level',
  'username',
  'password',
  'language',
  'classroom_name',
  'school_name',
  'Reading',
];
const user = async (id: string) => {
  const roster = await rosterOf(house.db, place);
  return recordOf(house.db, roster?.id ?? '', 'users', id);
};

let sets = 0;
async function workbooks(staff: string[][], kids: string[][]): Promise<string[]> {
  const paths = ['Educators', 'Students'].map((name) => join(folder.path, `${name} ${++sets}.xlsx`));
  await writeFile(paths[0] as string, await writeXlsx({ title: 'Educators', columns: educators, rows: staff }));
  await writeFile(paths[1] as string, await writeXlsx({ title: 'Students', columns: students, rows: kids }));
  return paths;
}
const ana = ['Teacher', 'Ana', 'Ruiz', 'ana@lake.example', 'Room 12', 'Hill Elementary'];
const lee = ['Admin', 'Lee', 'Park', 'lee@lake.example', '', 'Hill Elementary'];
const kid = (n: number, room = 'Room 12', grade = '3') => [
  '',
  `00${n}`,
  'Mia',
  'Stone',
  grade,
  `mia${n}`,
  'secret',
  'Spanish',
  room,
  'Hill Elementary',
  'yes',
];

test('one school is added as records that no source manages', async () => {
  const done = await house.acts.addSimplified({
    ...place,
    paths: await workbooks([ana, lee], [kid(1), kid(2, 'room 12; Art')]),
  });
  assert.deepEqual(done.added, { orgs: 1, academicSessions: 1, courses: 2, classes: 2, users: 4, enrollments: 4 });
  const { owner, fields } = (await user('student-001')) ?? {};
  assert.deepEqual([owner, fields?.grades, fields?.username], ['manual', '03', 'mia1']);
});

test('a second set joins what is there, and who is there already stops it whole', async () => {
  const joined = await house.acts.addSimplified({
    ...place,
    paths: await workbooks([['Teacher', 'Bo', 'Lund', 'bo@lake.example', 'Room 12', 'Hill Elementary']], [kid(3)]),
  });
  assert.deepEqual(joined.added, { users: 2, enrollments: 2 });
  await assert.rejects(
    house.acts.addSimplified({
      ...place,
      paths: await workbooks(
        [['Teacher', 'Al', 'Li', 'al@lake.example', 'Room 12', 'Hill Elementary']],
        [kid(4), kid(1)],
      ),
    }),
    /student-001/,
  );
  assert.equal(await user('student-004'), undefined);
});

test('a fault adds nothing and is told with its line; so are two schools', async () => {
  await assert.rejects(
    house.acts.addSimplified({ ...place, paths: await workbooks([ana], [kid(8, 'Room 12', 'Third')]) }),
    /Students.*line 2: grade_level "Third" is not known/,
  );
  const other = kid(9).with(9, 'Lake Middle');
  await assert.rejects(
    house.acts.addSimplified({ ...place, paths: await workbooks([ana.with(3, 'x@lake.example')], [other]) }),
    /one school.*2 schools/,
  );
});
