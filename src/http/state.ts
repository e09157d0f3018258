/** The state of a source or a sync as a word, a mark and a sentence: the same words wherever they are shown. */

import type { Severity } from '../core/record.ts';
import type { NewestFacts, PlanCount, SourceFacts, SourceMode, SyncFacts, SyncState } from './deps.ts';

/** States of a source, worst first: the order of every list of them. */
export const sourceStates = [
  'needs you',
  'late',
  'rejected',
  'failed',
  'running',
  'up to date',
  'paused',
  'new',
] as const;
export type SourceState = (typeof sourceStates)[number];

/** The shape and colour that stand beside a word; `past` is for what is over and changed nothing that still holds. */
export type Mark = SourceState | 'past';

/** What the words of states follow from. */
type Standing = Pick<NewestFacts, 'state' | 'decision' | 'holdReasons'>;

const running: readonly SyncState[] = ['received', 'checking', 'comparing', 'applying'];

/** Held, approved by a person, and waiting for the worker to compare it again and apply it. */
export const isApproved = (sync: Standing): boolean => sync.state === 'held' && sync.decision !== null;
/** Received, and waiting until a person has decided about an earlier one. */
const waitsForOther = (sync: Standing): boolean => sync.state === 'received' && (sync.holdReasons ?? []).length > 0;
/** Received, and kept while its source is paused. */
const waitsForMode = (sync: Standing, mode: SourceMode): boolean => sync.state === 'received' && mode === 'paused';
/** Something is going on, or will within moments, without anybody's doing; `mode` is that of its source. */
export const isRunning = (sync: Standing, mode: SourceMode): boolean =>
  isApproved(sync) || (running.includes(sync.state) && !waitsForOther(sync) && !waitsForMode(sync, mode));

/** The state of a source from its settings and its newest sync. */
export function sourceState(source: Pick<SourceFacts, 'mode' | 'late'>, latest: Standing | undefined): SourceState {
  if (latest && isRunning(latest, source.mode)) return 'running';
  if (latest && (latest.state === 'held' || waitsForOther(latest))) return 'needs you';
  if (source.mode === 'paused') return 'paused';
  if (source.late) return 'late';
  if (!latest) return 'new';
  if (latest.state === 'rejected' || latest.state === 'failed') return latest.state;
  return 'up to date';
}

/** One sentence on a source, short enough for a row. `fatal` is the finding for which the newest sync was rejected. */
export function sourceSentence(
  source: Pick<SourceFacts, 'mode' | 'late' | 'needsFull'>,
  latest: SyncFacts | undefined,
  fatal: string | undefined,
): string {
  const state = sourceState(source, latest);
  if (state === 'paused') return 'Paused: deliveries are kept and not processed.';
  if (state === 'late') return source.late ?? '';
  if (!latest) return 'Set up; nothing has arrived yet.';
  if (source.needsFull) return 'Waits for a full export; changes alone cannot be taken.';
  return shortSentence(latest, source.mode, fatal);
}

const words: Record<SyncState, { word: string; mark: Mark }> = {
  received: { word: 'Received', mark: 'running' },
  checking: { word: 'Checking', mark: 'running' },
  comparing: { word: 'Comparing', mark: 'running' },
  applying: { word: 'Applying', mark: 'running' },
  applied: { word: 'Applied', mark: 'up to date' },
  unchanged: { word: 'Unchanged', mark: 'up to date' },
  held: { word: 'Held', mark: 'needs you' },
  rejected: { word: 'Rejected', mark: 'rejected' },
  failed: { word: 'Failed', mark: 'failed' },
  superseded: { word: 'Superseded', mark: 'past' },
  discarded: { word: 'Discarded', mark: 'past' },
  'rolled back': { word: 'Rolled back', mark: 'past' },
};

/** The word for a sync of a source in this mode, and the mark beside it. */
export function syncWord(sync: SyncFacts, mode: SourceMode): { word: string; mark: Mark } {
  if (isApproved(sync)) return { word: 'Approved', mark: 'running' };
  if (sync.dryRun && sync.state === 'discarded') return { word: 'Dry run', mark: 'past' };
  if (waitsForMode(sync, mode)) return { word: 'Waiting', mark: 'paused' };
  return waitsForOther(sync) ? { word: 'Waiting', mark: 'needs you' } : words[sync.state];
}

export type Totals = { added: number; changed: number; removed: number; leftOut: number };

/** What a sync would do to the roster, over all kinds: what a person decides about. */
export function plannedOf(sync: Pick<SyncFacts, 'plan' | 'tables'>): Totals {
  const plans: PlanCount[] = Object.values(sync.plan ?? {});
  const sum = (pick: (plan: PlanCount) => number) => plans.reduce((total, plan) => total + pick(plan), 0);
  return {
    added: sum((plan) => plan.create + plan.reactivate),
    changed: sum((plan) => plan.update),
    removed: sum((plan) => plan.archive),
    leftOut: sync.tables ? sync.tables.reduce((total, table) => total + table.leftOut, 0) : sum((plan) => plan.leftOut),
  };
}

