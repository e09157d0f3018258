/** What a delivery does to the roster, case by case. */
import assert from 'node:assert/strict';
import test from 'node:test';
import sql, { raw } from 'sql-template-tag';
import type { Db } from '../src/db/db.ts';
import { addDistrict, addProduct, addSource, ensureRoster } from '../src/db/districts.ts';
import { changesOf, historyOf } from '../src/db/history.ts';
import { newId } from '../src/db/ids.ts';
import { indexStage, plannedBySchool, plannedChanges } from '../src/db/preview.ts';
import { countsOf, danglingReferences, listRecords, liveIds, recordOf } from '../src/db/roster.ts';
import { stageTable } from '../src/db/roster-sql.ts';
import { apply, createStage, diff, dropStage, type StageContext, stageLoaded } from '../src/db/staging.ts';
import { createSync, setSync } from '../src/db/syncs.ts';
import { compare, countsOf as countsOfDelivery, type Delivery, deliver, type Fields } from './deliver.ts';
import { testDb } from './postgres.ts';

const place = () => ({ rosterId: newId(), sourceId: newId() });
const stageOf = (where: ReturnType<typeof place>): StageContext => ({ ...where, syncId: newId() });
const bulk = (rows: Fields[], more: { leftOut?: string[]; unidentified?: number } = {}) => ({
  mode: 'bulk' as const,
  rows,
  ...more,
});
const orgs = (...ids: string[]): Fields[] =>
  ids.map((sourcedId) => ({ sourcedId, name: `School ${sourcedId}`, type: 'school' }));
const activeIds = async (db: Db, rosterId: string, kind: 'orgs' | 'users' | 'enrollments' = 'orgs') => {
  const ids: string[] = [];
  for await (const id of liveIds(db, rosterId, kind)) ids.push(id);
  return ids;
};
/** Everything that a sync may change, as text. */
async function everything(db: Db, rosterId: string): Promise<string> {
  const tables = ['orgs', 'users', 'enrollments', 'changes', 'applied_syncs'];
  const rows = tables.map((table) =>
    db.query(sql`
    select t::text from ${raw(table)} t where roster_id = ${rosterId} order by 1`),
  );
  return JSON.stringify(await Promise.all(rows));
}

test('a first delivery creates, the same again changes nothing, an absent record is archived', async () => {
  const db = await testDb();
  const here = place();
  const first = await deliver(db, here, { orgs: bulk(orgs('a', 'b')) });
  assert.deepEqual([first.plan.kinds.orgs?.create, first.plan.kinds.orgs?.fresh], [2, true]);

  const before = await everything(db, here.rosterId);
  const again = await deliver(db, here, { orgs: bulk(orgs('a', 'b')) });
  assert.equal(again.plan.kinds.orgs?.unchanged, 2);
  const marks = sql`delete from applied_syncs where sync_id = ${again.ctx.syncId}`;
  await db.query(marks);
  assert.equal(await everything(db, here.rosterId), before);

  const third = await deliver(db, here, { orgs: bulk(orgs('b')) });
  assert.equal(third.plan.kinds.orgs?.archive, 1);
  const gone = await recordOf(db, here.rosterId, 'orgs', 'a');
  assert.equal(gone?.status, 'tobedeleted');
  assert.ok(gone.archivedAt);
  assert.deepEqual(await activeIds(db, here.rosterId), ['b']);
});

test('what has the values of the delivery is as it was, though its hash be another one', async () => {
  const db = await testDb();
  const here = place();
  await deliver(db, here, { orgs: bulk(orgs('a', 'b')) });
  // As when what a record points to has got another id.
  await db.query(sql`update orgs set content_hash = content_hash + 1 where roster_id = ${here.rosterId}`);
  const { plan } = await deliver(db, here, { orgs: bulk(orgs('a', 'b')) });
  assert.deepEqual([plan.kinds.orgs?.update, plan.kinds.orgs?.archive, plan.kinds.orgs?.unchanged], [0, 0, 2]);
});

