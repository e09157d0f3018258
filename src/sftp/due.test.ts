import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { due, type WaitingFact } from './due.ts';

const quiet = 60_000;
const file = (name: string, changedAtMs: number, more: Partial<WaitingFact> = {}): WaitingFact => ({
  name,
  whole: true,
  open: false,
  sizeBytes: 10,
  openedAtMs: changedAtMs,
  changedAtMs,
  ...more,
});

describe('what has become due', () => {
  test('a set, counted from its last file', () => {
    const files = [file('orgs.csv', 0), file('users.csv', 50_000)];
    assert.deepEqual(due(files, 109_999, quiet), { set: [], alone: [], cutOff: [], lookAtMs: 110_000 });
    assert.deepEqual(due(files, 110_000, quiet).set, ['orgs.csv', 'users.csv']);
  });

  test('not while one of it is open', () => {
    const files = [file('orgs.csv', 0), file('users.csv', 0, { whole: false, open: true })];
    assert.deepEqual(due(files, 10 ** 9, quiet), { set: [], alone: [], cutOff: [], lookAtMs: undefined });
  });

  test('not for an hour when one of it was cut off, which is told; then without it', () => {
    const files = [file('orgs.csv', 0), file('users.csv', 10_000, { whole: false })];
    assert.deepEqual(due(files, 20_000, quiet), { set: [], alone: [], cutOff: [], lookAtMs: 70_000 });
    assert.deepEqual(due(files, 70_000, quiet), { set: [], alone: [], cutOff: ['users.csv'], lookAtMs: 3_610_000 });
    assert.deepEqual(due(files, 3_610_000, quiet).set, ['orgs.csv']);
  });

  test('whatever was cut off long before the set began', () => {
    const files = [file('old.csv', 0, { whole: false }), file('orgs.csv', 1_000_000)];
    assert.deepEqual(due(files, 1_060_000, quiet), { set: ['orgs.csv'], alone: [], cutOff: [], lookAtMs: undefined });
  });

  test('other names and empty files each by itself; temporary names never', () => {
    const files = [file('a.dat', 0), file('b.zip', 30_000, { sizeBytes: 0 }), file('c.zip.tmp', 0), file('.d', 0)];
    assert.deepEqual(due(files, 60_000, quiet), { set: [], alone: ['a.dat'], cutOff: [], lookAtMs: 90_000 });
    assert.deepEqual(due(files, 90_000, quiet).alone, ['a.dat', 'b.zip']);
  });

  test('nothing, when nothing waits', () => {
    assert.deepEqual(due([], 0, quiet), { set: [], alone: [], cutOff: [], lookAtMs: undefined });
  });
});
