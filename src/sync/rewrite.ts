/** The steps of a sync that comes from no file: its plan is made from the roster's own history, then judged and applied. */

import { type RecordChange, shownChange } from '../core/changes.ts';
import { guard, type Verdict } from '../core/guard.ts';
import { type Kept, type KeptReason, keptFinding, keptRule } from '../core/kept.ts';
import type { Plan } from '../core/plan.ts';
import type { Severity } from '../core/record.ts';
import type { Kind } from '../core/tables.ts';
import type { Db, Pool } from '../db/db.ts';
import { newId } from '../db/ids.ts';
import { plannedChanges } from '../db/preview.ts';
import { type Counting, keptCounts, keptRecords } from '../db/rewrite.ts';
import type { StageContext } from '../db/roster-sql.ts';
import { dropOrphans } from '../db/staging.ts';
import {
  clearFindings,
  findingsKept,
  type OriginDetail,
  type Sync,
  saveFindings,
  saveRuleCounts,
  setSync,
} from '../db/syncs.ts';
import { planUndo } from '../db/undo.ts';
import { markUndone } from '../db/undone.ts';
import { countsOf, grown } from './decide.ts';
import { planReset } from './plan-reset.ts';

/** Stages and counts what the sync changes; records that are kept as they are become its findings. */
export async function planRewrite(db: Db, ctx: StageContext, sync: Sync): Promise<Plan> {
  await dropOrphans(db);
  const plan = await planOf(db, ctx, sync.originDetail);
  const counts = await keptCounts(db, ctx);
  const kept = Object.values(counts).reduce((sum, count) => sum + count, 0);
  await clearFindings(db, sync.id);
  await saveFindings(db, sync.id, (await keptRecords(db, ctx, findingsKept)).map(keptFinding));
  const rules = Object.entries(counts).map(([reason, count]) => [
    keptRule(reason as KeptReason),
    { severity: 'warning' as Severity, count },
  ]);
  await saveRuleCounts(db, sync.id, Object.fromEntries(rules));
  await setSync(db, sync.id, { leftOut: kept, findingCounts: { fatal: 0, error: 0, warning: kept, info: 0 } });
  return plan;
}

function planOf(db: Db, ctx: StageContext, detail: OriginDetail | null, counting: Counting = 'all'): Promise<Plan> {
  if (detail && 'sync' in detail) return planUndo(db, ctx, { syncId: detail.sync, back: detail.back }, counting);
  if (detail) return planReset(db, ctx, detail.variant, counting);
  throw new Error(`Sync ${ctx.syncId} does not say what it comes from.`);
}

/** The guard, unless a person has seen these counts, or more, when they asked for it. */
export function judgeRewrite(sync: Pick<Sync, 'decision' | 'origin'>, plan: Plan): Verdict {
  const { verdict, reasons: found } = guard(plan, [], { mode: 'active', isFirst: false, trustFirst: true });
  const name = sync.origin === 'rollback' ? 'rollback' : 'reset';
  const reasons = found.map((reason) => ({
    ...reason,
    sentence: reason.sentence.replace(/^this delivery would/, `this ${name} would`),
  }));
  if (verdict === 'unchanged' || !sync.decision) return { verdict, reasons };
  const more = grown(sync.decision, plan);
  return more.length > 0 ? { verdict: 'hold', reasons: [...more, ...reasons] } : { verdict: 'apply', reasons: [] };
}

/** What becomes true together with the changes. */
export async function settleRewrite(tx: Db, sync: Sync): Promise<void> {
  const { id, rosterId, originDetail } = sync;
  if (!originDetail || !('sync' in originDetail)) return;
  const marked = await markUndone(tx, rosterId, { ...originDetail, id });
  await setSync(tx, id, { originDetail: marked });
}

/** Changes of each kind, and kept records of each reason, that a preview lists at most. */
export const listed = { changes: 100, kept: 100 };

export type Preview = {
  plan: Plan;
  /** Records that are kept as they are: how many for each reason, and the first of them. */
  kept: { counts: Partial<Record<KeptReason, number>>; first: Kept[] };
  /** The first changes of each kind, with the values before and after; credentials hidden. */
  changes: RecordChange[];
};

/**
 * What a sync of this origin would do to the roster as it is now. Nothing of it stays.
 * @param limits with no changes listed, nothing but what would change is counted.
 */
export async function previewRewrite(
  db: Pool,
  roster: { rosterId: string; sourceId: string },
  detail: OriginDetail,
  limits: { changes: number; kept: number },
): Promise<Preview> {
  const ctx = { ...roster, syncId: newId() };
  let found: Preview | undefined;
  const over = new Error('the preview is over');
  await db
    .tx(async (tx) => {
      const plan = await planOf(tx, ctx, detail, limits.changes > 0 ? 'all' : 'changes');
      const kept = { counts: await keptCounts(tx, ctx), first: await keptRecords(tx, ctx, limits.kept) };
      found = { plan, kept, changes: await firstChanges(tx, ctx, plan, limits.changes) };
      throw over;
    })
    .catch((error: unknown) => {
      if (error !== over) throw error;
    });
  return found as unknown as Preview;
}

async function firstChanges(db: Db, ctx: StageContext, plan: Plan, limit: number): Promise<RecordChange[]> {
  const changes: RecordChange[] = [];
  if (limit === 0) return changes;
  for (const kind of Object.keys(plan.kinds) as Kind[])
    changes.push(...(await plannedChanges(db, ctx, plan, { kind, limit, rewrite: true })));
  return changes.map(shownChange);
}

/** A preview as it is shown. */
export const previewFacts = ({ plan, kept, changes }: Preview) => ({
  counts: countsOf(plan),
  kinds: plan.kinds,
  schools: plan.schools,
  kept,
  changes,
});
