/** Weeks of nights with the clock moved: when everything is pulled and when changes alone, since when, and what changes kept back. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { readConfig } from '../../src/config.ts';
import { openHouse } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { giveCluster } from '../cluster.ts';
import { settled, tempFolder, which } from '../sync/district.ts';
import { type Json, rosterOf, sampleFiles } from './roster.ts';
import { type Sis, startSis } from './server.ts';
import { clientId, secret } from './way.ts';

const folder = await tempFolder();
after(folder.remove);
const dayMs = 86_400_000;
/** Nights are counted from here. Clocks in Denver go forward on the 8th. */
const firstNight = Date.UTC(2026, 2, 2, 8, 0, 30);
const nightAt = (night: number) => firstNight + night * dayMs;
/** In the evening before a night, in hours of that evening. */
const evening = (night: number, hour: number, minute = 0) =>
  new Date(nightAt(night) - dayMs).toISOString().replace(/T.*/, `T${hour}:${String(minute).padStart(2, '0')}:00.000Z`);

type Night = { scope: string; since: string | null; state: string; rules: string[]; isRight: boolean };

/** A house whose clock stands where a test puts it, and one function that lets a night pass. */
async function openNights(name: string) {
  let at = new Date(firstNight - dayMs);
  const sis = await startSis(rosterOf(sampleFiles(30), '1.1'));
  sis.before = () => {};
  for (const rows of sis.roster.collections.values())
    for (const row of rows) row.dateLastModified = '2025-09-01T00:00:00.000Z';
  const config = readConfig({ HOMEROOM_DATA: join(folder.path, name), HOMEROOM_PULL_NETWORKS: '127.0.0.0/8' });
  const timing = { backoffMs: 1, silenceMs: 5000, totalMs: 20_000 };
  const options = { doors: false, retrySeconds: 1, now: () => at, pulling: { timing } };
  await giveCluster(config.data);
  const house = await openHouse(config, createLog('error'), options);
  await house.acts.addProduct({ slug: which.product, name: 'Literacy' });
  await house.acts.addDistrict({ siteCode: which.district, name: 'Lakeview Unified', slug: 'lakeview' });
  const connection = { address: sis.url, tokenUrl: sis.tokenUrl, clientId, settings: { pageSize: 50 } };
  await house.acts.addApi({ ...which, trustFirst: true, connection, secret });
  await house.db.query(sql`update sources set created_at = ${at}`);
  const live = () =>
    house.db.query<{ id: string; name: string }>(
      sql`select sourced_id as id, given_name as name from users where status = 'active' order by sourced_id collate "C"`,
    );
  return {
    sis,
    async pass(night: number): Promise<Night> {
      at = new Date(nightAt(night));
      sis.requests.length = 0;
      assert.equal(await house.duePulls(), 1, `night ${night} has a pull`);
      for (let tries = 0; tries < 1500; tries++) {
        const [pull] = await house.acts.pulls(which);
        assert.notEqual(pull?.state, 'failed', JSON.stringify(pull?.trouble));
        if (pull?.state !== 'done' || pull.createdAt.getTime() !== at.getTime()) {
          await sleep(20);
          continue;
        }
        const sync = await settled(house, pull.sync as string);
        assert.equal(await house.duePulls(), 0, 'once a night');
        const filters = sis.requests.filter(({ path }) => path === 'users').map(({ query }) => query.get('filter'));
        const { rules } = sync;
        return {
          scope: pull.scope,
          since: /^dateLastModified>'(.+)'$/.exec(filters.find((filter) => filter !== null) ?? '')?.[1] ?? null,
          state: sync.state,
          rules: rules.filter(({ rule }) => rule.startsWith('api-')).map(({ rule, count }) => `${rule} ${count}`),
          isRight: JSON.stringify(await live()) === JSON.stringify(expected(sis)),
        };
      }
      throw new Error(`night ${night} does not end`);
    },
    async close() {
      await house.close();
      await sis.close();
    },
  };
}

