/** The field of one setting of a source, made from what its declaration says about it. */

import { Checkbox, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/NumberInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import { Link } from 'react-router';
import type { Setting } from '../set-up-api.ts';
import { choiceName, docText, settingName } from '../setting-words.ts';
import { FormatField } from './format-field.tsx';
import { ScheduleField, type ScheduleValue } from './schedule-field.tsx';
import css from './setting-field.module.css';

type Props = {
  setting: Setting;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string | undefined;
  /** Where the calendar is changed. */
  calendar: string;
  timeZone: string;
};

export function SettingField({ setting, value, onChange, error, calendar, timeZone }: Props) {
  const { name, doc, control, looks, mayNotChange } = setting;
  const common = {
    label: settingName(name),
    description: `${docText(doc)}${setting.isSet ? ` The default is ${docText(setting.default)}.` : ''}${mayNotChange ? ` ${mayNotChange}` : ''}`,
    disabled: mayNotChange !== null,
    error,
  };
  switch (control?.type) {
    case 'flag':
      return (
        <Switch {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
      );
    case 'share':
      return <ShareField {...common} value={value} onChange={onChange} />;
    case 'count':
      return (
        <NumberInput
          {...common}
          className={css.short ?? ''}
          min={control.least}
          max={control.most}
          allowDecimal={false}
          thousandSeparator=","
          value={value as number}
          onChange={onChange}
        />
      );
    case 'one':
      return (
        <NativeSelect
          {...common}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
          data={control.choices.map((choice) => ({ value: choice, label: choiceName(choice) }))}
        />
      );
    case 'any':
      return (
        <Checkbox.Group {...common} value={value as string[]} onChange={onChange}>
          <div className={css.choices}>
            {control.choices.map((choice) => (
              <Checkbox key={choice} value={choice} label={choiceName(choice)} disabled={common.disabled} />
            ))}
          </div>
        </Checkbox.Group>
      );
    case 'schedule':
      return <ScheduleField {...common} value={value as ScheduleValue} onChange={onChange} timeZone={timeZone} />;
    case 'windows':
      return (
        <div>
          <strong>{common.label}</strong>
          <p className="small soft">{common.description}</p>
          <Link className="underlined" to={calendar}>
            To the calendar
          </Link>
        </div>
      );
    default:
      if (name === 'format')
        return (
          <FormatField {...common} value={typeof value === 'string' ? value : setting.shown} onChange={onChange} />
        );
      return (
        <TextInput
          {...common}
          description={`${common.description} It takes ${docText(looks)}.`}
          value={typeof value === 'string' ? value : setting.shown}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** A share as percent; empty is no value. */
export function ShareField(props: {
  label: string;
  description?: string;
  disabled?: boolean;
  error?: string | undefined;
  placeholder?: string;
  value: unknown;
  onChange: (value: number | '') => void;
}) {
  const { value, onChange, ...rest } = props;
  return (
    <NumberInput
      {...rest}
      className={css.short ?? ''}
      min={0}
      max={100}
      decimalScale={2}
      suffix=" %"
      value={typeof value === 'number' ? Math.round(value * 10_000) / 100 : ''}
      onChange={(percent) => onChange(percent === '' ? '' : Math.round(Number(percent) * 100) / 10_000)}
    />
  );
}
