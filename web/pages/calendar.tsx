/** The calendar of modes of a district: windows of days in which deliveries wait, are only tried, or remove nothing. */

import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/dates/styles.layer.css';
import { DatePickerInput } from '@mantine/dates';
import { useMutation, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { queries } from '../api.ts';
import { ActForm } from '../parts/act-form.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useDistrict } from '../parts/district-frame.tsx';
import { type Column, ListTable, ListWaiting } from '../parts/list-table.tsx';
import { ModeMark, ModeMonths, modes } from '../parts/mode-months.tsx';
import { Part, Trouble } from '../parts/page.tsx';
import { type SourceSettings, setUpApi } from '../set-up-api.ts';
import { dayOf } from '../words.ts';
import css from './calendar.module.css';

type Window = NonNullable<SourceSettings['window']>;
/** A window with the source for which it holds. */
type Held = Window & { source: SourceSettings };

const windowsOf = ({ settings }: SourceSettings): Window[] =>
  (settings.find(({ name }) => name === 'calendar')?.value ?? []) as Window[];
const mayNotChange = ({ settings }: SourceSettings): string | null =>
  settings.find(({ name }) => name === 'calendar')?.mayNotChange ?? null;
const nameOf = ({ product, source }: SourceSettings): string => `${product.name}, ${source.name}`;
const keyOf = ({ source, from }: Held): string => `${source.source.id} ${from}`;

export function Calendar() {
  const { district } = useDistrict();
  const found = useQueries({
    queries: district.sources.map(({ id }) => ({
      queryKey: ['settings', id],
      queryFn: () => setUpApi.sourceSettings(id),
    })),
  });
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Held | null>(null);
  const trouble = found.find(({ error, data }) => error && !data);
  if (district.sources.length === 0) return <p className="soft">There is no source yet whose days could be set.</p>;
  if (trouble?.error) return <Trouble error={trouble.error} retry={() => void trouble.refetch()} />;
  const sources = found.flatMap(({ data }) => (data ? [data] : []));
  if (sources.length < found.length) return <ListWaiting />;
  const held = sources
    .flatMap((source) => windowsOf(source).map((window) => ({ ...window, source })))
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const open = sources.filter((source) => mayNotChange(source) === null);
  return (
    <>
      <Part title="Today">
        <ul className={css.today}>
          {sources.map((source) => (
            <li key={source.source.id}>
              <ModeMark mode={source.mode} /> {nameOf(source)}
              <span className="soft">
                {source.window ? `: until ${dayOf(source.window.to)}${noteOf(source.window)}` : ''}
              </span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Windows" aside={`Days of ${district.timeZone}, both ends included`}>
        <ListTable
          caption="Windows, the earliest first"
          columns={columnsOf(sources.length > 1, setRemoved)}
          list={{ rows: held, error: null, retry: () => undefined }}
          keyOf={keyOf}
          empty="No window is set: every day is a day like others. Set one for holidays, or for the weeks in which the school year changes."
        />
        {open.length > 0 ? (
          <div>
            <Button variant={held.length === 0 ? 'filled' : 'default'} onClick={() => setAdding(true)}>
              Add a window
            </Button>
          </div>
        ) : (
          <p className="soft">{mayNotChange(sources[0] as SourceSettings)}</p>
        )}
      </Part>
      <Part title="Months">
        <ModeMonths windows={held} />
      </Part>
      {isAdding && <AddDialog sources={open} onClose={() => setAdding(false)} />}
      {removed && <RemoveDialog window={removed} onClose={() => setRemoved(null)} />}
    </>
  );
}

const noteOf = ({ note }: Window): string => (note === '' ? '' : `, ${note}`);

function columnsOf(isSeveral: boolean, onRemove: (window: Held) => void): Column<Held>[] {
  const columns: Column<Held>[] = [
    {
      head: 'Days',
      width: '16rem',
      place: 'first',
      cell: ({ from, to }) => (from === to ? dayOf(from) : `${dayOf(from)} to ${dayOf(to)}`),
    },
    { head: 'Mode', width: '10rem', cell: ({ mode }) => <ModeMark mode={mode} /> },
    { head: 'Why', place: 'line', cell: ({ note }) => note },
  ];
  if (isSeveral) columns.push({ head: 'Source', width: '13rem', place: 'named', cell: ({ source }) => nameOf(source) });
  return [
    ...columns,
    {
      head: 'Act',
      width: '7rem',
      number: true,
      cell: (window) =>
        mayNotChange(window.source) === null && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-label={`Remove the window from ${dayOf(window.from)}`}
            onClick={() => onRemove(window)}
          >
            Remove…
          </Button>
        ),
    },
  ];
}

const reload = (ids: string[]) =>
  Promise.all([
    ...ids.map((id) => queries.invalidateQueries({ queryKey: ['settings', id] })),
    queries.invalidateQueries({ queryKey: ['district'] }),
  ]);

function AddDialog({ sources, onClose }: { sources: SourceSettings[]; onClose: () => void }) {
  const [days, setDays] = useState<[string | null, string | null]>([null, null]);
  const [mode, setMode] = useState<Window['mode']>('paused');
  const [note, setNote] = useState('');
  const [chosen, setChosen] = useState(sources.map(({ source }) => source.id));
  const [asked, setAsked] = useState(false);
  const [from, to] = [days[0], days[1] ?? days[0]];
  const add = useMutation({
    mutationFn: async () => {
      const window = { from, to, mode, note: note.trim() };
      // One after the other: where one is refused, it is said of which, and the others are tried again with it.
      for (const source of sources.filter(({ source: { id } }) => chosen.includes(id))) {
        const others = windowsOf(source).filter((each) => each.from !== from || each.to !== to || each.mode !== mode);
        await setUpApi.setSource(source.source.id, { changes: { calendar: [...others, window] } });
      }
    },
    onSuccess: onClose,
    onSettled: () => reload(chosen),
  });
  return (
    <Dialog title="Add a window" onClose={onClose}>
      <ActForm
        error={add.error}
        submit="Add the window"
        isBusy={add.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          setAsked(true);
          if (from && chosen.length > 0) add.mutate();
        }}
      >
        <DatePickerInput
          type="range"
          label="Days"
          description="The first and the last; the same twice for one day."
          placeholder="Choose the first and the last day"
          allowSingleDateInRange
          valueFormat="D MMM YYYY"
          value={days}
          onChange={setDays}
          error={asked && !from ? 'Choose the days.' : undefined}
          popoverProps={{ withinPortal: true }}
        />
        <NativeSelect
          label="Mode"
          description={modes[mode].about}
          value={mode}
          onChange={(event) => setMode(event.currentTarget.value as Window['mode'])}
          data={Object.entries(modes).map(([value, { name }]) => ({ value, label: name }))}
        />
        <TextInput
          label="Why (optional)"
          description="For example: summer break."
          maxLength={200}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {sources.length > 1 && (
          <Checkbox.Group
            label="For"
            value={chosen}
            onChange={setChosen}
            error={asked && chosen.length === 0 ? 'Choose at least one source.' : undefined}
          >
            <div className={css.choices}>
              {sources.map((source) => (
                <Checkbox key={source.source.id} value={source.source.id} label={nameOf(source)} />
              ))}
            </div>
          </Checkbox.Group>
        )}
        <p className="small soft">The first delivery that is applied after a window waits for a person.</p>
      </ActForm>
    </Dialog>
  );
}

function RemoveDialog({ window, onClose }: { window: Held; onClose: () => void }) {
  const { source, from, to, mode } = window;
  const { id } = source.source;
  const remove = useMutation({
    mutationFn: () =>
      setUpApi.setSource(id, {
        changes: { calendar: windowsOf(source).filter((each) => each.from !== from || each.to !== to) },
      }),
    onSuccess: onClose,
    onSettled: () => reload([id]),
  });
  return (
    <Dialog title="Remove the window?" onClose={onClose}>
      <ActForm
        error={remove.error}
        submit="Remove it"
        isDestructive
        isBusy={remove.isPending}
        isWide
        onSubmit={() => remove.mutate()}
        onCancel={onClose}
      >
        <p>
          {nameOf(source)} is not {mode} from {dayOf(from)} to {dayOf(to)} any more: its own mode holds on these days.
        </p>
      </ActForm>
    </Dialog>
  );
}
