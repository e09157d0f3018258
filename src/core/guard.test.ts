import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Facts, guard } from './guard.ts';
import type { KindPlan, Plan, SchoolPlan } from './plan.ts';
import type { Mode, TableCount } from './record.ts';
import { defaultThresholds } from './source-settings.ts';
import type { Kind } from './tables.ts';

const zero: KindPlan = {
  create: 0,
  update: 0,
  archive: 0,
  reactivate: 0,
  takeOver: 0,
  conflict: 0,
  unchanged: 0,
  leftOut: 0,
  live: 0,
  fresh: false,
  removalsSuspended: false,
};
const trusted: Facts = { mode: 'active', isFirst: false, trustFirst: false };

const planOf = (kinds: Partial<Record<Kind, Partial<KindPlan>>>, schools: SchoolPlan[] = []): Plan => ({
  kinds: Object.fromEntries(Object.entries(kinds).map(([kind, counts]) => [kind, { ...zero, ...counts }])),
  schools,
});
const removing = (archive: number, live: number, kind: Kind = 'enrollments') =>
  planOf({ [kind]: { archive, live, update: 1 } });
const table = (kind: Kind, rows: number, leftOut = 0, mode: Mode = 'bulk'): TableCount => ({
  kind,
  file: `${kind}.csv`,
  mode,
  rows,
  leftOut,
  unidentified: 0,
});
const sentences = (plan: Plan, tables: TableCount[] = [], facts = trusted) =>
  guard(plan, tables, facts).reasons.map((reason) => reason.sentence);

test('an ordinary night is applied', () => {
  assert.deepEqual(guard(removing(30, 2940), [table('enrollments', 2940, 3)], trusted), {
    verdict: 'apply',
    reasons: [],
  });
});

test('no net change is unchanged, whatever else would be asked', () => {
  const plan = planOf({ users: { unchanged: 5, live: 5 } });
  assert.deepEqual(guard(plan, [table('users', 5, 4)], { mode: 'dry run', isFirst: true, trustFirst: false }), {
    verdict: 'unchanged',
    reasons: [],
  });
});

test('taking over a manual record is a change', () => {
  assert.equal(guard(planOf({ users: { takeOver: 1 } }), [], trusted).verdict, 'apply');
});

test('the sentence has the numbers, the percentage and the limit', () => {
  assert.deepEqual(sentences(removing(412, 2940)), [
    'this delivery would remove 412 of 2,940 enrollments (14 %; the limit is 10 %)',
  ]);
});

test('19 removals never hold, 20 do when they are more than a tenth', () => {
  assert.equal(guard(removing(19, 19), [], trusted).verdict, 'apply');
  assert.equal(guard(removing(20, 20), [], trusted).verdict, 'hold');
});

test('exactly 10 % is allowed, 10.1 % is not, and is not shown as 10 %', () => {
  assert.equal(guard(removing(100, 1000), [], trusted).verdict, 'apply');
  assert.deepEqual(sentences(removing(101, 1000)), [
    'this delivery would remove 101 of 1,000 enrollments (10.1 %; the limit is 10 %)',
  ]);
  assert.equal(guard(removing(294, 2940), [], trusted).verdict, 'apply');
  assert.equal(guard(removing(30, 300), [], trusted).verdict, 'apply');
  assert.deepEqual(sentences(removing(100_001, 1_000_000)), [
    'this delivery would remove 100,001 of 1,000,000 enrollments (10.1 %; the limit is 10 %)',
  ]);
});

test('every kind is judged, with its own words', () => {
  assert.deepEqual(
    sentences(planOf({ classes: { archive: 30, live: 100 }, demographics: { archive: 50, live: 51 } })),
    [
      'this delivery would remove 30 of 100 classes (30 %; the limit is 10 %)',
      'this delivery would remove 50 of 51 demographics records (98 %; the limit is 10 %)',
    ],
  );
});

