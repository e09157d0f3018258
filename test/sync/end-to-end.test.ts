/** Deliveries from beginning to end, in a whole house without doors: what becomes of them, and of the roster. */

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { countsOf, danglingReferences } from '../../src/db/roster.ts';
import type { House } from '../../src/house.ts';
import { type Followed, houseOn, put, sampleZip, settled, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
const data = join(folder.path, 'data');
let house: House = await houseOn(data);
after(async () => {
  await house.close();
  await folder.remove();
});

type Files = Record<string, string>;
let sets = 0;
/** A folder of loose CSV files, as a person would have it on disk. */
async function looseFiles(files: Files): Promise<string> {
  const path = join(folder.path, `set ${++sets}`);
  await mkdir(path);
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return path;
}

const kinds = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments'] as const;
function manifest(modes: Partial<Record<(typeof kinds)[number], 'bulk' | 'delta'>>): string {
  const rows = ['manifest.version,1.0', 'oneroster.version,1.1'];
  const all = [
    ...kinds,
    'categories',
    'classResources',
    'courseResources',
    'demographics',
    'lineItems',
    'resources',
    'results',
  ];
  for (const kind of all) rows.push(`file.${kind},${modes[kind as 'orgs'] ?? 'absent'}`);
  return `propertyName,value\n${rows.join('\n')}\n`;
}
const allBulk = Object.fromEntries(kinds.map((kind) => [kind, 'bulk' as const]));

/** A school with one class and `pupils` pupils in it; `changed` rows replace the pupils' given names. */
function school(pupils: number[], names: Record<number, string> = {}): Files {
  const user = (id: string, role: string, name: string) =>
    `${id},,,true,S1,${role},${id.toLowerCase()},,${name},Stone,,,,,,,03,`;
  return {
    'manifest.csv': manifest(allBulk),
    'orgs.csv':
      'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nD1,,,Lakeview,district,,\nS1,,,Hill,school,,D1\n',
    'academicSessions.csv':
      'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\nY1,,,2026,schoolYear,2025-08-01,2026-06-30,,2026\n',
    'courses.csv':
      'sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\nC1,,,Y1,Reading,,,D1,,\n',
    'classes.csv':
      'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\nK1,,,Room 12,,C1,,homeroom,,S1,Y1,,,\n',
    'users.csv': `sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n${[
      user('T1', 'teacher', 'Ana'),
      ...pupils.map((n) => user(`P${n}`, 'student', names[n] ?? `Kim${n}`)),
    ].join('\n')}\n`,
    'enrollments.csv': `sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n${[
      'ET1,,,K1,S1,T1,teacher,true,,',
      ...pupils.map((n) => `E${n},,,K1,S1,P${n},student,,,`),
    ].join('\n')}\n`,
  };
}
const pupils = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const change = (id: string, status: string, name: string): string =>
  `sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n${id},${status},2026-01-05T00:00:00.000Z,true,S1,student,${id.toLowerCase()},,${name},Stone,,,,,,,,\n`;
const usersDelta = (id: string, status = 'active', name = 'Delta'): Files => ({
  'manifest.csv': manifest({ users: 'delta' }),
  'users.csv': change(id, status, name),
});

const rosterId = async (product: string): Promise<string> => {
  const row = await house.db.one<{ id: string }>(sql`
    select r.id from rosters r join products p on p.id = r.product_id where p.slug = ${product}`);
  return (row as { id: string }).id;
};
const live = async (product: string) => countsOf(house.db, await rosterId(product));
const said = ({ state, counts }: Followed) => [state, counts];
const counts = (added: number, changed: number, removed: number, leftOut = 0) => ({ added, changed, removed, leftOut });

test('a first load, the same again, churn, a removal by absence and a faulty delivery', async () => {
  await setUp(house);
  const first = await put(house, await sampleZip(folder.path, 'first', { students: 300 }));
  assert.equal(first.state, 'applied');
  const loaded = await live('literacy');
  for (const table of first.tables ?? []) {
    if (table.mode === 'bulk') assert.equal(loaded[table.kind], table.rows, table.kind);
  }

  const again = await put(house, await sampleZip(folder.path, 'again', { students: 300 }));
  assert.deepEqual(said(again), ['unchanged', counts(0, 0, 0)]);

  const churned = await put(house, await sampleZip(folder.path, 'churned', { students: 300, generation: 1 }));
  assert.equal(churned.state, 'applied');
  assert.ok(churned.counts.added > 0 && churned.counts.changed > 0);
  const then = await live('literacy');
  for (const table of churned.tables ?? []) {
    if (table.mode === 'bulk') assert.equal(then[table.kind], table.rows, table.kind);
  }

  const faulty = await put(
    house,
    await sampleZip(folder.path, 'faulty', { students: 300, generation: 1, faults: true }),
  );
  assert.equal(faulty.state, 'applied', faulty.reasons.join(' '));
  assert.ok(faulty.counts.leftOut > 0);
  const kept = await live('literacy');
  for (const kind of ['orgs', 'classes', 'users'] as const)
    assert.equal(kept[kind], then[kind], `no faulty row of ${kind} removes a record`);
  assert.deepEqual(await danglingReferences(house.db, await rosterId('literacy')), []);

  const history = await house.acts.history({ ...which });
  assert.deepEqual(
    history.map(({ number, state, district, product }) => [number, state, district, product]),
    [
      [4, 'applied', '1234567', 'literacy'],
      [3, 'applied', '1234567', 'literacy'],
      [2, 'unchanged', '1234567', 'literacy'],
      [1, 'applied', '1234567', 'literacy'],
    ],
  );
});

test('what cannot be read is rejected in words, and nothing changes', async () => {
  const before = await live('literacy');
  const path = join(folder.path, 'OneRoster.zip');
  await writeFile(path, 'PK\u0003\u0004 this is cut off');
  const rejected = await put(house, path);
  assert.equal(rejected.state, 'rejected');
  assert.equal(rejected.findings?.fatal, 1);
  assert.deepEqual(await live('literacy'), before);
});

test('people of the source find a report and all findings beside it, and nobody else can read them', async () => {
  const [source] = await readdir(join(data, 'reports'));
  const dir = join(data, 'reports', source as string);
  const names = (await readdir(dir)).sort();
  assert.equal(names.filter((name) => name.endsWith('report.txt')).length, 5);
  const faulty = names.find((name) => name.startsWith('000004') && name.endsWith('findings.csv')) as string;
  const csv = await readFile(join(dir, faulty), 'utf8');
  const rows = csv.trimEnd().split('\r\n');
  assert.equal(rows[0], 'rule,severity,file,line,column,key,value,message,fix');
  const [latest] = (await house.acts.history({ ...which })).filter(({ number }) => number === 4);
  const { findings } = await house.acts.follow({ sync: latest?.id as string });
  assert.equal(
    rows.length - 1,
    Object.values(findings ?? {}).reduce((sum, count) => sum + count, 0),
  );
  const text = await readFile(
    join(dir, names.find((name) => name.startsWith('000005') && name.endsWith('report.txt')) as string),
    'utf8',
  );
  assert.match(text, /^Lakeview Unified, literacy\nDelivery 5: OneRoster\.zip, received .* UTC\n\nRejected: /);
  assert.equal((await stat(dir)).mode & 0o77, 0);
  assert.equal((await stat(join(dir, faulty))).mode & 0o777, 0o600);
});

test('a first delivery waits for a person, and an approval stores what was seen', async () => {
  await setUp(house, { product: 'math', trustFirst: false });
  const held = await put(house, await looseFiles(school(pupils(1, 100))), 'math');
  assert.deepEqual(said(held), ['held', counts(207, 0, 0)]);
  assert.equal(held.reasons.length, 1);
  assert.match(held.reasons[0] as string, /^This is the first delivery .*\.$/);
  assert.equal((await live('math')).users, 0);
  assert.equal(held.fileName, `set ${sets}.zip`);

  await assert.rejects(house.acts.decide({ sync: '01890000-0000-7000-8000-000000000000', choice: 'apply all' }), {
    code: 'sync-unknown',
  });
  await house.acts.decide({ sync: held.id, choice: 'apply all', reason: 'looks right' });
  const applied = await settled(house, held.id, ({ state }) => state === 'applied');
  assert.deepEqual(said(applied), ['applied', counts(207, 0, 0)]);
  assert.equal((await live('math')).users, 101);
  const row = await house.db.one<{ decision: Record<string, unknown> }>(
    sql`select decision from syncs where id = ${held.id}`,
  );
  const { choice, by, reason, counts: seen } = (row as { decision: Record<string, unknown> }).decision;
  assert.deepEqual(
    [choice, by, reason, seen],
    ['apply all', 'command line', 'looks right', { added: 207, changed: 0, removed: 0 }],
  );
  await assert.rejects(house.acts.decide({ sync: held.id, choice: 'discard' }), { code: 'sync-state' });
});

test('too many removals wait; additions and updates can be taken without them', async () => {
  const files = school([...pupils(1, 70), 101], { 1: 'Renamed' });
  const held = await put(house, await looseFiles(files), 'math');
  assert.deepEqual(said(held), ['held', counts(2, 1, 60)]);
  assert.match(held.reasons.join(' '), /remove 30 of 101 users/);
  assert.equal((await live('math')).users, 101, 'a held sync changes nothing');

  await house.acts.decide({ sync: held.id, choice: 'apply additions and updates' });
  await settled(house, held.id, ({ state }) => state === 'applied');
  assert.equal((await live('math')).users, 102);
  const shown = await house.acts.show({ kind: 'user', sourcedId: 'P1', district: which.district, product: 'math' });
  assert.equal(shown.record?.fields.givenName, 'Renamed');
  assert.deepEqual(
    shown.history.map(({ action }) => action),
    ['update', 'create'],
  );
  assert.deepEqual(shown.history[0]?.changed, { givenName: { from: 'Kim1', to: 'Renamed' } });

  const again = await put(house, await looseFiles(files), 'math');
  assert.deepEqual(said(again), ['held', counts(0, 0, 60)], 'the same bytes are not "unchanged" while removals wait');
});

test('a newer bulk delivery takes the place of a held one', async () => {
  const [held] = await house.acts.history({ district: which.district, product: 'math', limit: 1 });
  const newer = await put(house, await looseFiles(school(pupils(1, 101), { 1: 'Renamed' })), 'math');
  assert.equal(newer.state, 'unchanged');
  assert.equal((await settled(house, held?.id as string)).state, 'superseded');
  await assert.rejects(house.acts.decide({ sync: held?.id as string, choice: 'apply all' }), { code: 'sync-state' });
});

test('a delta waits behind a held delivery, and is never skipped', async () => {
  const held = await put(house, await looseFiles(school(pupils(1, 60))), 'math');
  assert.equal(held.state, 'held');
  const path = await looseFiles(usersDelta('P200'));
  const { sync } = await house.acts.sync({ path, district: which.district, product: 'math' });
  const waiting = await settled(house, sync, ({ state, reasons }) => state === 'received' && reasons.length > 0);
  assert.deepEqual(waiting.reasons, [`It waits until delivery ${held.number} is decided.`]);
  assert.equal((await live('math')).users, 102);

  await house.acts.decide({ sync: held.id, choice: 'apply all' });
  assert.deepEqual(said(await settled(house, sync)), ['applied', counts(1, 0, 0)]);
  assert.equal((await live('math')).users, 62);
  assert.deepEqual(said(await put(house, await looseFiles(usersDelta('P200', 'tobedeleted')), 'math')), [
    'applied',
    counts(0, 0, 1),
  ]);
});

test('a full delivery waits behind a held delta, and has its turn when that is decided', async () => {
  const limits = (removedAtLeast: number, removedShare: number) =>
    house.acts.setSource({ district: which.district, product: 'math', changes: { removedAtLeast, removedShare } });
  await limits(1, 0.01);
  const held = await put(house, await looseFiles(usersDelta('P1', 'tobedeleted')), 'math');
  assert.equal(held.state, 'held');
  const path = await looseFiles(school(pupils(1, 60)));
  const { sync } = await house.acts.sync({ path, district: which.district, product: 'math' });
  const waiting = await settled(house, sync, ({ state, reasons }) => state === 'received' && reasons.length > 0);
  assert.deepEqual(waiting.reasons, [`It waits until delivery ${held.number} is decided.`]);
  assert.equal((await settled(house, held.id)).state, 'held', 'it is not superseded');
  await house.acts.decide({ sync: held.id, choice: 'apply all' });
  assert.deepEqual(said(await settled(house, held.id)), ['applied', counts(0, 0, 1)]);
  assert.deepEqual(said(await settled(house, sync)), ['applied', counts(1, 0, 0)]);
  await limits(20, 0.1);
});

test('after a discarded delta, deltas wait for a full export, which takes their place', async () => {
  await house.db.query(sql`update sources set mode = 'dry run' where roster_id = ${await rosterId('math')}`);
  const lost = await put(house, await looseFiles(usersDelta('P300')), 'math');
  assert.equal(lost.state, 'held');
  await assert.rejects(house.acts.decide({ sync: lost.id, choice: 'apply all' }), { code: 'dry-run' });
  await house.acts.decide({ sync: lost.id, choice: 'discard' });
  assert.equal((await settled(house, lost.id)).state, 'discarded');
  await house.db.query(sql`update sources set mode = 'active' where roster_id = ${await rosterId('math')}`);

  const later = await put(house, await looseFiles(usersDelta('P301')), 'math');
  assert.equal(later.state, 'held');
  assert.match(later.reasons.join(' '), /full export/);
  await assert.rejects(house.acts.decide({ sync: later.id, choice: 'apply all' }), { code: 'needs-full' });

  const full = await put(house, await looseFiles(school([...pupils(1, 60), 301])), 'math');
  assert.equal(full.state, 'applied');
  assert.equal((await settled(house, later.id)).state, 'superseded');
  assert.equal((await put(house, await looseFiles(usersDelta('P302')), 'math')).state, 'applied');
});

test('modes: what a paused source sends is kept; additions only removes nothing', async () => {
  const set = async (mode: string) =>
    house.db.query(sql`update sources set mode = ${mode} where roster_id = ${await rosterId('math')}`);
  await set('additions only');
  const before = (await live('math')).users;
  const fewer = await put(house, await looseFiles(school(pupils(1, 20))), 'math');
  assert.equal(fewer.state, 'unchanged');
  assert.equal((await live('math')).users, before);

  await set('paused');
  const { sync } = await house.acts.sync({
    path: await looseFiles(school(pupils(1, 64))),
    district: which.district,
    product: 'math',
  });
  await set('active');
  assert.equal((await house.acts.follow({ sync })).state, 'received');
  await house.close();
  house = await houseOn(data);
  assert.equal((await settled(house, sync)).state, 'applied', 'a house that opens finds what waits');
});

test('an approval does not cover what has come since', async () => {
  const held = await put(house, await looseFiles(school(pupils(1, 30))), 'math');
  assert.equal(held.state, 'held');
  const roster = await rosterId('math');
  // A person looks at the plan of another day.
  await house.db.query(sql`
    update syncs set decision = jsonb_build_object('choice', 'apply all', 'at', now(), 'kinds', '{"users": {"create": 0, "reactivate": 0, "update": 0, "takeOver": 0, "archive": 20}}'::jsonb)
    where id = ${held.id}`);
  await house.close();
  house = await houseOn(data);
  const again = await settled(
    house,
    held.id,
    (sync) => sync.state === 'held' && sync.reasons.length > held.reasons.length,
  );
  assert.match(
    again.reasons[0] as string,
    /^The plan has grown since it was approved: \d+ removals of users instead of 20\.$/,
  );
  assert.ok((await countsOf(house.db, roster)).users > 40);
});

test('people who come back under new ids are shown to a person', async () => {
  await setUp(house, { product: 'science' });
  const before = school(pupils(1, 300));
  assert.equal((await put(house, await looseFiles(before), 'science')).state, 'applied');
  // 25 pupils keep name and grade and get another sourcedId, as when an export changes what it takes as id.
  const renumbered = (text = '') =>
    text.replace(/\bP(20\d|21\d|22[0-4])\b/g, 'Q$1').replace(/\bp(20\d|21\d|22[0-4])\b/g, 'q$1');
  const after = {
    ...before,
    'users.csv': renumbered(before['users.csv']),
    'enrollments.csv': renumbered(before['enrollments.csv']),
  };
  const held = await put(house, await looseFiles(after), 'science');
  assert.equal(held.state, 'held');
  assert.deepEqual(held.reasons, [
    '25 people come back under a new sourcedId while their old records leave (the limit is 20).',
  ]);
});
