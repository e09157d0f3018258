/** Rollbacks and resets in memory: one preview for all, and what was asked for. */

import type { KindPlan } from '../../src/core/plan.ts';
import { Refusal } from '../../src/core/refusal.ts';
import type { UndoAsked, UndoDeps, UndoPreview } from '../../src/http/undo-deps.ts';

export const undoCounts = { added: 1, changed: 2, removed: 3 };

const planOf = (reactivate: number, update: number, archive: number): KindPlan => ({
  create: 0,
  update,
  archive,
  reactivate,
  takeOver: 0,
  conflict: 0,
  unchanged: 0,
  leftOut: 0,
  live: 300,
  fresh: false,
  removalsSuspended: false,
});

export function fakeUndo(): UndoDeps & { asked: (UndoAsked & Record<string, unknown>)[] } {
  const asked: (UndoAsked & Record<string, unknown>)[] = [];
  const preview: UndoPreview = {
    counts: undoCounts,
    kinds: { users: planOf(1, 2, 1), classes: planOf(0, 0, 2) },
    schools: [],
    kept: { counts: { person: 1 }, first: [{ kind: 'users', sourcedId: 'u1', reason: 'person' }] },
    changes: [],
  };
  const ask = async (of: object, by: UndoAsked) => {
    if (JSON.stringify(by.counts) !== JSON.stringify(undoCounts))
      throw new Refusal('plan-changed', 409, 'The counts are others now.');
    asked.push({ ...of, ...by });
    return { sync: 'sync-of-the-act', number: 99 };
  };
  return {
    asked,
    previewRollback: async () => preview,
    rollback: ask,
    previewReset: async () => preview,
    resetYear: ask,
  };
}
