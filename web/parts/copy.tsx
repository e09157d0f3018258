/** Something to be copied: a value within a line, or a block of text, each with a button where the browser lets one. */

import { Button, CopyButton } from '@mantine/core';
import css from './copy.module.css';

/** Browsers let pages copy over https, and on this machine. */
const mayCopy = typeof navigator !== 'undefined' && navigator.clipboard !== undefined;

export function CopyValue({ name, value }: { name: string; value: string }) {
  return (
    <span className={css.value}>
      <code>{value}</code>
      <Copy name={name} value={value} />
    </span>
  );
}

export function CopyBlock({ name, text }: { name: string; text: string }) {
  return (
    <div className={css.block}>
      <section className={css.lines} aria-label={name}>
        <pre>{text}</pre>
      </section>
      <Copy name={name} value={text} />
    </div>
  );
}

function Copy({ name, value }: { name: string; value: string }) {
  if (!mayCopy) return null;
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="compact-sm"
          className={css.button ?? ''}
          onClick={copy}
          aria-label={copied ? `Copied: ${name}` : `Copy ${name}`}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  );
}
