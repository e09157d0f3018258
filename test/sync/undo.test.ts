/** Rollbacks from beginning to end: the roster is what it was before, whatever was done, and all of it can be seen. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import sql, { raw } from 'sql-template-tag';
import { rosterKinds } from '../../src/core/tables.ts';
import { danglingReferences } from '../../src/db/roster.ts';
import { column, contentColumns, liveTable } from '../../src/db/roster-sql.ts';
import type { House } from '../../src/house.ts';
import { houseOn, put, sampleZip, settled, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
const house: House = await houseOn(`${folder.path}/data`);
after(async () => {
  await house.close();
  await folder.remove();
});

/**
 * Everything that is kept of the active records, but for when they changed last: their fields, hash, owner and the syncs
 * behind them. What is archived is counted by id alone where `archived` asks for it.
 */
async function roster(options: { archived?: boolean } = {}): Promise<Record<string, unknown[]>> {
  const state: Record<string, unknown[]> = {};
  for (const kind of rosterKinds) {
    const columns = [...contentColumns(kind), 'status', 'source_id', 'created_sync', 'updated_sync', 'archived_at'];
    state[kind] = await house.db.query(sql`
      select ${raw(columns.map((name) => (name === 'content_hash' ? 'content_hash::text' : name)).join(', '))}
      from ${raw(liveTable(kind))} where status = 'active' or ${options.archived ?? false} order by ${raw(column('sourcedId'))}`);
  }
  return state;
}
const rollback = async (sync: string, more: { back?: boolean } = {}) => {
  const { counts } = await house.acts.previewRollback({ sync, ...more });
  const added = await house.acts.rollback({ sync, counts, ...more });
  return settled(house, added.sync);
};
const stateOf = async (sync: string) => (await house.acts.follow({ sync })).state;

test('a nightly sync is rolled back, comes again with the same file, and a rollback is rolled back', async () => {
  await setUp(house);
  const first = await put(house, await sampleZip(folder.path, 'first', { students: 300 }));
  const before = await roster();
  const second = await sampleZip(folder.path, 'second', { students: 300, generation: 1 });
  const nightly = await put(house, second);
  assert.equal(nightly.state, 'applied');
  const then = await roster();

  const preview = await house.acts.previewRollback({ sync: nightly.id });
  assert.deepEqual(await roster(), then, 'a preview changes nothing');
  const { added, changed, removed } = nightly.counts;
  assert.deepEqual(preview.counts, { added: removed, changed, removed: added });
  assert.equal(preview.changes.length > 0 && preview.changes.every((each) => each.before && each.after), true);

  const undone = await rollback(nightly.id);
  assert.equal(undone.state, 'applied', undone.reasons.join(' '));
  assert.deepEqual(await roster(), before);
  assert.deepEqual([await stateOf(nightly.id), await stateOf(first.id)], ['rolled back', 'applied']);
  assert.equal(undone.originWords, `Rollback of sync ${nightly.number}`);
  const [source] = await house.acts.sources();
  const last = (await house.acts.follow({ sync: nightly.id })).receivedAt;
  assert.deepEqual([source?.lastAt, source?.lastState], [last, 'rolled back'], 'what came last is a delivery');

  const again = await put(house, await sampleZip(folder.path, 'again', { students: 300, generation: 1 }));
  assert.equal(again.state, 'applied', 'the same bytes are applied again');
  assert.deepEqual(again.counts, { ...nightly.counts });
  const fields = (state: Record<string, unknown[]>) =>
    Object.values(state).map((rows) =>
      (rows as Record<string, unknown>[]).map(({ updated_sync: _, created_sync: __, ...rest }) => rest),
    );
  assert.deepEqual(fields(await roster()), fields(then));
  assert.equal((await put(house, second)).state, 'unchanged');

  assert.equal((await rollback(again.id)).state, 'applied');
  const back = await rollback((await house.acts.history({ ...which, limit: 1 }))[0]?.id as string);
  assert.equal(back.state, 'applied');
  assert.deepEqual(fields(await roster()), fields(then), 'the rollback is rolled back');
  assert.equal(await stateOf(again.id), 'applied');
  assert.deepEqual(
    await danglingReferences(house.db, (await house.db.one<{ id: string }>(sql`select id from rosters`))?.id as string),
    [],
  );
});

