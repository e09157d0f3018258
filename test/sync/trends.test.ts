/** Trends of a source against what its roster and its deliveries really were. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sql from 'sql-template-tag';
import { countsOf } from '../../src/db/roster.ts';
import { trendDeps } from '../../src/doors/trends.ts';
import type { House } from '../../src/house.ts';
import { houseOn, put, sampleZip, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
let house: House;
before(async () => {
  house = await houseOn(join(folder.path, 'data'));
  await setUp(house);
});
after(async () => {
  await house?.close();
  await folder.remove();
});

test('each delivery stands with the roster after it, its changes, its rows, and its distance to the due time', async () => {
  const rosters = [];
  for (const generation of [0, 1, 2]) {
    await put(house, await sampleZip(folder.path, `night-${generation}`, { generation }));
    rosters.push(await countsOf(house.db, (await source()).rosterId));
  }
  await house.acts.setSource({ ...which, changes: { schedule: 'daily 03:00' } });
  const { id, rosterId } = await source();
  // They arrive at 02:30, at 02:30 a night later, and at 05:00 two nights after that; the district is in Denver (UTC-7).
  const times = ['2026-11-10T09:30:00Z', '2026-11-11T09:30:00Z', '2026-11-13T12:00:00Z'];
  for (const [at, time] of times.entries()) {
    await house.db.query(sql`update deliveries set received_at = ${time} where id = (
      select delivery_id from syncs where number = ${at + 1})`);
    await house.db.query(sql`update syncs set created_at = ${time} where number = ${at + 1}`);
  }
  const now = () => new Date('2026-11-13T18:00:00Z');
  const trend = await trendDeps(house.db, now).of({ id, rosterId }, 30);
  assert.deepEqual([trend.due, trend.timeZone], ['daily 03:00', 'America/Denver']);
  assert.deepEqual(
    trend.points.map(({ dueMinutes }) => dueMinutes),
    [-30, -30, 120],
  );
  // Nothing came between the 11th at 03:00 and the 13th at 03:00, which are two due times.
  assert.deepEqual(
    trend.missed.map((at) => at.toISOString()),
    ['2026-11-13T10:00:00.000Z', '2026-11-12T10:00:00.000Z'],
  );
  for (const [at, { records }] of trend.points.entries()) {
    for (const kind of ['users', 'classes', 'enrollments'] as const) {
      assert.equal(records?.[kind], rosters[at]?.[kind], `${kind} after delivery ${at + 1}`);
    }
  }
  const second = await house.acts.follow({
    sync: trend.points[1]?.id as string,
  });
  const { added, changed, removed } = trend.points[1] as (typeof trend.points)[0];
  assert.deepEqual(
    { added, changed, removed },
    pick(second.counts as { added: number; changed: number; removed: number }),
  );
  assert.ok(trend.points.every(({ rows }) => rows > 100));
  assert.equal((await trendDeps(house.db, now).of({ id, rosterId }, 7)).points.length, 3);
});

const pick = ({ added, changed, removed }: { added: number; changed: number; removed: number }) => ({
  added,
  changed,
  removed,
});

async function source(): Promise<{ id: string; rosterId: string }> {
  return (await house.db.one(sql`select id, roster_id as "rosterId" from sources`)) as { id: string; rosterId: string };
}
