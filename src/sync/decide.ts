/** What a person decides about a held sync, and whether the plan is still the one that they saw. */

import type { SourceMode } from '../core/calendar.ts';
import { decidedBefore } from '../core/decision-words.ts';
import type { HoldReason } from '../core/guard.ts';
import { localDateOf } from '../core/local-date.ts';
import { type KindPlan, type Plan, type SchoolPlan, schoolsShown } from '../core/plan.ts';
import { Refusal } from '../core/refusal.ts';
import { modeOn } from '../core/source-settings.ts';
import type { Kind } from '../core/tables.ts';
import { counted, thousands } from '../core/words.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { sourceById } from '../db/districts.ts';
import type { SyncRow } from '../db/queries.ts';
import { dropStage } from '../db/staging.ts';
import type { SyncState } from '../db/sync-states.ts';
import { type Choice, type Decision, lockSync, type Sync, setSync, syncById } from '../db/syncs.ts';
import { askToPublish, setNeedsFull } from '../db/turns.ts';
import { isDelta } from './outcome.ts';

export type Counts = { added: number; changed: number; removed: number };

export type NewDecision = {
  syncId: string;
  choice: Choice;
  /** Null for the command line. */
  accountId: string | null;
  /** Email address, or what stands for the person. */
  by: string | null;
  /** Network address. */
  address?: string | null;
  reason?: string | null;
  /** What the person saw; refused when the plan says something else by now. */
  counts?: Counts;
};

/**
 * Stores a decision. Discarding ends the sync here; an approval has it compared again and applied by the worker.
 * @returns the roster that has work now.
 * @throws Refusal `sync-unknown`, `sync-state`, `plan-changed`, `needs-full`, `dry-run`, `only-removals`, `additions-only`, `decided`.
 */
export async function decide(db: Db, decision: NewDecision, at: Date): Promise<{ rosterId: string }> {
  const { syncId, choice } = decision;
  const sync = await syncById(db, syncId);
  if (!sync) throw new Refusal('sync-unknown', 404, 'There is no such sync.');
  if (sync.state !== 'held')
    throw new Refusal('sync-state', 409, `This sync is ${sync.state}; only a held one can be decided.`);
  if (sync.origin !== 'delivery') refuseHalf(sync.origin, choice);
  else if (choice !== 'discard') {
    const source = await sourceById(db, sync.sourceId);
    if (source) refuseWhatCannotBeApplied(sync, choice, modeOn(source, localDateOf(at, source.district.timeZone)));
  }
  const counts = countsOf(sync.plan);
  if (decision.counts && !sameCounts(decision.counts, counts)) {
    throw new Refusal('plan-changed', 409, 'The plan has changed since you looked at it. Look again, and then decide.');
  }
  const { accountId, by, reason = null } = decision;
  const stored: Decision = {
    choice,
    accountId,
    by,
    reason,
    at: at.toISOString(),
    counts,
    kinds: sync.plan?.kinds ?? {},
    schools: schoolsSeen(sync.plan),
  };
  await db.tx(async (tx) => {
    await refuseSecond(tx, syncId);
    const patch =
      choice === 'discard' ? { state: 'discarded' as const, decision: stored } : { decision: stored, attempts: 0 };
    await setSync(tx, syncId, patch, ['held']);
    await audit(tx, {
      accountId,
      address: decision.address ?? null,
      act: `sync ${choice}`,
      object: syncId,
      detail: { counts, by },
    });
    if (choice !== 'discard') return;
    if (isDelta(sync.tables ?? [])) await setNeedsFull(tx, sync.sourceId, true);
    await dropStage(tx, { syncId });
    await askToPublish(tx, sync.rosterId, syncId);
  });
  return { rosterId: sync.rosterId };
}

/** An approved sync is still held until the worker has taken it up; of two people who decide at once, one is first. */
async function refuseSecond(tx: Db, syncId: string): Promise<void> {
  await lockSync(tx, syncId);
  const first = (await syncById(tx, syncId))?.decision;
  if (first) throw new Refusal('decided', 409, decidedBefore(first));
}

function refuseHalf(origin: Sync['origin'], choice: Choice): void {
  if (choice === 'apply additions and updates')
    throw new Refusal('whole-only', 409, `A ${origin} is applied whole or not at all. Apply all of it, or discard it.`);
}

function refuseWhatCannotBeApplied({ hold, removalsOnly }: SyncRow, choice: Choice, mode: SourceMode): void {
  if (hold?.needsFull === true) {
    throw new Refusal(
      'needs-full',
      409,
      'This delivery builds on one that was not applied. Ask the district for a full export, which will take its place.',
    );
  }
  if (mode === 'dry run') {
    throw new Refusal('dry-run', 409, 'The source is in dry run, in which nothing is applied. Set it to active first.');
  }
  if (removalsOnly && choice === 'apply additions and updates') {
    throw new Refusal(
      'only-removals',
      409,
      'Additions and updates of this delivery are applied; only removals are left.',
    );
  }
  if (removalsOnly && mode === 'additions only') {
    const sentence = 'The source takes additions only, so nothing is removed. Set it to active first, or discard them.';
    throw new Refusal('additions-only', 409, sentence);
  }
}