test('a faulty row never removes a live record, whether it comes before or after it was taken', async () => {
  const db = await testDb();
  const here = place();
  await deliver(db, here, { orgs: bulk(orgs('a', 'b', 'c')) });
  const changed = orgs('a').map((row) => ({ ...row, name: 'New name' }));
  const { plan } = await deliver(db, here, { orgs: bulk([...changed, ...orgs('b')], { leftOut: ['a', 'c'] }) });
  assert.deepEqual([plan.kinds.orgs?.update, plan.kinds.orgs?.archive, plan.kinds.orgs?.leftOut], [0, 0, 2]);
  assert.equal((await recordOf(db, here.rosterId, 'orgs', 'a'))?.fields.name, 'School a');
  assert.deepEqual(await activeIds(db, here.rosterId), ['a', 'b', 'c']);
});

test('a left-out row of a first delivery is not created', async () => {
  const db = await testDb();
  const here = place();
  const { plan } = await deliver(db, here, { orgs: bulk(orgs('a', 'b'), { leftOut: ['b'] }) });
  assert.equal(plan.kinds.orgs?.create, 1);
  assert.deepEqual(await activeIds(db, here.rosterId), ['a']);
});

test('while a row cannot be told, absence removes nothing of its kind, and other kinds are as usual', async () => {
  const db = await testDb();
  const here = place();
  const users = ['u', 'v'].map((sourcedId) => ({ sourcedId, givenName: 'G' }));
  await deliver(db, here, { orgs: bulk(orgs('a', 'b')), users: bulk(users) });
  const { plan } = await deliver(db, here, { orgs: bulk(orgs('a'), { unidentified: 1 }), users: bulk(users.slice(1)) });
  assert.deepEqual([plan.kinds.orgs?.archive, plan.kinds.orgs?.removalsSuspended], [0, true]);
  assert.deepEqual([plan.kinds.users?.archive, plan.kinds.users?.removalsSuspended], [1, false]);
  assert.deepEqual(await activeIds(db, here.rosterId), ['a', 'b']);
});

test('a kind that the delivery does not carry stays exactly as it is', async () => {
  const db = await testDb();
  const here = place();
  await deliver(db, here, { orgs: bulk(orgs('a')), users: bulk([{ sourcedId: 'u' }]) });
  const ctx = stageOf(here);
  await compare(db, ctx, { orgs: bulk(orgs('a')) });
  const absent = {
    kind: 'users' as const,
    file: 'users.csv',
    mode: 'absent' as const,
    rows: 0,
    leftOut: 0,
    unidentified: 0,
  };
  const plan = await diff(db, ctx, [...countsOfDelivery({ orgs: bulk(orgs('a')) }), absent]);
  assert.deepEqual(Object.keys(plan.kinds), ['orgs']);
  await apply(db, ctx, plan, { removals: true });
  assert.deepEqual(await activeIds(db, here.rosterId, 'users'), ['u']);
});

test('apply is whole or not at all, runs once for a sync, and takes along what must become true with it', async () => {
  const db = await testDb();
  const here = place();
  await deliver(db, here, { orgs: bulk(orgs('a', 'b')) });
  const ctx = stageOf(here);
  const plan = await compare(db, ctx, { orgs: bulk(orgs('b', 'c')) });
  const before = await everything(db, here.rosterId);

  const fault = async () => {
    throw new Error('power cut');
  };
  await assert.rejects(apply(db, ctx, plan, { removals: true, inside: fault }), /power cut/);
  assert.equal(await everything(db, here.rosterId), before);

  let calls = 0;
  const inside = async (tx: Db) => {
    calls++;
    assert.equal((await tx.query(sql`select 1 from changes where sync_id = ${ctx.syncId}`)).length, 1);
  };
  await apply(db, ctx, plan, { removals: true, inside });
  const after = await everything(db, here.rosterId);
  assert.notEqual(after, before);
  await apply(db, ctx, plan, { removals: true, inside });
  await dropStage(db, ctx);
  await apply(db, ctx, plan, { removals: true, inside });
  assert.equal(await everything(db, here.rosterId), after);
  assert.equal(calls, 1);
});

test('two at once apply a sync once', async () => {
  const db = await testDb();
  const here = place();
  const ctx = stageOf(here);
  const plan = await compare(db, ctx, { orgs: bulk(orgs('a', 'b')) });
  await Promise.all([apply(db, ctx, plan, { removals: true }), apply(db, ctx, plan, { removals: true })]);
  assert.equal((await changesOf(db, here.rosterId, ctx.syncId, { limit: 10 })).length, 2);
});

