/** Thresholds that hold for a time only: those that do now, and giving one. */

import { Button, NativeSelect, NumberInput, Textarea } from '@mantine/core';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/dates/styles.layer.css';
import { DatePickerInput } from '@mantine/dates';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queries } from '../api.ts';
import { type Setting, type SourceSettings, setUpApi } from '../set-up-api.ts';
import { settingName } from '../setting-words.ts';
import { dayOf } from '../words.ts';
import { ActForm } from './act-form.tsx';
import { Dialog } from './dialog.tsx';
import css from './loosen.module.css';
import { ShareField } from './setting-field.tsx';

export function LoosenPart({ data, thresholds }: { data: SourceSettings; thresholds: Setting[] }) {
  const [isOpen, setOpen] = useState(false);
  const open = thresholds.filter(({ mayNotChange }) => mayNotChange === null);
  return (
    <div className={css.loosen}>
      <h3>For a time</h3>
      {data.forATime.length === 0 ? (
        <p className="soft">No threshold is different for a time.</p>
      ) : (
        <ul className={css.list}>
          {data.forATime.map(({ name, shown, until, by, why }) => (
            <li key={name}>
              <strong>{nameWithKind(name)}</strong> {shown} until {dayOf(until)}
              <div className="small soft">
                {by}: {why}
              </div>
            </li>
          ))}
        </ul>
      )}
      {open.length > 0 && (
        <Button variant="default" onClick={() => setOpen(true)}>
          Change one for a time
        </Button>
      )}
      {isOpen && <LoosenDialog id={data.source.id} thresholds={open} onClose={() => setOpen(false)} />}
    </div>
  );
}

function nameWithKind(name: string): string {
  const [base = '', kind] = name.split('.');
  return kind ? `${settingName(base)} of ${kind}` : settingName(base);
}

function LoosenDialog({ id, thresholds, onClose }: { id: string; thresholds: Setting[]; onClose: () => void }) {
  const [name, setName] = useState(thresholds[0]?.name as string);
  const [kind, setKind] = useState('');
  const [value, setValue] = useState<number | string>('');
  const [until, setUntil] = useState<string | null>(null);
  const [why, setWhy] = useState('');
  const [asked, setAsked] = useState(false);
  const setting = thresholds.find((each) => each.name === name) as Setting;
  const whole = kind === '' ? name : `${name}.${kind}`;
  const loosen = useMutation({
    mutationFn: () => setUpApi.setSource(id, { changes: { [whole]: value }, until: until ?? '', why: why.trim() }),
    onSuccess: (now) => {
      queries.setQueryData(['settings', id], now);
      onClose();
    },
  });
  const field = { label: 'Value', error: asked && value === '' ? 'Give a value.' : undefined };
  return (
    <Dialog title="Change a threshold for a time" onClose={onClose}>
      <ActForm
        error={loosen.error}
        submit="Change it"
        isBusy={loosen.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          setAsked(true);
          if (value !== '' && until && why.trim() !== '') loosen.mutate();
        }}
      >
        <NativeSelect
          label="Threshold"
          description={setting.doc}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setKind('');
            setValue('');
          }}
          data={thresholds.map((each) => ({
            value: each.name,
            label: `${settingName(each.name)} (now ${each.shown})`,
          }))}
        />
        {setting.ownKinds.length > 0 && (
          <NativeSelect
            label="For"
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value)}
            data={[{ value: '', label: 'All kinds' }, ...setting.ownKinds]}
          />
        )}
        {setting.control?.type === 'share' ? (
          <ShareField {...field} value={value} onChange={setValue} />
        ) : (
          <NumberInput
            {...field}
            min={0}
            allowDecimal={false}
            thousandSeparator=","
            value={value}
            onChange={setValue}
          />
        )}
        <DatePickerInput
          label="Until"
          description="The end of this day, in the time zone of the district. Then the value of before holds again."
          placeholder="Choose the last day"
          valueFormat="D MMM YYYY"
          value={until}
          onChange={setUntil}
          error={asked && !until ? 'Choose the last day.' : undefined}
        />
        <Textarea
          label="Why"
          description="Stands beside the value and in the audit log."
          rows={2}
          maxLength={500}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          error={asked && why.trim() === '' ? 'Say why.' : undefined}
        />
      </ActForm>
    </Dialog>
  );
}
