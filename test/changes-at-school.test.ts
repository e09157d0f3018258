/** The changes at one school, of one act, page by page: those that are planned and those that were made, against a plain sieve. */
import assert from 'node:assert/strict';
import test from 'node:test';
import sql from 'sql-template-tag';
import type { RecordChange } from '../src/core/changes.ts';
import type { Action, Plan } from '../src/core/plan.ts';
import type { Kind } from '../src/core/tables.ts';
import { insertByHand } from '../src/db/by-hand.ts';
import type { Db } from '../src/db/db.ts';
import { changesOf } from '../src/db/history.ts';
import { newId } from '../src/db/ids.ts';
import { indexStage, plannedBySchool, plannedChanges } from '../src/db/preview.ts';
import { purgeRoster } from '../src/db/purge.ts';
import { apply, type StageContext } from '../src/db/staging.ts';
import { compare, type Fields } from './deliver.ts';
import { testDb } from './postgres.ts';

const bulk = (rows: Fields[]) => ({ mode: 'bulk' as const, rows });
const orgs = ['N', 'S', 'SE'].map((sourcedId) => ({ sourcedId, name: sourcedId, type: 'school' }));
const user = (sourcedId: string, orgSourcedIds: string, givenName = 'A'): Fields => ({
  sourcedId,
  orgSourcedIds,
  givenName,
  role: 'teacher',
});
const enrollment = (sourcedId: string, schoolSourcedId: string, role = 'teacher'): Fields => ({
  sourcedId,
  schoolSourcedId,
  role,
});

/** Ids of two schools that contain each other, lists with and without blanks, and records that name no school. */
const first = {
  orgs: bulk(orgs),
  users: bulk([user('a', 'S'), user('b', 'N, S'), user('c', 'SE'), user('d', 'N,SE'), user('e', ''), user('f', 'S')]),
  enrollments: bulk([enrollment('1', 'S'), enrollment('2', 'N'), enrollment('3', 'SE'), enrollment('4', 'S')]),
};
/** Some change, move, leave and come. */
const second = {
  orgs: bulk(orgs),
  users: bulk([
    user('a', 'N'),
    user('b', 'N, S', 'B'),
    user('d', 'N,SE'),
    user('e', '', 'B'),
    user('f', 'S'),
    user('g', 'SE,S'),
  ]),
  enrollments: bulk([
    enrollment('1', 'S', 'proctor'),
    enrollment('3', 'SE'),
    enrollment('5', 'S'),
    enrollment('6', 'N'),
  ]),
};

type Filter = { kind?: Kind; action?: Action; school?: string };
type Pages = (
  filter: Filter,
  after: RecordChange | undefined,
  limit: number,
) => Promise<(RecordChange & { id?: string | null })[]>;

async function all(pages: Pages, filter: Filter, limit: number): Promise<RecordChange[]> {
  const found: RecordChange[] = [];
  for (;;) {
    const page = await pages(filter, found.at(-1), limit);
    assert.ok(page.length <= limit);
    found.push(...page);
    if (page.length < limit) return found;
  }
}

const schoolsIn = (values: RecordChange['before']): string[] =>
  String(values?.orgSourcedIds ?? values?.schoolSourcedId ?? '')
    .split(',')
    .map((id) => id.trim());
const told = (changes: RecordChange[]) =>
  changes.map(({ kind, sourcedId, action }) => `${kind} ${sourcedId} ${action}`);

const filters: Filter[] = ([undefined, 'users', 'enrollments'] as const).flatMap((kind) =>
  ([undefined, 'create', 'update', 'archive'] as const).flatMap((action) =>
    [undefined, 'N', 'S', 'nowhere'].map((school) => ({
      ...(kind ? { kind } : {}),
      ...(action ? { action } : {}),
      ...(school ? { school } : {}),
    })),
  ),
);

/** Every filter says what is left of all changes when those that do not fit are taken out, and small pages say the same. */
async function checkFilters(pages: Pages, schools: (change: RecordChange) => string[]): Promise<string[]> {
  const whole = await all(pages, {}, 100);
  for (const filter of filters) {
    const { kind, action, school } = filter;
    const expected = whole.filter(
      (change) =>
        (!kind || change.kind === kind) &&
        (!action || change.action === action) &&
        (!school || schools(change).includes(school)),
    );
    assert.deepEqual(told(await all(pages, filter, 100)), told(expected), JSON.stringify(filter));
  }
  for (const filter of [{}, { school: 'S' }, { kind: 'users', action: 'update', school: 'S' }] as const)
    assert.deepEqual(await all(pages, filter, 2), await all(pages, filter, 100));
  return told(whole);
}

const planned =
  (db: Db, ctx: StageContext, plan: Plan): Pages =>
  (filter, after, limit) =>
    plannedChanges(db, ctx, plan, { ...filter, limit, ...(after ? { after } : {}) });
