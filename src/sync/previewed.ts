/** What a person is to look at before anything is applied: a plan that opens quickly, and syncs that are only tried. */
import type { HoldReason } from '../core/guard.ts';
import { type Plan, type SchoolPlan, schoolsShown } from '../core/plan.ts';
import { asSentence } from '../core/words.ts';
import { indexStage, plannedBySchool } from '../db/preview.ts';
import { setSync } from '../db/syncs.ts';
import { askToPublish } from '../db/turns.ts';
import type { Turn } from './pipeline.ts';

/** Makes a plan ready to be looked at: counted by school, and its changes quick to page through. */
export async function readyToLook({ sync, ctx, deps }: Turn, plan: Plan): Promise<void> {
  await indexStage(deps.db, ctx, plan);
  await setSync(deps.db, sync.id, {
    plan: { ...plan, schools: await bySchool({ ctx, deps }, plan) },
  });
}

/** What a plan would do to each school. */
export const bySchool = ({ ctx, deps }: Pick<Turn, 'ctx' | 'deps'>, plan: Plan): Promise<SchoolPlan[]> =>
  plannedBySchool(deps.db, ctx, plan, schoolsShown);

/**
 * The end of a dry run: everything but apply was done. Its stage stays for a day, so that the changes can be looked at;
 * the source does not notice that anything was there.
 * @param details why it would be held; none when it would be applied.
 */
export async function tried(turn: Turn, plan: Plan, details: HoldReason[]): Promise<void> {
  const { sync, deps } = turn;
  await readyToLook(turn, plan);
  const hold = { reasons: details.map(({ sentence }) => asSentence(sentence)), details };
  await deps.db.tx(async (tx) => {
    await setSync(tx, sync.id, { state: 'discarded', hold: details.length > 0 ? hold : null, fault: null });
    await askToPublish(tx, sync.rosterId, sync.id);
  });
}
