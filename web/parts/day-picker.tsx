/** A day that has been, chosen from a calendar by mouse or keyboard; blank for now. */

import '@mantine/core/styles/Popover.layer.css';
import '@mantine/dates/styles.layer.css';
import { DatePickerInput } from '@mantine/dates';
import { useState } from 'react';

/** @param value `2026-10-01`, or blank. */
export default function DayPicker(props: { label: string; value: string; onChange: (day: string) => void }) {
  const { label, value, onChange } = props;
  const [today] = useState(() => new Date());
  return (
    <DatePickerInput
      label={label}
      size="xs"
      placeholder="Today"
      valueFormat="D MMM YYYY"
      firstDayOfWeek={0}
      weekendDays={[]}
      clearable
      clearButtonProps={{ 'aria-label': 'Back to today' }}
      maxDate={today}
      value={value || null}
      onChange={(day) => onChange(day ?? '')}
      popoverProps={{ withinPortal: false, withRoles: false, shadow: 'sm', transitionProps: { duration: 0 } }}
      getDayProps={(day) => ({ 'aria-label': longDay(day) })}
      ariaLabels={{
        nextMonth: 'Next month',
        previousMonth: 'Previous month',
        nextYear: 'Next year',
        previousYear: 'Previous year',
        nextDecade: 'Next decade',
        previousDecade: 'Previous decade',
      }}
    />
  );
}

const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const longDay = (day: string): string => days.format(new Date(`${day.slice(0, 10)}T00:00:00Z`));
