/** Going through a delivery again: after a fault of ours, under other settings, or because a person wants it after all. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { auditRows } from '../../src/db/audit.ts';
import { which } from './district.ts';
import { lane } from './lane.ts';
import { type Pupil, schools } from './schools.ts';

const { house, put, setUp, active, close } = await lane();
after(close);

const pupils = (from: number, to: number): Pupil[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ id: from + i }));
const set = (product: string, changes: Record<string, unknown>) => house.acts.setSource({ ...which, product, changes });
const delta = (id: number, name: string) => schools([{ id, name }], 'delta', ['users']);
/** As after six tries: the database remembers a failed sync, and that changes were lost. */
async function fail(sync: string, isDelta = false): Promise<void> {
  await house.db.query(sql`update syncs set state = 'failed', fault = 'A fault of ours.' where id = ${sync}`);
  if (isDelta)
    await house.db.query(sql`
      update sources set needs_full = true where id = (select source_id from syncs where id = ${sync})`);
}

test('a failed sync is taken up again by a person, under its own number', async () => {
  const product = 'reading';
  await setUp(product);
  await set(product, { mode: 'paused' });
  const sync = await put.send(product, schools(pupils(1, 30)));
  await assert.rejects(house.acts.retry({ sync }), { code: 'sync-state' });
  await fail(sync);
  await set(product, { mode: 'active' });
  assert.deepEqual(await house.acts.retry({ sync }), { sync, number: 1 });
  const done = await put.settled(sync, ({ state }) => state === 'applied');
  assert.equal(done.fault, null);
  assert.equal(await active(product, 'users'), 31);
  const acts = (await auditRows(house.db, { limit: 20 })).map(({ act }) => act);
  assert.ok(acts.includes('sync retried'));
});

test('the same bytes are gone through again when the source reads them differently', async () => {
  const product = 'reading';
  const steps = (sync: { steps: { step: string }[] }) => sync.steps.map(({ step }) => step);
  const same = await put(product, schools(pupils(1, 30)));
  assert.deepEqual([same.state, steps(same)], ['unchanged', ['published']]);
  await set(product, { profile: 'strict' });
  const strict = await put(product, schools(pupils(1, 30)));
  assert.ok(steps(strict).includes('checking'));
  assert.deepEqual(steps(await put(product, schools(pupils(1, 30)))), ['published'], 'once');

  await set(product, { profile: 'lenient' });
  const { sync, number } = await house.acts.retry({ sync: strict.id });
  const again = await put.settled(sync);
  assert.deepEqual([number, again.follows], [5, strict.number]);
  assert.ok(steps(again).includes('checking'));
  assert.equal(again.fileName, strict.fileName);
});

test('a delivery is not gone through again once a newer one was applied', async () => {
  const product = 'reading';
  const older = await put(product, schools(pupils(1, 31)));
  await put(product, schools(pupils(1, 32)));
  await assert.rejects(house.acts.retry({ sync: older.id }), { code: 'newer-delivery' });
  await assert.rejects(house.acts.retry({ sync: '01890000-0000-7000-8000-000000000000' }), { code: 'sync-unknown' });
  const held = await put(product, schools(pupils(1, 5)));
  await assert.rejects(house.acts.retry({ sync: held.id }), { code: 'sync-state' });
  await house.acts.decide({ sync: held.id, choice: 'discard' });
  await put.settled(held.id);
  await house.db.query(sql`update deliveries set archive_key = null where id = (
    select delivery_id from syncs where id = ${held.id})`);
  await assert.rejects(house.acts.retry({ sync: held.id }), { code: 'delivery-expired' });
});

test('a discarded delivery is held again when it is wanted after all', async () => {
  const product = 'writing';
  await setUp(product);
  await put(product, schools(pupils(1, 60)));
  const held = await put(product, schools(pupils(1, 20)));
  await house.acts.decide({ sync: held.id, choice: 'discard' });
  await put.settled(held.id);
  const { sync } = await house.acts.retry({ sync: held.id });
  const again = await put.settled(sync);
  assert.deepEqual([again.state, again.counts.removed], ['held', 80]);
  await assert.rejects(house.acts.retry({ sync: held.id }), { code: 'sync-state' }, 'it is under way already');
  await house.acts.decide({ sync, choice: 'apply all' });
  assert.equal((await put.settled(sync)).state, 'applied');
});

test('changes that were lost and come after all let those wait no longer that were held for them', async () => {
  const product = 'art';
  await setUp(product);
  await put(product, schools(pupils(1, 30)));
  await set(product, { mode: 'paused' });
  const lost = await put.send(product, delta(1, 'First'));
  await fail(lost, true);
  await set(product, { mode: 'active' });
  const next = await put(product, delta(2, 'Second'));
  const after = await put(product, delta(1, 'Third'));
  for (const held of [next, after])
    assert.deepEqual([held.state, held.holdReasons.map(({ code }) => code)], ['held', ['needs-full']]);

  await house.acts.retry({ sync: lost });
  for (const sync of [lost, next.id, after.id])
    await put.settled(
      sync,
      ({ state, steps }) => state === 'applied' && steps.some(({ step }) => step === 'published'),
    );
  const name = async (sourcedId: string) =>
    (await house.acts.show({ kind: 'user', sourcedId, ...which, product })).record?.fields.givenName;
  assert.deepEqual([await name('P1'), await name('P2')], ['Third', 'Second']);
  assert.equal((await house.acts.sourceSettings({ ...which, product })).needsFull, false);
});

test('while other changes are lost too, a full delivery is still needed', async () => {
  const product = 'music';
  await setUp(product);
  await put(product, schools(pupils(1, 30)));
  await set(product, { mode: 'dry run' });
  const first = await put(product, delta(1, 'First'));
  await house.acts.decide({ sync: first.id, choice: 'discard' });
  await put.settled(first.id);
  await set(product, { mode: 'active' });
  const second = await put(product, delta(2, 'Second'));
  await house.acts.decide({ sync: second.id, choice: 'discard' });
  await put.settled(second.id);
  const { sync } = await house.acts.retry({ sync: second.id });
  assert.deepEqual(
    (await put.settled(sync)).holdReasons.map(({ code }) => code),
    ['needs-full'],
  );
});
