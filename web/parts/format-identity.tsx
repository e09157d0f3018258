/** Who is the same from night to night in a format: what ids are made of, and when a school year begins. */

import type { FormatPage, PageIdentity } from '../../src/core/formats/pages.ts';
import { Facts } from './facts.tsx';
import { type Column, ListTable } from './list-table.tsx';
import { Part } from './page.tsx';

const columns: Column<PageIdentity['ids'][number]>[] = [
  { head: 'Record', width: '12rem', place: 'first', cell: ({ kind }) => kind },
  { head: 'Made of', width: '14rem', place: 'named', cell: ({ file }) => file },
  { head: 'Its id', place: 'line', cell: ({ id }) => <code>{id}</code> },
];

export function FormatIdentity({ page, identity }: { page: FormatPage; identity: PageIdentity }) {
  const keyed = page.files.filter(({ key }) => key !== '');
  return (
    <Part title="Who is the same from night to night">
      <Facts
        facts={[
          ...keyed.map(({ title, key }): [string, string] => [title, `known by ${key}; rows with the same are one`]),
          ['Capitals', identity.keysIgnoreCase ? 'do not count in ids' : 'count in ids'],
          ['School year', `begins on ${dayOf(identity.yearStarts)}`],
        ]}
      />
      <ListTable
        caption="Ids of records"
        columns={columns}
        list={{ rows: [...identity.ids], error: null, retry: () => undefined }}
        keyOf={({ kind, file, id }) => `${kind} ${file} ${id}`}
        empty=""
      />
    </Part>
  );
}

/** `07-01` as "1 July". */
const dayOf = (monthDay: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`2024-${monthDay}T00:00:00Z`),
  );
