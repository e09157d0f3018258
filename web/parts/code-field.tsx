/** A field for a document of many lines: their numbers beside them, and those with faults marked. */

import { useImperativeHandle, useRef } from 'react';
import css from './code-field.module.css';

export type CodeFieldActs = {
  /** Puts text where the caret is. */
  insert(text: string): void;
  goTo(line: number): void;
};

export function CodeField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Numbers of lines. */
  marked?: readonly number[];
  acts?: React.Ref<CodeFieldActs>;
  describedBy?: string;
}) {
  const { label, value, onChange, marked = [], acts, describedBy } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const lines = value.split('\n');
  useImperativeHandle(acts, () => ({
    insert(text) {
      const own = field.current;
      if (!own) return;
      const { selectionStart, selectionEnd } = own;
      onChange(value.slice(0, selectionStart) + text + value.slice(selectionEnd));
      // The caret is set once the new text stands there.
      requestAnimationFrame(() => {
        own.focus();
        own.setSelectionRange(selectionStart + text.length, selectionStart + text.length);
      });
    },
    goTo(line) {
      const own = field.current;
      if (!own) return;
      const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      own.focus();
      own.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
      own.scrollTop = Math.max(0, ((line - 4) * own.scrollHeight) / lines.length);
    },
  }));
  return (
    <div className={css.field}>
      <div ref={numbers} className={css.numbers} aria-hidden="true">
        {lines.map((_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their number
          <div key={at} data-marked={marked.includes(at + 1) || undefined}>
            {at + 1}
          </div>
        ))}
      </div>
      <textarea
        ref={field}
        className={css.text}
        aria-label={label}
        aria-describedby={describedBy}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        wrap="off"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={(event) => {
          if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
