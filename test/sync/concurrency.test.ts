/** Many rosters at once, and one roster many times at once: one sync of a roster at a time, and nobody starves. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { columnsOf, kindsOf } from '../../src/core/tables.ts';
import { sourcesOf } from '../../src/db/districts.ts';
import { countsOf, danglingReferences } from '../../src/db/roster.ts';
import { buildZip } from '../zip.ts';
import { houseOn, sampleZip, settled, tempFolder } from './district.ts';

const product = 'literacy';
const many = 50;
const folder = await tempFolder();
after(folder.remove);
const nights = [
  await sampleZip(folder.path, 'night 0', { students: 12, generation: 0 }),
  await sampleZip(folder.path, 'night 1', { students: 12, generation: 1 }),
] as const;

/** A house whose worker has not begun yet, with this many districts; `waiting` deliveries may be put before it does. */
async function houseWith(name: string, districts: number, concurrency: number) {
  const data = join(folder.path, name);
  const quiet = await houseOn(data, { worker: false });
  await quiet.acts.addProduct({ slug: product, name: product });
  for (let n = 0; n < districts; n++) {
    await quiet.acts.addDistrict({ siteCode: `d${n}`, name: `District ${n}`, slug: `d${n}` });
    await quiet.acts.addSource({ district: `d${n}`, product, kind: 'upload', name: 'Upload', trustFirst: true });
  }
  return { quiet, begin: () => houseOn(data, { concurrency }) };
}

type Interval = { rosterId: string; number: number; startedAt: Date; finishedAt: Date; state: string };

/** When each sync was worked on, as the database noted it. */
const intervalsOf = (house: Awaited<ReturnType<typeof houseOn>>): Promise<Interval[]> =>
  house.db.query<Interval>(sql`
    select y.roster_id as "rosterId", y.number, y.state, min(p.started_at) as "startedAt",
      max(p.finished_at) as "finishedAt"
    from syncs y join sync_steps p on p.roster_id = y.roster_id and p.sync_id = y.id and p.step <> 'published'
    group by y.roster_id, y.number, y.state order by min(p.started_at)`);

function assertOneAtATime(intervals: Interval[]): void {
  const last = new Map<string, Interval>();
  for (const each of intervals) {
    const before = last.get(each.rosterId);
    if (before) {
      assert.ok(before.finishedAt <= each.startedAt, `sync ${each.number} began when sync ${before.number} was over`);
    }
    last.set(each.rosterId, each);
  }
}

test('50 rosters, two nights each, all put at once: each whole, one at a time, and nobody waits for ever', async () => {
  const { quiet, begin } = await houseWith('many', many, 4);
  const put = (n: number) => quiet.acts.sync({ path: nights[0], district: `d${n}`, product });
  const syncs = await Promise.all(Array.from({ length: many }, (_, n) => put(n)));
  await quiet.close();

  const house = await begin();
  try {
    const again = (n: number) => house.acts.sync({ path: nights[1], district: `d${n}`, product });
    syncs.push(...(await Promise.all(Array.from({ length: many }, (_, n) => again(n)))));
    for (const [index, { sync }] of syncs.entries()) {
      const { state } = await settled(house, sync);
      // A night that had not begun when the next came is not needed any more.
      assert.ok(state === 'applied' || (index < many && state === 'superseded'), state);
    }
    const intervals = await intervalsOf(house);
    assert.equal(new Set(intervals.map(({ rosterId }) => rosterId)).size, many);
    assertOneAtATime(intervals);
    assert.ok(beside(intervals), 'rosters do not wait for each other');
    const sources = await sourcesOf(house.db);
    const expected = await countsOf(house.db, sources[0]?.rosterId as string);
    assert.ok(expected.users > 12);
    for (const { rosterId } of sources) {
      assert.deepEqual(await countsOf(house.db, rosterId), expected);
      assert.deepEqual(await danglingReferences(house.db, rosterId), []);
    }
  } finally {
    await house.close();
  }
});

/** Whether two of them were worked on at the same time. */
const beside = (intervals: Interval[]): boolean =>
  intervals.some((one, index) => intervals.some((other, at) => at > index && other.startedAt < one.finishedAt));

const isNothing = new Set<string>(['unchanged', 'superseded']);

test('one roster gets the same delivery ten times at once: the first is applied, the others change nothing', async () => {
  const { quiet, begin } = await houseWith('one', 1, 4);
  await quiet.close();
  const house = await begin();
  try {
    const put = () => house.acts.sync({ path: nights[0], district: 'd0', product });
    const syncs = await Promise.all(Array.from({ length: 10 }, put));
    const ends = await Promise.all(syncs.map(({ sync }) => settled(house, sync)));
    const byNumber = ends.toSorted((a, b) => a.number - b.number);
    assert.deepEqual(
      byNumber.map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.equal(ends.filter(({ state }) => state === 'applied').length, 1);
    const others = ends.filter(({ state }) => state !== 'applied');
    assert.deepEqual(
      [...new Set(others.map(({ state }) => state))].filter((state) => !isNothing.has(state)),
      [],
    );
    assertOneAtATime(await intervalsOf(house));
    const [{ count } = { count: -1 }] = await house.db.query<{ count: number }>(
      sql`select count(*) as count from applied_syncs`,
    );
    assert.equal(count, 1);
  } finally {
    await house.close();
  }
});

test('a roster with a heap of deliveries lets another one in between', async () => {
  const { quiet, begin } = await houseWith('heap', 2, 1);
  for (let n = 0; n < 10; n++) await quiet.acts.sync({ path: await changes(n), district: 'd0', product });
  const { sync } = await quiet.acts.sync({ path: nights[0], district: 'd1', product });
  await quiet.close();
  const house = await begin();
  try {
    assert.equal((await settled(house, sync)).state, 'applied');
    const heap = await house.acts.history({ district: 'd0', product });
    for (const { id } of heap) assert.equal((await settled(house, id)).state, 'applied');
    const intervals = await intervalsOf(house);
    assertOneAtATime(intervals);
    const rosterOf = new Map((await sourcesOf(house.db)).map((source) => [source.district.siteCode, source.rosterId]));
    assert.deepEqual(
      intervals.filter(({ rosterId }) => rosterId === rosterOf.get('d0')).map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    const place = intervals.findIndex(({ rosterId }) => rosterId === rosterOf.get('d1'));
    assert.ok(place <= 2, `the single delivery was worked on after ${place} of the heap`);
  } finally {
    await house.close();
  }
});

/** Changes that build on each other: none makes another superfluous. */
async function changes(n: number): Promise<string> {
  const modes = kindsOf('1.1').map((kind) => `file.${kind},${kind === 'orgs' ? 'delta' : 'absent'}`);
  const manifest = ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.1', ...modes];
  const orgs = [columnsOf('orgs', '1.1').join(','), `S${n},active,2026-01-05T00:00:00.000Z,School ${n},school,,`];
  const file = (name: string, lines: string[]) => ({ name, data: `${lines.join('\r\n')}\r\n` });
  const path = join(folder.path, `changes ${n}.zip`);
  await writeFile(path, buildZip([file('manifest.csv', manifest), file('orgs.csv', orgs)]));
  return path;
}
