/** Acts that take back: what a rollback would do, and the rollback itself. */

import { type Counts, countsOf } from '../sync/decide.ts';
import type { Preview } from '../sync/rewrite.ts';
import { askForRollback, previewRollback } from '../sync/undo.ts';
import { type ActsDeps, operator } from './deps.ts';

export type RollbackInput = { sync: string; back?: boolean };

export function undoActs({ db, enqueue, now }: ActsDeps) {
  return {
    /** What rolling back would change now. Changes nothing. */
    async previewRollback({ sync, back = false }: RollbackInput) {
      return previewFacts(await previewRollback(db, { syncId: sync, back }));
    },

    /** Rolls back by a sync of its own. With the counts that were seen it is applied; else the guard may hold it. */
    async rollback({ sync, back = false, ...asked }: RollbackInput & { counts?: Counts; reason?: string }) {
      const by = { ...asked, accountId: null, by: operator };
      const { rosterId, ...added } = await askForRollback(db, { syncId: sync, back }, by, now());
      await enqueue(rosterId);
      return added;
    },
  };
}

export const previewFacts = ({ plan, kept, changes }: Preview) => ({
  counts: countsOf(plan),
  kinds: plan.kinds,
  schools: plan.schools,
  kept,
  changes,
});