test('one school that empties is held though the district hardly notices', () => {
  const school: SchoolPlan = { kind: 'users', school: '0105', name: 'Hill Elementary', archive: 60, live: 480 };
  assert.deepEqual(guard(planOf({ users: { archive: 60, live: 5000 } }, [school]), [], trusted), {
    verdict: 'hold',
    reasons: [
      {
        code: 'removals-school',
        sentence: 'this delivery would remove 60 of 480 users at Hill Elementary (13 %; the limit is 10 %)',
        kind: 'users',
        school: '0105',
        count: 60,
        of: 480,
      },
    ],
  });
  assert.equal(
    guard(planOf({ users: { archive: 19, live: 5000 } }, [{ ...school, archive: 19, live: 19 }]), [], trusted).verdict,
    'apply',
  );
});

test('removals that are all at one school are one reason', () => {
  const school: SchoolPlan = { kind: 'enrollments', school: '0105', archive: 412, live: 420 };
  assert.deepEqual(sentences(planOf({ enrollments: { archive: 412, live: 2940 } }, [school])), [
    'this delivery would remove 412 of 2,940 enrollments (14 %; the limit is 10 %); all of them at school 0105',
  ]);
});

test('many schools are counted, the worst are named', () => {
  const schools = [21, 25, 23, 24, 22].map(
    (archive, at): SchoolPlan => ({ kind: 'classes', school: `010${at}`, archive, live: 100 }),
  );
  assert.deepEqual(sentences(planOf({ classes: { archive: 115, live: 9000 } }, schools)), [
    'this delivery would remove 25 of 100 classes at school 0101 (25 %; the limit is 10 %)',
    'this delivery would remove 24 of 100 classes at school 0103 (24 %; the limit is 10 %)',
    'this delivery would remove 23 of 100 classes at school 0102 (23 %; the limit is 10 %)',
    '2 more schools would lose more than 10 % of their classes',
  ]);
});

test('more than 5 % left out of a key kind is held; other kinds and the exact limit are not', () => {
  const plan = planOf({ users: { create: 1 } });
  assert.equal(guard(plan, [table('users', 1000, 50)], trusted).verdict, 'apply');
  assert.deepEqual(sentences(plan, [table('users', 1000, 51)]), [
    '51 of 1,000 rows of users.csv cannot be taken (5.1 %; the limit is 5 %)',
  ]);
  assert.equal(guard(plan, [table('demographics', 1000, 900)], trusted).verdict, 'apply');
});

test('a key file with a header only never means that everybody left', () => {
  const plan = planOf({ users: { archive: 19, live: 19 } });
  assert.deepEqual(sentences(plan, [table('users', 0)]), [
    'users.csv holds a header and no rows; taken at its word, all 19 users would leave',
  ]);
  assert.equal(
    guard(planOf({ demographics: { archive: 3, live: 30 } }), [table('demographics', 0)], trusted).verdict,
    'apply',
  );
  assert.equal(guard(planOf({ users: { update: 1 } }), [table('users', 0, 0, 'delta')], trusted).verdict, 'apply');
});

test('a first delivery is looked at unless the source is trusted', () => {
  const plan = planOf({ users: { create: 10, fresh: true } });
  assert.deepEqual(
    guard(plan, [], { ...trusted, isFirst: true }).reasons.map((reason) => reason.code),
    ['first-delivery'],
  );
  assert.equal(guard(plan, [], { ...trusted, isFirst: true, trustFirst: true }).verdict, 'apply');
});

test('dry run holds everything that would change something', () => {
  assert.deepEqual(
    guard(removing(1, 10), [], { ...trusted, mode: 'dry run' }).reasons.map((reason) => reason.code),
    ['dry-run'],
  );
});

test('a source that only adds is not held for removals', () => {
  assert.equal(
    guard(removing(100, 100), [table('enrollments', 0)], { ...trusted, mode: 'additions only' }).verdict,
    'apply',
  );
});

test('20 people under new sourcedIds are held, 19 are not', () => {
  const plan = planOf({ users: { create: 25 } });
  assert.equal(guard(plan, [], { ...trusted, identityChanges: 19 }).verdict, 'apply');
  assert.deepEqual(sentences(plan, [], { ...trusted, identityChanges: 20 }), [
    '20 people come back under a new sourcedId while their old records leave (the limit is 20)',
  ]);
});

test('thresholds can be set', () => {
  const loose = { ...defaultThresholds, removedShare: 0.5, removedAtLeast: 2 };
  assert.equal(guard(removing(5, 10), [], trusted, loose).verdict, 'apply');
  assert.equal(guard(removing(6, 10), [], trusted, loose).verdict, 'hold');
});
