/** The frame of every form: what went wrong, its fields, and the buttons that do it or leave it. Enter does it. */

import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import css from './act-form.module.css';

type Props = {
  /** In the server's words, above the fields; what was typed stays. */
  error?: Error | null | undefined;
  /** The word on the button. */
  submit: string;
  isBusy: boolean;
  onSubmit: () => void;
  onCancel?: (() => void) | undefined;
  /** It takes something away: never filled. */
  isDestructive?: boolean;
  /** Nothing of it may be done: no buttons. */
  isHidden?: boolean;
  /** There is nothing to be done yet. */
  isDisabled?: boolean;
  /** Beside the buttons: what came of it. */
  note?: string | undefined;
  /** In a place that is wide already, such as a dialog. */
  isWide?: boolean;
  /** More buttons, after those. */
  more?: React.ReactNode;
  children?: React.ReactNode;
};

export function ActForm(props: Props) {
  const { error, submit, isBusy, onSubmit, onCancel, isDestructive } = props;
  const { isHidden, isDisabled = false, note, isWide, more, children } = props;
  const trouble = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (error) trouble.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  return (
    <form
      className={css.form}
      data-wide={isWide}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onSubmit();
      }}
    >
      {error && (
        <p ref={trouble} className={css.trouble} role="alert">
          {error.message}
        </p>
      )}
      {children}
      <div className={css.acts} hidden={isHidden}>
        <Button disabled={isDisabled} type="submit" variant={isDestructive ? 'default' : 'filled'} loading={isBusy}>
          {submit}
        </Button>
        {onCancel && (
          <Button variant={isDestructive ? 'subtle' : 'default'} color="gray" onClick={onCancel}>
            Cancel
          </Button>
        )}
        {more}
        <span role="status" className="small soft">
          {note}
        </span>
      </div>
    </form>
  );
}
