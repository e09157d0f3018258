/** Acts that show what a sync would do, or did: counts by kind and school, and each change before and after. */

import type { Action } from '../core/plan.ts';
import { Refusal } from '../core/refusal.ts';
import { looks } from '../sync/look.ts';
import { type ActsDeps, noted } from './deps.ts';
import { kindOf, syncOf } from './lookups.ts';

const actions: readonly Action[] = ['create', 'update', 'archive', 'reactivate', 'take over', 'purge'];

export function planActs({ db }: ActsDeps) {
  return {
    /** Counts alone: no data of people. */
    async plan({ sync: id }: { sync: string }) {
      const { number, state, dryRun, plan, hold } = await syncOf(db, id);
      const schools = (await looks(db).bySchool(id)).map(({ added = null, changed = null, ...each }) => ({
        ...each,
        added,
        changed,
      }));
      return { sync: id, number, state, dryRun, kinds: plan?.kinds ?? {}, schools, reasons: hold?.reasons ?? [] };
    },

    /**
     * A page of changes. With `all` the audit log notes that somebody takes all of them.
     * @throws Refusal `no-changes` when none are kept, `page`, `kind-unknown`.
     */
    async changes({ sync: id, ...page }: ChangesAsked) {
      await syncOf(db, id);
      const { kind, action, after, limit = 100, all = false } = page;
      if (action !== undefined && !actions.includes(action)) {
        throw new Refusal('action-unknown', 400, `There is no action ${action}. Actions: ${actions.join(', ')}.`);
      }
      const found = await looks(db).changes(id, {
        limit,
        ...(kind === undefined ? {} : { kind: kindOf(kind) }),
        ...(action === undefined ? {} : { action }),
        ...(after === undefined ? {} : { after }),
      });
      if (all && after === undefined) await noted(db, 'changes exported', id);
      return found;
    },
  };
}

type ChangesAsked = { sync: string; kind?: string; action?: Action; after?: string; limit?: number; all?: boolean };
