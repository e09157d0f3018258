/** The formats of the districts' own: each mapping with the version that counts, and the way to a new one. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type FormatVersionRow, formatApi, isMapping, mappingName } from '../format-api.ts';
import { paths } from '../paths.ts';
import { counted } from '../words.ts';
import { type Column, ListTable } from './list-table.tsx';
import { Part } from './page.tsx';
import { When } from './when.tsx';

type Mapping = { name: string; versions: FormatVersionRow[] };

const columns: Column<Mapping>[] = [
  {
    head: 'Mapping',
    width: '18rem',
    place: 'first',
    strong: true,
    cell: ({ name }) => <Link to={paths.mapping(name)}>{name}</Link>,
  },
  {
    head: 'Counts',
    place: 'named',
    cell: ({ versions }) => {
      const used = versions.find(({ isUsed }) => isUsed);
      return used ? `version ${used.version}` : <span className="soft">no version yet</span>;
    },
  },
  {
    head: 'Versions',
    width: '12rem',
    place: 'named',
    cell: ({ versions }) => counted(versions.length, 'version', 'versions'),
  },
  {
    head: 'Last made',
    width: '14rem',
    place: 'named',
    cell: ({ versions: [last] }) =>
      last && (
        <>
          <When at={last.madeAt} /> <span className="soft">by {last.madeBy}</span>
        </>
      ),
  },
];

export function MappingList() {
  const { data, error, refetch } = useQuery({
    queryKey: ['format-versions', ''],
    queryFn: () => formatApi.versions({}),
  });
  const rows = data && mappingsOf(data.rows);
  return (
    <Part
      title="The districts' own formats"
      aside={
        <Button component={Link} to={paths.newMapping()} variant="default" size="compact-sm">
          New mapping
        </Button>
      }
    >
      <ListTable
        caption="Mappings"
        columns={columns}
        list={{ rows, error, retry: () => void refetch() }}
        keyOf={({ name }) => name}
        empty="There is no mapping yet. A mapping reads the files that a district has already, whatever they look like."
      />
    </Part>
  );
}

/** Newest version first. */
function mappingsOf(rows: readonly FormatVersionRow[]): Mapping[] {
  const byName = new Map<string, FormatVersionRow[]>();
  for (const row of rows.filter(({ format }) => isMapping(format))) {
    const name = mappingName(row.format);
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  return [...byName].map(([name, versions]) => ({ name, versions: versions.sort((a, b) => b.version - a.version) }));
}