test('additions and updates only: removals wait', async () => {
  const db = await testDb();
  const here = place();
  await deliver(db, here, { orgs: bulk(orgs('a', 'b')) });
  const next = { orgs: bulk(orgs('b', 'c')) };
  const { plan, ctx } = await deliver(db, here, next, { removals: false });
  assert.equal(plan.kinds.orgs?.archive, 1);
  assert.deepEqual(await activeIds(db, here.rosterId), ['a', 'b', 'c']);
  assert.deepEqual(
    (await changesOf(db, here.rosterId, ctx.syncId, { limit: 10 })).map(({ action }) => action),
    ['create'],
  );
  assert.equal((await deliver(db, here, next)).plan.kinds.orgs?.archive, 1);
  assert.deepEqual(await activeIds(db, here.rosterId), ['b', 'c']);
});

test('a plan made on another roster than the one that is there is not applied', async () => {
  const db = await testDb();
  const here = place();
  const ctx = stageOf(here);
  const plan = await compare(db, ctx, { orgs: bulk(orgs('a')) });
  await deliver(db, here, { orgs: bulk(orgs('z')) });
  const before = await everything(db, here.rosterId);
  await assert.rejects(apply(db, ctx, plan, { removals: true }), /not any more what this sync was compared with/);

  const late = stageOf(here);
  const removal = await compare(db, late, { orgs: bulk(orgs('a')) });
  await db.query(sql`update orgs set source_id = null where roster_id = ${here.rosterId} and sourced_id = 'z'`);
  await assert.rejects(apply(db, late, removal, { removals: true }), /not any more what this sync was compared with/);
  await db.query(sql`update orgs set source_id = ${here.sourceId} where roster_id = ${here.rosterId}`);
  assert.equal(await everything(db, here.rosterId), before);
});

test('nothing is concluded from a stage that is gone, half filled or empty after a crash of the database', async () => {
  const db = await testDb();
  const here = place();
  await deliver(db, here, { orgs: bulk(orgs('a')) });
  const ctx = stageOf(here);
  const delivery: Delivery = { orgs: bulk(orgs('a')) };
  assert.equal(await stageLoaded(db, ctx), false);
  await createStage(db, ctx);
  assert.equal(await stageLoaded(db, ctx), false);
  await assert.rejects(diff(db, ctx, countsOfDelivery(delivery)), /stage the delivery anew/);

  const plan = await compare(db, ctx, delivery);
  assert.equal(await stageLoaded(db, ctx), true);
  await assert.rejects(diff(db, ctx, countsOfDelivery({ ...delivery, users: bulk([]) })), /none were staged/);
  // What a crash does to unlogged tables.
  for (const table of ['orgs', 'loaded', 'plan', 'missing', 'left out'] as const) {
    await db.query(sql`truncate ${raw(stageTable(ctx, table))}`);
  }
  await assert.rejects(apply(db, ctx, plan, { removals: true }), /stage the delivery anew/);
  assert.deepEqual(await activeIds(db, here.rosterId), ['a']);
});

test('staging again begins anew, and the stages of finished syncs go', async () => {
  const db = await testDb();
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const product = await addProduct(db, { slug: 'math', name: 'Math' });
  const { id: rosterId } = await ensureRoster(db, district.id, product.id);
  const { id: sourceId } = await addSource(db, { rosterId, kind: 'upload', name: 'Upload' });
  const [over, running] = [await createSync(db, { rosterId, sourceId }), await createSync(db, { rosterId, sourceId })];
  await createStage(db, { rosterId, sourceId, syncId: over.id });
  await setSync(db, over.id, { state: 'checking' });
  await setSync(db, over.id, { state: 'rejected' });

  const ctx = { rosterId, sourceId, syncId: running.id };
  await compare(db, ctx, { orgs: bulk(orgs('a', 'b')) });
  const plan = await compare(db, ctx, { orgs: bulk(orgs('a')) });
  assert.equal(plan.kinds.orgs?.create, 1);
  const tables = sql`select count(*) from pg_tables where schemaname = 'stage'`;
  assert.deepEqual(await db.one(tables), { count: 6 });
  await dropStage(db, ctx);
  assert.deepEqual(await db.one(tables), { count: 0 });
});

