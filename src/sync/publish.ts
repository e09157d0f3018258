/** Tells what became of a sync, after it is committed: the report for the people of the source, and a line of log. */

import type { Pool } from '../db/db.ts';
import { findingsOf, ruleCountsOf } from '../db/findings.ts';
import { syncById } from '../db/queries.ts';
import { finishStep } from '../db/syncs.ts';
import { findingsKeyOf } from '../db/turns.ts';
import type { Log } from '../log.ts';
import type { Archive } from './archive.ts';
import { countsOf } from './decide.ts';
import type { Moment } from './pipeline.ts';
import { examplesEach, reportText, writeReport } from './report.ts';

export type PublishDeps = {
  db: Pool;
  archive: Archive;
  log: Log;
  /** Folder of the reports of a source. */
  reportsDir(sourceId: string): string;
  at?: (moment: Moment) => void | Promise<void>;
};

/** Doing it twice tells the same. */
export async function publish(syncId: string, deps: PublishDeps): Promise<void> {
  const { db, log } = deps;
  const sync = await syncById(db, syncId);
  if (!sync) return;
  const rules = await ruleCountsOf(db, syncId);
  const examples = [];
  for (const { rule } of rules) examples.push(...(await findingsOf(db, syncId, { rule, limit: examplesEach, offset: 0 })));
  await deps.at?.('publishing');
  const receivedAt = sync.delivery?.receivedAt ?? sync.createdAt;
  const text = reportText({
    district: sync.district.name,
    product: sync.product.name,
    number: sync.number,
    fileName: sync.delivery?.name ?? '',
    receivedAt,
    state: sync.state,
    tables: sync.tables ?? [],
    plan: sync.plan?.kinds ?? {},
    rules,
    examples,
    reasons: sync.state === 'held' ? (sync.hold?.reasons ?? []) : [],
    fault: sync.fault,
  });
  const key = await findingsKeyOf(db, sync.rosterId, syncId);
  const findings = key === undefined ? undefined : deps.archive.get(key);
  await writeReport(deps.reportsDir(sync.sourceId), { number: sync.number, receivedAt, text, findings });
  await finishStep(db, syncId, 'published');
  const counts = { ...countsOf(sync.plan), leftOut: sync.leftOut };
  log.info({ syncId, sourceId: sync.sourceId, number: sync.number, state: sync.state, counts, findings: sync.findingCounts }, 'sync');
  await deps.at?.('published');
}
