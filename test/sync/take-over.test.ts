/** Whose a record is: what deliveries do to records that people keep, and to those of another source. */

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { rosterOf } from '../../src/db/districts.ts';
import { danglingReferences } from '../../src/db/roster.ts';
import { findingsOf } from '../../src/db/syncs.ts';
import { findingsKeyOf } from '../../src/db/turns.ts';
import { houseOn, settled, setUp, tempFolder } from './district.ts';

const folder = await tempFolder();
const house = await houseOn(join(folder.path, 'data'));
const { acts, db } = house;
after(async () => {
  await house.close();
  await folder.remove();
});

type Row = Record<string, string>;
type Person = { id: string; username?: string; name?: string; identifier?: string; role?: string; agents?: string };
type Roster = { people: Person[]; enrolled?: string[]; schools?: Row[]; demographics?: Row[] };
const columns: Record<string, string> = {
  orgs: 'name,type,identifier,parentSourcedId',
  academicSessions: 'title,type,startDate,endDate,parentSourcedId,schoolYear',
  courses: 'schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes',
  classes:
    'title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods',
  users:
    'enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password',
  enrollments: 'classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
  demographics:
    'birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus',
};
const year = { title: '2026', type: 'schoolYear', startDate: '2025-08-01', endDate: '2026-06-30', schoolYear: '2026' };
const school = { sourcedId: 'S1', name: 'Hill', type: 'school', parentSourcedId: 'D1' };

let sets = 0;
/** A district with one class; everybody in `enrolled` is in it. */
async function files({
  people,
  enrolled = people.map(({ id }) => id),
  schools = [school],
  demographics,
}: Roster): Promise<string> {
  const tables: Record<string, Row[]> = {
    orgs: [{ sourcedId: 'D1', name: 'Lakeview', type: 'district' }, ...schools],
    academicSessions: [{ sourcedId: 'Y1', ...year }],
    courses: [{ sourcedId: 'C1', schoolYearSourcedId: 'Y1', title: 'Reading', orgSourcedId: 'D1' }],
    classes: [
      {
        sourcedId: 'K1',
        title: 'Room 12',
        courseSourcedId: 'C1',
        classType: 'homeroom',
        schoolSourcedId: 'S1',
        termSourcedIds: 'Y1',
      },
    ],
    users: people.map(
      ({ id, username = id.toLowerCase(), name = 'Kim', identifier = '', role = 'student', agents = '' }) => ({
        sourcedId: id,
        enabledUser: 'true',
        orgSourcedIds: 'S1',
        role,
        username,
        givenName: name,
        familyName: 'Stone',
        identifier,
        agentSourcedIds: agents,
        grades: '03',
      }),
    ),
    enrollments: enrolled.map((id) => ({
      sourcedId: `E-${id}`,
      classSourcedId: 'K1',
      schoolSourcedId: 'S1',
      userSourcedId: id,
      role: 'student',
    })),
    ...(demographics ? { demographics } : {}),
  };
  const path = join(folder.path, `set ${++sets}`);
  await mkdir(path);
  const all = [
    ...Object.keys(columns),
    'categories',
    'classResources',
    'courseResources',
    'lineItems',
    'resources',
    'results',
  ];
  const modes = all.map((kind) => `file.${kind},${tables[kind] ? 'bulk' : 'absent'}`);
  const manifest = ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.1', ...modes, ''];
  await writeFile(join(path, 'manifest.csv'), manifest.join('\n'));
  for (const [kind, rows] of Object.entries(tables)) {
    const names = `sourcedId,status,dateLastModified,${columns[kind]}`.split(',');
    const cell = (text = '') => (text.includes(',') ? `"${text}"` : text);
    const lines = [names.join(','), ...rows.map((row) => names.map((name) => cell(row[name])).join(','))];
    await writeFile(join(path, `${kind}.csv`), `${lines.join('\n')}\n`);
  }
  return path;
}

