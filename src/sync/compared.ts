/** Keeps what the comparison of a delivery finds beside what its check found: in the counts, in the list, and in the file. */

import type { Plan } from '../core/plan.ts';
import type { Finding } from '../core/record.ts';
import { findingLine, findingsHeader } from '../core/report.ts';
import { comparedFindings, comparedRules } from '../db/compared.ts';
import { isUnused } from '../db/retention.ts';
import { clearFindingsOf, ruleCountsOf, saveFindings, saveRuleCounts, setSync, syncById } from '../db/syncs.ts';
import { findingsKeyOf } from '../db/turns.ts';
import type { Turn } from './pipeline.ts';

/**
 * Tells what a plan means for records of people, in the place of what an earlier comparison told.
 * @param former the file that an earlier comparison of this delivery wrote.
 * @returns the archive's key of all findings, check and comparison together; undefined when the comparison found none.
 */
export async function keepCompared(turn: Turn, plan: Plan, former: string | undefined): Promise<string | undefined> {
  const { sync, ctx, deps } = turn;
  const found = await comparedFindings(deps.db, ctx, plan);
  const told = (await ruleCountsOf(deps.db, sync.id)).some(({ rule }) => comparedRules.includes(rule));
  if (found.length > 0 || told) await store(turn, found);
  const key = found.length > 0 ? (await deps.archive.put(merged(turn, found))).key : undefined;
  if (former !== undefined && former !== key && (await isUnused(deps.db, former, sync.id)))
    await deps.archive.remove(former);
  return key;
}

async function store({ sync, deps }: Turn, found: Finding[]): Promise<void> {
  await deps.db.tx(async (tx) => {
    const counts = await ruleCountsOf(tx, sync.id);
    const now = await syncById(tx, sync.id);
    const all = { fatal: 0, error: 0, warning: 0, info: 0, ...now?.findingCounts };
    for (const { rule, severity, count } of counts) if (comparedRules.includes(rule)) all[severity] -= count;
    const rules = Object.fromEntries(
      counts.filter(({ rule }) => !comparedRules.includes(rule)).map(({ rule, ...rest }) => [rule, rest]),
    );
    for (const { rule, severity } of found) {
      all[severity]++;
      rules[rule] = { severity, count: (rules[rule]?.count ?? 0) + 1 };
    }
    await clearFindingsOf(tx, sync.id, comparedRules);
    await saveFindings(tx, sync.id, found);
    await saveRuleCounts(tx, sync.id, rules);
    await setSync(tx, sync.id, { findingCounts: all });
  });
}

async function* merged({ sync, deps }: Turn, found: Finding[]): AsyncGenerator<Uint8Array> {
  const checked = await findingsKeyOf(deps.db, sync.rosterId, sync.id, ['checking']);
  if (checked === undefined) yield Buffer.from(findingsHeader);
  else yield* deps.archive.get(checked);
  yield Buffer.from(found.map(findingLine).join(''));
}
