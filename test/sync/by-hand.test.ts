/** Records that people keep themselves, in a whole house without doors: added, edited, archived, and released by a source. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { Refusal } from '../../src/core/refusal.ts';
import { auditRows } from '../../src/db/audit.ts';
import { rosterOf } from '../../src/db/districts.ts';
import { houseOn, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
const house = await houseOn(join(folder.path, 'data'));
await setUp(house);
const { acts, db } = house;
after(async () => {
  await house.close();
  await folder.remove();
});

/** A school with a course, a term, a class and two people, all added by hand. */
async function school(): Promise<void> {
  const add = (kind: string, set: Record<string, string>) => acts.addRecord({ ...which, kind, set });
  await add('orgs', { sourcedId: 'D1', name: 'Lakeview', type: 'district' });
  await add('org', { sourcedId: 'S1', name: 'Hill', type: 'school', parentSourcedId: 'D1', identifier: 'NCES-1' });
  await add('academicSessions', {
    sourcedId: 'Y1',
    title: '2026',
    type: 'schoolYear',
    startDate: '2025-08-01',
    endDate: '2026-06-30',
    schoolYear: '2026',
  });
  await add('courses', { sourcedId: 'C1', title: 'Reading', orgSourcedId: 'D1' });
  await add('class', {
    sourcedId: 'K1',
    title: 'Room 12',
    courseSourcedId: 'C1',
    classType: 'homeroom',
    schoolSourcedId: 'S1',
    termSourcedIds: 'Y1',
  });
  await add('users', { sourcedId: 'T1', ...person, username: 'ana.ruiz', role: 'teacher' });
  await add('users', { sourcedId: 'P1', ...person, username: 'kim', role: 'student', grades: '03' });
  await add('enrollments', {
    sourcedId: 'E1',
    classSourcedId: 'K1',
    schoolSourcedId: 'S1',
    userSourcedId: 'P1',
    role: 'student',
  });
}
const person = { enabledUser: 'true', orgSourcedIds: 'S1', givenName: 'Ana', familyName: 'Ruiz' };
await school();

const refused = (work: Promise<unknown>, code: string, words: RegExp) =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.deepEqual([error.code, words.test(error.message)], [code, true], `${error.code}: ${error.message}`);
    return true;
  });
const user = (sourcedId: string) => acts.show({ ...which, kind: 'users', sourcedId });
const addUser = (set: Record<string, string>) =>
  acts.addRecord({ ...which, kind: 'users', set: { ...person, role: 'student', ...set } });

test('a record that is added has an id, an owner, a history and an entry in the audit log', async () => {
  const { record } = await addUser({ username: 'new', sourcedId: ' ' });
  assert.match(record.sourcedId, /^[0-9a-f-]{36}$/);
  assert.deepEqual([record.owner, record.status, record.fields.username], ['manual', 'active', 'new']);
  const { history } = await user(record.sourcedId);
  assert.deepEqual(
    history.map(({ action, before, syncId }) => [action, before, syncId]),
    [['create', null, null]],
  );
  const [entry] = await auditRows(db, { limit: 1 });
  assert.deepEqual(
    [entry?.act, entry?.object, entry?.detail.by],
    ['record added', `users/${record.sourcedId}`, 'command line'],
  );
});

test('values are held to the declarations of OneRoster, and the refusal names each field', async () => {
  await refused(
    addUser({ givenName: '', role: 'studnet' }),
    'record-invalid',
    /givenName is blank\..*username is blank|username is blank/,
  );
  await refused(addUser({ username: 'x', role: 'studnet' }), 'record-invalid', /role "studnet".*did you mean student/);
  await refused(
    addUser({ username: 'x', enabledUser: 'yes' }),
    'record-invalid',
    /enabledUser is "yes", not true or false/,
  );
  await refused(
    addUser({ username: 'x', orgSourcedIds: 'S1,S9' }),
    'record-invalid',
    /orgSourcedIds "S9" is not among the orgs/,
  );
  await refused(
    addUser({ username: 'x', givenname: 'Ada' }),
    'record-invalid',
    /no field givenname \(did you mean givenName\?\)/,
  );
  await refused(addUser({ username: 'x', status: 'active' }), 'record-invalid', /status is kept by Homeroom/);
  await refused(addUser({ username: 'x', sourcedId: 'a b' }), 'record-invalid', /sourcedId "a b"/);
  const enrollment = { classSourcedId: 'K1', userSourcedId: 'P1', role: 'student', schoolSourcedId: 'D1' };
  await refused(
    acts.addRecord({ ...which, kind: 'enrollments', set: enrollment }),
    'record-invalid',
    /schoolSourcedId "D1" is not of type school/,
  );
  const late = { ...enrollment, schoolSourcedId: 'S1', beginDate: '2026-01-10', endDate: '2026-01-10' };
  await refused(
    acts.addRecord({ ...which, kind: 'enrollments', set: late }),
    'record-invalid',
    /endDate 2026-01-10 is not after/,
  );
  await refused(
    acts.addRecord({ ...which, kind: 'demographics', set: { sex: 'male' } }),
    'record-invalid',
    /sourcedId of their user/,
  );
  await acts.addRecord({ ...which, kind: 'demographics', set: { sourcedId: 'P1', birthDate: '2017-02-03' } });
});

