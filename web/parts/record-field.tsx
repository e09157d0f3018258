/** The control for one field of a record, by what the tables declare of it: a choice, a day, other records, or text. */

import '@mantine/core/styles/ScrollArea.layer.css';
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import { MultiSelect, NativeSelect, Select, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Field, gradeCodes, type Kind, targetOf, type Version } from '../../src/core/tables.ts';
import { fieldWord, kindMany, nameOf } from '../kinds.ts';
import { type Roster, type RosterRow, rosterApi } from '../roster-api.ts';
import { useRest } from './use-rest.ts';

type Props = {
  roster: Roster;
  name: string;
  field: Field;
  version: Version;
  value: string;
  error: string | undefined;
  /** `row` is the record that was chosen, for references. */
  onChange: (value: string, row?: RosterRow) => void;
};

export function RecordField({ roster, name, field, version, value, error, onChange }: Props) {
  const isRequired = field.required.includes(version) && name !== 'sourcedId';
  const common = { label: fieldWord(name), error, withAsterisk: isRequired };
  const to = name === 'sourcedId' ? undefined : targetOf(field);
  const choices = field.values?.[version];
  if (to && field.type === 'refs')
    return <Several {...common} roster={roster} to={to} value={value} onChange={onChange} />;
  if (to) return <One {...common} roster={roster} to={to} value={value} onChange={onChange} />;
  if (field.type === 'grades')
    return (
      <MultiSelect
        {...common}
        data={[...gradeCodes]}
        value={listed(value)}
        onChange={(all) => onChange(all.join(','))}
        searchable
        clearable
      />
    );
  if (choices && (field.type === 'enum' || field.type === 'boolean')) {
    const data = choices.includes(value) || value === '' ? [...choices] : [...choices, value];
    return (
      <NativeSelect
        {...common}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={[{ value: '', label: '' }, ...data.map((each) => ({ value: each, label: each }))]}
      />
    );
  }
  const help: Partial<Record<Field['type'], string>> = {
    date: 'A day.',
    year: 'A year, such as 2026.',
    userIds: 'In the form {type:id}, several separated by commas.',
    strings: 'Several separated by commas.',
  };
  return (
    <TextInput
      {...common}
      type={field.type === 'date' ? 'date' : 'text'}
      description={name === 'sourcedId' ? 'Left blank, it is given one. It never changes.' : help[field.type]}
      maxLength={4000}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const listed = (value: string): string[] =>
  value
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);

type Refs = {
  label: string;
  error: string | undefined;
  withAsterisk: boolean;
  roster: Roster;
  to: Kind;
  value: string;
  onChange: (value: string, row?: RosterRow) => void;
};

function One({ roster, to, value, onChange, ...common }: Refs) {
  const { options, rows, setWords } = useRecords(roster.id, to, listed(value));
  return (
    <Select
      {...common}
      description={`One of the ${kindMany(to)} of this roster; type a name or an id.`}
      data={options}
      value={value || null}
      onChange={(id) => onChange(id ?? '', rows.get(id ?? ''))}
      onSearchChange={setWords}
      filter={({ options: all }) => all}
      searchable
      clearable
      nothingFoundMessage="Nothing fits"
    />
  );
}

function Several({ roster, to, value, onChange, ...common }: Refs) {
  const { options, setWords } = useRecords(roster.id, to, listed(value));
  return (
    <MultiSelect
      {...common}
      description={`Of the ${kindMany(to)} of this roster; type a name or an id.`}
      data={options}
      value={listed(value)}
      onChange={(all) => onChange(all.join(','))}
      onSearchChange={setWords}
      filter={({ options: all }) => all}
      searchable
      clearable
      nothingFoundMessage="Nothing fits"
    />
  );
}

/** Records that fit what is typed, and always those that are chosen. */
function useRecords(roster: string, kind: Kind, chosen: string[]) {
  const [typed, setWords] = useState('');
  // What a chosen option is called is no search.
  const words = useRest(/ \(.*\)$/.test(typed) ? '' : typed.trim());
  const search = (text: string) => ({
    queryKey: ['choice', roster, kind, text],
    queryFn: () => rosterApi.page(roster, { kind, page: 1, ...(text ? { words: text } : {}) }),
    placeholderData: keepPreviousData,
  });
  const found = useQuery(search(words));
  const first = useQuery({ ...search(chosen[0] ?? ''), enabled: chosen.length === 1 });
  const rows = new Map([...(first.data?.rows ?? []), ...(found.data?.rows ?? [])].map((row) => [row.sourcedId, row]));
  const labelOf = (id: string) => {
    const row = rows.get(id);
    const name = row ? nameOf(kind, row.fields, id) : id;
    return name === id ? id : `${name} (${id})`;
  };
  const ids = [...new Set([...chosen, ...(found.data?.rows ?? []).map(({ sourcedId }) => sourcedId)])];
  return { rows, setWords, options: ids.map((id) => ({ value: id, label: labelOf(id) })) };
}