/** A roster of its own, so that tests do not meet. */
async function newRoster(product: string) {
  await setUp(house, { product });
  const which = { district: '1234567', product };
  const put = async (roster: Roster, source?: string) => {
    const path = await files(roster);
    const { sync } = await acts.sync({ path, ...which, ...(source ? { source } : {}) });
    const done = await settled(house, sync);
    const found = await findingsOf(db, sync, { limit: 100, offset: 0 });
    return { ...done, found, said: (rule: string) => found.filter((each) => each.rule === rule) };
  };
  const show = async (kind: string, sourcedId: string) => acts.show({ ...which, kind, sourcedId });
  const add = (kind: string, set: Row) => acts.addRecord({ ...which, kind, set });
  const addUser = (set: Row) =>
    add('users', {
      enabledUser: 'true',
      orgSourcedIds: 'S1',
      role: 'student',
      givenName: 'Ada',
      familyName: 'Byron',
      ...set,
    });
  const rosterId = async () => ((await rosterOf(db, which)) as { id: string }).id;
  return { which, put, show, add, addUser, rosterId };
}
const kim = { id: 'P1', username: 'kim' };
const sourceOf = (record: { owner: unknown } | null) => (record?.owner as { name: string } | undefined)?.name;

test('an incoming user with the username of a manual one is that user: values, id, history and references move', async () => {
  const { put, show, add, addUser, rosterId } = await newRoster('username');
  await put({ people: [kim], enrolled: ['P1'] });
  await addUser({ sourcedId: 'M1', username: 'Ada.Byron', email: 'ada@example.org', agentSourcedIds: 'P1' });
  await addUser({ sourcedId: 'M2', username: 'friend', agentSourcedIds: 'P1,M1' });
  await add('demographics', { sourcedId: 'M1', birthDate: '2016-12-10' });
  await add('enrollments', {
    sourcedId: 'ME',
    classSourcedId: 'K1',
    schoolSourcedId: 'S1',
    userSourcedId: 'M1',
    role: 'student',
  });

  const done = await put({
    people: [kim, { id: 'P2', username: 'ada.byron', name: 'Augusta' }],
    enrolled: ['P1', 'P2'],
  });
  assert.equal(done.state, 'applied');
  assert.deepEqual([done.plan?.users?.takeOver, done.plan?.users?.create, done.plan?.users?.archive], [1, 0, 0]);
  assert.deepEqual(
    done.said('roster-taken-over').map(({ key, file, line, severity }) => [key, file, line, severity]),
    [['P2', 'users.csv', 3, 'info']],
  );

  const { record, history } = await show('users', 'P2');
  assert.deepEqual([sourceOf(record), record?.fields.givenName, record?.fields.email], ['SFTP', 'Augusta', undefined]);
  assert.deepEqual(
    history.map(({ action, before }) => [action, before?.sourcedId, before?.email]),
    [
      ['take over', 'M1', 'ada@example.org'],
      ['create', undefined, undefined],
    ],
  );
  const enrollment = await show('enrollments', 'ME');
  assert.deepEqual([enrollment.record?.owner, enrollment.record?.fields.userSourcedId], ['manual', 'P2']);
  assert.deepEqual(enrollment.history[0]?.changed.userSourcedId, { from: 'M1', to: 'P2' });
  assert.equal((await show('users', 'M2')).record?.fields.agentSourcedIds, 'P1,P2');
  assert.deepEqual(
    [(await show('demographics', 'P2')).record?.owner, (await show('demographics', 'P2')).record?.fields.birthDate],
    ['manual', '2016-12-10'],
  );
  assert.deepEqual(await danglingReferences(db, await rosterId()), []);
  await assert.rejects(addUser({ sourcedId: 'M1', username: 'x' }), /belonged to a record that is P2 now/);

  const again = await put({
    people: [kim, { id: 'P2', username: 'ada.byron', name: 'Augusta' }],
    enrolled: ['P1', 'P2'],
  });
  assert.equal(again.state, 'unchanged');
});

