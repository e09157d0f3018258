/** The guard at its limits: just allowed and just held, for each kind, each school and each reason. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Facts, guard, type HoldCode } from './guard.ts';
import type { KindPlan, Plan, SchoolPlan } from './plan.ts';
import type { Mode, TableCount } from './record.ts';
import { defaultThresholds, type Thresholds } from './source-settings.ts';
import { type Kind, keyKinds, rosterKinds } from './tables.ts';

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
const usual: Facts = { mode: 'active', isFirst: false, trustFirst: false };
const planOf = (kind: Kind, counts: Partial<KindPlan>, schools: SchoolPlan[] = []): Plan => ({
  kinds: { [kind]: { ...zero, ...counts } },
  schools,
});
const table = (kind: Kind, rows: number, leftOut = 0, mode: Mode = 'bulk'): TableCount => ({
  kind,
  file: `${kind}.csv`,
  mode,
  rows,
  leftOut,
  unidentified: 0,
});
const codes = (
  plan: Plan,
  tables: TableCount[] = [],
  facts: Partial<Facts> = {},
  thresholds?: Thresholds,
): HoldCode[] => guard(plan, tables, { ...usual, ...facts }, thresholds).reasons.map(({ code }) => code);
const verdict = (plan: Plan, tables: TableCount[] = [], facts: Partial<Facts> = {}) =>
  guard(plan, tables, { ...usual, ...facts }).verdict;

/** Removals of live records: whether they are held by the rule of 10 % and 20 records. */
const removalCases: [archive: number, live: number, isHeld: boolean][] = [
  [19, 19, false],
  [19, 189, false],
  [20, 20, true],
  [20, 199, true],
  [20, 200, false],
  [20, 201, false],
  [21, 210, false],
  [21, 209, true],
  [100, 1000, false],
  [101, 1000, true],
  [29, 290, false],
  [57, 570, false],
  [1_000_000, 10_000_000, false],
  [1_000_001, 10_000_000, true],
];

test('every kind is held beyond 10 % and from 20 records on', () => {
  for (const kind of rosterKinds) {
    for (const [archive, live, isHeld] of removalCases) {
      assert.deepEqual(
        codes(planOf(kind, { archive, live })),
        isHeld ? ['removals'] : [],
        `${archive} of ${live} ${kind}`,
      );
    }
  }
});

test('every school is held beyond 10 % and from 20 records on, however little it is of its kind', () => {
  for (const kind of ['classes', 'users', 'enrollments'] as const) {
    for (const [archive, live, isHeld] of removalCases) {
      const schools: SchoolPlan[] = [{ kind, school: 'S1', archive, live }];
      const plan = planOf(kind, { archive, live: live * 20 }, schools);
      assert.deepEqual(codes(plan), isHeld ? ['removals-school'] : [], `${archive} of ${live} ${kind} at a school`);
    }
  }
});

test("a threshold of a kind is that kind's alone; schools have their own", () => {
  const thresholds = { ...defaultThresholds, kinds: { users: { removedShare: 0.5, removedAtLeast: 1 } } };
  const held = (kind: Kind, archive: number, live: number) =>
    codes(planOf(kind, { archive, live }), [], {}, thresholds).length > 0;
  assert.deepEqual(
    [held('users', 50, 100), held('users', 51, 100), held('users', 1, 1), held('enrollments', 50, 100)],
    [false, true, true, true],
  );
  const school: SchoolPlan = { kind: 'users', school: 'S1', archive: 50, live: 100 };
  assert.deepEqual(codes(planOf('users', { archive: 50, live: 100 }, [school]), [], {}, thresholds), [
    'removals-school',
  ]);
  const own = { ...defaultThresholds, schoolRemovedAtLeast: 5, schoolRemovedShare: 0.4 };
  const at = (archive: number, live: number) =>
    codes(planOf('classes', { archive, live: 900 }, [{ kind: 'classes', school: 'S1', archive, live }]), [], {}, own);
  assert.deepEqual([at(4, 4), at(5, 5), at(6, 15), at(7, 15)], [[], ['removals-school'], [], ['removals-school']]);
});

