/** The words for sources and syncs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SyncFacts, SyncState } from './deps.ts';
import { isRunning, sourceSentence, sourceState, syncSentence, syncWord, totalsOf } from './state.ts';
import { stepsView } from './views.ts';

const calm = { mode: 'active', late: null, needsFull: false } as const;
const at = new Date('2026-11-21T09:58:00Z');

function sync(state: SyncState, more: Partial<SyncFacts> = {}): SyncFacts {
  return {
    id: 'y',
    number: 1,
    sourceId: 's',
    districtId: 'd',
    state,
    createdAt: at,
    startedAt: at,
    finishedAt: null,
    origin: null,
    delivery: null,
    plan: { users: { live: 2940, create: 12, reactivate: 1, update: 31, archive: 412, unchanged: 2497, leftOut: 2 } },
    tables: [{ kind: 'users', file: 'users.csv', mode: 'bulk', rows: 2543, leftOut: 2, unidentified: 0 }],
    findingCounts: null,
    holdReasons: null,
    holdDetails: [],
    follows: null,
    removalsOnly: false,
    decision: null,
    removalsWait: false,
    fault: null,
    ...more,
  };
}

const decision = (choice: NonNullable<SyncFacts['decision']>['choice']): Partial<SyncFacts> => ({
  decision: { choice, by: 'a@b.example', at, reason: null },
});

test('the state of a source follows its newest sync, its mode and its schedule', () => {
  assert.equal(sourceState(calm, undefined), 'new');
  assert.equal(sourceState(calm, sync('applied')), 'up to date');
  assert.equal(sourceState(calm, sync('discarded')), 'up to date');
  assert.equal(sourceState(calm, sync('held')), 'needs you');
  assert.equal(sourceState(calm, sync('rejected')), 'rejected');
  assert.equal(sourceState(calm, sync('failed')), 'failed');
  assert.equal(sourceState(calm, sync('comparing')), 'running');
  assert.equal(sourceState({ ...calm, mode: 'paused' }, sync('applied')), 'paused');
  assert.equal(sourceState({ ...calm, mode: 'paused' }, sync('held')), 'needs you');
  assert.equal(sourceState({ ...calm, mode: 'paused' }, sync('received')), 'paused');
  assert.equal(sourceState({ ...calm, late: 'Nothing since Thursday.' }, sync('applied')), 'late');
});

test('an approved sync is under way, and one that waits for another needs somebody', () => {
  const approved = sync('held', decision('apply all'));
  assert.ok(isRunning(approved, 'active'));
  assert.equal(syncWord(approved, 'active').word, 'Approved');
  const waiting = sync('received', { holdReasons: ['It waits until delivery 4 is decided.'] });
  assert.ok(!isRunning(waiting, 'active'));
  assert.equal(sourceState(calm, waiting), 'needs you');
  assert.equal(syncSentence(waiting, 'active', undefined), 'It waits until delivery 4 is decided.');
});

test('a sentence says what it came to', () => {
  assert.equal(
    syncSentence(sync('applied'), 'active', undefined),
    '13 added, 31 changed, 412 removed. 2 rows were left out.',
  );
  assert.equal(
    syncSentence(
      sync('held', { holdReasons: ['This delivery would remove 412 of 2,940 users (14 %)'] }),
      'active',
      undefined,
    ),
    'This delivery would remove 412 of 2,940 users (14 %). Nothing has been changed yet.',
  );
  assert.equal(
    syncSentence(sync('rejected'), 'active', 'manifest.csv is missing'),
    'manifest.csv is missing. Nothing has been changed.',
  );
  assert.equal(
    syncSentence(sync('held', { holdReasons: ['One.', 'Two.'] }), 'active', undefined),
    'It waits for a decision, for 2 reasons. Nothing has been changed yet.',
  );
  assert.equal(
    sourceSentence(calm, sync('held', { holdReasons: ['First. With more.', 'Second.', 'Third.'] }), undefined),
    'First. 2 more reasons.',
  );
  assert.equal(
    sourceSentence(calm, sync('applied', { findingCounts: { error: 1 } }), undefined),
    '456 changes, 1 finding',
  );
});

test('removals that wait are not counted as made', () => {
  const kept = sync('applied', { ...decision('apply additions and updates'), removalsWait: true });
  assert.equal(totalsOf(kept).removed, 0);
  assert.equal(
    syncSentence(kept, 'active', undefined),
    '13 added, 31 changed; 412 removals wait. 2 rows were left out.',
  );
  assert.equal(totalsOf(sync('held')).removed, 412);
});

test('the line of steps shows where a sync stands, and where it stopped', () => {
  const shown = (facts: SyncFacts, steps: string[] = []) =>
    stepsView(
      facts,
      steps.map((step) => ({ step, startedAt: at, finishedAt: null })),
    )
      .map(({ name, state }) => `${name} ${state}`)
      .join(', ');
  assert.equal(shown(sync('checking')), 'received done, checked running, compared waiting, applied waiting');
  assert.equal(shown(sync('held')), 'received done, checked done, compared done, held held, applied waiting');
  assert.equal(shown(sync('unchanged')), 'received done, checked done, compared done, applied skipped');
  assert.equal(shown(sync('rejected')), 'received done, checked stopped, compared skipped, applied skipped');
  assert.equal(
    shown(sync('failed'), ['checking', 'comparing', 'applying']),
    'received done, checked done, compared done, applied stopped',
  );
});

test('a sync that comes from no file speaks of records, not of a delivery', () => {
  const { plan, delivery } = sync('applied');
  const rollback = (state: SyncState) => sync(state, { origin: 'Rollback of sync 4', plan, delivery, tables: null });
  const end = 'removed. 2 records were left as they are.';
  assert.ok(syncSentence(rollback('applied'), 'active', undefined).endsWith(end));
  assert.equal(totalsOf(rollback('applied')).leftOut, 2);
  assert.doesNotMatch(syncSentence(rollback('discarded'), 'active', undefined), /delivery/);
  assert.doesNotMatch(syncSentence(rollback('unchanged'), 'active', undefined), /delivery/);
});
