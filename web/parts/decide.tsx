/** The three choices about a held sync, each with a dialog that repeats what it would do. */

import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { api, type Decision, queries, type Sync } from '../api.ts';
import { counted, plain } from '../words.ts';
import css from './decide.module.css';
import { Dialog } from './dialog.tsx';

type Choice = Decision['choice'];

export function DecideActs({ sync }: { sync: Sync }) {
  const [choice, setChoice] = useState<Choice | null>(null);
  const why = useId();
  const may = sync.mayNotDecide === null;
  const common = may ? {} : { disabled: true, 'aria-describedby': why };
  return (
    <div className={css.acts}>
      <div className={css.buttons}>
        {/* A rollback or a reset is applied whole or not at all. */}
        {sync.origin === null && (
          <Button {...common} onClick={() => setChoice('apply additions and updates')}>
            Apply additions and updates only…
          </Button>
        )}
        <Button variant="default" {...common} onClick={() => setChoice('apply all')}>
          Apply all…
        </Button>
        <Button variant="default" {...common} onClick={() => setChoice('discard')}>
          Discard…
        </Button>
      </div>
      {!may && (
        <p id={why} className="small soft">
          {sync.mayNotDecide}
        </p>
      )}
      {choice && <DecideDialog sync={sync} choice={choice} onClose={() => setChoice(null)} />}
    </div>
  );
}

function titleOf(choice: Choice, { origin }: Sync): string {
  const what = origin === null ? 'this delivery' : 'it';
  const titles: Record<Choice, string> = {
    'apply additions and updates': 'Apply additions and updates only?',
    'apply all': `Apply all of ${what}?`,
    discard: `Discard ${what}?`,
  };
  return titles[choice];
}

function DecideDialog({ sync, choice, onClose }: { sync: Sync; choice: Choice; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const { added, changed, removed } = sync.totals;
  const decide = useMutation({
    mutationFn: () =>
      api.decide(sync.id, { choice, counts: { added, changed, removed }, ...(reason ? { reason } : {}) }),
    onSuccess: async () => {
      await queries.invalidateQueries();
      onClose();
    },
  });
  const removals = sync.kinds.filter((kind) => (kind.removed ?? 0) > 0);
  return (
    <Dialog title={titleOf(choice, sync)} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          decide.mutate();
        }}
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
        <Textarea
          label="Reason (optional)"
          description="Stands in the history of this sync."
          autosize={false}
          rows={2}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {decide.error && <p role="alert">{decide.error.message}</p>}
        <div className={css.buttons}>
          <Button
            type="submit"
            variant={choice === 'apply additions and updates' ? 'filled' : 'default'}
            loading={decide.isPending}
          >
            {confirmWord(choice, added + changed, added + changed + removed)}
          </Button>
          <Button variant="subtle" color="gray" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function sentenceOf(choice: Choice, { totals: { added, changed, removed } }: Sync): string {
  if (choice === 'discard') {
    return `None of its ${counted(added + changed + removed, 'change', 'changes')} is applied. The roster stays as it is until the next delivery.`;
  }
  const head = `${plain(added)} added and ${plain(changed)} changed.`;
  if (choice === 'apply all') return `${head} ${counted(removed, 'record is', 'records are')} removed:`;
  return `${head} ${counted(removed, 'removal waits', 'removals wait')} and ${removed === 1 ? 'is' : 'are'} not made:`;
}

function confirmWord(choice: Choice, additions: number, all: number): string {
  if (choice === 'discard') return 'Discard it';
  return `Apply ${counted(choice === 'apply all' ? all : additions, 'change', 'changes')}`;
}
