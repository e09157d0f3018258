/** When something is due: days of the week, a local time, and the time zone in which it is meant. */

import { Chip, Input, Select, TextInput } from '@mantine/core';
import '@mantine/core/styles/Chip.layer.css';
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/ScrollArea.layer.css';
import { useId } from 'react';
import { dayNames } from '../../src/core/schedule.ts';
import { daysInWords, zoneInWords } from '../words.ts';
import css from './schedule-field.module.css';

export type ScheduleValue = { days: number[]; time: string; timeZone: string | null };

const districtsOwn = 'district';

/** @param timeZone that of the district, which holds when none is chosen. */
export function ScheduleField(props: {
  label: string;
  description?: string;
  disabled?: boolean;
  error?: string | undefined;
  value: ScheduleValue;
  onChange: (value: ScheduleValue) => void;
  timeZone: string;
}) {
  const { label, description, disabled = false, error, value, onChange, timeZone } = props;
  const id = useId();
  const zones = [
    { value: districtsOwn, label: `${timeZone}, as the district` },
    ...Intl.supportedValuesOf('timeZone')
      .filter((name) => name !== timeZone)
      .map((name) => ({ value: name, label: name })),
  ];
  return (
    <fieldset className={css.schedule} aria-labelledby={id}>
      <div>
        <Input.Label id={id} labelElement="div">
          {label}
        </Input.Label>
        {description && <Input.Description>{description}</Input.Description>}
      </div>
      <Chip.Group
        multiple
        value={value.days.map(String)}
        onChange={(days) => onChange({ ...value, days: days.map(Number).toSorted((a, b) => a - b) })}
      >
        <div className={css.days}>
          {dayNames.map((name, at) => (
            <Chip key={name} value={String(at + 1)} disabled={disabled} variant="outline" radius="sm" size="xs">
              {name}
            </Chip>
          ))}
        </div>
      </Chip.Group>
      {value.days.length > 0 && (
        <div className={css.row}>
          <TextInput
            type="time"
            label="By"
            disabled={disabled}
            value={value.time}
            onChange={(event) => onChange({ ...value, time: event.currentTarget.value })}
          />
          <Select
            className={css.zone ?? ''}
            label="Time zone"
            searchable
            allowDeselect={false}
            disabled={disabled}
            data={zones}
            value={value.timeZone ?? districtsOwn}
            onChange={(zone) => onChange({ ...value, timeZone: zone === districtsOwn ? null : zone })}
          />
        </div>
      )}
      <p className="small soft">
        {value.days.length === 0
          ? 'Nothing is expected at a certain time.'
          : `Due ${daysInWords(value.days)} by ${value.time || 'a time'} ${zoneInWords(value.timeZone ?? timeZone)}.`}
      </p>
      {error && <Input.Error>{error}</Input.Error>}
    </fieldset>
  );
}
