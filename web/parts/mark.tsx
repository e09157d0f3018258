/** The word for a state with its shape; the shape tells the state without its colour. */

import type { SyncRow } from '../api.ts';
import css from './mark.module.css';

type MarkName = SyncRow['mark'];

const shapes: Record<MarkName, { colour: string; drawing: React.ReactNode }> = {
  'up to date': { colour: 'green', drawing: <circle cx="8" cy="8" r="5.5" fill="currentColor" /> },
  running: {
    colour: 'blue',
    drawing: (
      <g className={css.turning}>
        <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="2" opacity=".3" />
        <path d="M8 2.5A5.5 5.5 0 0 1 13.5 8" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      </g>
    ),
  },
  'needs you': { colour: 'amber', drawing: <path d="M8 1l7 7-7 7-7-7z" fill="currentColor" /> },
  late: {
    colour: 'amber',
    drawing: (
      <g fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="8" cy="8" r="6" />
        <path d="M8 4.5V8l2.5 2" />
      </g>
    ),
  },
  rejected: {
    colour: 'red',
    drawing: (
      <g fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round">
        <circle cx="8" cy="8" r="6" />
        <path d="M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4" />
      </g>
    ),
  },
  failed: { colour: 'red', drawing: <path d="M9.5 1L3 9h4l-1 6 7-8.5H8.7z" fill="currentColor" /> },
  paused: {
    colour: 'grey',
    drawing: <path d="M5.5 3.5v9M10.5 3.5v9" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" />,
  },
  new: { colour: 'grey', drawing: <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="1.75" /> },
  past: {
    colour: 'grey',
    drawing: <path d="M3.5 8h9" stroke="currentColor" strokeWidth="2.25" strokeLinecap="round" />,
  },
};

const words: Record<MarkName, string> = {
  'up to date': 'Up to date',
  running: 'Running',
  'needs you': 'Needs you',
  late: 'Late',
  rejected: 'Rejected',
  failed: 'Failed',
  paused: 'Paused',
  new: 'New',
  past: 'Over',
};
export const wordOf = (mark: MarkName): string => words[mark];

/** States that need nobody's eye: only their shape is coloured. */
const calm: readonly MarkName[] = ['up to date', 'new', 'paused', 'past'];

/**
 * @param word replaces the state's own word, for a sync: "Applied", "Held".
 * @param loud the word stands out even when nobody needs to look, as at the top of a page.
 */
export function Mark({ mark, word = words[mark], loud }: { mark: MarkName; word?: string; loud?: boolean }) {
  const isCalm = !loud && calm.includes(mark);
  return (
    <span className={css.mark} data-colour={shapes[mark].colour} data-calm={isCalm || undefined}>
      <Shape mark={mark} />
      {word}
    </span>
  );
}

/** The shape alone, where its word stands near. */
export function Shape({ mark }: { mark: MarkName }) {
  return (
    <svg className={css.shape} data-colour={shapes[mark].colour} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[mark].drawing}
    </svg>
  );
}
