/** The state of a source or a sync as a word, a mark and a sentence: the same words wherever they are shown. */

import type { Severity } from '../core/record.ts';
import type { PlanCount, SourceFacts, SyncFacts, SyncState } from './deps.ts';

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

const running: readonly SyncState[] = ['received', 'checking', 'comparing', 'applying'];
export const isRunning = (state: SyncState): boolean => running.includes(state);

/** The state of a source from its settings and its newest sync. */
export function sourceState(source: Pick<SourceFacts, 'mode' | 'late'>, latest: SyncFacts | undefined): SourceState {
  if (latest && isRunning(latest.state)) return 'running';
  if (latest?.state === 'held') return 'needs you';
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
  return shortSentence(latest, fatal);
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

/** The word for a sync and the mark beside it. */
export const syncWord = (state: SyncState): { word: string; mark: Mark } => words[state];

/** What a sync does or did, over all kinds. */
export function totalsOf(sync: Pick<SyncFacts, 'plan' | 'tables'>): {
  added: number;
  changed: number;
  removed: number;
  leftOut: number;
} {
  const plans: PlanCount[] = Object.values(sync.plan ?? {});
  const sum = (pick: (plan: PlanCount) => number) => plans.reduce((total, plan) => total + pick(plan), 0);
  return {
    added: sum((plan) => plan.create + plan.reactivate),
    changed: sum((plan) => plan.update),
    removed: sum((plan) => plan.archive),
    leftOut: (sync.tables ?? []).reduce((total, table) => total + table.leftOut, 0),
  };
}

/** One or two sentences on a sync, for the top of its page: what it came to, and what that means for the roster. */
export function syncSentence(sync: SyncFacts, fatal: string | undefined): string {
  const { added, changed, removed, leftOut } = totalsOf(sync);
  const left = leftOut > 0 ? ` ${counted(leftOut, 'row was', 'rows were')} left out.` : '';
  switch (sync.state) {
    case 'received':
      return 'Received and kept; waits for its turn.';
    case 'checking':
      return 'The files are being read and checked. Nothing has been changed yet.';
    case 'comparing':
      return 'The records are being compared with the roster. Nothing has been changed yet.';
    case 'applying':
      return 'The changes are being applied, all of them or none.';
    case 'applied':
      if (sync.decision?.choice === 'apply additions and updates') {
        return `${plain(added)} added, ${plain(changed)} changed; ${counted(removed, 'removal waits', 'removals wait')}.${left}`;
      }
      return `${plain(added)} added, ${plain(changed)} changed, ${plain(removed)} removed.${left}`;
    case 'unchanged':
      return `The delivery says what the roster says already; nothing had to be changed.${left}`;
    case 'held':
      return `${(sync.holdReasons ?? []).map(ended).join(' ')} Nothing has been changed yet.`.trim();
    case 'rejected':
      return `${ended(fatal ?? 'The delivery could not be read')} Nothing has been changed.`;
    case 'failed':
      return `${ended(sync.fault ?? 'A fault of ours stopped it')} The fault is ours; the roster is as it was before.`;
    case 'superseded':
      return 'A newer delivery arrived while this one was held. This one changed nothing.';
    case 'discarded':
      return 'A person discarded this delivery. It changed nothing.';
    case 'rolled back':
      return 'Applied, and taken back later.';
  }
}

function shortSentence(sync: SyncFacts, fatal: string | undefined): string {
  const { added, changed, removed } = totalsOf(sync);
  const changes = added + changed + removed;
  switch (sync.state) {
    case 'held': {
      const [first = 'waits for a decision', ...more] = sync.holdReasons ?? [];
      return more.length > 0 ? `${ended(first)} ${counted(more.length, 'more reason', 'more reasons')}.` : ended(first);
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
      return 'Nothing new in the last delivery';
    default:
      return syncSentence(sync, fatal);
  }
}

export function foundRows(counts: Partial<Record<Severity, number>> | null): number {
  return Object.values(counts ?? {}).reduce((total, count) => total + count, 0);
}

const plain = (count: number): string => count.toLocaleString('en-US');
const counted = (count: number, one: string, many: string): string => `${plain(count)} ${count === 1 ? one : many}`;
const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);
