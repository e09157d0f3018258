/** What a rollback does to single records: every kind of change, and what people and later syncs have done since. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import sql, { raw } from 'sql-template-tag';
import type { Refusal } from '../../src/core/refusal.ts';
import type { Kind } from '../../src/core/tables.ts';
import type { Pool } from '../../src/db/db.ts';
import { addDistrict, addProduct, addSource, ensureRoster } from '../../src/db/districts.ts';
import { historyOf } from '../../src/db/history.ts';
import type { SyncRow } from '../../src/db/queries.ts';
import { applyRewrite } from '../../src/db/rewrite.ts';
import { danglingReferences } from '../../src/db/roster.ts';
import { apply, dropStage } from '../../src/db/staging.ts';
import { createSync, setSync, syncById } from '../../src/db/syncs.ts';
import { planRewrite, previewRewrite, settleRewrite } from '../../src/sync/rewrite.ts';
import { askForRollback } from '../../src/sync/undo.ts';
import { compare, countsOf, type Delivery, type Fields } from '../deliver.ts';
import { testDb } from '../postgres.ts';

type World = { db: Pool; rosterId: string; sourceId: string; other: string };

async function world(): Promise<World> {
  const db = await testDb();
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const product = await addProduct(db, { slug: 'math', name: 'Math' });
  const { id: rosterId } = await ensureRoster(db, district.id, product.id);
  const [first, second] = [
    await addSource(db, { rosterId, kind: 'upload', name: 'One' }),
    await addSource(db, { rosterId, kind: 'upload', name: 'Two' }),
  ];
  return { db, rosterId, sourceId: first.id, other: second.id };
}

/** A delivery as the pipeline takes it, without its judgement. Answers the id of the sync. */
async function deliver({ db, rosterId, sourceId }: World, delivery: Delivery, of = sourceId): Promise<string> {
  const sync = await createSync(db, { rosterId, sourceId: of });
  const ctx = { rosterId, sourceId: of, syncId: sync.id };
  const plan = await compare(db, ctx, delivery);
  await setSync(db, sync.id, { state: 'comparing', tables: countsOf(delivery), plan });
  await setSync(db, sync.id, { state: 'applying' });
  await apply(db, ctx, plan, {
    removals: true,
    inside: async (tx) => void (await setSync(tx, sync.id, { state: 'applied' })),
  });
  await dropStage(db, ctx);
  return sync.id;
}

async function rollback({ db, rosterId }: World, syncId: string, back = false): Promise<SyncRow> {
  const { sync: id } = await askForRollback(db, { syncId, back }, { accountId: null, by: 'test' }, new Date());
  const sync = (await syncById(db, id)) as SyncRow;
  const ctx = { rosterId, sourceId: sync.sourceId, syncId: id };
  await setSync(db, id, { state: 'comparing' });
  const plan = await planRewrite(db, ctx, sync);
  await setSync(db, id, { plan });
  await setSync(db, id, { state: 'applying' });
  await applyRewrite(db, ctx, plan, async (tx) => {
    await settleRewrite(tx, sync);
    await setSync(tx, id, { state: 'applied' });
  });
  await dropStage(db, ctx);
  assert.deepEqual(await danglingReferences(db, rosterId), []);
  return (await syncById(db, id)) as SyncRow;
}

const kinds = ['orgs', 'users', 'classes', 'enrollments'] as const;
/** All columns but the time of the last change; what is archived, too. */
async function everything({ db, rosterId }: World, more: { active?: boolean } = {}) {
  const state: Record<string, Record<string, unknown>> = {};
  for (const kind of kinds) {
    const rows = await db.query<{ id: string; record: unknown }>(sql`
      select sourced_id as id, to_jsonb(t) - 'date_last_modified' as record from ${raw(kind)} t
      where roster_id = ${rosterId} and (status = 'active' or not ${more.active ?? false}) order by 1`);
    state[kind] = Object.fromEntries(rows.map(({ id, record }) => [id, record]));
  }
  return state;
}
const kept = async ({ db }: World, syncId: string) =>
  (
    await db.query<{ key: string; rule: string }>(
      sql`select key, rule from sync_findings where sync_id = ${syncId} order by key`,
    )
  ).map(({ key, rule }) => `${key} ${rule}`);