test('the roster as it was before a sync: everything later is undone at once, and that can be taken back', async () => {
  const before = await roster();
  const all = await roster({ archived: true });
  const nights: string[] = [];
  for (const generation of [2, 3, 4]) {
    nights.push(
      (await put(house, await sampleZip(folder.path, `night ${generation}`, { students: 300, generation }))).id,
    );
  }
  const then = await roster();
  const undone = await rollback(nights[0] as string, { back: true });
  assert.equal(undone.state, 'applied', undone.reasons.join(' '));
  assert.deepEqual(await roster(), before);
  const archived = await roster({ archived: true });
  for (const kind of rosterKinds) assert.ok((archived[kind]?.length ?? 0) >= (all[kind]?.length ?? 0));
  assert.deepEqual(await Promise.all(nights.map(stateOf)), ['rolled back', 'rolled back', 'rolled back']);

  assert.equal((await rollback(undone.id)).state, 'applied');
  assert.deepEqual(await roster(), then);
  assert.deepEqual(await Promise.all(nights.map(stateOf)), ['applied', 'applied', 'applied']);
  // One after the other, newest first, comes to the same.
  for (const night of nights.toReversed()) assert.equal((await rollback(night)).state, 'applied');
  assert.deepEqual(await roster(), before);
});

test('a first load is rolled back to nothing, and the next delivery is looked at like a first one', async () => {
  await setUp(house, { product: 'math', trustFirst: false });
  const path = await sampleZip(folder.path, 'math', { students: 50 });
  const first = await put(house, path, 'math');
  await house.acts.decide({ sync: first.id, choice: 'apply all' });
  await settled(house, first.id, ({ state }) => state === 'applied');
  const undone = await rollback(first.id);
  assert.equal(undone.state, 'applied');
  const active = await house.db.one<{ count: number }>(sql`
    select count(*) as count from users u join rosters r on r.id = u.roster_id join products p on p.id = r.product_id
    where p.slug = 'math' and u.status = 'active'`);
  assert.equal(active?.count, 0);
  const again = await put(house, path, 'math');
  assert.equal(again.state, 'held');
  assert.match(again.reasons.join(' '), /first delivery/);
  assert.deepEqual(again.counts, first.counts);
});

test('without counts that were seen the guard decides, and a rollback is decided whole', async () => {
  const [latest] = await house.acts.history({ district: which.district, product: 'math', limit: 1 });
  await house.acts.decide({ sync: latest?.id as string, choice: 'apply all' });
  await settled(house, latest?.id as string, ({ state }) => state === 'applied');
  const { sync } = await house.acts.rollback({ sync: latest?.id as string });
  const held = await settled(house, sync);
  assert.equal(held.state, 'held');
  assert.match(held.reasons.join(' '), /This rollback would remove [\d,]+ of [\d,]+ users/);
  await assert.rejects(house.acts.rollback({ sync: latest?.id as string }), { code: 'rollback-waits' });
  await assert.rejects(house.acts.decide({ sync, choice: 'apply additions and updates' }), { code: 'whole-only' });
  await house.acts.decide({ sync, choice: 'apply all' });
  assert.equal((await settled(house, sync)).state, 'applied');
  await assert.rejects(house.acts.rollback({ sync: latest?.id as string }), { code: 'rolled-back' });
  await assert.rejects(house.acts.rollback({ sync, counts: { added: 1, changed: 0, removed: 0 } }), {
    code: 'plan-changed',
  });
});