/** Records by what a plan does to them, over all kinds. */
export function countsOf(plan: Plan | null): Counts {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const kind of Object.values(plan?.kinds ?? {})) {
    counts.added += added(kind);
    counts.changed += changed(kind);
    counts.removed += kind.archive;
  }
  return counts;
}

/** States from which nothing of a sync is or becomes part of the roster. */
const nothingDone: SyncState[] = ['rejected', 'superseded', 'discarded'];

/** What a sync did, or would do while it is not over. */
export function countsMade(sync: Pick<Sync, 'state' | 'plan' | 'waiting' | 'leftOut'>): Counts & { leftOut: number } {
  const isNothing = nothingDone.includes(sync.state);
  const planned = { ...countsOf(isNothing ? null : sync.plan), leftOut: isNothing ? 0 : (sync.leftOut ?? 0) };
  return sync.waiting > 0 ? { ...planned, removed: 0 } : planned;
}

/** Whether a sync was applied without its removals: they were held by themselves, or the source takes additions only. */
export const removalsWait = ({ state, waiting }: Pick<Sync, 'state' | 'waiting'>): boolean =>
  state === 'applied' && waiting > 0;

const added = (plan: KindPlan): number => plan.create + plan.reactivate;
const changed = (plan: KindPlan): number => plan.update + plan.takeOver;
export const sameCounts = (a: Counts, b: Counts): boolean =>
  a.added === b.added && a.changed === b.changed && a.removed === b.removed;

/** What has grown beyond what the decision was made on, by kind and by school; nothing when it still covers the plan. */
export function grown(decision: Decision, plan: Plan): HoldReason[] {
  const seen = (decision.kinds ?? {}) as Plan['kinds'];
  const removes = decision.choice === 'apply all';
  const byKind = (Object.keys(plan.kinds) as Kind[]).flatMap((kind) => {
    const now = plan.kinds[kind] as KindPlan;
    const then = seen[kind];
    const reason = (count: number, was: number, noun: string): HoldReason[] =>
      count > was ? [grownReason(kind, count, was, noun)] : [];
    return [
      ...reason(added(now), then ? added(then) : 0, 'addition'),
      ...reason(changed(now), then ? changed(then) : 0, 'change'),
      ...(removes ? reason(now.archive, then?.archive ?? 0, 'removal') : []),
    ];
  });
  return removes ? [...byKind, ...grownSchools(decision, plan, byKind)] : byKind;
}

const grownReason = (kind: Kind, count: number, was: number, noun: string): HoldReason => ({
  code: 'grown',
  sentence: `the plan has grown since it was approved: ${counted(count, noun)} of ${kind} instead of ${thousands(was)}`,
  kind,
  count,
  of: was,
});

/** Schools that would lose more than was seen, though their kind as a whole would not. */
function grownSchools(decision: Decision, plan: Plan, already: HoldReason[]): HoldReason[] {
  if (decision.schools === undefined) return [];
  const all = decision.schools as SeenSchool[];
  const seen = new Map(all.map(({ kind, school, archive }) => [`${kind} ${school}`, archive]));
  return plan.schools.flatMap(({ kind, school, name, archive }): HoldReason[] => {
    const was = seen.get(`${kind} ${school}`) ?? atMostUnseen(all, kind);
    if (archive <= was || already.some((reason) => reason.kind === kind)) return [];
    const where = name ?? `school ${school}`;
    const sentence = `the plan has grown since it was approved: ${counted(archive, 'removal')} of ${kind} at ${where} instead of ${thousands(was)}`;
    return [{ code: 'grown-school', sentence, kind, school, count: archive, of: was }];
  });
}

/** A plan shows so many schools of a kind, those that lose most first: any other lost at most as much as the last of them. */
function atMostUnseen(all: SeenSchool[], kind: Kind): number {
  const shown = all.filter((each) => each.kind === kind);
  return shown.length < schoolsShown ? 0 : Math.min(...shown.map(({ archive }) => archive));
}

type SeenSchool = Pick<SchoolPlan, 'kind' | 'school' | 'archive'>;
const schoolsSeen = (plan: Plan | null): SeenSchool[] =>
  (plan?.schools ?? []).flatMap(({ kind, school, archive }) => (archive > 0 ? [{ kind, school, archive }] : []));

/** Whether removals are applied too. */
export const removalsOf = (decision: Decision | null, mode: SourceMode): boolean =>
  mode !== 'additions only' && decision?.choice !== 'apply additions and updates';
