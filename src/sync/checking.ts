/** The step that reads a delivery: opened, checked and staged in one pass, with every finding kept. */

import { performance } from 'node:perf_hooks';
import { AHEAD_FROM_BYTES } from '../core/ahead/block.ts';
import { type CheckOptions, check } from '../core/check.ts';
import { checkForProduct } from '../core/product-check.ts';
import type { ProductProfile } from '../core/profiles/product.ts';
import type { Bundle, CheckResult } from '../core/record.ts';
import { type Kind, rosterKinds, tableOf } from '../core/tables.ts';
import type { Pool } from '../db/db.ts';
import { remarksOf } from '../db/deliveries.ts';
import { neighboursOf } from '../db/neighbours.ts';
import { liveIds } from '../db/roster.ts';
import { clearFindings, saveFindings, saveRuleCounts } from '../db/syncs.ts';
import { lastThrough, tellStep } from '../db/turns.ts';
import { giveBackAhead, takeAhead } from './ahead-threads.ts';
import { keepFindings } from './findings.ts';
import { formatFor } from './format-for.ts';
import { type RosterSink, rosterSink } from './load.ts';
import { openDelivery } from './open.ts';
import type { Turn } from './pipeline.ts';
import { profileFor } from './product-rules.ts';
import { watchProgress } from './progress.ts';

export type Checked = {
  result: CheckResult;
  /** Rows read, over all files. */
  rows: number;
  /** The archive's key of all findings as CSV; undefined when there are none. */
  findingsKey: string | undefined;
};

/** Reads the delivery of a turn into its stage, which must be there and empty. Findings of an earlier try are replaced. */
export async function checkDelivery(turn: Turn): Promise<Checked> {
  const { sync, delivery, deps } = turn;
  if (!delivery) throw new Error(`Sync ${sync.id} comes from no delivery.`);
  if (delivery.archiveKey === null) throw new Error(`The bytes of delivery ${delivery.id} have expired.`);
  await clearFindings(deps.db, sync.id);
  const save = (found: Parameters<typeof saveFindings>[2]) => saveFindings(deps.db, sync.id, found);
  const keeper = keepFindings({ archive: deps.archive, tempDir: deps.tempDir, save });
  const sink = rosterSink(deps.db, turn.ctx);
  sink.expect((await lastThrough(deps.db, sync))?.tables ?? []);
  const file = await deps.archive.openFile(delivery.archiveKey);
  try {
    const bundle = await openDelivery(file.path, deps.limits, delivery.name);
    bundle.findings.push(...(await remarksOf(deps.db, sync.rosterId, delivery.id)));
    try {
      const { result, rows } = await readInto(turn, bundle, keeper, sink);
      const findingsKey = await keeper.finish();
      await saveRuleCounts(deps.db, sync.id, result.rules);
      return { result, rows, findingsKey };
    } finally {
      await bundle.close();
    }
  } finally {
    await file.close();
    await keeper.close();
  }
}

/** What the check of a delivery depends on beside its bytes: with another one, the same bytes are read again. */
export const checkedAs = ({
  format,
  profile,
  formatVersion,
  product,
}: Pick<Turn['source'], 'format' | 'profile' | 'formatVersion' | 'product'>): string =>
  `${format}${formatVersion ? ` version ${formatVersion}` : ''}, ${profile}${product.rulesVersion ? `, rules version ${product.rulesVersion}` : ''}`;

async function readInto(
  turn: Turn,
  bundle: Awaited<ReturnType<typeof openDelivery>>,
  keeper: ReturnType<typeof keepFindings>,
  loading: RosterSink,
): Promise<{ result: CheckResult; rows: number }> {
  const { sync, source, ctx, deps, signal } = turn;
  const watched = watchProgress({
    bundle,
    sink: loading,
    signal,
    clock: () => performance.now(),
    async tell(progress) {
      await tellStep(deps.db, sync.rosterId, sync.id, 'checking', progress);
      await keeper.flush();
      await deps.at?.('checking');
    },
  });
  const sizeBytes = bundle.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  const ahead = sizeBytes < AHEAD_FROM_BYTES ? undefined : takeAhead();
  try {
    const result = await checkFor(await profileFor(deps.db, source.product), watched.bundle, {
      ...(ahead ? { ahead } : {}),
      profile: source.profile,
      format: await formatFor(deps.db, source),
      known: knownTo(deps.db, sync.rosterId),
      live: (kind) => liveIds(deps.db, sync.rosterId, kind, source.id),
      neighbours: await neighboursOf(deps.db, ctx),
      report: keeper.report,
      sink: watched.sink,
      now: deps.now(),
    });
    await deps.at?.('checking');
    if (result.counts.fatal > 0) loading.abort();
    else await loading.finish();
    return { result, rows: watched.now().rows };
  } catch (error) {
    loading.abort();
    throw error;
  } finally {
    if (ahead) await giveBackAhead(ahead);
  }
}

/** The remarks of the product stand among the others; they leave nothing out. */
export function checkFor(
  product: ProductProfile | undefined,
  bundle: Bundle,
  options: CheckOptions,
): Promise<CheckResult> {
  return product ? checkForProduct(bundle, product, options) : check(bundle, options);
}

/** Asks for the ids of the live roster, of kinds that records refer to. */
export const knownTo = (db: Pool, rosterId: string) => (kind: Kind) =>
  referred.has(kind) ? liveIds(db, rosterId, kind) : undefined;

/** Kinds that records refer to. */
const referred = new Set(
  rosterKinds.flatMap((kind) =>
    Object.values(tableOf(kind).fields).flatMap((field) => (field.to ? [field.to as Kind] : [])),
  ),
);