/** What a person does by hand, as the acts do it: with a change of its own, and a time of its own. */
async function byHand({ db, rosterId }: World, kind: Kind, id: string, set: string): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`
      insert into changes (roster_id, id, kind, sourced_id, action, before)
      select roster_id, gen_random_uuid(), ${kind}, sourced_id, 'update', to_jsonb(t) from ${raw(kind)} t
      where roster_id = ${rosterId} and sourced_id = ${id}`);
    await tx.query(sql`
      update ${raw(kind)} set ${raw(set)}, date_last_modified = now() where roster_id = ${rosterId} and sourced_id = ${id}`);
  });
}
const addByHand = ({ db, rosterId }: World, kind: Kind, fields: Record<string, string>) =>
  db.query(sql`
    insert into ${raw(kind)} (roster_id, ${raw(Object.keys(fields).join(', '))})
    select ${rosterId}, ${raw(
      Object.values(fields)
        .map((value) => `'${value}'`)
        .join(', '),
    )}`);

const org = (sourcedId: string, name = `School ${sourcedId}`, more: Partial<Fields> = {}): Fields =>
  ({ sourcedId, name, type: 'school', ...more }) as Fields;
const orgs = (...rows: Fields[]): Delivery => ({ orgs: { mode: 'bulk', rows } });
const tick = { 'metadata.note': 'as it was' };

test('each kind of change is taken back exactly: values, extension columns, hash, owner, times of archiving', async () => {
  const here = await world();
  await addByHand(here, 'orgs', { sourced_id: 'manual', name: 'By hand', type: 'school' });
  await deliver(here, orgs(org('updated', 'Before', tick), org('archived'), org('returns'), org('same')));
  await deliver(here, orgs(org('updated', 'Before', tick), org('archived'), org('same')));
  const before = await everything(here);
  const night = await deliver(
    here,
    orgs(org('updated', 'After'), org('returns', 'Other name'), org('same'), org('manual', 'Theirs'), org('created')),
  );
  const after = await everything(here);
  const undone = await rollback(here, night);
  const { created, ...rest } = (await everything(here)).orgs as Record<string, Record<string, unknown>>;
  assert.deepEqual(rest, before.orgs, 'all but what was not there before');
  assert.equal(created?.status, 'tobedeleted');
  const said = undone.plan?.kinds.orgs;
  assert.deepEqual([said?.update, said?.archive, said?.reactivate, said?.takeOver], [2, 2, 1, 0]);
  const history = (id: string) => historyOf(here.db, here.rosterId, 'orgs', id);
  const actions = async (id: string) => (await history(id)).map(({ action }) => action);
  assert.deepEqual(await actions('manual'), ['release', 'take over']);
  assert.deepEqual(await actions('created'), ['archive', 'create']);
  assert.deepEqual(await actions('returns'), ['archive', 'reactivate', 'archive', 'create']);
  assert.deepEqual((await history('updated'))[0]?.changed, {
    name: { from: 'After', to: 'Before' },
    'metadata.note': { from: undefined, to: 'as it was' },
  });

  await rollback(here, undone.id);
  assert.deepEqual(await everything(here), after, 'and that can be taken back');
  assert.deepEqual(await actions('manual'), ['take over', 'release', 'take over']);
  await rollback(here, night);
  assert.deepEqual((await everything(here, { active: true })).orgs, activeOf(before.orgs));
});

const activeOf = (records: Record<string, unknown> = {}) =>
  Object.fromEntries(Object.entries(records).filter(([, each]) => (each as { status: string }).status === 'active'));