test('every byte of a record arrives as it was sent', async () => {
  const db = await testDb();
  const here = place();
  const name = 'tab\t, back\\slash, \\N, \\., \\t, quote", line\nbreak\r, \u0001, Zoë 李 \u{1f600}';
  const long = 'ü'.repeat(20_000);
  const rows: Fields[] = Array.from({ length: 40 }, (_, index) => ({
    sourcedId: `o${index}`,
    name: index % 2 ? name : long,
    'metadata.custom': `${name}${index}`,
  }));
  await deliver(db, here, { orgs: bulk(rows) });
  for (const record of await listRecords(db, here.rosterId, 'orgs', { limit: 100 })) {
    const sent = rows.find((row) => row.sourcedId === record.sourcedId);
    assert.deepEqual({ ...record.fields, ...record.metadata }, sent);
  }
  assert.equal((await deliver(db, here, { orgs: bulk(rows) })).plan.kinds.orgs?.unchanged, 40);
});

test('more left-out rows than wait in memory interrupt the loading, and it goes on', async () => {
  const db = await testDb();
  const here = place();
  const leftOut = Array.from({ length: 60_000 }, (_, index) => `x${index}`);
  const delivery: Delivery = {
    users: bulk([{ sourcedId: 'u' }], { leftOut }),
    orgs: bulk(orgs('a'), { leftOut: ['b'] }),
  };
  await deliver(db, here, { orgs: bulk(orgs('a', 'b')), users: bulk([{ sourcedId: 'x59999' }]) });
  const { plan } = await deliver(db, here, delivery);
  assert.deepEqual([plan.kinds.users?.create, plan.kinds.users?.archive, plan.kinds.orgs?.archive], [1, 0, 0]);
});

test('removals are counted by school, with what the school had', async () => {
  const db = await testDb();
  const here = place();
  const enrollment = (sourcedId: string, schoolSourcedId: string) => ({ sourcedId, schoolSourcedId });
  const schools = orgs('hill', 'lake').map((row) => ({
    ...row,
    name: row.sourcedId === 'hill' ? 'Hill Elementary' : '',
  }));
  const users = [
    { sourcedId: 'u', orgSourcedIds: 'hill,lake' },
    { sourcedId: 'v', orgSourcedIds: 'lake' },
  ];
  const all = ['1', '2', '3'].map((id) => enrollment(id, 'hill')).concat(enrollment('4', 'lake'));
  await deliver(db, here, { orgs: bulk(schools), users: bulk(users), enrollments: bulk(all) });
  const { plan } = await deliver(db, here, { users: bulk(users.slice(1)), enrollments: bulk(all.slice(2)) });
  assert.deepEqual(plan.schools, [
    { kind: 'users', school: 'hill', name: 'Hill Elementary', archive: 1, live: 1 },
    { kind: 'users', school: 'lake', archive: 1, live: 2 },
    { kind: 'enrollments', school: 'hill', name: 'Hill Elementary', archive: 2, live: 3 },
  ]);
  const gone = { mode: 'delta' as const, rows: [{ sourcedId: '4', status: 'tobedeleted' }] };
  const delta = await deliver(db, here, { enrollments: gone });
  assert.deepEqual(delta.plan.schools, [{ kind: 'enrollments', school: 'lake', archive: 1, live: 1 }]);
});

test('what is planned can be read page by page before it is applied', async () => {
  const db = await testDb();
  const here = place();
  const ctx = stageOf(here);
  const first = await compare(db, ctx, { orgs: bulk(orgs('a', 'b', 'c')) });
  const page = { kind: 'orgs' as const, limit: 2 };
  const status = { from: undefined, to: 'active' };
  const created = (id: string) => ({
    kind: 'orgs',
    sourcedId: id,
    action: 'create',
    before: null,
    after: { sourcedId: id, name: `School ${id}`, type: 'school', status: 'active' },
    changed: {
      sourcedId: { from: undefined, to: id },
      name: { from: undefined, to: `School ${id}` },
      type: { from: undefined, to: 'school' },
      status,
    },
  });
  assert.deepEqual(await plannedChanges(db, ctx, first, page), [created('a'), created('b')]);
  await indexStage(db, ctx, first);
  await indexStage(db, ctx, first);
  assert.deepEqual(await plannedChanges(db, ctx, first, { ...page, after: { kind: 'orgs', sourcedId: 'b' } }), [
    created('c'),
  ]);
  assert.deepEqual(await plannedChanges(db, ctx, first, { ...page, action: 'archive' }), []);
  await apply(db, ctx, first, { removals: true });

  const other = { ...here, sourceId: newId(), syncId: newId() };
  const plan = await compare(db, other, { orgs: bulk(orgs('a', 'd')) });
  assert.equal(plan.kinds.orgs?.conflict, 1);
  assert.deepEqual(await plannedChanges(db, other, plan, page), [created('d')], 'a conflict changes nothing');

  const next = { ...here, syncId: newId() };
  const later = await compare(db, next, {
    orgs: bulk([{ sourcedId: 'a', name: 'Hill', type: 'school' }, ...orgs('c', 'e')]),
  });
  await indexStage(db, next, later);
  assert.deepEqual(await plannedChanges(db, next, later, { limit: 10 }), [
    {
      kind: 'orgs',
      sourcedId: 'a',
      action: 'update',
      before: { sourcedId: 'a', name: 'School a', type: 'school', status: 'active' },
      after: { sourcedId: 'a', name: 'Hill', type: 'school', status: 'active' },
      changed: { name: { from: 'School a', to: 'Hill' } },
    },
    {
      kind: 'orgs',
      sourcedId: 'b',
      action: 'archive',
      before: { sourcedId: 'b', name: 'School b', type: 'school', status: 'active' },
      after: { sourcedId: 'b', name: 'School b', type: 'school', status: 'tobedeleted' },
      changed: { status: { from: 'active', to: 'tobedeleted' } },
    },
    created('e'),
  ]);
});

