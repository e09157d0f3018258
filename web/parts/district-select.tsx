/** Chooses a district among many, by typing a part of its name. */

import { Select } from '@mantine/core';
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/ScrollArea.layer.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { useRest } from './use-rest.ts';

export function DistrictSelect(props: {
  label?: string;
  description?: string;
  value: string | null;
  onChange: (id: string | null) => void;
  error?: string | undefined;
}) {
  const { label = 'District', value, onChange, ...rest } = props;
  const [words, setWords] = useState('');
  const [name, setName] = useState('');
  const asked = useRest(words === name ? '' : words);
  const { data } = useQuery({
    queryKey: ['districts', { q: asked }],
    queryFn: () => api.districts({ q: asked || undefined }),
    placeholderData: keepPreviousData,
  });
  const rows = data?.rows ?? [];
  // The one that is chosen stays known, whatever is searched for.
  const known = value && !rows.some(({ id }) => id === value) ? [{ value, label: name }] : [];
  return (
    <Select
      {...rest}
      label={label}
      searchable
      clearable={false}
      nothingFoundMessage="No district has this name."
      data={[...known, ...rows.map((row) => ({ value: row.id, label: row.name }))]}
      filter={({ options }) => options}
      value={value}
      searchValue={words}
      onSearchChange={setWords}
      onChange={(id, option) => {
        setName(option?.label ?? '');
        onChange(id);
      }}
    />
  );
}