const done =
  (db: Db, ctx: StageContext, plan: Plan | null): Pages =>
  (filter, after, limit) =>
    changesOf(db, ctx.rosterId, ctx.syncId, { ...filter, limit, plan, ...(after ? { after } : {}) });

/** A plan is looked through by what records will name, or named when they leave; history by what they named before. */
const comingAt = ({ action, before, after }: RecordChange) => schoolsIn(action === 'archive' ? before : after);
const formerlyAt = ({ before, after }: RecordChange) => schoolsIn(before ?? after);

test('changes are found by kind, act and school, before and after they are made', async () => {
  const db = await testDb();
  const here = { rosterId: newId(), sourceId: newId() };
  const nights: { ctx: StageContext; plan: Plan; changes: string[] }[] = [];
  for (const delivery of [first, second, first]) {
    const ctx = { ...here, syncId: newId() };
    const plan = await compare(db, ctx, delivery);
    await checkFilters(planned(db, ctx, plan), comingAt);
    await indexStage(db, ctx, plan);
    const changes = await checkFilters(planned(db, ctx, plan), comingAt);
    const counts = await plannedBySchool(db, ctx, plan, 100);
    for (const { kind, school, archive, added = 0, changed = 0 } of counts) {
      const atIt = await all(planned(db, ctx, plan), { kind, school }, 100);
      assert.equal(atIt.length, archive + added + changed, `${kind} of ${school}`);
    }
    await apply(db, ctx, plan, { removals: true });
    nights.push({ ctx, plan, changes });
  }
  assert.deepEqual(nights[1]?.changes, [
    'users a update',
    'users b update',
    'users c archive',
    'users e update',
    'users g create',
    'enrollments 1 update',
    'enrollments 2 archive',
    'enrollments 4 archive',
    'enrollments 5 create',
    'enrollments 6 create',
  ]);
  const looks = async () => {
    for (const { ctx, plan, changes } of nights) {
      assert.deepEqual(await checkFilters(done(db, ctx, plan), formerlyAt), changes);
      assert.deepEqual(await checkFilters(done(db, ctx, null), formerlyAt), changes, 'a plan that is not known');
    }
  };
  await looks();
  // What was applied before schools and new records were noted.
  const { rosterId } = here;
  const [schools] = await db.query<{ count: number }>(sql`
    select count(*) as count from changes where roster_id = ${rosterId} and schools is not null`);
  assert.ok(schools && schools.count > 10);
  await db.query(sql`update changes set schools = null where roster_id = ${rosterId}`);
  await db.query(sql`delete from created_records where roster_id = ${rosterId}`);
  await looks();
});

/** Compares a delivery with a roster and applies it, as a sync of its own. */
const sending =
  (db: Db, here: { rosterId: string; sourceId: string }) => async (delivery: Parameters<typeof compare>[2]) => {
    const ctx = { ...here, syncId: newId() };
    const plan = await compare(db, ctx, delivery);
    await apply(db, ctx, plan, { removals: true });
    return { ctx, plan };
  };

test('a list of new records loses those that are purged, and their changes stay', async () => {
  const db = await testDb();
  const here = { rosterId: newId(), sourceId: newId() };
  const send = sending(db, here);
  await send(first);
  const { ctx, plan } = await send(second);
  await send(first);
  const later = new Date(Date.now() + 86_400_000);
  assert.ok((await purgeRoster(db, here.rosterId, later, later)) > 0);
  const listed = await db.query<{ id: string }>(sql`
    select sourced_id as id from created_records where roster_id = ${here.rosterId} order by 1`);
  assert.deepEqual(listed, []);
  const created = await all(done(db, ctx, plan), { action: 'create', school: 'S' }, 1);
  assert.deepEqual(told(created), ['users g create', 'enrollments 5 create']);
});

test('a list of new records follows those that get another id', async () => {
  const db = await testDb();
  const here = { rosterId: newId(), sourceId: newId() };
  const send = sending(db, here);
  const demographics = (...ids: string[]) => bulk(ids.map((sourcedId) => ({ sourcedId, sex: 'female' })));
  await send({ ...first, demographics: demographics('a') });
  const cause = { rosterId: here.rosterId, accountId: null, at: new Date() };
  await insertByHand(db, cause, 'users', { fields: user('by-hand', 'S'), metadata: {} });
  const { ctx, plan } = await send({ ...first, demographics: demographics('a', 'by-hand') });
  const created = async () => told(await all(done(db, ctx, plan), { action: 'create' }, 1));
  assert.deepEqual(await created(), ['demographics by-hand create']);
  const users = { ...bulk([...first.users.rows, user('z', 'S')]), takes: [['z', 'by-hand']] as [string, string][] };
  const third = await send({ ...first, users });
  assert.equal(third.plan.kinds.users?.takeOver, 1);
  assert.deepEqual(await created(), ['demographics z create']);
});