test('what a person has changed since stays as they left it, and is named', async () => {
  const here = await world();
  await addByHand(here, 'orgs', { sourced_id: 'manual', name: 'By hand', type: 'school' });
  await deliver(here, orgs(org('a'), org('b')));
  const night = await deliver(here, orgs(org('a', 'New a'), org('b', 'New b'), org('c'), org('manual', 'Theirs')));
  const release = `source_id = null, content_hash = null, released_from = '${here.sourceId}'`;
  for (const id of ['a', 'c', 'manual']) await byHand(here, 'orgs', id, release);
  await byHand(here, 'orgs', 'manual', `name = 'By hand again'`);
  const undone = await rollback(here, night);
  const now = (await everything(here)).orgs as Record<string, { name: string; source_id: string | null }>;
  assert.deepEqual(
    ['a', 'b', 'c', 'manual'].map((id) => now[id]?.name),
    ['New a', 'School b', 'School c', 'By hand again'],
  );
  assert.deepEqual(await kept(here, undone.id), [
    'a kept-changed-by-person',
    'c kept-changed-by-person',
    'manual kept-changed-by-person',
  ]);
  assert.equal(undone.leftOut, 3);
});

test('a record that was handed to a person by a rollback and changed by them is not taken again', async () => {
  const here = await world();
  await addByHand(here, 'orgs', { sourced_id: 'm', name: 'By hand', type: 'school' });
  const night = await deliver(here, orgs(org('m', 'Theirs'), org('x')));
  const first = await rollback(here, night);
  await byHand(here, 'orgs', 'm', `name = 'Mine'`);
  // A source takes it, and loses it again: the last change is a sync's, and still the person had it in between.
  const later = await deliver(here, orgs(org('m', 'Theirs'), org('x')));
  await rollback(here, later);
  const second = await rollback(here, first.id);
  assert.deepEqual(await kept(here, second.id), ['m kept-changed-by-person']);
  const now = (await everything(here)).orgs as Record<string, { name: string }>;
  assert.equal(now.m?.name, 'Mine');
});

test('what a later sync has changed stays; going back undoes it too, up to what a person did', async () => {
  const here = await world();
  await deliver(here, orgs(org('a'), org('b'), org('c')));
  const before = await everything(here);
  const one = await deliver(here, orgs(org('a', 'A1'), org('b', 'B1'), org('c', 'C1'), org('d')));
  const two = await deliver(here, orgs(org('a', 'A2'), org('c', 'C1'), org('d', 'D2')));
  const alone = await rollback(here, one);
  assert.deepEqual(await kept(here, alone.id), [
    'a kept-changed-since',
    'b kept-changed-since',
    'd kept-changed-since',
  ]);
  const names = async () =>
    Object.fromEntries(
      Object.entries((await everything(here, { active: true })).orgs as Record<string, { name: string }>).map(
        ([id, { name }]) => [id, name],
      ),
    );
  assert.deepEqual(await names(), { a: 'A2', c: 'School c', d: 'D2' });

  const release = `source_id = null, content_hash = null, released_from = '${here.sourceId}'`;
  await byHand(here, 'orgs', 'd', release);
  const back = await rollback(here, one, true);
  const { d, ...rest } = (await everything(here, { active: true })).orgs as Record<string, { name: string }>;
  assert.deepEqual(rest, before.orgs);
  assert.equal(d?.name, 'D2');
  assert.deepEqual(await kept(here, back.id), ['d kept-changed-by-person']);
  const states = async () => Promise.all([one, two, alone.id].map(async (id) => (await syncById(here.db, id))?.state));
  assert.deepEqual(await states(), ['rolled back', 'rolled back', 'rolled back']);
  await rollback(here, back.id);
  assert.deepEqual(await states(), ['rolled back', 'applied', 'applied'], 'as it was before going back');
  assert.deepEqual(await names(), { a: 'A2', c: 'School c', d: 'D2' });
});

