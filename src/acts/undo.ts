/** Acts on a roster as a whole: rollbacks and the school-year reset, each with a preview. */

import type { ResetVariant } from '../core/year-reset.ts';
import type { Counts } from '../sync/decide.ts';
import { previewFacts } from '../sync/rewrite.ts';
import { askForRollback, previewRollback } from '../sync/undo.ts';
import { askForReset, previewReset } from '../sync/year-reset.ts';
import { type ActsDeps, operator } from './deps.ts';
import { rosterOf, type Which } from './lookups.ts';

type RollbackInput = { sync: string; back?: boolean };

type ResetInput = Which & { variant: ResetVariant };

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

    /** What a school-year reset would change now. Changes nothing. */
    async previewReset({ variant, ...which }: ResetInput) {
      const { id: rosterId } = await rosterOf(db, which);
      return previewFacts(await previewReset(db, { rosterId, variant }));
    },

    /** Resets a roster for the next school year, by a sync of its own. The counts that were seen are a must. */
    async resetYear({ variant, counts, reason, ...which }: ResetInput & { counts?: Counts; reason?: string }) {
      const { id: rosterId } = await rosterOf(db, which);
      const asked = { ...(counts ? { counts } : {}), reason: reason ?? null, accountId: null, by: operator };
      const { rosterId: _, ...added } = await askForReset(db, { rosterId, variant }, asked, now());
      await enqueue(rosterId);
      return added;
    },
  };
}
