/** The step that judges a plan: what the guard says of it, and whether a person has approved just that. */

import { unreviewedWindow } from '../core/calendar.ts';
import { guard, type HoldReason, type Verdict } from '../core/guard.ts';
import { localDateOf } from '../core/local-date.ts';
import type { Plan } from '../core/plan.ts';
import type { TableCount } from '../core/record.ts';
import { settingsOf, thresholdsOn } from '../core/source-settings.ts';
import { identityChanges } from '../db/identity.ts';
import { lastReviewed, lastRows } from '../db/past.ts';
import { lastThrough } from '../db/turns.ts';
import { countsOf, grown } from './decide.ts';
import type { Turn } from './pipeline.ts';

export async function judge(turn: Turn, tables: TableCount[], plan: Plan): Promise<Verdict> {
  const { sync, source, day, mode, ctx, deps } = turn;
  const { calendar, holdOnlyRemovals } = settingsOf(source);
  const last = await lastThrough(deps.db, sync);
  const reviewed = await lastReviewed(deps.db, sync);
  const { verdict, reasons } = guard(
    plan,
    tables,
    {
      mode,
      isFirst: last === undefined,
      trustFirst: source.trustFirst,
      afterReset: last?.resetSince ?? false,
      identityChanges: await identityChanges(deps.db, ctx, plan),
      lastRows: await lastRows(deps.db, sync),
      window: unreviewedWindow(calendar, day, reviewed && localDateOf(reviewed, source.district.timeZone)),
      holdOnlyRemovals,
      removalsOf: sync.removalsOnly ? (sync.follows ?? undefined) : undefined,
    },
    thresholdsOn(source, day),
  );
  if (verdict === 'unchanged') return { verdict, reasons };
  if (mode === 'additions only' && (sync.removalsOnly || onlyRemovals(plan)))
    return sync.removalsOnly ? { verdict: 'hold', reasons } : { verdict: 'unchanged', reasons: [] };
  if (!sync.decision || mode === 'dry run') return { verdict, reasons };
  return afterDecision(turn, plan, reasons);
}

/** A decision covers the counts that were seen; what has grown beyond them is shown again. */
function afterDecision({ sync }: Turn, plan: Plan, reasons: HoldReason[]): Verdict {
  const more = sync.decision ? grown(sync.decision, plan) : [];
  return more.length > 0 ? { verdict: 'hold', reasons: [...more, ...reasons] } : { verdict: 'apply', reasons: [] };
}

function onlyRemovals(plan: Plan): boolean {
  const { added, changed } = countsOf(plan);
  return added + changed === 0;
}
