/** The three choices about a held sync, each naming the counts it touches, with a dialog that repeats them. */

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId } from 'react';
import { api, type Decision, queries, type Sync } from '../api.ts';
import { useKept } from '../kept.ts';
import { counted, plain } from '../words.ts';
import { AskDialog } from './ask-dialog.tsx';
import css from './decide.module.css';

type Choice = Decision['choice'];

export function DecideActs({ sync }: { sync: Sync }) {
  const [choice, setChoice] = useKept<Choice | null>(`decide ${sync.id}`, null);
  const why = useId();
  const may = sync.mayNotDecide === null;
  const common = may ? {} : { disabled: true, 'aria-describedby': why };
  const { added, changed, removed } = sync.totals;
  const additions = added + changed;
  // A rollback or a reset is applied whole or not at all, and removals that wait have nothing else with them.
  const canSplit = sync.origin === null && !sync.removalsOnly && removed > 0 && additions > 0;
  // The dialog stays when somebody else has decided meanwhile, so that the second one reads it there.
  return (
    <>
      {sync.open && (
        <div className={css.acts}>
          <div className={css.buttons}>
            {canSplit && (
              <Button {...common} onClick={() => setChoice('apply additions and updates')}>
                {`Apply ${counted(additions, 'addition or update', 'additions and updates')} only…`}
              </Button>
            )}
            <Button
              variant={removed === 0 ? 'filled' : 'default'}
              {...common}
              onClick={() => setChoice('apply all')}
            >{`Apply all ${plain(additions + removed)}…`}</Button>
            <Button variant="default" {...common} onClick={() => setChoice('discard')}>
              {`Discard all ${plain(additions + removed)}…`}
            </Button>
          </div>
          {!may && (
            <p id={why} className="small soft">
              {sync.mayNotDecide}
            </p>
          )}
        </div>
      )}
      {choice && <DecideDialog key={choice} sync={sync} choice={choice} onClose={() => setChoice(null)} />}
    </>
  );
}

function titleOf(choice: Choice, { origin, removalsOnly }: Sync): string {
  const what = removalsOnly ? 'the removals that wait' : origin === null ? 'this delivery' : 'it';
  const titles: Record<Choice, string> = {
    'apply additions and updates': 'Apply additions and updates only?',
    'apply all': removalsOnly ? 'Apply the removals that wait?' : `Apply all of ${what}?`,
    discard: `Discard ${what}?`,
  };
  return titles[choice];
}

function DecideDialog({ sync, choice, onClose }: { sync: Sync; choice: Choice; onClose: () => void }) {
  const [reason, setReason] = useKept(`reason ${sync.id} ${choice}`, '');
  const { added, changed, removed } = sync.totals;
  const decide = useMutation({
    mutationFn: () =>
      api.decide(sync.id, { choice, counts: { added, changed, removed }, ...(reason ? { reason } : {}) }),
    onSuccess: async () => {
      await queries.invalidateQueries();
      onClose();
    },
    onError: () => queries.invalidateQueries({ queryKey: ['sync', sync.id] }),
  });
  const removals = sync.kinds.filter((kind) => (kind.removed ?? 0) > 0);
  return (
    <AskDialog
      title={titleOf(choice, sync)}
      confirm={confirmWord(choice, added + changed, added + changed + removed)}
      isFilled={choice === 'apply additions and updates' || (choice === 'apply all' && removed === 0)}
      isPending={decide.isPending}
      error={decide.error}
      reason={{ value: reason, set: setReason, help: 'Stands in the history of this sync.' }}
      onConfirm={() => decide.mutate()}
      onClose={onClose}
    >
      <p>{sentenceOf(choice, sync)}</p>
      {choice !== 'discard' && removals.length > 0 && (
        <ul className={css.list}>
          {removals.map(({ kind, removed: gone, live }) => (
            <li key={kind}>
              {kind}: {plain(gone ?? 0)}
              {live ? ` of ${plain(live)}` : ''}
            </li>
          ))}
        </ul>
      )}
    </AskDialog>
  );
}

function sentenceOf(choice: Choice, { totals: { added, changed, removed }, removalsOnly }: Sync): string {
  if (choice === 'discard') {
    const none = `None of its ${counted(added + changed + removed, 'change', 'changes')} is applied.`;
    return removalsOnly
      ? `${none} What was added and updated stays; the removals come again with the next full delivery.`
      : `${none} The roster stays as it is until the next delivery.`;
  }
  const head = `${plain(added)} added and ${plain(changed)} changed.`;
  if (removed === 0) return `${head} Nothing is removed.`;
  const gone = `${counted(removed, 'record is', 'records are')} removed:`;
  if (choice === 'apply all') return removalsOnly ? gone : `${head} ${gone}`;
  return `${head} ${counted(removed, 'removal waits', 'removals wait')} and ${removed === 1 ? 'is' : 'are'} not made:`;
}

function confirmWord(choice: Choice, additions: number, all: number): string {
  if (choice === 'discard') return 'Discard it';
  return `Apply ${counted(choice === 'apply all' ? all : additions, 'change', 'changes')}`;
}