test('the sourcedId alone, or an identifier, takes over too; orgs by theirs', async () => {
  const { put, show, add, addUser, rosterId } = await newRoster('identifier');
  await put({ people: [kim] });
  await addUser({ sourcedId: 'P5', username: 'five' });
  await addUser({ sourcedId: 'M6', username: 'six', identifier: '0006' });
  await add('orgs', { sourcedId: 'MS', name: 'Lake', type: 'school', identifier: 'NCES-2', parentSourcedId: 'D1' });
  await add('classes', {
    sourcedId: 'MK',
    title: 'Club',
    courseSourcedId: 'C1',
    classType: 'scheduled',
    schoolSourcedId: 'MS',
    termSourcedIds: 'Y1',
  });
  await addUser({ sourcedId: 'M7', username: 'seven', orgSourcedIds: 'S1, MS' });
  const lake = { sourcedId: 'S2', name: 'Lake School', type: 'school', identifier: 'NCES-2' };
  const done = await put({
    people: [kim, { id: 'P5', username: 'other' }, { id: 'P6', username: 'p6', identifier: '0006' }],
    schools: [school, lake],
    enrolled: ['P1'],
  });
  assert.deepEqual(
    [done.plan?.users?.takeOver, done.plan?.orgs?.takeOver, done.found.filter(({ severity }) => severity === 'error')],
    [2, 1, []],
  );
  assert.equal((await show('users', 'P5')).record?.fields.username, 'other');
  assert.equal((await show('users', 'P6')).history[0]?.before?.username, 'six');
  assert.equal((await show('orgs', 'S2')).record?.fields.name, 'Lake School');
  assert.equal((await show('classes', 'MK')).record?.fields.schoolSourcedId, 'S2');
  assert.equal((await show('users', 'M7')).record?.fields.orgSourcedIds, 'S1,S2');
  assert.deepEqual(await danglingReferences(db, await rosterId()), []);
});

test('keys of two records: the row is left out with what needs it, nothing merges, and what is live stays', async () => {
  const { put, show, addUser } = await newRoster('conflict');
  await put({ people: [kim], enrolled: ['P1'] });
  await addUser({ sourcedId: 'M1', username: 'one' });
  await addUser({ sourcedId: 'M2', username: 'two', identifier: '22' });
  const done = await put({
    people: [kim, { id: 'P3', username: 'ONE', identifier: '22' }, { id: 'P4', agents: 'P3' }],
    enrolled: ['P1', 'P3', 'P4'],
  });
  assert.equal(done.state, 'held', 'one of three users is more than 5 %');
  assert.deepEqual(
    done.said('roster-keys-of-two').map(({ key, line, column, value }) => [key, line, column, value]),
    [['P3', 3, 'username', 'ONE']],
  );
  assert.deepEqual(
    done.said('reference-cascade').map(({ key, column }) => [key, column]),
    [
      ['P4', 'agentSourcedIds'],
      ['E-P3', 'userSourcedId'],
    ],
  );
  await acts.decide({ sync: done.id, choice: 'apply all' });
  await settled(house, done.id);
  for (const id of ['M1', 'M2']) assert.equal((await show('users', id)).record?.owner, 'manual');
  await assert.rejects(show('users', 'P3'), /no record/);
  assert.equal((await show('users', 'P4')).record?.fields.agentSourcedIds, undefined);

  // The id is that of a live record of the source, and the username that of a manual one: two records as well.
  const renamed = await put({ people: [{ ...kim, username: 'two' }, { id: 'P4' }], enrolled: ['P1'] });
  assert.equal(renamed.said('roster-keys-of-two').length, 1);
  assert.equal((await show('users', 'P1')).record?.fields.username, 'kim');
  assert.equal((await show('users', 'P1')).record?.status, 'active');
  assert.equal((await show('enrollments', 'E-P1')).record?.status, 'active');
});

test('two rows that have the keys of one manual record are both left out; one with its sourcedId wins', async () => {
  const { put, show, addUser } = await newRoster('contest');
  await put({ people: [kim] });
  await addUser({ sourcedId: 'M1', username: 'one', identifier: '11' });
  await addUser({ sourcedId: 'M2', username: 'two' });
  const done = await put({
    people: [
      kim,
      { id: 'A', username: 'one' },
      { id: 'B', identifier: '11' },
      { id: 'M2', username: 'new' },
      { id: 'C', username: 'two' },
    ],
  });
  assert.deepEqual(
    done.said('roster-key-of-one-twice').map(({ key }) => key),
    ['A', 'B'],
  );
  await acts.decide({ sync: done.id, choice: 'apply all' });
  await settled(house, done.id);
  assert.equal((await show('users', 'M1')).record?.owner, 'manual');
  assert.deepEqual(
    [sourceOf((await show('users', 'M2')).record), (await show('users', 'C')).record?.status],
    ['SFTP', 'active'],
  );
});

