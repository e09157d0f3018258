import assert from 'node:assert/strict';
import test from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import type { Plan } from '../core/plan.ts';
import type { Finding } from '../core/record.ts';
import type { Db } from './db.ts';
import { addDelivery, deliveryById } from './deliveries.ts';
import { addDistrict, addProduct, addSource, ensureRoster } from './districts.ts';
import { newId } from './ids.ts';
import { newestOfSources, recentSyncs, type SyncRow } from './queries.ts';
import type { SyncState } from './sync-states.ts';
import {
  clearFindings,
  createSync,
  findingsOf,
  finishStep,
  listSyncs,
  ruleCountsOf,
  saveFindings,
  saveRuleCounts,
  setSync,
  startStep,
  stepsOf,
  syncById,
} from './syncs.ts';

async function newSource(db: Db, siteCode: string) {
  const product = (await addProduct(db, { slug: `p-${siteCode}`, name: 'Literacy' })).id;
  const district = await addDistrict(db, { siteCode, name: `District ${siteCode}` });
  const roster = await ensureRoster(db, district.id, product);
  return addSource(db, { rosterId: roster.id, kind: 'sftp', name: 'Nightly' });
}

async function house() {
  const db = await testDb();
  const source = await newSource(db, '1');
  const sync = () => createSync(db, { rosterId: source.rosterId, sourceId: source.id });
  return { db, source, sync };
}

test('numbers of a roster follow each other, also when many arrive at once', async () => {
  const { db, source, sync } = await house();
  const made = await Promise.all(Array.from({ length: 12 }, sync));
  assert.deepEqual(
    made.map((each) => each.number).sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  );
  const other = await newSource(db, '2');
  assert.equal((await createSync(db, { rosterId: other.rosterId, sourceId: other.id })).number, 1);
  assert.equal((await listSyncs(db, { rosterId: source.rosterId })).length, 12);
});

test('a delivery and its sync are read with all that they belong to', async () => {
  const { db, source } = await house();
  const receivedAt = new Date('2026-11-21T02:58:00Z');
  const delivery = await addDelivery(db, {
    rosterId: source.rosterId,
    sourceId: source.id,
    name: 'OneRoster.zip',
    sizeBytes: 5_000_000_000,
    sha256: 'ab'.repeat(32),
    receivedAt,
    accountId: null,
    address: '192.0.2.7',
    archiveKey: 'k',
    expiresAt: null,
  });
  assert.deepEqual(await deliveryById(db, delivery.id), delivery);
  const sync = await createSync(db, { rosterId: source.rosterId, sourceId: source.id, deliveryId: delivery.id });
  assert.equal(sync.state, 'received');
  assert.deepEqual(sync.delivery, delivery);
  assert.deepEqual(sync.district, source.district);
  // Which rules count is asked of the source when a delivery is checked.
  const { rulesVersion, ...product } = source.product;
  assert.equal(rulesVersion, null);
  assert.deepEqual(sync.product, product);
  assert.deepEqual(sync.source, { id: source.id, name: 'Nightly', kind: 'sftp' });
  assert.deepEqual(await syncById(db, sync.id), sync);
  assert.deepEqual(await listSyncs(db), [sync]);
  assert.equal(await syncById(db, 'latest'), undefined);
  assert.equal(await syncById(db, newId()), undefined);
});

let shared: ReturnType<typeof house> | undefined;
/** One house for tests that touch nothing but a sync of their own. */
const sharedHouse = () => {
  shared ??= house();
  return shared;
};

/** The arrows of the life of a sync, and a step that runs again after a crash. */
const ways: SyncState[][] = [
  ['checking', 'comparing', 'applying', 'applied', 'rolled back'],
  ['checking', 'checking', 'comparing', 'comparing', 'applying', 'applying', 'applied', 'applied'],
  ['checking', 'rejected'],
  ['unchanged'],
  ['checking', 'comparing', 'unchanged'],
  ['checking', 'comparing', 'held', 'applying', 'applied'],
  ['checking', 'comparing', 'held', 'comparing', 'held', 'discarded'],
  ['checking', 'comparing', 'held', 'superseded'],
  ['superseded'],
  ['checking', 'failed', 'checking', 'comparing', 'applying', 'failed', 'applying', 'applied'],
];
/** The sync after the change. */
async function set(...change: Parameters<typeof setSync>): Promise<SyncRow> {
  await setSync(...change);
  return (await syncById(change[0], change[1])) as SyncRow;
}

for (const way of ways) {
  test(`a sync may go: received, ${way.join(', ')}`, async () => {
    const { db, sync } = await sharedHouse();
    const { id } = await sync();
    for (const state of way) assert.equal((await set(db, id, { state })).state, state);
  });
}