test('what is planned is counted by school', async () => {
  const db = await testDb();
  const here = place();
  const enrolled = (school: string, ...ids: string[]): Fields[] =>
    ids.map((sourcedId) => ({ sourcedId, schoolSourcedId: school, role: 'student' }));
  const ctx = stageOf(here);
  const first = await compare(db, ctx, {
    orgs: bulk(orgs('hill', 'lake')),
    enrollments: bulk(enrolled('hill', '1', '2', '3')),
  });
  assert.deepEqual(await plannedBySchool(db, ctx, first, 10), [
    { kind: 'enrollments', school: 'hill', name: 'School hill', added: 3, changed: 0, archive: 0, live: 0 },
  ]);
  await apply(db, ctx, first, { removals: true });
  const next = stageOf(here);
  const rows = [...enrolled('hill', '1'), ...enrolled('lake', '3', '4')];
  const plan = await compare(db, next, { enrollments: bulk(rows) });
  assert.deepEqual(await plannedBySchool(db, next, plan, 10), [
    { kind: 'enrollments', school: 'hill', name: 'School hill', added: 0, changed: 0, archive: 1, live: 3 },
    { kind: 'enrollments', school: 'lake', name: 'School lake', added: 1, changed: 1, archive: 0, live: 0 },
  ]);
});

test('the history of a record names the sync, and the fields that changed', async () => {
  const db = await testDb();
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const product = await addProduct(db, { slug: 'math', name: 'Math' });
  const { id: rosterId } = await ensureRoster(db, district.id, product.id);
  const { id: sourceId } = await addSource(db, { rosterId, kind: 'upload', name: 'Nightly' });
  const send = async (delivery: Delivery) => {
    const ctx = { rosterId, sourceId, syncId: (await createSync(db, { rosterId, sourceId })).id };
    await apply(db, ctx, await compare(db, ctx, delivery), { removals: true });
    return ctx;
  };
  const row = { sourcedId: 'a', name: 'Hill', type: 'school', 'metadata.x': '1' };
  await send({ orgs: bulk([row, ...orgs('b', 'c')]) });
  const { syncId } = await send({
    orgs: bulk([{ ...row, name: 'Hill Elementary', type: '', 'metadata.x': '2' }, ...orgs('b')]),
  });

  const history = await historyOf(db, rosterId, 'orgs', 'a');
  assert.deepEqual(
    history.map(({ action, syncNumber }) => [action, syncNumber]),
    [
      ['update', 2],
      ['create', 1],
    ],
  );
  assert.deepEqual(history[0]?.changed, {
    name: { from: 'Hill', to: 'Hill Elementary' },
    type: { from: 'school', to: undefined },
    'metadata.x': { from: '1', to: '2' },
  });
  assert.deepEqual(history[1]?.after, {
    sourcedId: 'a',
    name: 'Hill',
    type: 'school',
    status: 'active',
    metadata: { 'metadata.x': '1' },
  });
  assert.deepEqual((await recordOf(db, rosterId, 'orgs', 'a'))?.owner, { sourceId, name: 'Nightly' });

  await send({ orgs: bulk(orgs('a', 'b', 'c')) });
  const changes = await changesOf(db, rosterId, syncId, { limit: 10 });
  assert.deepEqual(
    changes.map(({ sourcedId, action, after }) => [sourcedId, action, after?.name]),
    [
      ['a', 'update', 'Hill Elementary'],
      ['c', 'archive', 'School c'],
    ],
  );
  assert.deepEqual(await changesOf(db, rosterId, syncId, { limit: 10, kind: 'users' }), []);
  assert.equal((await changesOf(db, rosterId, syncId, { limit: 10, action: 'archive' })).length, 1);
  const [first] = await changesOf(db, rosterId, syncId, { limit: 1 });
  const rest = await changesOf(db, rosterId, syncId, {
    limit: 10,
    after: { kind: 'orgs', sourcedId: first?.sourcedId as string },
  });
  assert.deepEqual(
    rest.map(({ sourcedId }) => sourcedId),
    ['c'],
  );
});

