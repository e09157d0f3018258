/** Months with the mode of each day that lies in a window; a sign in the day and a legend tell it without its colour. */

import { Calendar } from '@mantine/dates';
import { useMediaQuery } from '@mantine/hooks';
import type { SourceSettings } from '../set-up-api.ts';
import css from './mode-months.module.css';

type Mode = SourceSettings['mode'];
type Window = NonNullable<SourceSettings['window']>;

export const modes: Record<Mode, { name: string; sign: string; about: string }> = {
  paused: { name: 'Paused', sign: 'Ⅱ', about: 'Deliveries are kept, and processed when it ends.' },
  'dry run': { name: 'Dry run', sign: '?', about: 'Everything is done but applying.' },
  'additions only': { name: 'Additions only', sign: '+', about: 'Nothing is removed.' },
  active: {
    name: 'Active',
    sign: '✓',
    about: 'Deliveries are processed, whatever the mode of the source says otherwise.',
  },
};

export function ModeMark({ mode }: { mode: Mode }) {
  return (
    <span className={css.mark}>
      <span className={css.sign} data-mode={mode} aria-hidden="true">
        {modes[mode].sign}
      </span>
      {modes[mode].name}
    </span>
  );
}

export function ModeMonths({ windows }: { windows: Window[] }) {
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const at = (day: string): Window | undefined => windows.find(({ from, to }) => from <= day && day <= to);
  return (
    <div className={css.months}>
      <Calendar
        static
        numberOfColumns={isNarrow ? 1 : 3}
        columnsToScroll={1}
        maxLevel="month"
        hideOutsideDates
        firstDayOfWeek={0}
        weekendDays={[]}
        ariaLabels={{ nextMonth: 'Next month', previousMonth: 'Previous month' }}
        renderDay={(date) => {
          const window = at(date);
          const number = Number(date.slice(8));
          return window ? (
            <span className={css.day} data-mode={window.mode} title={`${modes[window.mode].name} ${window.note}`}>
              {number}
              <span className={css.in} aria-hidden="true">
                {modes[window.mode].sign}
              </span>
              <span className="unseen">, {modes[window.mode].name}</span>
            </span>
          ) : (
            <span className={css.day}>{number}</span>
          );
        }}
      />
    </div>
  );
}
