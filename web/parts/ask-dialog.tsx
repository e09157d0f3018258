/** The frame of every dialog that asks before something is done: what it touches, an optional reason, and what went wrong. */

import { Button, Textarea } from '@mantine/core';
import { ApiTrouble } from '../api.ts';
import css from './ask-dialog.module.css';
import { Dialog } from './dialog.tsx';

export function AskDialog(props: {
  title: string;
  /** What the button that does it says: the act, with the count it touches. */
  confirm: string;
  /** Only what takes nothing away is filled. */
  isFilled?: boolean;
  isPending: boolean;
  /** Why it cannot be done as things stand; nothing while it can. */
  cannot?: string | undefined;
  error: Error | null;
  /** Undefined for acts that keep no reason. */
  reason?: { value: string; set: (value: string) => void; help: string };
  onConfirm: () => void;
  onClose: () => void;
  children: React.ReactNode;
}) {
  const { title, confirm, isFilled = false, isPending, cannot, error, reason, onConfirm, onClose, children } = props;
  // What cannot be done any more is not offered again.
  const isOver = error instanceof ApiTrouble && ['decided', 'not-held', 'sync-state'].includes(error.code);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPending && !isOver && cannot === undefined) onConfirm();
        }}
      >
        {!isOver && children}
        {reason && !isOver && (
          <Textarea
            label="Reason (optional)"
            description={reason.help}
            autosize={false}
            rows={2}
            maxLength={1000}
            value={reason.value}
            onChange={(event) => reason.set(event.currentTarget.value)}
          />
        )}
        {error && (
          <p role="alert" className={css.error}>
            {error.message}
          </p>
        )}
        {cannot && <p className="soft">{cannot}</p>}
        <div className={css.buttons}>
          {!isOver && (
            <Button
              type="submit"
              variant={isFilled ? 'filled' : 'default'}
              loading={isPending}
              disabled={cannot !== undefined}
            >
              {confirm}
            </Button>
          )}
          <Button variant={isOver ? 'default' : 'subtle'} color="gray" onClick={onClose}>
            {isOver ? 'Close' : 'Cancel'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
