/** Everybody who may come in, or those of one district, with how they do; and inviting somebody. */

import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Person } from '../api.ts';
import { InviteDialog } from '../parts/invite.tsx';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { Page } from '../parts/page.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { roleWords, stateWords, waysIn } from '../people-words.ts';
import { usePerson } from '../person.ts';
import { type PersonRow, setUpApi } from '../set-up-api.ts';

function columnsFor(person: Person, isOfOne: boolean): Column<PersonRow>[] {
  const district: Column<PersonRow> = {
    head: 'District',
    width: '11rem',
    place: 'named',
    cell: (row) => (row.district ? <Link to={paths.district(row.district.id)}>{row.district.name}</Link> : 'Vendor'),
  };
  return [
    {
      head: 'Email address',
      width: '15rem',
      place: 'first',
      strong: true,
      cell: (row) => (
        <>
          <Link to={paths.person(row.id)}>{row.email}</Link>
          {row.name && <div className="small soft">{row.name}</div>}
        </>
      ),
    },
    { head: 'Role', width: '7rem', place: 'named', cell: (row) => roleWords[row.role].name },
    ...(person.district || isOfOne ? [] : [district]),
    { head: 'State', width: '10rem', place: 'line', cell: stateWords },
    { head: 'Comes in with', width: '13rem', place: 'line', cell: waysIn },
    {
      head: 'Last in',
      width: '5rem',
      number: true,
      place: 'corner',
      cell: (row) => row.passwordUsedAt && <When at={row.passwordUsedAt} />,
    },
  ];
}

export function People() {
  const { person } = usePerson();
  const [search] = useSearchParams();
  const [isOpen, setOpen] = useState(false);
  const query = {
    district: person?.district?.id ?? search.get('district') ?? undefined,
    after: search.get('after') ?? undefined,
  };
  const { data, error, refetch } = useQuery({
    queryKey: ['people', query],
    queryFn: () => setUpApi.people(query),
    placeholderData: keepPreviousData,
  });
  if (!person) return null;
  const ofOne = query.district ? (person.district ?? data?.rows.find((row) => row.district)?.district) : undefined;
  return (
    <Page
      title={ofOne && !person.district ? `People of ${ofOne.name}` : 'People'}
      crumbs={
        query.district && !person.district
          ? [{ name: 'People', to: paths.people() }, { name: ofOne?.name ?? 'District' }]
          : []
      }
      sentence={
        person.district
          ? 'The people of your district who may sign in here or send files.'
          : query.district
            ? 'The people of this district who may sign in here or send files.'
            : 'Everybody who may sign in here or send files.'
      }
      acts={
        person.role !== 'viewer' && (
          <Button variant={data?.rows.length === 0 ? 'filled' : 'default'} onClick={() => setOpen(true)}>
            Invite somebody
          </Button>
        )
      }
    >
      <ListTable
        caption="People by email address"
        columns={columnsFor(person, query.district !== undefined)}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={({ id }) => id}
        empty="Nobody has been invited yet. Whoever you invite gets a mail with a link on which they set a password."
      />
      {(query.after || data?.more) && (
        <nav aria-label="Pages" className="small">
          {query.after && <Link to={paths.people({ ...query, after: undefined })}>First</Link>}{' '}
          {data?.more && <Link to={paths.people({ ...query, after: data.more })}>Next page</Link>}
        </nav>
      )}
      {isOpen && <InviteDialog person={person} districtId={query.district} onClose={() => setOpen(false)} />}
    </Page>
  );
}
