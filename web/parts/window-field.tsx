/** When files of a product are awaited: at any time, or on days of the week between two times. */

import { Chip, Switch, TextInput } from '@mantine/core';
import '@mantine/core/styles/Chip.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import { dayNames } from '../../src/core/schedule.ts';
import css from './schedule-field.module.css';

export type WindowValue = { from: string; to: string; days: number[] };

const usual: WindowValue = { from: '20:00', to: '03:00', days: [1, 2, 3, 4, 5, 6, 7] };

export function WindowField(props: { value: WindowValue | null; onChange: (value: WindowValue | null) => void }) {
  const { value, onChange } = props;
  return (
    <div className={css.schedule}>
      <Switch
        label="Files are awaited at certain times only"
        description="In the time zone of each district. Files that come at other times are taken too; the district reads when they are awaited."
        checked={value !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? usual : null)}
      />
      {value && (
        <fieldset className={css.schedule}>
          <legend className="unseen">When files are awaited</legend>
          <Chip.Group
            multiple
            value={value.days.map(String)}
            onChange={(days) => onChange({ ...value, days: days.map(Number).toSorted((a, b) => a - b) })}
          >
            <div className={css.days}>
              {dayNames.map((name, at) => (
                <Chip key={name} value={String(at + 1)} variant="outline" radius="sm">
                  {name}
                </Chip>
              ))}
            </div>
          </Chip.Group>
          <div className={css.row}>
            <TextInput
              type="time"
              label="From"
              value={value.from}
              onChange={(event) => onChange({ ...value, from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label="To"
              value={value.to}
              onChange={(event) => onChange({ ...value, to: event.currentTarget.value })}
            />
          </div>
        </fieldset>
      )}
    </div>
  );
}