const people = (sis: Sis) => sis.roster.collections.get('users') as Json[];
const expected = (sis: Sis) =>
  people(sis)
    .map(({ sourcedId, givenName }) => ({ id: String(sourcedId), name: String(givenName) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
const rename = (sis: Sis, person: number, givenName: string, dateLastModified: string) =>
  Object.assign(people(sis)[person] as Json, { givenName, dateLastModified });
const minutesBefore = (time: string, minutes: number) => new Date(Date.parse(time) - minutes * 60_000).toISOString();

test('changes each night from the last one seen less an overlap, everything after a week, and what nights were not told', async (t) => {
  const { sis, pass, close } = await openNights('weeks');
  t.after(close);
  rename(sis, 0, 'Ada', evening(0, 12));
  assert.deepEqual(await pass(0), { scope: 'full', since: null, state: 'applied', rules: [], isRight: true });

  let newest = evening(0, 12);
  const nightOfChanges = async (night: number) => {
    const done = await pass(night);
    assert.deepEqual([done.scope, done.since], ['changes', minutesBefore(newest, 60)], `night ${night}`);
    return done;
  };
  for (const night of [1, 2]) {
    rename(sis, night, `Name ${night}`, evening(night, 20));
    const done = await nightOfChanges(night);
    assert.deepEqual([done.state, done.isRight], ['applied', true]);
    newest = evening(night, 20);
  }
  // Saved since, on a machine whose clock is behind: stamped before the newest change that was seen.
  rename(sis, 3, 'Behind', minutesBefore(newest, 45));
  assert.deepEqual(await nightOfChanges(3).then(({ state, isRight }) => [state, isRight]), ['applied', true]);
  assert.equal((await nightOfChanges(4)).state, 'unchanged');
  // Behind by more than the overlap, and one that left without a word: no question brings these.
  rename(sis, 5, 'Unseen', minutesBefore(newest, 75));
  const [gone] = people(sis).splice(-1);
  for (const [kind, rows] of sis.roster.collections)
    sis.roster.collections.set(
      kind,
      rows.filter(
        ({ sourcedId, user }) => ![sourcedId, (user as Json | undefined)?.sourcedId].includes(gone?.sourcedId),
      ),
    );
  for (const night of [5, 6]) assert.deepEqual((await nightOfChanges(night)).isRight, false);

  const week = await pass(7);
  assert.deepEqual([week.scope, week.since, week.state, week.isRight], ['full', null, 'applied', true]);
  assert.ok(week.rules.includes('api-changes-missed 1'), week.rules.join());
  assert.ok(
    week.rules.some((rule) => rule.startsWith('api-removals-untold')),
    week.rules.join(),
  );

  // Changes that keep something back are not asked for in a week; then they have another chance.
  for (let night = 8; night < 14; night++) {
    rename(sis, night, `Name ${night}`, evening(night, 20));
    const done = await pass(night);
    assert.deepEqual([done.scope, done.state, done.isRight], ['full', 'applied', true], `night ${night}`);
    assert.ok(!done.rules.some((rule) => rule.startsWith('api-changes-missed')), 'told once');
    newest = evening(night, 20);
  }
  for (let night = 14; night < 20; night++) {
    rename(sis, night, `Name ${night}`, evening(night, 20));
    assert.deepEqual((await nightOfChanges(night)).isRight, true);
    newest = evening(night, 20);
  }
  const next = await pass(20);
  assert.deepEqual([next.scope, next.state, next.rules, next.isRight], ['full', 'unchanged', [], true]);
  assert.equal((await pass(21)).scope, 'changes', 'nothing was kept back');

  // Nobody was there for nine nights: one pull makes up for them, of everything, for the last is too long ago.
  rename(sis, 2, 'Meanwhile', evening(25, 20));
  const back = await pass(31);
  assert.deepEqual([back.scope, back.state, back.isRight], ['full', 'applied', true]);
});
