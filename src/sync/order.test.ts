import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../core/plan.ts';
import type { Decision } from '../db/syncs.ts';
import type { OpenSync } from '../db/turns.ts';
import { countsOf, grown, removalsOf } from './decide.ts';
import { nextOf } from './turns.ts';

const open = (number: number, state: OpenSync['state'], more: Partial<OpenSync> = {}): OpenSync => ({
  id: `s${number}`,
  number,
  sourceId: 'a',
  state,
  decided: false,
  waitsFor: null,
  follows: null,
  origin: 'delivery',
  dryRun: false,
  ...more,
});
const next = (...syncs: OpenSync[]) => nextOf(syncs, new Set())?.number;

test('syncs have their turn in the order of arrival', () => {
  assert.equal(next(), undefined);
  assert.equal(next(open(3, 'received'), open(4, 'received')), 3);
  assert.equal(next(open(3, 'applying'), open(4, 'received')), 3, 'one that was interrupted comes first');
});

test('a held sync lets later ones pass, and what waits behind it has its turn when it is decided', () => {
  assert.equal(next(open(3, 'held'), open(4, 'received')), 4);
  assert.equal(next(open(3, 'held'), open(4, 'received', { waitsFor: 3 })), undefined);
  assert.equal(next(open(3, 'held'), open(4, 'received', { waitsFor: 3 }), open(5, 'received')), 5);
  assert.equal(next(open(3, 'held', { decided: true }), open(4, 'received', { waitsFor: 3 })), 3);
  assert.equal(next(open(4, 'received', { waitsFor: 3 })), 4);
  assert.equal(
    next(open(3, 'held', { sourceId: 'b' }), open(5, 'received', { waitsFor: 4 })),
    5,
    'others that are held do not matter: what is decided anew may supersede them',
  );
});

test('a paused source keeps its deliveries, but what was begun is ended', () => {
  const paused = new Set(['a']);
  assert.equal(nextOf([open(3, 'received'), open(4, 'received', { sourceId: 'b' })], paused)?.number, 4);
  assert.equal(nextOf([open(3, 'comparing')], paused)?.number, 3);
  assert.equal(nextOf([open(3, 'held', { decided: true })], paused)?.number, 3, 'a person has said so');
});

const plan = (create: number, update: number, archive: number, reactivate = 0, takeOver = 0): Plan => ({
  kinds: {
    users: {
      create,
      update,
      archive,
      reactivate,
      takeOver,
      conflict: 0,
      unchanged: 0,
      leftOut: 0,
      live: 100,
      fresh: false,
      removalsSuspended: false,
    },
  },
  schools: [],
});
const decision = (choice: Decision['choice'], seen: Plan): Decision => ({
  choice,
  accountId: null,
  at: '2026-01-01T00:00:00.000Z',
  kinds: seen.kinds,
});

test('an approval covers the plan that was seen, or less, and nothing more', () => {
  assert.deepEqual(grown(decision('apply all', plan(5, 5, 5)), plan(5, 5, 5)), []);
  assert.deepEqual(grown(decision('apply all', plan(5, 5, 5)), plan(4, 0, 1)), []);
  assert.deepEqual(grown(decision('apply all', plan(5, 5, 412)), plan(5, 5, 1500)), [
    {
      code: 'grown',
      sentence: 'the plan has grown since it was approved: 1,500 removals of users instead of 412',
      kind: 'users',
      count: 1500,
      of: 412,
    },
  ]);
  assert.equal(
    grown(decision('apply all', plan(5, 5, 5)), plan(5, 5, 5, 1, 1)).length,
    2,
    'people who come back, and who are taken over, count',
  );
  assert.deepEqual(
    grown(decision('apply additions and updates', plan(5, 5, 5)), plan(5, 5, 500)),
    [],
    'removals are not applied anyway',
  );
});

test('an approval of 30 removals at one school does not cover 30 at another', () => {
  const at = (school: string, archive: number): Plan => ({
    ...plan(0, 0, 30),
    schools: [{ kind: 'users', school, name: `School ${school}`, archive, live: 300 }],
  });
  const approved = { ...decision('apply all', at('A', 30)), schools: [{ kind: 'users', school: 'A', archive: 30 }] };
  assert.deepEqual(grown(approved, at('A', 30)), []);
  assert.deepEqual(grown(approved, at('A', 29)), []);
  assert.deepEqual(grown(approved, at('B', 30)), [
    {
      code: 'grown-school',
      sentence: 'the plan has grown since it was approved: 30 removals of users at School B instead of 0',
      kind: 'users',
      school: 'B',
      count: 30,
      of: 0,
    },
  ]);
  const additions = { ...approved, choice: 'apply additions and updates' as const };
  assert.deepEqual(grown(additions, at('B', 30)), [], 'removals are not applied anyway');
});

test('which removals are applied, and how changes are counted', () => {
  assert.equal(removalsOf(null, 'active'), true);
  assert.equal(removalsOf(null, 'additions only'), false);
  assert.equal(removalsOf(decision('apply additions and updates', plan(0, 0, 0)), 'active'), false);
  assert.deepEqual(countsOf(plan(1, 2, 4, 8, 16)), { added: 9, changed: 18, removed: 4 });
  assert.deepEqual(countsOf(null), { added: 0, changed: 0, removed: 0 });
});
