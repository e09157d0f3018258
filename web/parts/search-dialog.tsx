/** The search of everything: districts and syncs while one types, chosen by the arrow keys or a click. */

import { Combobox, TextInput, useCombobox } from '@mantine/core';
import '@mantine/core/styles/Combobox.layer.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { api, type Found } from '../api.ts';
import { paths } from '../paths.ts';
import { moment, plain } from '../words.ts';
import { Dialog } from './dialog.tsx';
import css from './search-dialog.module.css';

const restMs = 150;

type Hit = { key: string; to: string; name: string; about: string };
type Group = { name: string; hits: Hit[] };

export function SearchDialog({ onClose }: { onClose: () => void }) {
  const [words, setWords] = useState('');
  const asked = useRested(words.trim());
  const navigate = useNavigate();
  const combobox = useCombobox({ opened: true });
  const { data, error } = useQuery({
    queryKey: ['search', asked],
    queryFn: () => api.search(asked),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  });
  const groups = asked === '' || !data ? [] : groupsOf(data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first of what was found is chosen, each time something is found.
  useEffect(() => {
    if (data) combobox.selectFirstOption();
  }, [data]);
  return (
    <Dialog onClose={onClose} title="Search" isHigh>
      <Combobox
        store={combobox}
        onOptionSubmit={(to) => {
          onClose();
          navigate(to);
        }}
      >
        <Combobox.EventsTarget withExpandedAttribute={false}>
          <TextInput
            type="search"
            data-autofocus
            aria-label="Search for a district or a sync"
            placeholder="A district, or the number of a sync"
            maxLength={200}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        </Combobox.EventsTarget>
        <Combobox.Options className={css.list} aria-label="Found">
          {groups.map(({ name, hits }) => (
            <Combobox.Group key={name} label={name}>
              {hits.map(({ key, to, name: title, about }) => (
                <Combobox.Option key={key} value={to} className={css.hit}>
                  <span className={css.name}>{title}</span>
                  <span className="small soft">{about}</span>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
        </Combobox.Options>
      </Combobox>
      <p className="small soft" role="status">
        {error ? error.message : data && asked !== '' && groups.length === 0 ? `Nothing is found for "${asked}".` : ''}
      </p>
    </Dialog>
  );
}

function groupsOf({ districts, syncs }: Found): Group[] {
  const groups: Group[] = [
    {
      name: 'Districts',
      hits: districts.map(({ id, name, siteCode }) => ({
        key: id,
        to: paths.district(id),
        name,
        about: `Site code ${siteCode}`,
      })),
    },
    {
      name: 'Syncs',
      hits: syncs.map(({ id, number, at, district, product }) => ({
        key: id,
        to: paths.sync(id),
        name: `Sync ${plain(number)}`,
        about: `${district}, ${product}, ${moment(at)}`,
      })),
    },
  ];
  return groups.filter(({ hits }) => hits.length > 0);
}

/** The words as they stand once typing rests. */
function useRested(words: string): string {
  const [rested, setRested] = useState(words);
  useEffect(() => {
    const rest = setTimeout(() => setRested(words), restMs);
    return () => clearTimeout(rest);
  }, [words]);
  return rested;
}
