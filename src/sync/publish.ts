/** Tells what became of a sync, after it is committed: the report for the people of the source, and a line of log. */

import type { Desk } from '../alert/alerts.ts';
import { Refusal } from '../core/refusal.ts';
import { examplesEach } from '../core/report.ts';
import type { Db, Pool } from '../db/db.ts';
import type { SyncRow } from '../db/queries.ts';
import { findingsOf, finishStep, ruleCountsOf, setSync, syncById } from '../db/syncs.ts';
import { findingsKeyOf } from '../db/turns.ts';
import type { Log } from '../log.ts';
import type { Archive } from './archive.ts';
import { countsMade, removalsWait } from './decide.ts';
import { originWords } from './origin.ts';
import type { Moment } from './pipeline.ts';
import { type ReportFacts, reportText, writeReport } from './report.ts';
import { formerName, tell } from './tell.ts';

export type PublishDeps = {
  db: Pool;
  archive: Archive;
  log: Log;
  desk: Desk;
  now(): Date;
  /** Folder of the reports of a source. */
  reportsDir(sourceId: string): string;
  at?: (moment: Moment) => void | Promise<void>;
};

/** Doing it twice tells the same. */
export async function publish(syncId: string, deps: PublishDeps): Promise<void> {
  const { db, log } = deps;
  const sync = await syncById(db, syncId);
  if (!sync) return;
  // Whoever asked for a dry run is told; nobody else.
  if (sync.dryRun) return finishStep(db, syncId, 'published');
  await deps.at?.('publishing');
  const [facts, key] = await Promise.all([factsOf(db, sync), findingsKeyOf(db, sync.rosterId, syncId)]);
  const text = reportText(facts);
  const findings = key === undefined ? undefined : deps.archive.get(key);
  const receivedAt = sync.delivery?.receivedAt ?? sync.createdAt;
  await writeReport(deps.reportsDir(sync.sourceId), { number: sync.number, receivedAt, text, findings });
  if (!(await told(sync, deps))) return;
  const counts = countsMade(sync);
  const { sourceId, number, state, findingCounts } = sync;
  log.info({ syncId, sourceId, number, state, counts, findings: findingCounts }, 'sync');
  await deps.at?.('published');
}

/** Tells the outcome and notes that, or neither; false when it is another by now, and is to be told anew. */
async function told(sync: SyncRow, { db, desk, now }: PublishDeps): Promise<boolean> {
  try {
    await db.tx(async (tx) => {
      await setSync(tx, sync.id, {}, [sync.state]);
      await tell(tx, desk, sync, now());
      await finishStep(tx, sync.id, 'published');
    });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'sync-state') return false;
    throw error;
  }
}

/** The report of a sync as it stands, with the worst rules or all; undefined when there is no such sync. */
export async function reportOf(db: Db, syncId: string, mostRules?: number): Promise<string | undefined> {
  const sync = await syncById(db, syncId);
  return sync && reportText(await factsOf(db, sync), mostRules);
}

async function factsOf(db: Db, sync: SyncRow): Promise<ReportFacts> {
  const rules = await ruleCountsOf(db, sync.id);
  const examples = [];
  for (const { rule } of rules)
    examples.push(...(await findingsOf(db, sync.id, { rule, limit: examplesEach, offset: 0 })));
  return {
    district: sync.district.name,
    product: sync.product.name,
    number: sync.number,
    origin: originWords(sync),
    fileName: sync.delivery?.name ?? '',
    formerName: (await formerName(db, sync)) ?? null,
    receivedAt: sync.delivery?.receivedAt ?? sync.createdAt,
    state: sync.state,
    tables: sync.tables ?? [],
    plan: countsOfKinds(sync.plan),
    removalsWait: removalsWait(sync),
    rules,
    examples,
    dryRun: sync.dryRun,
    reasons: sync.state === 'held' || sync.dryRun ? (sync.hold?.reasons ?? []) : [],
    fault: sync.fault,
  };
}

/** A record that is taken over from people counts as one that changes. */
function countsOfKinds(plan: SyncRow['plan']): ReportFacts['plan'] {
  const counts = Object.entries(plan?.kinds ?? {});
  return Object.fromEntries(
    counts.map(([kind, { update, takeOver, ...count }]) => [kind, { ...count, update: update + takeOver }]),
  );
}