test('a page of changes may end between two changes of one record, and a history has pages too', async () => {
  const db = await testDb();
  const { rosterId, ...here } = place();
  const { ctx } = await deliver(db, { rosterId, ...here }, { orgs: bulk(orgs('a', 'b')) });
  const at = new Date(Date.now() + 1000);
  for (const name of ['First', 'Second', 'Third']) {
    const before = JSON.stringify({ sourcedId: 'a', name, status: 'active' });
    await db.query(sql`
      insert into changes (roster_id, id, sync_id, at, kind, sourced_id, action, before)
      values (${rosterId}, ${newId()}, ${ctx.syncId}, ${at}, 'orgs', 'a', 'update', ${before}::jsonb)`);
  }
  const seen: unknown[] = [];
  for (let after: { kind: 'orgs'; sourcedId: string; id: string | null } | undefined; ; ) {
    const [change] = await changesOf(db, rosterId, ctx.syncId, { limit: 1, ...(after ? { after } : {}) });
    if (!change) break;
    seen.push([change.sourcedId, change.before?.name, change.after?.name]);
    after = { kind: 'orgs', sourcedId: change.sourcedId, id: change.id };
  }
  assert.deepEqual(seen, [
    ['a', undefined, 'First'],
    ['a', 'First', 'Second'],
    ['a', 'Second', 'Third'],
    ['a', 'Third', 'School a'],
    ['b', undefined, 'School b'],
  ]);
  const whole = await historyOf(db, rosterId, 'orgs', 'a');
  assert.deepEqual(
    whole.map(({ before }) => before?.name),
    ['Third', 'Second', 'First', undefined],
  );
  const paged = [await historyOf(db, rosterId, 'orgs', 'a', 3), await historyOf(db, rosterId, 'orgs', 'a', 3, 3)];
  assert.deepEqual(paged.flat(), whole);
  assert.deepEqual(await historyOf(db, rosterId, 'orgs', 'a', 2, 1), whole.slice(1, 3));
});

test('references that lead nowhere are found, in single fields, lists and ids that are references themselves', async () => {
  const db = await testDb();
  const here = place();
  await deliver(db, here, {
    orgs: bulk(orgs('a')),
    users: bulk([{ sourcedId: 'u', orgSourcedIds: 'a,nowhere' }]),
    demographics: bulk([{ sourcedId: 'u' }, { sourcedId: 'nobody' }]),
    enrollments: bulk([{ sourcedId: 'e', userSourcedId: 'u', schoolSourcedId: 'lost' }]),
  });
  assert.deepEqual(await danglingReferences(db, here.rosterId), [
    { kind: 'users', sourcedId: 'u', field: 'orgSourcedIds', value: 'nowhere' },
    { kind: 'demographics', sourcedId: 'nobody', field: 'sourcedId', value: 'nobody' },
    { kind: 'enrollments', sourcedId: 'e', field: 'schoolSourcedId', value: 'lost' },
  ]);
  // An archived record is still there.
  const elsewhere = place();
  await deliver(db, elsewhere, { orgs: bulk(orgs('a', 'b')), users: bulk([{ sourcedId: 'u', orgSourcedIds: 'a' }]) });
  await deliver(db, elsewhere, { orgs: bulk(orgs('b')) });
  assert.deepEqual(await danglingReferences(db, elsewhere.rosterId), []);
  assert.equal((await countsOf(db, elsewhere.rosterId)).orgs, 1);
});
