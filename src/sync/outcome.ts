/** The ways out of a sync: each is one transaction that names the outcome, takes its stage away and asks for it to be told. */

import type { HoldReason } from '../core/guard.ts';
import type { Plan } from '../core/plan.ts';
import type { TableCount } from '../core/record.ts';
import { type Kind, keyKinds } from '../core/tables.ts';
import { asSentence, thousands } from '../core/words.ts';
import type { Db } from '../db/db.ts';
import { createFollower, setWaitsFor } from '../db/past.ts';
import type { SyncRow } from '../db/queries.ts';
import { dropStage } from '../db/staging.ts';
import type { SyncState } from '../db/sync-states.ts';
import { finishStep, type Hold, type Sync, type SyncPatch, setSync, syncById } from '../db/syncs.ts';
import { askToPublish, earlierWaiting, lastThrough, setLastFileName, setNeedsFull } from '../db/turns.ts';
import { countsOf } from './decide.ts';
import { peek } from './peek.ts';
import type { Turn } from './pipeline.ts';
import { settleRewrite } from './rewrite.ts';

export const isBulk = (tables: TableCount[]): boolean => tables.some((table) => table.mode === 'bulk');
export const isDelta = (tables: TableCount[]): boolean => tables.some((table) => table.mode === 'delta');
/** A bulk delivery of all key kinds: from here on, what was missed before does not matter any more. */
const isFull = (tables: TableCount[]): boolean =>
  keyKinds.every((kind) => tables.some((table) => table.kind === kind && table.mode === 'bulk'));

/**
 * Whether a checked delivery may be compared now. One that says everything anew supersedes earlier ones of its source
 * that wait for a person, but for changes: these are never skipped. Any other waits behind them, because it builds on
 * what they say.
 */
export async function mayGoOn(turn: Turn, tables: TableCount[]): Promise<boolean> {
  const { sync, source, deps } = turn;
  if (sync.dryRun) return true;
  if (isDelta(tables) && source.needsFull) {
    const sentence =
      'an earlier delivery of changes was not applied, so this one has nothing to build on. It waits for the next full export, which will take its place';
    await held(turn, [{ code: 'needs-full', sentence }], { needsFull: true });
    return false;
  }
  const earlier = await earlierWaiting(deps.db, sync);
  const carried = new Set(tables.filter((table) => table.mode === 'bulk').map((table) => table.kind));
  let waits = false;
  for (const { id } of earlier) {
    const before = await syncById(deps.db, id);
    if (before) waits ||= isDelta(tables) || !(await mayBeSuperseded(turn, before, carried));
  }
  if (waits) await waitBehind(turn, (earlier.find(({ state }) => state === 'held') ?? earlier[0])?.number ?? 0);
  else for (const { id } of earlier) await supersede(turn, id);
  return !waits;
}

/** Whether what a delivery says is said anew. Changes that wait for a full delivery have nothing to build on, ever. */
async function mayBeSuperseded({ source, deps }: Turn, before: SyncRow, carried: ReadonlySet<Kind>): Promise<boolean> {
  const modes = [...((await peek(before, source, deps)) ?? [])].filter(([, mode]) => mode !== 'absent');
  const isSkipped = modes.some(([, mode]) => mode === 'delta') && !before.removalsOnly && !source.needsFull;
  return !isSkipped && modes.every(([kind]) => carried.has(kind));
}

async function supersede(turn: Turn, id: string): Promise<void> {
  // In this order: whoever goes on after a crash in between finds it waiting, and supersedes it.
  await dropStage(turn.deps.db, { syncId: id });
  await close(turn.deps.db, turn, 'superseded', {}, id);
}

async function waitBehind({ sync, ctx, deps }: Turn, number: number): Promise<void> {
  // In this order: what waits is not looked at again for long, so nobody would find a stage that was left.
  await dropStage(deps.db, ctx);
  await setSync(deps.db, sync.id, { state: 'received', hold: waitsFor(number), attempts: 0 });
}