test('a released record stays as people keep it, whatever the SIS sends; handed back, the next delivery has it again', async () => {
  const { which, put, show } = await newRoster('release');
  await put({ people: [kim, { id: 'P2' }], enrolled: ['P1'] });
  await assert.rejects(
    acts.editRecord({ ...which, kind: 'users', sourcedId: 'P1', set: { givenName: 'Kimberly' } }),
    /managed by the SIS: the source SFTP sends it/,
  );
  await acts.releaseRecord({ ...which, kind: 'users', sourcedId: 'P1' });
  await acts.editRecord({ ...which, kind: 'users', sourcedId: 'P1', set: { givenName: 'Kimberly' } });

  const next = await put({ people: [{ ...kim, name: 'Kim B.' }, { id: 'P2' }], enrolled: ['P1'] });
  assert.equal(next.state, 'unchanged');
  assert.deepEqual(
    next.said('roster-released').map(({ key, severity }) => [key, severity]),
    [['P1', 'info']],
  );
  assert.deepEqual(
    [(await show('users', 'P1')).record?.fields.givenName, (await show('users', 'P1')).record?.owner],
    ['Kimberly', 'manual'],
  );
  const without = await put({ people: [{ id: 'P2' }] });
  assert.deepEqual([without.plan?.users?.archive, (await show('users', 'P1')).record?.status], [0, 'active']);

  await acts.handBackRecord({ ...which, kind: 'users', sourcedId: 'P1' });
  const back = await put({ people: [{ ...kim, name: 'Kim B.' }, { id: 'P2' }], enrolled: ['P1'] });
  assert.equal(back.plan?.users?.takeOver, 1);
  const { record, history } = await show('users', 'P1');
  assert.deepEqual([sourceOf(record), record?.fields.givenName], ['SFTP', 'Kim B.']);
  assert.deepEqual(
    history.map(({ action }) => action),
    ['take over', 'hand back', 'update', 'release', 'create'],
  );
});

test('whom the SIS sends under another id after a release takes along the demographics, sent anew, under the old id, or not at all', async () => {
  const { which, put, show, rosterId } = await newRoster('anew');
  const birth = (sourcedId: string, day: string) => ({ sourcedId, birthDate: `2015-01-${day}` });
  const people = ['A1', 'B1', 'C1'].map((id) => ({ id, identifier: `No. ${id[0]}` }));
  await put({ people: [kim, ...people], enrolled: ['P1'], demographics: people.map(({ id }) => birth(id, '01')) });
  for (const { id } of people) await acts.releaseRecord({ ...which, kind: 'users', sourcedId: id });
  const anew = people.map((person) => ({ ...person, id: `${person.id[0]}2` }));
  const done = await put({
    people: [kim, ...anew],
    enrolled: ['P1'],
    demographics: [birth('A2', '02'), birth('B1', '02')],
  });
  assert.deepEqual([done.state, done.plan?.users?.takeOver], ['applied', 3]);
  const shown = await Promise.all(['A2', 'B2', 'C2'].map(async (id) => (await show('demographics', id)).record));
  assert.deepEqual(
    shown.map((record) => [record?.status, record?.fields.birthDate]),
    [
      ['active', '2015-01-02'],
      ['active', '2015-01-01'],
      ['tobedeleted', '2015-01-01'],
    ],
  );
  for (const { id } of people) await assert.rejects(show('demographics', id), /no record/);
  assert.deepEqual(await danglingReferences(db, await rosterId()), []);
});

test('the first of two sources keeps a record that both send, and references across sources hold', async () => {
  const { which, put, show, rosterId } = await newRoster('two');
  await put({ people: [kim], enrolled: ['P1'] });
  await acts.addSource({ ...which, kind: 'upload', name: 'Second', trustFirst: true });
  // The second source sends no orgs of its own but the shared ones, and enrolls a pupil of the first.
  const done = await put(
    { people: [{ id: 'Q1' }], enrolled: ['Q1', 'P1'], schools: [{ ...school, name: 'Other name' }] },
    'Second',
  );
  assert.equal(done.state, 'applied');
  assert.deepEqual(done.said('reference-not-found'), []);
  assert.deepEqual(
    done.said('roster-other-source').map(({ key, severity }) => [key, severity]),
    ['D1', 'S1', 'Y1', 'C1', 'K1', 'E-P1'].map((key) => [key, 'warning']),
  );
  assert.equal((await show('orgs', 'S1')).record?.fields.name, 'Hill');
  assert.equal(sourceOf((await show('users', 'Q1')).record), 'Second');
  const gone = await put({ people: [{ id: 'Q2' }] }, 'Second');
  assert.deepEqual([gone.plan?.users?.archive, (await show('users', 'P1')).record?.status], [1, 'active']);
  const first = await put({ people: [kim, { id: 'Q2' }], enrolled: ['P1'] }, 'SFTP');
  assert.deepEqual(
    first.said('roster-other-source').map(({ key }) => key),
    ['Q2'],
  );
  assert.deepEqual(await danglingReferences(db, await rosterId()), []);
});

