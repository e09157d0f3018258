/** Removals that are held by themselves: by the setting of a source, or because a person wants the rest at once. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { which } from './district.ts';
import { lane } from './lane.ts';
import { type Pupil, schools } from './schools.ts';

const { house, put, setUp, active, close } = await lane();
after(close);

const pupils = (from: number, to: number): Pupil[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ id: from + i }));
const counts = (added: number, changed: number, removed: number) => ({ added, changed, removed, leftOut: 0 });
const codes = (sync: { holdReasons: { code: string }[] }) => sync.holdReasons.map(({ code }) => code);

test('additions and updates are applied at once, the removals wait as a sync of their own, and are applied when approved', async () => {
  const product = 'reading';
  await setUp(product);
  await house.acts.setSource({ ...which, product, changes: { holdOnlyRemovals: 'yes' } });
  await put(product, schools(pupils(1, 100)));
  const next = [{ id: 1, name: 'Renamed' }, ...pupils(2, 60), { id: 101 }];
  const done = await put(product, schools(next));
  assert.deepEqual([done.state, done.counts], ['applied', counts(2, 1, 0)]);
  assert.deepEqual(await active(product, 'users'), 102, 'with the teacher');

  const waiting = await put.settled(done.removals?.id as string);
  assert.deepEqual([waiting.state, waiting.counts, waiting.number], ['held', counts(0, 0, 80), 3]);
  assert.deepEqual(codes(waiting), ['removals-wait', 'removals', 'removals']);
  assert.equal(
    waiting.reasons[0],
    'Delivery 2 was applied without its 80 removals, which wait for a decision (40 users, 40 enrollments).',
  );
  assert.deepEqual(waiting.holdReasons[1], {
    code: 'removals',
    kind: 'users',
    count: 40,
    of: 102,
    sentence: 'this delivery would remove 40 of 102 users (39 %; the limit is 10 %); all of them at Hill',
  });
  await assert.rejects(house.acts.decide({ sync: waiting.id, choice: 'apply additions and updates' }), {
    code: 'only-removals',
  });

  await house.acts.decide({ sync: waiting.id, choice: 'apply all' });
  const applied = await put.settled(waiting.id);
  assert.deepEqual([applied.state, applied.counts], ['applied', counts(0, 0, 80)]);
  assert.equal(await active(product, 'users'), 62);
  assert.deepEqual((await put(product, schools(next))).state, 'unchanged', 'nothing waits any more');
});

test('removals that are discarded leave everybody there, until the next delivery says so again', async () => {
  const product = 'reading';
  const fewer = [{ id: 1, name: 'Renamed' }, ...pupils(2, 30), { id: 102 }];
  const done = await put(product, schools(fewer));
  assert.deepEqual([done.state, done.counts], ['applied', counts(2, 0, 0)]);
  const waiting = await put.settled(done.removals?.id as string);
  await house.acts.decide({ sync: waiting.id, choice: 'discard' });
  assert.equal((await put.settled(waiting.id)).state, 'discarded');
  assert.equal(await active(product, 'users'), 63);

  const again = await put(product, schools(fewer));
  assert.deepEqual([again.state, again.counts], ['held', counts(0, 0, 62)], 'there is nothing but removals in it');
  assert.deepEqual(codes(again), ['removals', 'removals']);
  const back = await put(product, schools([{ id: 1, name: 'Renamed' }, ...pupils(2, 60), { id: 101 }, { id: 102 }]));
  assert.equal(back.state, 'unchanged');
  assert.equal((await put.settled(again.id)).state, 'superseded');
});

test('a newer full delivery takes the place of removals that wait', async () => {
  const product = 'reading';
  const done = await put(product, schools([...pupils(2, 30), { id: 103 }]));
  const waiting = await put.settled(done.removals?.id as string);
  assert.equal(waiting.state, 'held');
  const all = await put(product, schools([{ id: 1, name: 'Renamed' }, ...pupils(2, 60), ...pupils(101, 103)]));
  assert.equal(all.state, 'unchanged');
  assert.equal((await put.settled(waiting.id)).state, 'superseded');
  await assert.rejects(house.acts.decide({ sync: waiting.id, choice: 'apply all' }), { code: 'sync-state' });
});

test('what is unusual beside removals is held whole', async () => {
  const product = 'spelling';
  await setUp(product, { trustFirst: false });
  await house.acts.setSource({ ...which, product, changes: { holdOnlyRemovals: true } });
  const first = await put(product, schools(pupils(1, 100)));
  assert.deepEqual([first.state, codes(first)], ['held', ['first-delivery']]);
  await house.acts.decide({ sync: first.id, choice: 'apply all' });
  await put.settled(first.id);
  // 40 pupils keep name and grade and come under other ids: their old records leave.
  const renumbered = pupils(61, 100).map(({ id }) => ({ id: id + 100, name: `Kim${id}` }));
  const held = await put(product, schools([...pupils(1, 60), ...renumbered]));
  assert.deepEqual([held.state, codes(held)], ['held', ['removals', 'removals', 'identity']]);
  assert.equal(await active(product, 'users'), 101);
});

test('deliveries of changes wait behind removals that a person left waiting, and go on when that is decided', async () => {
  const product = 'writing';
  await setUp(product);
  await put(product, schools(pupils(1, 100)));
  const held = await put(product, schools([...pupils(1, 50), { id: 200 }]));
  assert.deepEqual([held.state, held.counts], ['held', counts(2, 0, 100)]);
  // It arrives while the first is held, so that it is older than the sync of the removals.
  const delta = await put.send(product, schools([{ id: 60, name: 'Stays' }], 'delta', ['users']));
  const waits = await put.settled(delta, ({ waits }) => waits);
  assert.deepEqual(
    waits.holdReasons.map(({ code }) => code),
    ['waits'],
  );

  await house.acts.decide({ sync: held.id, choice: 'apply additions and updates' });
  const done = await put.settled(held.id);
  assert.deepEqual([done.state, done.counts], ['applied', counts(2, 0, 0)]);
  const removals = await put.settled(done.removals?.id as string);
  assert.equal(removals.state, 'held');
  const still = await put.settled(delta, ({ waits }) => waits);
  assert.match(still.reasons.join(' '), new RegExp(`until delivery ${removals.number} is decided`));

  await house.acts.decide({ sync: removals.id, choice: 'apply all' });
  assert.equal((await put.settled(removals.id)).counts.removed, 100);
  const last = await put.settled(delta);
  assert.deepEqual([last.state, last.counts], ['applied', counts(1, 0, 0)], 'pupil 60 has left, and comes back');
  assert.equal(await active(product, 'users'), 53);
});

test('a source that takes additions only removes nothing, and leaves nothing waiting', async () => {
  const product = 'art';
  await setUp(product);
  await put(product, schools(pupils(1, 60)));
  await house.acts.setSource({ ...which, product, changes: { mode: 'additions only' } });
  const sent = schools([...pupils(1, 20), { id: 70 }]);
  const done = await put(product, sent);
  assert.deepEqual([done.state, done.counts, done.removals], ['applied', counts(2, 0, 0), null]);
  assert.equal((await put(product, sent)).state, 'unchanged');
  assert.equal(await active(product, 'users'), 62);
  await house.acts.setSource({ ...which, product, changes: { mode: 'active' } });
  const again = await put(product, sent);
  assert.deepEqual([again.state, again.counts.removed], ['held', 80], 'the same bytes say more when removals count');
});

test('a file that was cut off between two rows is noticed although nothing would leave', async () => {
  const product = 'music';
  await setUp(product);
  const limits = { removedShare: '100%', schoolRemovedShare: '100%' };
  await house.acts.setSource({ ...which, product, changes: limits });
  await put(product, schools(pupils(1, 100)));
  const whole = schools(pupils(1, 100));
  const enrollments = whole['enrollments.csv']?.split('\n') ?? [];
  const cut = { ...whole, 'enrollments.csv': `${enrollments.slice(0, 50).join('\n')}\n` };
  const held = await put(product, cut);
  assert.deepEqual(held.holdReasons, [
    {
      code: 'shrunken-file',
      kind: 'enrollments',
      count: 49,
      of: 102,
      sentence:
        'enrollments.csv holds 49 rows; in the last delivery that went through it held 102 (52 % fewer; the limit is 25 %)',
    },
  ]);
});
