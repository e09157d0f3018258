import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../core/plan.ts';
import type { SyncState } from '../db/sync-states.ts';
import { countsMade, removalsWait } from './decide.ts';

const count = {
  create: 2,
  update: 3,
  archive: 5,
  reactivate: 1,
  takeOver: 0,
  conflict: 0,
  unchanged: 9,
  leftOut: 0,
  live: 20,
};
const plan: Plan = { kinds: { users: { ...count, fresh: false, removalsSuspended: false } }, schools: [] };
const sync = (state: SyncState, waiting = 0) => ({ state, plan, waiting, leftOut: 4 });

test('the history tells what a sync did, not what it had planned', () => {
  assert.deepEqual(countsMade(sync('applied')), { added: 3, changed: 3, removed: 5, leftOut: 4 });
  assert.deepEqual(countsMade(sync('applied', 5)), { added: 3, changed: 3, removed: 0, leftOut: 4 });
  for (const state of ['superseded', 'discarded', 'rejected'] as const) {
    assert.deepEqual(countsMade(sync(state)), { added: 0, changed: 0, removed: 0, leftOut: 0 });
  }
  assert.deepEqual(countsMade(sync('held')), { added: 3, changed: 3, removed: 5, leftOut: 4 });
});

test('removals wait when a sync was applied without them', () => {
  assert.equal(removalsWait(sync('applied', 5)), true);
  assert.equal(removalsWait(sync('applied')), false);
  assert.equal(removalsWait(sync('held')), false);
});