test('limits of 0 % and 100 % mean none and all', () => {
  const none = { ...defaultThresholds, removedShare: 0, removedAtLeast: 0 };
  assert.deepEqual(codes(planOf('users', { archive: 1, live: 100_000 }), [], {}, none), ['removals']);
  assert.deepEqual(codes(planOf('users', { archive: 0, update: 1, live: 100 }), [], {}, none), []);
  const all = { ...defaultThresholds, removedShare: 1 };
  assert.deepEqual(codes(planOf('users', { archive: 500, live: 500 }), [], {}, all), []);
});

test('rows left out are held beyond 5 % of a key kind', () => {
  const cases: [leftOut: number, rows: number, isHeld: boolean][] = [
    [0, 0, false],
    [1, 20, false],
    [1, 19, true],
    [50, 1000, false],
    [51, 1000, true],
    [7, 140, false],
    [20, 20, true],
  ];
  for (const kind of rosterKinds) {
    const isKey = (keyKinds as readonly Kind[]).includes(kind);
    for (const [leftOut, rows, isHeld] of cases) {
      const found = codes(planOf('orgs', { update: 1 }), [table(kind, rows, leftOut, 'delta')]);
      assert.deepEqual(found, isKey && isHeld ? ['left-out'] : [], `${leftOut} of ${rows} ${kind}`);
    }
  }
  const own = { ...defaultThresholds, kinds: { users: { leftOutShare: 0.2 } } };
  assert.deepEqual(codes(planOf('orgs', { update: 1 }), [table('users', 10, 2)], {}, own), []);
  assert.deepEqual(codes(planOf('orgs', { update: 1 }), [table('users', 10, 3)], {}, own), ['left-out']);
});

test('an empty bulk file of a key kind is held, of another kind it is judged by its removals', () => {
  for (const kind of rosterKinds) {
    const isKey = (keyKinds as readonly Kind[]).includes(kind);
    const plan = planOf(kind, { archive: 5, live: 5 });
    assert.deepEqual(codes(plan, [table(kind, 0)]), isKey ? ['empty-file'] : [], kind);
    assert.deepEqual(codes(plan, [table(kind, 0, 0, 'delta')]), [], `${kind} as changes`);
    assert.deepEqual(codes(plan, [table(kind, 0, 0, 'absent')]), [], `${kind} absent`);
  }
});

test('a bulk file that is more than a quarter and at least 20 rows shorter is held', () => {
  const cases: [rows: number, before: number, isHeld: boolean][] = [
    [60, 80, false],
    [59, 80, true],
    [56, 75, false],
    [1, 20, false],
    [0, 20, true],
    [55, 74, false],
    [750, 1000, false],
    [749, 1000, true],
    [1000, 749, false],
    [1, 0, false],
  ];
  for (const [rows, before, isHeld] of cases) {
    const found = codes(planOf('demographics', { update: 1 }), [table('demographics', rows)], {
      lastRows: { demographics: before },
    });
    assert.deepEqual(found, isHeld ? ['shrunken-file'] : [], `${rows} after ${before}`);
  }
  const plan = planOf('users', { update: 1, live: 2940 });
  const facts = { lastRows: { users: 2940 } };
  assert.equal(
    guard(plan, [table('users', 1400)], { ...usual, ...facts }).reasons[0]?.sentence,
    'users.csv holds 1,400 rows; in the last delivery that went through it held 2,940 (52 % fewer; the limit is 25 %)',
  );
  assert.deepEqual(codes(plan, [table('users', 14, 0, 'delta')], facts), [], 'changes are short by nature');
  assert.deepEqual(codes(plan, [table('users', 0, 0, 'absent')], facts), []);
  assert.deepEqual(codes(plan, [table('users', 1400)], { ...facts, mode: 'additions only' }), []);
  assert.deepEqual(codes(plan, [table('users', 1400)], { lastRows: { orgs: 2940 } }), [], 'each file by itself');
});

