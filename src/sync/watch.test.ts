/** The watch with a clock of its own: late, missing, the same for days, the digest; each told once, to whom it concerns. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { addAccount, disableAccount } from '../db/accounts.ts';
import { choose, listAlerts } from '../db/alerts.ts';
import type { Pool } from '../db/db.ts';
import { addDelivery } from '../db/deliveries.ts';
import {
  addDistrict,
  addProduct,
  addSource,
  ensureRoster,
  type SourceRow,
  setSource,
  sourceById,
  sourcesOf,
} from '../db/districts.ts';
import { listMails } from '../db/mails.ts';
import { createSync, saveRuleCounts, setSync } from '../db/syncs.ts';
import { lateSources } from './lateness.ts';
import { checkWatch, watch } from './watch.ts';

/** Local times of Denver in March 2026, before the clocks change on the 8th. */
const march = (day: number, time: string) => new Date(`2026-03-${String(day).padStart(2, '0')}T${time}:00-07:00`);

let db: Pool;
let source: SourceRow;
let district: SourceRow['district'];
const desk = { consoleUrl: () => 'https://rosters.example' };
const look = (now: Date) =>
  watch({ db, desk, digestTime: '07:00', timeZone: 'America/Denver', retentionDays: 90 }, now);

beforeEach(async () => {
  db = await testDb();
  const product = await addProduct(db, { slug: 'literacy', name: 'Literacy' });
  district = await addDistrict(db, { siteCode: '1234567', name: 'Lakeview Unified' });
  const roster = await ensureRoster(db, district.id, product.id);
  source = await addSource(db, { rosterId: roster.id, kind: 'sftp', name: 'SFTP' });
  await db.query(sql`update sources set created_at = ${march(1, '09:00')}`);
});

async function person(email: string, role: 'operator' | 'administrator' | 'viewer', at = march(1, '09:00')) {
  const districtId = role === 'operator' ? null : district.id;
  const account = await addAccount(db, { email, role, districtId });
  await db.query(sql`update accounts set created_at = ${at} where id = ${account.id}`);
  return account;
}

let made = 0;
/** A delivery that has come to its end. */
async function delivery(
  at: Date,
  state: 'applied' | 'unchanged' | 'rejected' | 'held' = 'applied',
  more: { name?: string; rules?: string[] } = {},
) {
  const { name = 'roster.zip', rules = [] } = more;
  const sha256 = String(++made).padStart(64, '0');
  const about = { rosterId: source.rosterId, sourceId: source.id };
  const put = await addDelivery(db, {
    ...about,
    name,
    sizeBytes: 1,
    sha256,
    receivedAt: at,
    accountId: null,
    address: null,
    archiveKey: null,
    expiresAt: null,
  });
  const sync = await createSync(db, { ...about, deliveryId: put.id });
  for (const step of ['checking', 'comparing'] as const) await setSync(db, sync.id, { state: step });
  if (state === 'applied') await setSync(db, sync.id, { state: 'applying' });
  await setSync(db, sync.id, {
    state: state === 'rejected' ? 'comparing' : state,
    findingCounts: { fatal: 0, error: rules.length, warning: 0, info: 0 },
  });
  await saveRuleCounts(
    db,
    sync.id,
    Object.fromEntries(rules.map((rule) => [rule, { severity: 'error' as const, count: 3 }])),
  );
  await db.query(sql`update syncs set finished_at = ${state === 'held' ? null : at} where id = ${sync.id}`);
  await db.query(sql`
    insert into sync_steps (roster_id, sync_id, step, started_at, finished_at)
    values (${source.rosterId}, ${sync.id}, 'published', ${at}, ${at})`);
  return sync;
}

const alerts = async () =>
  (await listAlerts(db, { limit: 100 }))
    .reverse()
    .map(({ kind, openedAt, resolvedAt }) => [kind, openedAt, resolvedAt]);
