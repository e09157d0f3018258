/** All districts by name, each with the worst state of its sources. */

import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, type DistrictRow } from '../api.ts';
import { AddDistrictDialog } from '../parts/add-district.tsx';
import { type Column, ListTable, Pager } from '../parts/list-table.tsx';
import { Mark } from '../parts/mark.tsx';
import { Page } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { counted, plain } from '../words.ts';
import css from './districts.module.css';

const columns: Column<DistrictRow>[] = [
  {
    head: 'District',
    place: 'first',
    strong: true,
    cell: (row) => <Link to={paths.district(row.id)}>{row.name}</Link>,
  },
  { head: 'Site code', width: '9rem', place: 'named', cell: (row) => row.siteCode },
  { head: 'Products', width: '14rem', place: 'named', cell: (row) => row.products.join(', ') },
  { head: 'Sources', width: '6rem', number: true, place: 'named', cell: (row) => plain(row.sources) },
  { head: 'Worst state', width: '9rem', cell: (row) => <Mark mark={row.state} /> },
];

export function Districts() {
  const { person } = usePerson();
  const [isOpen, setOpen] = useState(false);
  const [search, setSearch] = useSearchParams();
  const query = { q: search.get('q') ?? undefined, page: search.get('page') ?? undefined };
  const { data, error, refetch } = useQuery({
    queryKey: ['districts', query],
    queryFn: () => api.districts(query),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
  return (
    <Page
      title="Districts"
      sentence={data && counted(data.total, 'district', 'districts')}
      acts={
        person?.district === null && (
          <Button variant={data?.total === 0 && !query.q ? 'filled' : 'default'} onClick={() => setOpen(true)}>
            Add a district
          </Button>
        )
      }
    >
      <div className={css.field}>
        <SearchField
          label="Search districts"
          value={query.q ?? ''}
          onSearch={(words) => setSearch(words ? { q: words } : {}, { replace: true })}
        />
      </div>
      <ListTable
        caption="Districts by name"
        columns={columns}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={(row) => row.id}
        empty={
          query.q
            ? 'No district has this name or site code.'
            : 'No district is set up yet. Add the first one; then its people can be invited.'
        }
      />
      {data && (
        <Pager
          page={data.page}
          pageSize={data.pageSize}
          total={data.total}
          to={(page) => paths.districts({ ...query, page })}
        />
      )}
      {isOpen && <AddDistrictDialog onClose={() => setOpen(false)} />}
    </Page>
  );
}
