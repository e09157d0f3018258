/** A sync that a person asks for and no file brings: who asked, what they saw, and that it is in the queue. */

import type { Plan } from '../core/plan.ts';
import { Refusal } from '../core/refusal.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { createSync, type Decision, listSyncs, type Origin, type OriginDetail } from '../db/syncs.ts';
import { type Counts, countsOf, sameCounts } from './decide.ts';

export type Asked = {
  /** Null for the command line. */
  accountId: string | null;
  /** Email address, or what stands for the person. */
  by: string | null;
  /** Network address. */
  address?: string | null;
  reason?: string | null;
  /** What the person saw: these counts are approved, and nothing beyond. Without them the guard decides alone. */
  counts?: Counts;
};

export type NewRewrite = {
  rosterId: string;
  sourceId: string;
  origin: Exclude<Origin, 'delivery'>;
  detail: OriginDetail;
  /** What it would do now. */
  plan: Plan;
};

/**
 * Adds the sync, and writes into the audit log who asked for it; the worker does it.
 * @throws Refusal `plan-changed` when the counts are others than those seen, `nothing-to-do` when nothing would change,
 * `rollback-waits` when another of these is under way or waits for a person.
 */
export async function addRewrite(
  db: Db,
  { plan, ...sync }: NewRewrite,
  asked: Asked,
  at: Date,
): Promise<{ sync: string; number: number; rosterId: string }> {
  const counts = countsOf(plan);
  if (counts.added + counts.changed + counts.removed === 0)
    throw new Refusal('nothing-to-do', 409, 'There is nothing that this would change.');
  if (asked.counts && !sameCounts(asked.counts, counts))
    throw new Refusal(
      'plan-changed',
      409,
      'The counts are others now than those you saw. Look at them again, and then decide.',
    );
  const { accountId, by, address = null, reason = null } = asked;
  const decision: Decision = {
    choice: 'apply all',
    accountId,
    by,
    reason,
    at: at.toISOString(),
    counts,
    kinds: plan.kinds,
  };
  const { rosterId, sourceId, origin, detail } = sync;
  return db.tx(async (tx) => {
    const open = await listSyncs(tx, {
      rosterId,
      origins: ['rollback', 'year reset'],
      states: ['received', 'checking', 'comparing', 'applying', 'held'],
      limit: 1,
    });
    if (open[0]) {
      const sentence = `Sync ${open[0].number} of this roster, a ${open[0].origin}, is not over yet. Wait for it, or decide about it, first.`;
      throw new Refusal('rollback-waits', 409, sentence);
    }
    const added = await createSync(tx, {
      rosterId,
      sourceId,
      origin,
      originDetail: detail,
      ...(asked.counts ? { decision } : {}),
    });
    await audit(tx, {
      accountId,
      address,
      act: `${origin} asked for`,
      object: added.id,
      detail: { ...detail, counts, by, reason },
    });
    return { sync: added.id, number: added.number, rosterId };
  });
}