const mails = async () => (await listMails(db, { limit: 100 })).reverse().map(({ to, subject }) => [to, subject]);
const sentence = async (now: Date) => (await lateSources(db, await sourcesOf(db), now)).get(source.id);

test('a source that is new is not late before it had a whole time between two due times', async () => {
  await look(march(1, '12:00'));
  await look(march(2, '02:59'));
  await look(march(2, '03:01'));
  assert.deepEqual(await alerts(), []);
  await look(march(3, '02:59'));
  assert.deepEqual(await alerts(), []);
  await look(march(3, '03:00'));
  assert.deepEqual(await alerts(), [['late', march(3, '03:00'), null]]);
  assert.equal(
    await sentence(march(3, '03:00')),
    'Nothing has arrived yet; a delivery was due on Tue 3 Mar at 03:00 (America/Denver).',
  );
});

test('late is told once, to administrators and the vendor, and again only after something has come', async () => {
  await person('lee@lakeview.example', 'administrator');
  await person('kim@lakeview.example', 'viewer');
  await person('ops@vendor.example', 'operator');
  const gone = await person('gone@vendor.example', 'operator');
  await disableAccount(db, gone.id, march(1, '10:00'));
  await delivery(march(3, '02:10'));
  await look(march(4, '02:59'));
  assert.deepEqual(await alerts(), []);
  for (const time of ['03:00', '03:01', '06:59']) await look(march(4, time));
  await Promise.all([look(march(4, '06:59')), look(march(4, '06:59'))]);
  const late = 'Lakeview Unified, Literacy: late, nothing has arrived';
  assert.deepEqual((await mails()).sort(), [
    ['lee@lakeview.example', late],
    ['ops@vendor.example', late],
  ]);
  const [mail] = await listMails(db, { limit: 1 });
  assert.equal(
    mail?.text,
    `Nothing has arrived since Tue 3 Mar at 02:10; a delivery was due on Wed 4 Mar at 03:00 (America/Denver).
The roster stays as it was. Look whether the export ran in the SIS, and whether it could sign in.

https://rosters.example/districts/${district.id}?source=${source.id}

You get this as ${mail?.to.startsWith('lee') ? 'administrator of Lakeview Unified. Your vendor can change which alerts you get.' : 'operator of this Homeroom. To choose what you get: homeroom alerts choose'}
`,
  );
  assert.equal(
    mail.html
      ?.replaceAll(/<[^>]+>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll(/\s+/g, ' ')
      .trim(),
    mail.text.replaceAll(/\s+/g, ' ').trim(),
    'the same as text and as HTML',
  );

  await delivery(march(4, '08:00'));
  assert.equal(await sentence(march(4, '08:00')), undefined);
  await look(march(4, '08:01'));
  assert.deepEqual(await alerts(), [['late', march(4, '03:00'), march(4, '08:01')]]);
  await look(march(5, '03:01'));
  assert.equal((await alerts()).length, 1, 'what came on the 4th counts for the 5th');
  await look(march(6, '03:01'));
  assert.deepEqual((await alerts()).at(-1), ['late', march(6, '03:01'), null]);
});

test('missing after three due times, and both are over when something comes', async () => {
  await delivery(march(2, '02:00'));
  for (let day = 3; day <= 7; day++) await look(march(day, '03:05'));
  assert.deepEqual(await alerts(), [
    ['late', march(3, '03:05'), null],
    ['missing', march(5, '03:05'), null],
  ]);
  await delivery(march(7, '04:00'));
  await look(march(7, '04:01'));
  assert.ok((await alerts()).every(([, , over]) => over !== null));
});

test('chosen weekdays: nothing is due on others', async () => {
  await setSource(db, source.id, {
    settings: { schedule: { days: [1, 2, 3, 4, 5], time: '05:30', timeZone: 'America/Chicago' } },
  });
  await delivery(march(5, '22:00'));
  // Friday the 6th, 05:30 in Chicago is 04:30 in Denver. The next is Monday.
  await look(march(6, '12:00'));
  await look(march(7, '12:00'));
  assert.deepEqual(await alerts(), []);
  // The clocks have changed on Sunday: 05:30 in Chicago is 10:30 UTC.
  await look(new Date('2026-03-09T10:29:00Z'));
  assert.deepEqual(await alerts(), []);
  await look(new Date('2026-03-09T10:30:00Z'));
  assert.deepEqual(
    (await alerts()).map(([kind]) => kind),
    ['late'],
  );
  assert.equal(
    await sentence(new Date('2026-03-09T10:30:00Z')),
    'Nothing has arrived since Thu 5 Mar at 23:00; a delivery was due on Mon 9 Mar at 05:30 (America/Chicago).',
  );
});

test('nothing is expected of a source that is paused, by its mode or its calendar, or has no schedule', async () => {
  await delivery(march(2, '02:00'));
  await setSource(db, source.id, { mode: 'paused' });
  await look(march(5, '12:00'));
  assert.equal(await sentence(march(5, '12:00')), undefined);
  await setSource(db, source.id, { mode: 'active' });
  await look(march(5, '12:30'));
  await look(march(6, '03:30'));
  assert.deepEqual(await alerts(), [], 'a day of grace after the pause');
  await look(march(7, '03:30'));
  assert.deepEqual(
    (await alerts()).map(([kind]) => kind),
    ['late'],
  );
  await setSource(db, source.id, { mode: 'paused' });
  await look(march(7, '04:00'));
  assert.ok((await alerts())[0]?.[2], 'a pause ends it');

  const calendar = [{ from: '2026-03-09', to: '2026-03-20', mode: 'paused', note: 'Break' }];
  await setSource(db, source.id, { mode: 'active', settings: { calendar } });
  const mdt = (day: number) => new Date(`2026-03-${String(day).padStart(2, '0')}T03:30:00-06:00`);
  for (const day of [9, 15, 20, 21]) assert.equal(await sentence(mdt(day)), undefined, `${day} March`);
  assert.match(String(await sentence(mdt(22))), /was due on Sun 22 Mar at 03:00/);

  await setSource(db, source.id, { settings: { schedule: { days: [], time: '03:00', timeZone: null } } });
  assert.equal(await sentence(mdt(30)), undefined);
  const upload = await addSource(db, { rosterId: source.rosterId, kind: 'upload', name: 'Upload' });
  assert.deepEqual((await sourceById(db, upload.id))?.settings.schedule, { days: [], time: '03:00', timeZone: null });
});

test('the same for seven days is told once, and over with the first change', async () => {
  await delivery(march(2, '02:00'));
  for (let day = 3; day <= 12; day++) {
    await delivery(march(day, '02:00'), 'unchanged');
    await look(march(day, '02:30'));
  }
  assert.deepEqual(
    (await alerts()).map(([kind, at]) => [kind, at]),
    [['identical', march(9, '02:30')]],
  );
  await delivery(march(13, '01:00'));
  await look(march(13, '02:30'));
  assert.ok((await alerts())[0]?.[2]);
  await setSource(db, source.id, { settings: { identicalDays: 0 } });
  for (let day = 14; day <= 24; day++) await delivery(march(day, '02:00'), 'unchanged');
  await look(march(24, '02:30'));
  assert.equal((await alerts()).filter(([kind]) => kind === 'identical').length, 1, '0 is never');
});

test('people get what they chose: the nearest choice counts', async () => {
  const lee = await person('lee@lakeview.example', 'administrator');
  const kim = await person('kim@lakeview.example', 'viewer');
  const ops = await person('ops@vendor.example', 'operator');
  await choose(db, ops.id, { scope: 'all', kind: 'all', wanted: false });
  await choose(db, ops.id, { scope: `district:${district.id}`, kind: 'missing', wanted: true });
  await choose(db, lee.id, { scope: 'all', kind: 'late', wanted: false });
  await choose(db, lee.id, { scope: `source:${source.id}`, kind: 'late', wanted: true });
  await choose(db, kim.id, { scope: `district:${district.id}`, kind: 'late', wanted: true });
  for (let day = 4; day <= 6; day++) await look(march(day, '03:05'));
  assert.deepEqual((await mails()).map(([to, subject]) => [to, subject?.split(': ')[1]]).sort(), [
    ['kim@lakeview.example', 'late, nothing has arrived'],
    ['lee@lakeview.example', 'late, nothing has arrived'],
    ['lee@lakeview.example', 'missing, nothing for 3 due times'],
    ['ops@vendor.example', 'missing, nothing for 3 due times'],
  ]);
  await choose(db, ops.id, { scope: 'all', kind: 'all', wanted: null });
  await delivery(march(6, '04:00'));
  await look(march(6, '04:01'));
  await look(march(8, '04:01'));
  assert.ok(
    (await mails()).slice(4).some(([to]) => to === 'ops@vendor.example'),
    'by their role again',
  );
});

test('the digest: once a day, what is new and what was fixed, and no mail when there is nothing', async () => {
  await person('lee@lakeview.example', 'administrator');
  const ops = await person('ops@vendor.example', 'operator');
  await delivery(march(3, '02:00'), 'applied', { rules: ['csv/quote-inside', 'refs/user-missing'] });
  await look(march(3, '06:59'));
  assert.deepEqual(await mails(), []);
  await look(march(3, '07:00'));
  assert.deepEqual((await mails()).map(([, subject]) => subject).sort(), [
    'Homeroom: since yesterday 1 delivery',
    'Lakeview Unified: since yesterday 1 delivery',
  ]);
  await delivery(march(4, '02:00'), 'applied', { rules: ['refs/user-missing', 'mode/delta-status'] });
  await delivery(march(4, '02:30'), 'held', { rules: ['refs/user-missing', 'mode/delta-status'] });
  await choose(db, ops.id, { scope: 'all', kind: 'digest', wanted: false });
  for (const time of ['07:00', '07:01', '23:00']) await look(march(4, time));
  const fourth = (await listMails(db, { limit: 100 })).filter(({ createdAt }) => createdAt >= march(4, '07:00'));
  assert.deepEqual(
    fourth.map(({ to }) => to),
    ['lee@lakeview.example'],
  );
  assert.equal(fourth[0]?.subject, 'Lakeview Unified: since yesterday 2 deliveries, 1 waits for you');
  const lines = fourth[0]?.text.split('\n') ?? [];
  assert.ok(lines.includes('Literacy, SFTP: 1 applied, 1 held.'), fourth[0]?.text);
  assert.ok(lines.includes('1 delivery waits for a decision.'));
  assert.equal(lines.filter((line) => line.startsWith('New finding: ')).length, 1);
  assert.equal(lines.filter((line) => line.startsWith('Fixed: ')).length, 1);
  assert.ok(lines.some((line) => line === `https://rosters.example/districts/${district.id}`));

  const before = (await mails()).length;
  await db.query(sql`update syncs set state = 'discarded' where state = 'held'`);
  await delivery(march(4, '23:00'), 'unchanged');
  await look(march(5, '07:00'));
  assert.equal((await mails()).length, before + 1);
  await delivery(march(5, '07:30'), 'unchanged');
  await setSource(db, source.id, { mode: 'paused' });
  await look(march(7, '07:00'));
  assert.equal((await mails()).length, before + 1, 'nothing new, nothing waits, nothing is late: no mail');
});

test('settings of the watch that make no sense are said', () => {
  assert.throws(() => checkWatch({ digestTime: '7', timeZone: 'America/Denver' }), /HOMEROOM_DIGEST_TIME/);
  assert.throws(() => checkWatch({ digestTime: '07:00', timeZone: 'Denver' }), /HOMEROOM_TIME_ZONE/);
});