const wrongWays: [SyncState[], SyncState][] = [
  [[], 'applying'],
  [[], 'applied'],
  [['checking'], 'applied'],
  [['checking', 'comparing'], 'applied'],
  [['checking', 'comparing'], 'rejected'],
  [['checking', 'comparing', 'held'], 'applied'],
  [['checking', 'rejected'], 'checking'],
  [['unchanged'], 'checking'],
  [['checking', 'comparing', 'held', 'discarded'], 'applying'],
  [['checking', 'comparing', 'held', 'superseded'], 'applying'],
  [['checking', 'comparing', 'applying', 'applied'], 'applying'],
  [['checking', 'comparing', 'applying', 'applied'], 'failed'],
  [['checking', 'comparing'], 'rolled back'],
];
for (const [way, wrong] of wrongWays) {
  test(`a sync may not go: ${['received', ...way].join(', ')}, then ${wrong}`, async () => {
    const { db, sync } = await sharedHouse();
    const { id } = await sync();
    for (const state of way) await setSync(db, id, { state });
    const before = await syncById(db, id);
    await assert.rejects(setSync(db, id, { state: wrong, fault: 'x' }), { code: 'sync-state', status: 409 });
    assert.deepEqual(await syncById(db, id), before);
  });
}

test('of two who decide at once, one does', async () => {
  const { db, sync } = await sharedHouse();
  const { id } = await sync();
  for (const state of ['checking', 'comparing', 'held'] as const) await setSync(db, id, { state });
  const results = await Promise.allSettled([
    setSync(db, id, { state: 'discarded' }, ['held']),
    setSync(db, id, { state: 'applying' }, ['held']),
  ]);
  assert.deepEqual(results.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
  await assert.rejects(setSync(db, newId(), { state: 'checking' }), { code: 'sync-unknown', status: 404 });
});

test('times follow the state', async () => {
  const { db, sync } = await sharedHouse();
  const made = await sync();
  assert.deepEqual([made.startedAt, made.finishedAt], [null, null]);
  const checking = await set(db, made.id, { state: 'checking' });
  assert.ok(checking.startedAt && !checking.finishedAt);
  const failed = await set(db, made.id, { state: 'failed' });
  assert.ok(failed.finishedAt);
  const again = await set(db, made.id, { state: 'checking' });
  assert.deepEqual([again.startedAt, again.finishedAt], [checking.startedAt, null]);
  for (const state of ['comparing', 'held'] as const)
    assert.equal((await set(db, made.id, { state })).finishedAt, null);
  await setSync(db, made.id, { state: 'applying' });
  const applied = await set(db, made.id, { state: 'applied' });
  assert.ok(applied.finishedAt);
  assert.deepEqual((await set(db, made.id, { state: 'rolled back' })).finishedAt, applied.finishedAt);
});

test('what was found and planned is kept as it was, lists too', async () => {
  const { db, sync } = await sharedHouse();
  const { id } = await sync();
  const plan: Plan = {
    kinds: {
      users: {
        create: 1,
        update: 2,
        archive: 3,
        reactivate: 4,
        takeOver: 5,
        conflict: 6,
        unchanged: 7,
        leftOut: 8,
        live: 9,
        fresh: false,
        removalsSuspended: false,
      },
    },
    schools: [{ kind: 'users', school: 's1', archive: 3, live: 9 }],
  };
  const patch = {
    step: 'comparing',
    format: 'oneroster-csv',
    formatVersion: '1.1',
    bulk: true,
    tables: [
      { kind: 'users' as const, file: 'users.csv', mode: 'bulk' as const, rows: 5, leftOut: 1, unidentified: 0 },
    ],
    plan,
    findingCounts: { fatal: 0, error: 1, warning: 2, info: 3 },
    leftOut: 1,
    changes: 10,
    hold: { reasons: ['This delivery would remove 3 of 9 users.'] },
    decision: { choice: 'apply all' as const, accountId: null, at: '2026-11-21T03:00:00Z', counts: { removed: 3 } },
    fault: 'The disk was full.',
    attempts: 2,
  };
  const kept = await set(db, id, patch);
  for (const [name, value] of Object.entries(patch)) assert.deepEqual(kept[name as keyof typeof kept], value, name);
  assert.equal(kept.state, 'received');
  assert.equal((await set(db, id, { fault: null, hold: null })).hold, null);
});

test('a step that runs again begins anew', async () => {
  const { db, sync } = await sharedHouse();
  const { id } = await sync();
  await startStep(db, id, 'checking');
  await finishStep(db, id, 'checking', { rows: 5 });
  await startStep(db, id, 'comparing');
  const steps = await stepsOf(db, id);
  assert.deepEqual(
    steps.map(({ step, detail, finishedAt }) => [step, detail, finishedAt !== null]),
    [
      ['checking', { rows: 5 }, true],
      ['comparing', {}, false],
    ],
  );
  await startStep(db, id, 'checking');
  const again = (await stepsOf(db, id)).find((each) => each.step === 'checking');
  assert.deepEqual([again?.finishedAt, again?.detail], [null, {}]);
  assert.equal((await syncById(db, id))?.step, 'checking');
});

const finding = (rule: string, line: number, more: Partial<Finding> = {}): Finding => ({
  rule,
  severity: 'error',
  file: 'users.csv',
  line,
  message: `m${line}`,
  fix: 'f',
  ...more,
});

test('the first 1,000 findings of a rule are kept in their order, and all are counted', async () => {
  const { db, sync } = await sharedHouse();
  const { id } = await sync();
  const many = Array.from({ length: 1500 }, (_, index) => finding('many', index + 2));
  const one = finding('one', 7, { severity: 'fatal', column: 'status', key: 'k', value: 'activ␠' });
  await saveFindings(db, id, [...many.slice(0, 700), one]);
  await saveFindings(db, id, many.slice(700));
  await saveFindings(db, id, []);
  assert.deepEqual(await findingsOf(db, id, { rule: 'many', limit: 2000, offset: 0 }), many.slice(0, 1000));
  assert.deepEqual(await findingsOf(db, id, { rule: 'many', limit: 2, offset: 998 }), many.slice(998, 1000));
  assert.deepEqual(await findingsOf(db, id, { limit: 2, offset: 0 }), [one, many[0]]);

  await saveRuleCounts(db, id, { odd: { severity: 'warning', count: 9 }, many: { severity: 'error', count: 1500 } });
  await saveRuleCounts(db, id, { many: { severity: 'error', count: 1500 }, one: { severity: 'fatal', count: 1 } });
  assert.deepEqual(await ruleCountsOf(db, id), [
    { rule: 'one', severity: 'fatal', count: 1 },
    { rule: 'many', severity: 'error', count: 1500 },
  ]);
  await clearFindings(db, id);
  assert.deepEqual(await findingsOf(db, id, { limit: 10, offset: 0 }), []);
  assert.deepEqual(await ruleCountsOf(db, id), []);
});

test('cells that no database likes are kept readable', async () => {
  const { db, sync } = await sharedHouse();
  const { id } = await sync();
  await saveFindings(db, id, [finding('nul', 2, { value: 'a\0b', key: 'x'.repeat(10_000), message: '{"\\,}' })]);
  const [kept] = await findingsOf(db, id, { limit: 1, offset: 0 });
  assert.equal(kept?.value, 'a␀b');
  assert.equal(kept?.key?.length, 2000);
  assert.equal(kept?.message, '{"\\,}');
});

test('lists are newest first, narrowed, and read on where they ended', async () => {
  const { db, source, sync } = await house();
  const other = await newSource(db, '2');
  const mine = [await sync(), await sync(), await sync()];
  const theirs = await createSync(db, { rosterId: other.rosterId, sourceId: other.id });
  await setSync(db, (mine[0] as { id: string }).id, { state: 'unchanged' });
  const numbers = async (scope: Parameters<typeof listSyncs>[1]) => (await listSyncs(db, scope)).map((each) => each.id);
  const ids = [...mine, theirs].map((each) => each.id);
  assert.deepEqual(await numbers({}), ids.toReversed());
  assert.deepEqual(await numbers({ districtId: source.district.id, limit: 2 }), [ids[2], ids[1]]);
  assert.deepEqual(await numbers({ sourceId: source.id, before: ids[1] as string }), [ids[0]]);
  assert.deepEqual(await numbers({ states: ['unchanged', 'held'] }), [ids[0]]);

  const recent = await recentSyncs(db, [source.id, other.id, newId()], 2);
  assert.deepEqual(
    [...recent].map(([id, syncs]) => [id, syncs.map((each) => each.id)]).sort(),
    [
      [source.id, [ids[2], ids[1]]],
      [other.id, [ids[3]]],
    ].sort(),
  );
});

test('the newest sync of each source says what its state follows from', async () => {
  const { db, source, sync } = await house();
  const quiet = await newSource(db, '2');
  const held = await sync();
  await setSync(db, held.id, { state: 'checking' });
  await setSync(db, held.id, { state: 'comparing', format: 'oneroster-csv' });
  await setSync(db, held.id, { state: 'held', hold: { reasons: ['Too many leave.'], details: [] } });
  const tried = await sync();
  await db.query(sql`update syncs set dry_run = true where id = ${tried.id}`);
  const found = await newestOfSources(db);
  assert.deepEqual(
    [...found.values()],
    [
      {
        sourceId: source.id,
        state: 'held',
        decision: null,
        format: 'oneroster-csv',
        holdReasons: ['Too many leave.'],
      },
    ],
  );
  assert.equal((await newestOfSources(db, { districtId: quiet.district.id })).size, 0);
});

test('the overview of many districts looks each newest sync up by its index', async () => {
  const { db, source } = await house();
  await db.query(sql`
    insert into syncs (roster_id, id, source_id, number, state)
    select ${source.rosterId}, gen_random_uuid(), ${source.id}, n, 'applied' from generate_series(1, 20000) n`);
  await db.query(sql`analyze syncs`);
  const plan = await db.query<{ 'QUERY PLAN': string }>(sql`
    explain select y.number from sources s left join lateral (
      select * from syncs where roster_id = s.roster_id and source_id = s.id order by number desc limit 1) y on true`);
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  assert.match(text, /Index Scan Backward using syncs_/);
  assert.doesNotMatch(text, /Seq Scan on syncs/);
});
