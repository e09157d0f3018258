/** The same bytes again: at their end in the moment in which they are received, unless they may say something else by now. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { rosterOf } from '../../src/db/districts.ts';
import { touchRoster } from '../../src/db/roster-version.ts';
import { which } from './district.ts';
import { lane } from './lane.ts';
import { type Pupil, schools } from './schools.ts';

const { house, put, setUp, active, close } = await lane();
after(close);

const pupils = (count: number): Pupil[] => Array.from({ length: count }, (_, i) => ({ id: i + 1 }));
const set = (product: string, changes: Record<string, unknown>) => house.acts.setSource({ ...which, product, changes });
/** How often the work on it was begun: never, where there was none. */
async function tries(sync: string): Promise<number | undefined> {
  const row = await house.db.one<{ attempts: number }>(sql`select attempts from syncs where id = ${sync}`);
  return row?.attempts;
}

test('the same bytes are unchanged at once, and told like any other outcome', async () => {
  const product = 'reading';
  await setUp(product);
  await put(product, schools(pupils(30)));
  const sync = await put.send(product, schools(pupils(30)));
  assert.equal((await house.acts.follow({ sync })).state, 'unchanged');
  const told = await put.settled(sync);
  assert.deepEqual([told.state, told.counts, told.step, await tries(sync)], ['unchanged', noChanges, null, 0]);
  assert.equal(told.tables?.find(({ kind }) => kind === 'users')?.rows, 31);
  assert.match(await house.acts.report({ sync }), /^Unchanged: nothing in this delivery changes the roster\./m);
  assert.equal((await put(product, schools(pupils(29)))).counts.removed, 2, 'and what differs is applied');
  assert.equal(await active(product, 'users'), 30);
});

const noChanges = { added: 0, changed: 0, removed: 0, leftOut: 0 };

test('what a paused source sends waits, whatever it says', async () => {
  const product = 'math';
  await setUp(product);
  await put(product, schools(pupils(30)));
  await set(product, { mode: 'paused' });
  const waiting = await put.send(product, schools(pupils(30)));
  await pause(200);
  assert.equal((await house.acts.follow({ sync: waiting })).state, 'received');
  await set(product, { mode: 'active' });
  assert.equal((await put.settled(waiting)).state, 'unchanged');
});

test('behind a delivery that is not at its end, the same bytes as the last wait for their turn', async () => {
  const product = 'literacy';
  await setUp(product);
  await put(product, schools(pupils(40)));
  const held = await put(product, schools(pupils(10)));
  assert.equal(held.state, 'held');
  const sync = await put.send(product, schools(pupils(40)));
  assert.equal((await put.settled(sync)).state, 'unchanged');
  assert.deepEqual([(await house.acts.follow({ sync: held.id })).state, await tries(sync)], ['superseded', 1]);
});

test('somebody who changes the roster by hand at that moment is waited for, and the delivery is read', async () => {
  const product = 'science';
  await setUp(product);
  await put(product, schools(pupils(30)));
  const roster = (await rosterOf(house.db, { district: which.district, product }))?.id as string;
  const saved = Promise.withResolvers<void>();
  const editing = Promise.withResolvers<void>();
  const edit = house.db.tx(async (tx) => {
    await touchRoster(tx, roster);
    editing.resolve();
    await saved.promise;
  });
  await editing.promise;
  const sending = put.send(product, schools(pupils(30)));
  await pause(200);
  saved.resolve();
  await edit;
  const done = await put.settled(await sending);
  assert.deepEqual([done.state, done.steps.some(({ step }) => step === 'checking')], ['unchanged', true]);
  assert.equal(await tries(await put.send(product, schools(pupils(30)))), 0, 'and the next one is at its end at once');
});