test('syncs of two sources are undone each by itself, and together in the order in which they were applied', async () => {
  const here = await world();
  const mine = await deliver(here, orgs(org('a'), org('b')));
  const theirs = await deliver(here, orgs(org('x'), org('y')), here.other);
  const change = await deliver(here, orgs(org('x', 'X1')), here.other);
  const then = await everything(here);
  const undone = await rollback(here, mine);
  assert.deepEqual(Object.keys(activeOf((await everything(here)).orgs)), ['x']);
  await rollback(here, undone.id);
  assert.deepEqual(await everything(here), then);
  await rollback(here, theirs, true);
  assert.deepEqual(Object.keys(activeOf((await everything(here)).orgs)), ['a', 'b']);
  assert.equal((await syncById(here.db, change))?.state, 'rolled back');
});

test('a manual enrollment keeps its class, archived; what would refer to nothing is left as it is', async () => {
  const here = await world();
  const users: Delivery['users'] = { mode: 'bulk', rows: [{ sourcedId: 'u', givenName: 'G', orgSourcedIds: 's' }] };
  await deliver(here, { ...orgs(org('s')), users });
  const cls = { sourcedId: 'k', title: 'Room 1', schoolSourcedId: 's' };
  const night = await deliver(here, { classes: { mode: 'bulk', rows: [cls] } });
  await addByHand(here, 'enrollments', { sourced_id: 'e', class_sourced_id: 'k', user_sourced_id: 'u' });
  await rollback(here, night);
  const now = await everything(here);
  assert.deepEqual(Object.keys(activeOf(now.classes)), []);
  assert.deepEqual(Object.keys(activeOf(now.enrollments)), ['e']);

  // The school is purged by its time; the person who was at it cannot come back to it.
  const gone = await deliver(here, { users: { mode: 'bulk', rows: [] }, ...orgs() });
  await here.db.query(sql`delete from orgs where roster_id = ${here.rosterId} and sourced_id = 's'`);
  await here.db.query(sql`update classes set school_sourced_id = null where roster_id = ${here.rosterId}`);
  const undone = await askForRollback(
    here.db,
    { syncId: gone, back: false },
    { accountId: null, by: null },
    new Date(),
  ).catch((error: unknown) => error);
  assert.equal((undone as Refusal).code, 'nothing-to-do');
  const sync = (await syncById(here.db, gone)) as SyncRow;
  const detail = { sync: gone, number: sync.number, back: false };
  const preview = await previewRewrite(here.db, here, detail, { changes: 10, kept: 10 });
  assert.deepEqual(preview.kept.counts, { gone: 1, reference: 1 });
  assert.deepEqual(await here.db.query(sql`select tablename from pg_tables where schemaname = 'stage'`), []);
});

test('a user does not get a username back that somebody else has got since', async () => {
  const here = await world();
  const user = (sourcedId: string, username: string) => ({ sourcedId, username, givenName: sourcedId });
  const users = (...rows: Fields[]): Delivery => ({ users: { mode: 'bulk', rows } });
  await deliver(here, users(user('u', 'kim'), user('v', 'lee'), user('w', 'pat')));
  // Within one delivery two of them change places, and one gets a new name.
  const night = await deliver(here, users(user('u', 'kim2'), user('v', 'pat'), user('w', 'lee')));
  await addByHand(here, 'users', { sourced_id: 'hand', username: 'KIM', given_name: 'By hand' });
  const undone = await rollback(here, night);
  assert.deepEqual(await kept(here, undone.id), ['u kept-username-taken']);
  const now = activeOf((await everything(here)).users) as Record<string, { username: string }>;
  assert.deepEqual(
    Object.entries(now).map(([id, { username }]) => [id, username]),
    [
      ['hand', 'KIM'],
      ['u', 'kim2'],
      ['v', 'lee'],
      ['w', 'pat'],
    ],
  );
});

