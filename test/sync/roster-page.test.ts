/** Looking through a roster: searched, filtered, page by page, now and as it was on an earlier day. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sql from 'sql-template-tag';
import { newId } from '../../src/db/ids.ts';
import { countsOf } from '../../src/db/roster.ts';
import { enrollmentsEver, namesOf, rolesIn, rosterPage } from '../../src/db/roster-page.ts';
import { searchRecords } from '../../src/db/search.ts';
import { httpRosterPages } from '../../src/doors/roster-pages.ts';
import type { House } from '../../src/house.ts';
import { houseOn, put, sampleZip, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
let house: House;
let rosterId: string;
before(async () => {
  house = await houseOn(join(folder.path, 'data'));
  await setUp(house);
  await put(house, await sampleZip(folder.path, 'first'));
  rosterId = (await house.db.one<{ id: string }>(sql`select id from rosters`))?.id as string;
});
after(async () => {
  await house?.close();
  await folder.remove();
});

const now = () => ({ rosterId, until: null });
const all = { limit: 10_000, offset: 0 };
const namesIn = (rows: { record: Record<string, string> }[]) =>
  rows.map(({ record }) => `${record.familyName} ${record.givenName}`);

test('pages follow each other by name, each record once, and every word has to fit', async () => {
  const counts = await countsOf(house.db, rosterId);
  const everybody = await rosterPage(house.db, now(), 'users', {}, all);
  assert.equal(everybody.total, counts.users);
  const first = await rosterPage(house.db, now(), 'users', {}, { limit: 10, offset: 0 });
  const second = await rosterPage(house.db, now(), 'users', {}, { limit: 10, offset: 10 });
  assert.deepEqual(namesIn([...first.rows, ...second.rows]), namesIn(everybody.rows.slice(0, 20)));
  const one = everybody.rows[7]?.record as Record<string, string>;
  const words = `${one.givenName?.toUpperCase()} ${one.familyName?.slice(0, 3).toLowerCase()}`;
  const found = await rosterPage(house.db, now(), 'users', { words }, all);
  assert.ok(found.rows.some(({ record }) => record.sourcedId === one.sourcedId));
  assert.ok(found.total < everybody.total);
  assert.equal((await rosterPage(house.db, now(), 'users', { words: '100% _' }, all)).total, 0);
  const students = await rosterPage(house.db, now(), 'users', { role: 'student' }, all);
  assert.ok(students.rows.every(({ record }) => record.role === 'student'));
  assert.deepEqual((await rolesIn(house.db, rosterId, 'enrollments')).includes('student'), true);
});

test('a school, a person and a class are found where records name them, and hand-made records by themselves', async () => {
  const { rows } = await rosterPage(house.db, now(), 'classes', {}, all);
  const school = rows[0]?.record.schoolSourcedId as string;
  const at = await rosterPage(house.db, now(), 'classes', { school }, all);
  assert.deepEqual(
    at.rows.map(({ record }) => record.sourcedId),
    rows.filter(({ record }) => record.schoolSourcedId === school).map(({ record }) => record.sourcedId),
  );
  const [one] = (await rosterPage(house.db, now(), 'enrollments', {}, { limit: 1, offset: 0 })).rows;
  const user = one?.record.userSourcedId as string;
  const own = await rosterPage(house.db, now(), 'enrollments', { user }, all);
  assert.ok(own.rows.length > 0 && own.rows.every(({ record }) => record.userSourcedId === user));
  const ever = await enrollmentsEver(house.db, rosterId, 'users', user, 100);
  assert.deepEqual(
    ever.map(({ sourcedId }) => sourcedId).sort(),
    own.rows.map(({ record }) => record.sourcedId).sort(),
  );
  assert.equal((await rosterPage(house.db, now(), 'users', { byHand: true }, all)).total, 0);
  const values = { username: 'club', givenName: 'Ana', familyName: 'Aa', role: 'teacher', enabledUser: 'true' };
  await house.acts.addRecord({
    ...which,
    kind: 'users',
    set: { ...values, sourcedId: 'hand-1', orgSourcedIds: school },
  });
  const byHand = await rosterPage(house.db, now(), 'users', { byHand: true }, all);
  assert.deepEqual([byHand.rows[0]?.record.sourcedId, byHand.rows[0]?.owner], ['hand-1', 'manual']);
  assert.deepEqual(await namesOf(house.db, rosterId, 'users', ['hand-1', 'nobody']), [
    { kind: 'users', sourcedId: 'hand-1', name: 'Ana Aa', status: 'active' },
  ]);
});

test('an earlier day is searched by the values of that day', async () => {
  const until = new Date((await house.db.one<{ now: Date }>(sql`select clock_timestamp() as now`))?.now as Date);
  const then = await rosterPage(house.db, now(), 'users', {}, all);
  await put(house, await sampleZip(folder.path, 'second', { generation: 5 }));
  await house.acts.editRecord({ ...which, kind: 'users', sourcedId: 'hand-1', set: { familyName: 'Zz' } });
  const past = { rosterId, until };
  const was = await rosterPage(house.db, past, 'users', {}, all);
  assert.deepEqual(
    was.rows.map(({ record }) => record),
    then.rows.map(({ record }) => record),
  );
  assert.equal((await rosterPage(house.db, past, 'users', { words: 'Ana Aa' }, all)).total, 1);
  assert.equal((await rosterPage(house.db, past, 'users', { words: 'Ana Zz' }, all)).total, 0);
  assert.equal((await rosterPage(house.db, now(), 'users', { words: 'Ana Zz' }, all)).total, 1);
});

test('around a person stand their classes, and who brought and took them', async () => {
  const pages = httpRosterPages(house.db, () => new Date());
  const gone = await house.db.one<{ id: string; user: string; class: string }>(sql`
    select e.sourced_id as id, e.user_sourced_id as user, e.class_sourced_id as class from enrollments e
    where e.roster_id = ${rosterId} and e.status = 'tobedeleted' limit 1`);
  assert.ok(gone);
  const { joined, enrollments, names } = await pages.around({ rosterId, kind: 'users', sourcedId: gone.user });
  const left = joined.find(({ enrollment, action }) => enrollment === gone.id && action === 'archive');
  assert.match(left?.cause ?? '', /^delivery 2 \(second\.zip/);
  assert.equal(left?.other.sourcedId, gone.class);
  assert.ok(joined.some(({ enrollment, action }) => enrollment === gone.id && action === 'create'));
  assert.ok(!enrollments.some(({ sourcedId }) => sourcedId === gone.id));
  assert.ok(names.some(({ kind, name }) => kind === 'orgs' && name !== ''));
  const { schools, version, counts } = await pages.facts(rosterId);
  assert.ok(schools.length > 0 && (counts.users ?? 0) > 60);
  assert.equal(version, '1.1');
});

test('the search of everything finds people of the own district by parts, of all districts by their whole id or how their names begin', async () => {
  const [one] = (await rosterPage(house.db, now(), 'users', { role: 'student' }, { limit: 1, offset: 0 })).rows;
  const { givenName = '', familyName = '', sourcedId = '' } = one ? (one.record as Record<string, string>) : {};
  const districtId = (await house.db.one<{ id: string }>(sql`select id from districts`))?.id as string;
  const search = (words: string, own: string | null = districtId) =>
    searchRecords(house.db, { districtId: own, words, limit: 5 });
  const found = await search(`${familyName.toUpperCase()} ${givenName.slice(0, 2)}`);
  assert.ok(found.some((each) => each.sourcedId === sourcedId && each.name === `${givenName} ${familyName}`));
  assert.ok(found.length <= 5);
  assert.deepEqual(
    (await search(sourcedId, null)).map(({ rosterId: roster, district, product }) => [roster, district, product]),
    [[rosterId, 'Lakeview Unified', which.product]],
  );
  const ids = async (words: string) => (await search(words, null)).map((each) => each.sourcedId);
  for (const words of [
    `${familyName} ${givenName}`,
    `${givenName} ${familyName}`,
    `${familyName.toUpperCase()}, ${givenName.slice(0, 2)}`,
    `${givenName.toLowerCase()} ${familyName.slice(0, 4)}`,
  ])
    assert.ok((await ids(words)).includes(sourcedId), words);
  assert.ok((await search(familyName, null)).every(({ name }) => name.endsWith(` ${familyName}`)));
  assert.ok((await search(familyName.slice(0, 3), null)).length > 0);
  assert.deepEqual(await search(familyName.slice(1, 6), null), [], 'in all districts a name is known by its beginning');
  assert.deepEqual(await search(familyName.slice(0, 2), null), [], 'and short words by all of it');
  assert.deepEqual(await search(`${familyName} ${givenName.slice(1)}`, null), []);
  assert.deepEqual(await search(sourcedId, newId()), [], 'nothing of another district');
  assert.deepEqual(await search('100% _'), []);
  assert.deepEqual(await search('100% _', null), []);
  assert.deepEqual(await search(' , ', null), []);
});

test('a family name of several words is found as such, with and without a given name', async () => {
  const { rows } = await rosterPage(house.db, now(), 'orgs', {}, all);
  const school = rows.map(({ record }) => record as Record<string, string>).find(({ type }) => type === 'school');
  const { record } = await house.acts.addRecord({
    ...which,
    kind: 'users',
    set: {
      givenName: 'Ana María',
      familyName: 'Van der Zwanzig',
      role: 'teacher',
      enabledUser: 'true',
      username: 'adlc',
      orgSourcedIds: school?.sourcedId ?? '',
    },
  });
  for (const words of [
    'van der zwanzig',
    'Van der Zwanzig, Ana',
    'ana maría van der zwanzig',
    'VAN DER ZWANZIG ANA MARÍA',
    'ana van der zw',
    'van der zwa',
  ])
    assert.deepEqual(
      (await searchRecords(house.db, { districtId: null, words, limit: 5 })).map((each) => each.sourcedId),
      [record.sourcedId],
      words,
    );
});
