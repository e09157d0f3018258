/** Leaving for good: archived records are purged when their time is over, and nothing ever refers to one that is gone. */

import assert from 'node:assert/strict';
import test from 'node:test';
import sql from 'sql-template-tag';
import type { Db } from '../../src/db/db.ts';
import { addDistrict, addProduct, addSource, ensureRoster } from '../../src/db/districts.ts';
import { changesOf, historyOf } from '../../src/db/history.ts';
import { danglingReferences, recordOf } from '../../src/db/roster.ts';
import { apply } from '../../src/db/staging.ts';
import { createSync } from '../../src/db/syncs.ts';
import { addRecord, archiveRecord } from '../../src/sync/by-hand.ts';
import { purge } from '../../src/sync/expire.ts';
import { compare, type Delivery } from '../deliver.ts';
import { testDb } from '../postgres.ts';

const dayMs = 86_400_000;
const now = new Date();
const in91Days = new Date(now.getTime() + 91 * dayMs);

async function rosterIn(db: Db) {
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const product = await addProduct(db, { slug: 'math', name: 'Math' });
  const { id: rosterId } = await ensureRoster(db, district.id, product.id);
  const { id: sourceId } = await addSource(db, { rosterId, kind: 'upload', name: 'Nightly' });
  const send = async (delivery: Delivery) => {
    const ctx = { rosterId, sourceId, syncId: (await createSync(db, { rosterId, sourceId })).id };
    const plan = await compare(db, ctx, delivery);
    await apply(db, ctx, plan, { removals: true });
    return { plan, syncId: ctx.syncId };
  };
  return { rosterId, send };
}
const bulk = (...rows: { sourcedId: string; [field: string]: string }[]) => ({ mode: 'bulk' as const, rows });
const org = (sourcedId: string, parentSourcedId = '') => ({
  sourcedId,
  name: sourcedId,
  type: 'school',
  parentSourcedId,
});
const user = (sourcedId: string, orgSourcedIds = 'a') => ({ sourcedId, username: sourcedId, orgSourcedIds });

test('what was archived comes back with its history until its time is over; then it is gone, and its history is not', async () => {
  const db = await testDb();
  const { rosterId, send } = await rosterIn(db);
  const first = await send({ orgs: bulk(org('a'), org('b')), users: bulk(user('u'), user('v'), user('w')) });
  await send({ users: bulk(user('u')) });
  assert.equal(await purge(db, 90, new Date(now.getTime() + 89 * dayMs)), 0);
  const back = await send({ users: bulk(user('u'), { ...user('v'), givenName: 'New' }) });
  assert.deepEqual([back.plan.kinds.users?.reactivate, back.plan.kinds.users?.create], [1, 0]);

  const before = await changesOf(db, rosterId, first.syncId, { limit: 100 });
  // As if 90 days had gone by: the clock of the syncs is that of the database.
  await db.query(sql`update users set archived_at = archived_at - interval '90 days' where archived_at is not null`);
  assert.equal(await purge(db, 90, new Date()), 1);
  assert.equal(await purge(db, 90, new Date()), 0);
  assert.equal(await recordOf(db, rosterId, 'users', 'w'), undefined);
  const history = await historyOf(db, rosterId, 'users', 'w');
  assert.deepEqual(
    history.map(({ action, before: was, after }) => [action, was?.username, after?.username]),
    [
      ['purge', 'w', undefined],
      ['archive', 'w', 'w'],
      ['create', undefined, 'w'],
    ],
  );
  // The sync that created it still says so.
  const after = await changesOf(db, rosterId, first.syncId, { limit: 100 });
  const told = (all: typeof before) => all.map(({ kind, sourcedId, action, at }) => [kind, sourcedId, action, at]);
  assert.deepEqual(told(after), told(before));
  const anew = await send({ users: bulk(user('u'), user('v'), user('w')) });
  assert.equal(anew.plan.kinds.users?.create, 1);
  assert.deepEqual(
    (await historyOf(db, rosterId, 'users', 'w')).map(({ action }) => action),
    ['create', 'purge', 'archive', 'create'],
  );
});

test('what is referred to stays, whoever refers to it, until those who do are gone', async () => {
  const db = await testDb();
  const { rosterId, send } = await rosterIn(db);
  await send({
    orgs: bulk(org('a'), org('b', 'a'), org('c'), org('d'), org('e')),
    users: bulk(user('u', 'a, d'), user('v', 'c')),
  });
  const act = { rosterId, accountId: null, at: now };
  await addRecord(db, { ...act, kind: 'courses' }, { sourcedId: 'C', title: 'Reading', orgSourcedId: 'c' });
  // Everything leaves but a user who names d in a list; the course that was added by hand stays.
  await send({ orgs: bulk(org('a')), users: bulk(user('u', 'a, d')) });
  assert.equal(await purge(db, 90, in91Days), 3, 'v, and the orgs b and e');
  for (const id of ['a', 'c', 'd']) assert.ok(await recordOf(db, rosterId, 'orgs', id), id);
  for (const id of ['b', 'e']) assert.equal(await recordOf(db, rosterId, 'orgs', id), undefined, id);
  assert.deepEqual(await danglingReferences(db, rosterId), []);

  await archiveRecord(db, { ...act, kind: 'courses' }, 'C');
  await send({ users: bulk(user('u')) });
  assert.equal(await purge(db, 90, in91Days), 3, 'the course, then c, and d');
});

test('two runs of a purge number the records of one sync on', async () => {
  const db = await testDb();
  const { rosterId, send } = await rosterIn(db);
  const { syncId } = await send({ orgs: bulk(org('a'), org('b'), org('c')) });
  for (const left of [['a', 'b'], ['a']]) {
    await send({ orgs: bulk(...left.map((id) => org(id))) });
    assert.equal(await purge(db, 90, in91Days), 1);
  }
  assert.deepEqual(
    (await changesOf(db, rosterId, syncId, { limit: 10 })).map(({ sourcedId, action }) => [sourcedId, action]),
    [
      ['a', 'create'],
      ['b', 'create'],
      ['c', 'create'],
    ],
  );
  const twice = await db.query(sql`select 1 from changes where roster_id = ${rosterId} and action = 'create'`);
  assert.equal(twice.length, 2);
});