test('a kind that is held for its removals is not named again for its short file', () => {
  const plan = planOf('users', { archive: 500, live: 1000 });
  assert.deepEqual(codes(plan, [table('users', 500)], { lastRows: { users: 1000 } }), ['removals']);
  const school: SchoolPlan = { kind: 'users', school: 'S1', archive: 60, live: 100 };
  assert.deepEqual(
    codes(planOf('users', { archive: 60, live: 1000 }, [school]), [table('users', 500)], { lastRows: { users: 1000 } }),
    ['removals-school', 'shrunken-file'],
  );
});

test('people who change identity are held from 20 on', () => {
  const plan = planOf('users', { create: 30, archive: 1, live: 1000 });
  for (const [people, isHeld] of [
    [0, false],
    [19, false],
    [20, true],
    [21, true],
  ] as const)
    assert.deepEqual(codes(plan, [], { identityChanges: people }), isHeld ? ['identity'] : [], `${people}`);
});

test('reasons are data too', () => {
  const schools: SchoolPlan[] = [1, 2, 3, 4, 5].map((at) => ({
    kind: 'classes',
    school: `S${at}`,
    archive: 30 - at,
    live: 100,
  }));
  const { reasons } = guard(planOf('classes', { archive: 135, live: 9000 }, schools), [table('users', 100, 6)], usual);
  assert.deepEqual(
    reasons.map(({ sentence: _, ...data }) => data),
    [
      { code: 'removals-school', kind: 'classes', school: 'S1', count: 29, of: 100 },
      { code: 'removals-school', kind: 'classes', school: 'S2', count: 28, of: 100 },
      { code: 'removals-school', kind: 'classes', school: 'S3', count: 27, of: 100 },
      { code: 'removals-school', kind: 'classes', count: 51, of: 200 },
      { code: 'left-out', kind: 'users', count: 6, of: 100 },
    ],
  );
});

test('the first delivery after a window is looked at, and the reason names the window', () => {
  const window = { from: '2026-06-12', to: '2026-08-09', mode: 'paused' as const, note: 'Summer break' };
  const { verdict: said, reasons } = guard(planOf('users', { update: 1 }), [], { ...usual, window });
  assert.equal(said, 'hold');
  assert.deepEqual(
    reasons.map(({ sentence }) => sentence),
    [
      'this is the first delivery to be applied after the window "Summer break" (paused from 12 Jun 2026 to 9 Aug 2026), and somebody has to look at it once',
    ],
  );
  assert.equal(verdict(planOf('users', { unchanged: 5 }), [], { window }), 'unchanged');
});

test('removals alone are held where the source is set so, and nothing else is', () => {
  const both = planOf('users', { archive: 50, create: 1, live: 100 });
  assert.equal(verdict(both), 'hold');
  const policy = { holdOnlyRemovals: true };
  assert.equal(verdict(both, [], policy), 'apply all but removals');
  assert.equal(verdict(planOf('users', { archive: 50, live: 100 }), [], policy), 'hold', 'there is nothing else');
  assert.equal(verdict(both, [table('users', 0)], policy), 'apply all but removals');
  assert.equal(verdict(both, [table('users', 100, 6)], policy), 'hold', 'rows that cannot be taken are not removals');
  assert.equal(verdict(both, [], { ...policy, identityChanges: 20 }), 'hold', 'people would be there twice');
  assert.equal(verdict(both, [], { ...policy, isFirst: true }), 'hold');
  assert.equal(verdict(both, [], { ...policy, mode: 'dry run' }), 'hold');
});

test('removals that were left waiting are always held, with what they are', () => {
  const plan: Plan = {
    kinds: { users: { ...zero, archive: 1, live: 900 }, enrollments: { ...zero, archive: 1234, live: 90_000 } },
    schools: [],
  };
  const { verdict: said, reasons } = guard(plan, [table('users', 9, 9)], { ...usual, removalsOf: 12, isFirst: true });
  assert.equal(said, 'hold');
  assert.deepEqual(reasons, [
    {
      code: 'removals-wait',
      sentence:
        'delivery 12 was applied without its 1,235 removals, which wait for a decision (1 user, 1,234 enrollments)',
      count: 1235,
    },
  ]);
  assert.equal(verdict(planOf('users', { unchanged: 1 }), [], { removalsOf: 12 }), 'unchanged');
});