/** What a sync did, or would do: removals that wait are not counted once the rest is applied. */
export function totalsOf(sync: Pick<SyncFacts, 'plan' | 'tables' | 'removalsWait'>): Totals {
  const planned = plannedOf(sync);
  return sync.removalsWait ? { ...planned, removed: 0 } : planned;
}

/** One or two sentences on a sync, for the top of its page: what it came to, and what that means for the roster. */
export function syncSentence(sync: SyncFacts, mode: SourceMode, fatal: string | undefined): string {
  const { added, changed, removed, leftOut } = plannedOf(sync);
  const [row, rows] =
    sync.origin === null
      ? ['row was left out', 'rows were left out']
      : ['record was left as it is', 'records were left as they are'];
  const left = leftOut > 0 ? ` ${counted(leftOut, row, rows)}.` : '';
  switch (sync.state) {
    case 'received':
      if (waitsForMode(sync, mode)) return 'Received and kept. Its source is paused; it waits until that ends.';
      return sync.holdReasons?.map(ended).join(' ') || 'Received and kept; waits for its turn.';
    case 'checking':
      return 'The files are being read and checked. Nothing has been changed yet.';
    case 'comparing':
      return 'The records are being compared with the roster. Nothing has been changed yet.';
    case 'applying':
      return 'The changes are being applied, all of them or none.';
    case 'applied':
      if (sync.removalsWait) {
        return `${plain(added)} added, ${plain(changed)} changed; ${counted(removed, 'removal waits', 'removals wait')}.${left}`;
      }
      return `${plain(added)} added, ${plain(changed)} changed, ${plain(removed)} removed.${left}`;
    case 'unchanged':
      if (sync.origin !== null) return `There was nothing to change any more.${left}`;
      return `The delivery says what the roster says already; nothing had to be changed.${left}`;
    case 'held':
      if (isApproved(sync)) return 'A person approved it. It is compared once more and then applied.';
      return `${heldFor(sync.holdReasons ?? [])} Nothing has been changed yet.`;
    case 'rejected':
      return `${ended(fatal ?? 'The delivery could not be read')} Nothing has been changed.`;
    case 'failed':
      return `${ended(sync.fault ?? 'A fault of ours stopped it')} The fault is ours; the roster is as it was before.`;
    case 'superseded':
      return 'A newer delivery arrived while this one was held. This one changed nothing.';
    case 'discarded':
      if (sync.dryRun) return tried(sync);
      return `A person discarded this ${sync.origin === null ? 'delivery' : 'sync'}. It changed nothing.`;
    case 'rolled back':
      return 'Applied, and taken back later.';
  }
}

function tried(sync: SyncFacts): string {
  const { added, changed, removed } = plannedOf(sync);
  const verdict = sync.holdReasons?.length ? 'be held' : 'be applied';
  return `A dry run: it would ${verdict}, with ${plain(added)} added, ${plain(changed)} changed and ${plain(removed)} removed. Nothing has been changed.`;
}

/** The reason itself when it is the only one; with more, their number (they stand below as a list). */
function heldFor(reasons: string[]): string {
  const [first] = reasons;
  if (first && reasons.length === 1) return ended(first);
  return reasons.length === 0
    ? 'It waits for a decision.'
    : `It waits for a decision, for ${plain(reasons.length)} reasons.`;
}

function shortSentence(sync: SyncFacts, mode: SourceMode, fatal: string | undefined): string {
  const { added, changed, removed } = totalsOf(sync);
  const changes = added + changed + removed;
  switch (sync.state) {
    case 'held': {
      if (isApproved(sync)) return 'Approved; about to be applied.';
      const [reason = 'Waits for a decision', ...more] = sync.holdReasons ?? [];
      const first = firstSentence(ended(reason));
      return more.length > 0 ? `${first} ${counted(more.length, 'more reason', 'more reasons')}.` : first;
    }
    case 'rejected':
      return ended(fatal ?? 'The delivery could not be read');
    case 'failed':
      return ended(sync.fault ?? 'A fault of ours stopped it');
    case 'applied': {
      const findings = foundRows(sync.findingCounts);
      const found = findings > 0 ? counted(findings, 'finding', 'findings') : 'no findings';
      return `${counted(changes, 'change', 'changes')}, ${found}`;
    }
    case 'unchanged':
      return sync.origin === null ? 'Nothing new in the last delivery' : firstSentence(syncSentence(sync, mode, fatal));
    default:
      return firstSentence(syncSentence(sync, mode, fatal));
  }
}

export function foundRows(counts: Partial<Record<Severity, number>> | null): number {
  return Object.values(counts ?? {}).reduce((total, count) => total + count, 0);
}

const plain = (count: number): string => count.toLocaleString('en-US');
const counted = (count: number, one: string, many: string): string => `${plain(count)} ${count === 1 ? one : many}`;
const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
const firstSentence = (text: string): string => /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