function waitsFor(number: number): Hold {
  const sentence = `it waits until delivery ${thousands(number)} is decided`;
  return { reasons: [asSentence(sentence)], details: [{ code: 'waits', sentence, count: number }], waits: true };
}

/** The delivery cannot be read as its format. */
export async function rejected(turn: Turn, tables: TableCount[]): Promise<void> {
  const { deps, sync, ctx } = turn;
  const last = tables.length === 0 ? await lastThrough(deps.db, sync) : undefined;
  await deps.db.tx(async (tx) => {
    // What cannot even be opened is taken for what the source sent last.
    if (!sync.dryRun && isDelta(last?.tables ?? tables)) await setNeedsFull(tx, sync.sourceId, true);
    await dropStage(tx, ctx);
    await close(tx, turn, 'rejected', {});
  });
}

/** It waits for a person; its stage stays, so that the changes can be looked at. */
export async function held(turn: Turn, details: HoldReason[], more: Record<string, unknown> = {}): Promise<void> {
  const { deps, sync } = turn;
  const reasons = details.map(({ sentence }) => asSentence(sentence));
  await deps.db.tx(async (tx) => {
    await setSync(tx, sync.id, { state: 'held', hold: { reasons, details, ...more }, decision: null, attempts: 0 });
    await askToPublish(tx, sync.rosterId, sync.id);
  });
}

/** It was compared, and nothing of it is to be applied. */
export async function unchanged(turn: Turn, tables: TableCount[], plan: Plan): Promise<void> {
  const { deps, sync, delivery, ctx } = turn;
  await deps.db.tx(async (tx) => {
    if (isFull(tables)) await setNeedsFull(tx, sync.sourceId, false);
    if (delivery) await setLastFileName(tx, sync.sourceId, delivery.name);
    await dropStage(tx, ctx);
    await close(tx, turn, 'unchanged', { changes: 0, waiting: countsOf(plan).removed });
  });
}

/**
 * Within the transaction that changes the roster. Removals that are not applied become a sync of their own, which waits
 * for a person in the place of this one; a source that takes additions only has none.
 */
export async function applied(tx: Db, turn: Turn, tables: TableCount[], plan: Plan, removals: boolean): Promise<void> {
  const { sync, delivery, mode, ctx } = turn;
  const { added, changed, removed } = countsOf(plan);
  const changes = added + changed + (removals ? removed : 0);
  const waiting = removals ? 0 : removed;
  if (waiting > 0 && mode !== 'additions only') {
    const removalsOnly = await createFollower(tx, sync, true);
    await setWaitsFor(tx, sync, waitsFor(removalsOnly.number));
  }
  if (isFull(tables)) await setNeedsFull(tx, sync.sourceId, false);
  if (delivery) await setLastFileName(tx, sync.sourceId, delivery.name);
  else await settleRewrite(tx, sync);
  await finishStep(tx, sync.id, 'applying', { changes });
  await dropStage(tx, ctx);
  await close(tx, turn, 'applied', { changes, waiting });
}

/** A fault of ours that trying again did not cure. */
export async function failed(
  db: Db,
  sync: Pick<Sync, 'id' | 'rosterId' | 'sourceId' | 'tables' | 'dryRun'>,
  fault: string,
): Promise<void> {
  await db.tx(async (tx) => {
    if (!sync.dryRun && isDelta(sync.tables ?? [])) await setNeedsFull(tx, sync.sourceId, true);
    await dropStage(tx, { syncId: sync.id });
    await setSync(tx, sync.id, { state: 'failed', fault });
    await askToPublish(tx, sync.rosterId, sync.id);
  });
}

async function close(db: Db, { sync }: Turn, state: SyncState, patch: SyncPatch, id = sync.id): Promise<void> {
  await db.tx(async (tx) => {
    await setSync(tx, id, { state, fault: null, ...patch });
    await askToPublish(tx, sync.rosterId, id);
  });
}
