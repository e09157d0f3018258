/** One district: its sources, and the history of their syncs. */

import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { api, type SyncRow } from '../api.ts';
import { Facts } from '../parts/facts.tsx';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { Mark } from '../parts/mark.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { ownSourceColumns } from '../parts/source-columns.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { counted, moment, plain, zone } from '../words.ts';

const calmMs = 10_000;
const runningMs = 1_000;

const columns: Column<SyncRow>[] = [
  { head: 'State', width: '8rem', place: 'first', cell: (row) => <Mark mark={row.mark} word={row.word} /> },
  {
    head: 'Received',
    width: '11rem',
    place: 'line',
    strong: true,
    cell: (row) => <Link to={paths.sync(row.id)}>{moment(row.at)}</Link>,
  },
  { head: 'Product', width: '6rem', place: 'named', cell: (row) => row.product },
  { head: 'Age', width: '4.5rem', number: true, place: 'corner', cell: (row) => <When at={row.at} /> },
  { head: 'Added', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.added) },
  { head: 'Changed', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.changed) },
  { head: 'Removed', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.removed) },
  { head: 'Left out', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.leftOut) },
  { head: 'Findings', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.findings) },
];

export function District() {
  const { id = '' } = useParams();
  const { person } = usePerson();
  const { data, error, refetch } = useQuery({
    queryKey: ['district', id],
    queryFn: () => api.district(id),
    refetchInterval: ({ state }) =>
      state.data?.sources.some((source) => source.state === 'running') ? runningMs : calmMs,
  });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  const waiting = data?.sources.filter(({ state }) => state === 'needs you').length ?? 0;
  const folders = data?.sources.flatMap(({ uploadPath }) => (uploadPath ? [uploadPath] : [])) ?? [];
  const name = data?.name ?? 'District';
  return (
    <Page
      title={name}
      crumbs={person?.district ? [] : [{ name: 'Districts', to: paths.districts() }, { name }]}
      sentence={
        data &&
        `${counted(data.sources.length, 'source', 'sources')}; ${waiting > 0 ? `${counted(waiting, 'needs', 'need')} you` : 'nothing waits for you'}.`
      }
    >
      <Part title="Sources">
        <ListTable
          caption={`Sources of ${name}, worst first`}
          columns={ownSourceColumns}
          list={{ rows: data?.sources, error, retry: () => void refetch() }}
          keyOf={(row) => row.id}
          empty="No source is set up for this district yet."
        />
      </Part>
      <Syncs districtId={id} running={data?.sources.some(({ state }) => state === 'running') ?? false} />
      <Part title="Connection">
        <Facts
          facts={[
            ['Site code', data?.siteCode ?? ''],
            [folders.length === 1 ? 'SFTP folder' : 'SFTP folders', <Folders key="folders" folders={folders} />],
          ]}
        />
      </Part>
    </Page>
  );
}

function Syncs({ districtId, running }: { districtId: string; running: boolean }) {
  const [search] = useSearchParams();
  const query = { source: search.get('source') ?? undefined, before: search.get('before') ?? undefined };
  const { data, error, refetch } = useQuery({
    queryKey: ['syncs', districtId, query],
    queryFn: () => api.syncsOf(districtId, query),
    refetchInterval: running ? runningMs : calmMs,
  });
  return (
    <Part title="Syncs" aside={`Newest first, times in ${zone}`}>
      <ListTable
        caption="Syncs, newest first"
        columns={columns}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={(row) => row.id}
        empty="Nothing has been received yet. Put a OneRoster.zip into the folder below; it shows up here at once."
      />
      {(query.before || data?.older) && (
        <nav aria-label="Pages" className="small">
          {query.before && <Link to={paths.district(districtId, { ...query, before: undefined })}>Newest</Link>}{' '}
          {data?.older && <Link to={paths.district(districtId, { ...query, before: data.older })}>Older syncs</Link>}
        </nav>
      )}
    </Part>
  );
}

function Folders({ folders }: { folders: string[] }) {
  if (folders.length === 0) return 'None';
  return folders.map((folder) => (
    <div key={folder}>
      <code>{folder}</code>
    </div>
  ));
}
