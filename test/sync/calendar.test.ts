/** Modes and the calendar of a source: what is kept while it is paused, in which order it is gone through, and what follows. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { which } from './district.ts';
import { lane } from './lane.ts';
import { type Pupil, schools } from './schools.ts';

// The district is in America/Denver: midnight is 06:00 UTC in summer, 07:00 in winter.
const here = await lane('2026-06-01T12:00:00Z');
const { put, setUp, active } = here;
after(here.close);

const pupils = (from: number, to: number): Pupil[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ id: from + i }));
const set = (product: string, changes: Record<string, unknown>, more: object = {}) =>
  here.house.acts.setSource({ ...which, product, changes, ...more });
const states = async (ids: string[]) =>
  Promise.all(ids.map(async (sync) => (await here.house.acts.follow({ sync })).state));

test('what comes in a pause of the calendar is kept; when it ends the newest is taken, and a person looks at it', async () => {
  const product = 'reading';
  await setUp(product);
  await put(product, schools(pupils(1, 60)));
  await set(product, {}, { addWindows: ['2026-06-12..2026-08-09 paused Summer break'] });

  await here.at('2026-06-12T05:59:00Z');
  assert.equal((await put(product, schools(pupils(1, 61)))).state, 'applied', 'it is still 11 June in Denver');
  await here.at('2026-06-12T06:00:00Z');
  const kept: string[] = [];
  for (const last of [62, 63, 64]) kept.push(await put.send(product, schools(pupils(1, last))));
  for (const sync of kept) assert.equal((await here.house.acts.follow({ sync })).waits, true);
  await here.at('2026-08-10T05:59:00Z');
  assert.deepEqual(await states(kept), ['received', 'received', 'received']);
  assert.equal((await here.house.acts.sourceSettings({ ...which, product })).mode, 'paused');

  await here.at('2026-08-10T06:00:00Z');
  const last = await put.settled(kept[2] as string);
  assert.deepEqual(await states(kept), ['superseded', 'superseded', 'held']);
  assert.deepEqual(last.reasons, [
    'This is the first delivery to be applied after the window "Summer break" (paused from 12 Jun 2026 to 9 Aug 2026), and somebody has to look at it once.',
  ]);
  assert.equal(await active(product, 'users'), 62);

  // A newer one before anybody has looked waits for the same reason.
  const newer = await put(product, schools(pupils(1, 65)));
  assert.deepEqual([newer.state, newer.holdReasons.map(({ code }) => code)], ['held', ['after-window']]);
  await here.house.acts.decide({ sync: newer.id, choice: 'apply all' });
  assert.equal((await put.settled(newer.id)).state, 'applied');
  assert.equal((await put(product, schools(pupils(1, 66)))).state, 'applied', 'once is enough');
});

test('changes that come in a pause are gone through one after the other', async () => {
  const product = 'writing';
  await setUp(product);
  await put(product, schools(pupils(1, 30)));
  await set(product, { mode: 'paused' });
  const delta = (id: number, name: string) => schools([{ id, name }], 'delta', ['users']);
  const kept = [
    await put.send(product, delta(1, 'First')),
    await put.send(product, delta(2, 'Second')),
    await put.send(product, delta(1, 'Third')),
  ];
  await set(product, { mode: 'active' });
  for (const sync of kept) assert.equal((await put.settled(sync)).state, 'applied');
  const name = async (sourcedId: string) =>
    (await here.house.acts.show({ kind: 'user', sourcedId, ...which, product })).record?.fields.givenName;
  assert.deepEqual([await name('P1'), await name('P2')], ['Third', 'Second']);
});

test('a full delivery takes the place of full ones before it, up to the last changes; one that cannot be read takes none', async () => {
  const product = 'art';
  await setUp(product);
  await put(product, schools(pupils(1, 30)));
  await set(product, { mode: 'paused' });
  const first = [
    await put.send(product, schools(pupils(1, 29))),
    await put.send(product, schools(pupils(1, 31))),
    await put.send(product, schools([{ id: 1, name: 'Changed' }], 'delta', ['users'])),
    await put.send(product, schools(pupils(1, 33))),
    await put.send(product, schools(pupils(1, 32))),
    await put.send(product, { 'manifest.csv': 'nothing of use', 'users.csv': '\u0000' }),
  ];
  await set(product, { mode: 'active' });
  for (const sync of first) await put.settled(sync);
  assert.deepEqual(await states(first), ['superseded', 'applied', 'applied', 'superseded', 'applied', 'rejected']);
  assert.equal(await active(product, 'users'), 33);

  // The newest looks whole by its manifest, and is not: those before it have their turn.
  await set(product, { mode: 'paused' });
  const { 'orgs.csv': _, ...without } = schools(pupils(1, 40));
  const second = [
    await put.send(product, schools(pupils(1, 34))),
    await put.send(product, { ...without, 'users.csv': 'sourcedId\nP1\n', 'orgs.csv': 'name\nx\n' }),
  ];
  await set(product, { mode: 'active' });
  for (const sync of second) await put.settled(sync);
  assert.deepEqual(await states(second), ['applied', 'rejected']);
});

test('dry run does everything but apply; what it held can be applied when it has ended', async () => {
  const product = 'music';
  await setUp(product);
  await set(product, { mode: 'dry run' });
  const held = await put(product, schools(pupils(1, 30)));
  assert.deepEqual([held.state, held.counts.added], ['held', 70]);
  await assert.rejects(here.house.acts.decide({ sync: held.id, choice: 'apply all' }), { code: 'dry-run' });
  assert.equal(await active(product, 'users'), 0);
  await set(product, { mode: 'active' });
  await here.house.acts.decide({ sync: held.id, choice: 'apply all' });
  assert.equal((await put.settled(held.id)).state, 'applied');
});

test('a window of another mode holds too, and a threshold for a time ends by itself', async () => {
  const product = 'science';
  await setUp(product);
  await put(product, schools(pupils(1, 100)));
  await set(
    product,
    { removedShare: '60%', schoolRemovedShare: '60%', shrunkenShare: '60%' },
    { until: '2026-08-20', why: 'A school closes' },
  );
  assert.equal((await put(product, schools(pupils(1, 60)))).state, 'applied');
  await here.at('2026-08-21T05:59:00Z');
  assert.equal((await put(product, schools(pupils(1, 30)))).state, 'applied', 'it is still 20 August in Denver');
  await put(product, schools(pupils(1, 80)));
  await here.at('2026-08-21T06:00:00Z');
  assert.equal((await put(product, schools(pupils(1, 40)))).state, 'held');

  await set(product, {}, { addWindows: ['2026-08-21..2026-08-21 additions only'] });
  const added = await put(product, schools([...pupils(1, 40), { id: 90 }]));
  assert.deepEqual([added.state, added.counts], ['applied', { added: 2, changed: 0, removed: 0, leftOut: 0 }]);
  await here.at('2026-08-22T06:00:00Z');
  const after = await put(product, schools([...pupils(1, 78), ...pupils(90, 91)]));
  assert.deepEqual(
    after.holdReasons.map(({ code }) => code),
    ['after-window'],
  );
});