test('ids, usernames and identifiers are taken once, by archived records too', async () => {
  await refused(addUser({ sourcedId: 'P1', username: 'x' }), 'id-taken', /sourcedId P1/);
  await refused(addUser({ username: 'KIM' }), 'key-taken', /username "KIM" is that of the user P1\./);
  await addUser({ sourcedId: 'G1', username: 'gone', identifier: '77' });
  await acts.archiveRecord({ ...which, kind: 'users', sourcedId: 'G1' });
  await refused(addUser({ username: 'Gone' }), 'key-taken', /archived and keeps it/);
  await refused(addUser({ username: 'x', identifier: '77' }), 'key-taken', /identifier "77"/);
  await refused(addUser({ sourcedId: 'G1', username: 'x' }), 'id-taken', /archived record keeps its id/);
});

test('an edit changes what is given, keeps what was before, and covers only the state that was seen', async () => {
  const { record } = await addUser({ username: 'edit', email: 'a@example.org', 'metadata.note': 'x' });
  const { sourcedId, dateLastModified } = record;
  const seen = dateLastModified.toISOString();
  const edited = await acts.editRecord({
    ...which,
    kind: 'user',
    sourcedId,
    seen,
    set: { givenName: ' Ada ', email: '' },
  });
  assert.deepEqual(
    [edited.record.fields.givenName, edited.record.fields.email, edited.record.metadata],
    ['Ada', undefined, { 'metadata.note': 'x' }],
  );
  assert.ok(edited.record.dateLastModified > dateLastModified);
  const [change] = (await user(sourcedId)).history;
  assert.deepEqual(change?.changed, {
    givenName: { from: 'Ana', to: 'Ada' },
    email: { from: 'a@example.org', to: undefined },
  });
  await refused(
    acts.editRecord({ ...which, kind: 'users', sourcedId, seen, set: { givenName: 'Eve' } }),
    'record-changed',
    /Look again/,
  );
  await refused(
    acts.editRecord({ ...which, kind: 'users', sourcedId, set: { username: 'Kim' } }),
    'key-taken',
    /username/,
  );
  await refused(
    acts.editRecord({ ...which, kind: 'users', sourcedId, set: { sourcedId: 'z' } }),
    'record-invalid',
    /never changes/,
  );
  await refused(
    acts.editRecord({ ...which, kind: 'users', sourcedId: 'nobody', set: {} }),
    'record-unknown',
    /no record nobody/,
  );
});

test('what others need is not archived, and what was archived comes back as it was', async () => {
  await refused(
    acts.archiveRecord({ ...which, kind: 'class', sourcedId: 'K1' }),
    'record-needed',
    /needed by 1 enrollment\./,
  );
  await refused(
    acts.archiveRecord({ ...which, kind: 'orgs', sourcedId: 'S1' }),
    'record-needed',
    /1 class, \d+ users, 1 enrollment/,
  );
  await acts.archiveRecord({ ...which, kind: 'enrollment', sourcedId: 'E1' });
  const { record } = await acts.archiveRecord({ ...which, kind: 'class', sourcedId: 'K1' });
  assert.equal(record.status, 'tobedeleted');
  await refused(
    acts.editRecord({ ...which, kind: 'class', sourcedId: 'K1', set: { title: 'x' } }),
    'record-archived',
    /Reactivate it first/,
  );
  await refused(
    acts.reactivateRecord({ ...which, kind: 'enrollments', sourcedId: 'E1' }),
    'record-invalid',
    /classSourcedId "K1" is archived/,
  );
  await acts.reactivateRecord({ ...which, kind: 'classes', sourcedId: 'K1' });
  const back = await acts.reactivateRecord({ ...which, kind: 'enrollments', sourcedId: 'E1' });
  assert.deepEqual([back.record.status, back.record.fields.userSourcedId], ['active', 'P1']);
  const { history } = await acts.show({ ...which, kind: 'enrollments', sourcedId: 'E1' });
  assert.deepEqual(
    history.map(({ action }) => action),
    ['reactivate', 'archive', 'create'],
  );
});

test('an act that is refused changes nothing, not even the count of acts', async () => {
  const { id } = (await rosterOf(db, which))!;
  const state = () =>
    db.query(sql`
    select (select version from roster_versions where roster_id = ${id}) as version,
      (select count(*) from changes where roster_id = ${id}) as changes, (select count(*) from audit) as audit`);
  const before = await state();
  await refused(addUser({ username: 'kim' }), 'key-taken', /kim/);
  assert.deepEqual(await state(), before);
});