test('a take over that gave a record another id is taken back with its id, its references and who had released it', async () => {
  const here = await world();
  const cls = { sourcedId: 'k', title: 'Room 1' };
  await deliver(here, { classes: { mode: 'bulk', rows: [cls] } });
  await addByHand(here, 'users', {
    sourced_id: 'hand',
    username: 'kim',
    given_name: 'By hand',
    released_from: here.other,
  });
  await addByHand(here, 'enrollments', { sourced_id: 'e', class_sourced_id: 'k', user_sourced_id: 'hand' });
  const before = await everything(here);
  const user = { sourcedId: 'sis', username: 'KIM', givenName: 'Theirs' };
  const night = await deliver(here, { users: { mode: 'bulk', rows: [user], takes: [['sis', 'hand']] } });
  const then = await everything(here);
  assert.deepEqual([Object.keys(then.users ?? {}), Object.keys(then.enrollments ?? {})], [['sis'], ['e']]);
  await addByHand(here, 'enrollments', { sourced_id: 'later', class_sourced_id: 'k', user_sourced_id: 'sis' });

  const undone = await rollback(here, night);
  const now = await everything(here);
  const { hand } = now.users as Record<string, Record<string, unknown>>;
  const { hand: was } = before.users as Record<string, Record<string, unknown>>;
  assert.deepEqual(hand, was);
  assert.deepEqual(now.enrollments?.e, before.enrollments?.e);
  assert.equal((now.enrollments as Record<string, Record<string, unknown>>).later?.user_sourced_id, 'hand');
  const actions = async (id: string) =>
    (await historyOf(here.db, here.rosterId, 'users', id)).map(({ action }) => action);
  assert.deepEqual((await actions('hand')).slice(0, 2), ['update', 'release']);
  // It is as it was, so that going back there changes it no more.
  await assert.rejects(rollback(here, night, true), { code: 'nothing-to-do' });

  await rollback(here, undone.id);
  const again = await everything(here);
  assert.deepEqual(Object.keys(again.users ?? {}), ['sis']);
  assert.equal((again.users as Record<string, Record<string, unknown>>).sis?.given_name, 'Theirs');
  for (const id of ['e', 'later'])
    assert.equal((again.enrollments as Record<string, Record<string, unknown>>)[id]?.user_sourced_id, 'sis');
});

test('a rolled back delta leaves later changes without a base, until the rollback is rolled back', async () => {
  const here = await world();
  await deliver(here, orgs(org('a')));
  const delta = (...rows: Fields[]): Delivery => ({ orgs: { mode: 'delta', rows } });
  const night = await deliver(
    here,
    delta(org('b', 'B', { status: 'active' }), org('a', 'A', { status: 'tobedeleted' })),
  );
  const needs = async () =>
    (await here.db.one<{ needs: boolean }>(sql`select needs_full as needs from sources where id = ${here.sourceId}`))
      ?.needs;
  const undone = await rollback(here, night);
  assert.equal(await needs(), true);
  await rollback(here, undone.id);
  assert.equal(await needs(), false);
  const again = await rollback(here, night);
  await deliver(here, delta(org('c', 'C', { status: 'active' })));
  await rollback(here, again.id);
  assert.equal(await needs(), true, 'changes have come in the meantime');
});

test('what a person changes between compare and apply stops the rollback', async () => {
  const here = await world();
  await deliver(here, orgs(org('a')));
  const night = await deliver(here, orgs(org('a', 'New')));
  const { sync: id } = await askForRollback(
    here.db,
    { syncId: night, back: false },
    { accountId: null, by: null },
    new Date(),
  );
  const sync = (await syncById(here.db, id)) as SyncRow;
  const ctx = { rosterId: here.rosterId, sourceId: here.sourceId, syncId: id };
  const plan = await planRewrite(here.db, ctx, sync);
  await byHand(here, 'orgs', 'a', `source_id = null, content_hash = null`);
  const before = await everything(here);
  await assert.rejects(
    applyRewrite(here.db, ctx, plan, async () => {}),
    /not any more what this sync was compared with/,
  );
  assert.deepEqual(await everything(here), before);
});