test('the id of a record of another source and the identifier of a manual one are the keys of two records', async () => {
  const { which, put, show, addUser } = await newRoster('two-keys');
  await put({ people: [kim], enrolled: ['P1'] });
  await addUser({ sourcedId: 'M1', username: 'one', identifier: '11' });
  await acts.addSource({ ...which, kind: 'upload', name: 'Second', trustFirst: true });
  const done = await put({ people: [{ id: 'Q1' }, { ...kim, identifier: '11' }], enrolled: ['Q1'] }, 'Second');
  assert.deepEqual([done.state, done.said('roster-keys-of-two').map(({ key }) => key)], ['held', ['P1']]);
  assert.equal(done.said('roster-taken-over').length, 0);
  await acts.decide({ sync: done.id, choice: 'apply all' });
  assert.equal((await settled(house, done.id)).state, 'applied');
  assert.equal((await show('users', 'M1')).record?.owner, 'manual');
  assert.equal(sourceOf((await show('users', 'P1')).record), 'SFTP');
});

test('what a person does while a delivery is held counts when it is applied', async () => {
  const { put, show, addUser, rosterId } = await newRoster('meanwhile');
  await put({ people: Array.from({ length: 40 }, (_, n) => ({ id: `P${n}` })) });
  const held = await put({ people: [{ id: 'P0' }, { id: 'N1', username: 'newcomer' }] });
  assert.equal(held.state, 'held');
  await addUser({ sourcedId: 'M1', username: 'Newcomer' });
  await acts.decide({ sync: held.id, choice: 'apply all' });
  const done = await settled(house, held.id);
  // The plan is another one now: a change that nobody has seen.
  assert.deepEqual([done.state, done.plan?.users?.takeOver], ['held', 1]);
  await acts.decide({ sync: held.id, choice: 'apply all' });
  assert.equal((await settled(house, held.id)).state, 'applied');
  assert.equal(sourceOf((await show('users', 'N1')).record), 'SFTP');
  const { count } = (await db.one<{ count: number }>(
    sql`select count(*) as count from users where roster_id = ${await rosterId()} and lower(username) = 'newcomer'`,
  ))!;
  assert.equal(count, 1);
});

test('a manual record whose target leaves is kept and flagged; a username of somebody removed is remarked on', async () => {
  const { which, put, show, add } = await newRoster('left');
  await put({ people: [kim, { id: 'P2', username: 'two' }] });
  await add('enrollments', {
    sourcedId: 'ME',
    classSourcedId: 'K1',
    schoolSourcedId: 'S1',
    userSourcedId: 'P2',
    role: 'student',
  });
  const done = await put({ people: [kim] });
  assert.equal(done.state, 'applied');
  assert.deepEqual(
    done.said('roster-reference-leaves').map(({ key, column, value, severity }) => [key, column, value, severity]),
    [['ME', 'userSourcedId', 'P2', 'warning']],
  );
  assert.deepEqual(
    done.rules.filter(({ rule }) => rule === 'roster-reference-leaves').map(({ count }) => count),
    [1],
  );
  assert.equal(
    done.findings?.warning,
    done.rules.filter(({ severity }) => severity === 'warning').reduce((sum, { count }) => sum + count, 0),
  );
  const { record } = await show('enrollments', 'ME');
  assert.deepEqual(
    [record?.status, record?.owner, record?.pointsToArchived],
    ['active', 'manual', [{ field: 'userSourcedId', sourcedId: 'P2' }]],
  );
  const key = await findingsKeyOf(db, (await rosterOf(db, which))!.id, done.id);
  const keys = await db.query<{ step: string }>(sql`
    select step from sync_steps where sync_id = ${done.id} and detail->>'findings' = ${key}`);
  assert.deepEqual(keys, [{ step: 'comparing' }]);

  const next = await put({ people: [kim, { id: 'P9', username: 'TWO' }] });
  assert.deepEqual(
    next.said('roster-username-reserved').map(({ key, value, message }) => [key, value, message]),
    [['P9', 'TWO', 'username "TWO" is that of "P2", who was removed lately']],
  );
  assert.equal((await show('users', 'P9')).record?.status, 'active');
  assert.deepEqual(next.said('roster-reference-leaves'), []);
});
