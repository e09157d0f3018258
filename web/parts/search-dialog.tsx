/** The search of everything: districts, people, records and syncs while one types, chosen by the arrow keys or a click. */

import { Combobox, TextInput, useCombobox } from '@mantine/core';
import '@mantine/core/styles/Combobox.layer.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { api, type Found } from '../api.ts';
import { paths } from '../paths.ts';
import type { Role } from '../people-words.ts';
import { usePerson } from '../person.ts';
import { moment, plain } from '../words.ts';
import { Dialog } from './dialog.tsx';
import css from './search-dialog.module.css';

const restMs = 150;

type Hit = { key: string; to: string; name: string; about: string };
type Group = { name: string; hits: Hit[] };

export function SearchDialog({ onClose }: { onClose: () => void }) {
  const [words, setWords] = useState('');
  const { person } = usePerson();
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
            aria-label="Search for anything"
            placeholder={placeholderFor(person?.role)}
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

/** What can be found depends on who looks; see `searchRecords`. */
function placeholderFor(role: Role | undefined): string {
  if (role === 'viewer') return 'The number of a sync';
  return role === 'administrator'
    ? 'A person by name, username or id, or the number of a sync'
    : 'A district, a person by name, address or id, or a sync';
}

function groupsOf({ districts, people, records, syncs }: Found): Group[] {
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
      name: 'In rosters',
      hits: records.map(({ rosterId, sourcedId, name, role, district, product }) => ({
        key: `${rosterId} ${sourcedId}`,
        to: paths.record(rosterId, 'users', sourcedId),
        name: name || sourcedId,
        about: [role, sourcedId, district, product].filter(Boolean).join(', '),
      })),
    },
    {
      name: 'People with an account',
      hits: people.map(({ id, email, name, district }) => ({
        key: id,
        to: paths.person(id),
        name: name || email,
        about: [name ? email : '', district ?? 'Vendor'].filter(Boolean).join(', '),
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
