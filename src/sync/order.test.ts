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
  waits: false,
  paused: false,
  ...more,
});
const next = (...syncs: OpenSync[]) => nextOf(syncs)?.number;

test('syncs have their turn in the order of arrival', () => {
  assert.equal(next(), undefined);
  assert.equal(next(open(3, 'received'), open(4, 'received')), 3);
  assert.equal(next(open(3, 'applying'), open(4, 'received')), 3, 'one that was interrupted comes first');
});

test('a held sync lets later ones pass, and what waits behind it has its turn when it is decided', () => {
  assert.equal(next(open(3, 'held'), open(4, 'received')), 4);
  assert.equal(next(open(3, 'held'), open(4, 'received', { waits: true })), undefined);
  assert.equal(next(open(3, 'held'), open(4, 'received', { waits: true }), open(5, 'received')), 5);
  assert.equal(next(open(3, 'held', { decided: true }), open(4, 'received', { waits: true })), 3);
  assert.equal(next(open(4, 'received', { waits: true })), 4);
  assert.equal(
    next(open(3, 'held', { sourceId: 'b' }), open(4, 'received', { waits: true })),
    4,
    'other sources do not matter',
  );
});

test('a paused source keeps its deliveries, but what was begun is ended', () => {
  assert.equal(next(open(3, 'received', { paused: true }), open(4, 'received', { sourceId: 'b' })), 4);
  assert.equal(next(open(3, 'comparing', { paused: true })), 3);
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
    'The plan has grown since it was approved: 1,500 removals of users instead of 412.',
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

test('which removals are applied, and how changes are counted', () => {
  assert.equal(removalsOf(null, 'active'), true);
  assert.equal(removalsOf(null, 'additions only'), false);
  assert.equal(removalsOf(decision('apply additions and updates', plan(0, 0, 0)), 'active'), false);
  assert.deepEqual(countsOf(plan(1, 2, 4, 8, 16)), { added: 9, changed: 18, removed: 4 });
  assert.deepEqual(countsOf(null), { added: 0, changed: 0, removed: 0 });
});
