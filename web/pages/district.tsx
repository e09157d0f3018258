/** The deliveries of one district: how far it is set up, its sources, and the history of their syncs. */

import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { api, type DistrictFacts, type Person, type SyncRow } from '../api.ts';
import { useDistrict } from '../parts/district-frame.tsx';
import { Facts } from '../parts/facts.tsx';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { Mark } from '../parts/mark.tsx';
import { isLive, Onboarding } from '../parts/onboarding.tsx';
import { Part } from '../parts/page.tsx';
import { districtSourceColumns } from '../parts/source-columns.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { setUpApi } from '../set-up-api.ts';
import { moment, plain, zone } from '../words.ts';
import css from './district.module.css';

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
  const { district, person } = useDistrict();
  const { id, name, sources, siteCode, timeZone } = district;
  return (
    <>
      <OnTheWay district={district} person={person} />
      <Part title="Sources">
        <ListTable
          caption={`Sources of ${name}, worst first`}
          columns={districtSourceColumns}
          list={{ rows: sources, error: null, retry: () => undefined }}
          keyOf={(row) => row.id}
          empty={
            person.district
              ? 'No source is set up for your district yet. Your vendor does this.'
              : 'No source is set up for this district yet.'
          }
        />
      </Part>
      <Syncs district={district} running={sources.some(({ state }) => state === 'running')} />
      <Part title="District">
        <Facts
          facts={[
            ['Site code', siteCode],
            ['Time zone', timeZone],
            ['Products', [...new Set(sources.map(({ product }) => product.name))].join(', ') || 'None yet'],
            ['SFTP folders', <Folders key={id} folders={foldersOf(district)} />],
          ]}
        />
      </Part>
    </>
  );
}

/** Sources that are not live yet; nothing once all of them are. */
function OnTheWay({ district, person }: { district: DistrictFacts; person: Person }) {
  const { data } = useQuery({
    queryKey: ['onboarding', district.id, district.sources.map(({ latest, mode }) => `${latest?.id} ${mode}`)],
    queryFn: () => setUpApi.onboarding(district.id),
    staleTime: 10_000,
  });
  const waiting = (data?.sources ?? []).flatMap((facts) => {
    const source = district.sources.find(({ id }) => id === facts.sourceId);
    return source && !isLive(source, facts) ? [{ source, facts }] : [];
  });
  if (waiting.length === 0) return null;
  return (
    <Part title="On the way to nightly deliveries">
      <div className={css.ways}>
        {waiting.map(({ source, facts }) => (
          <Onboarding
            key={source.id}
            source={source}
            facts={facts}
            name={`${source.product.name}, ${source.name}`}
            mayInvite={person.role !== 'viewer'}
          />
        ))}
      </div>
    </Part>
  );
}

function Syncs({ district, running }: { district: DistrictFacts; running: boolean }) {
  const [search] = useSearchParams();
  const query = { source: search.get('source') ?? undefined, before: search.get('before') ?? undefined };
  const { data, error, refetch } = useQuery({
    queryKey: ['syncs', district.id, query],
    queryFn: () => api.syncsOf(district.id, query),
    refetchInterval: running ? runningMs : calmMs,
  });
  const links = [
    { name: 'All sources', to: paths.district(district.id), isCurrent: query.source === undefined },
    ...district.sources.map(({ id, product, name }) => ({
      name: `${product.name}, ${name}`,
      to: paths.district(district.id, { source: id }),
      isCurrent: query.source === id,
    })),
  ];
  return (
    <Part title="Syncs" aside={`Newest first, times in ${zone}`}>
      {district.sources.length > 1 && <TabLinks label="Source" links={links} stays />}
      <ListTable
        caption="Syncs, newest first"
        columns={columns}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={(row) => row.id}
        empty={
          <>
            Nothing has been received yet. It shows up here at once.{' '}
            <Link to={paths.connection(district.id)}>How to connect</Link>
          </>
        }
      />
      {(query.before || data?.older) && (
        <nav aria-label="Pages" className="small">
          {query.before && <Link to={paths.district(district.id, { ...query, before: undefined })}>Newest</Link>}{' '}
          {data?.older && <Link to={paths.district(district.id, { ...query, before: data.older })}>Older syncs</Link>}
        </nav>
      )}
    </Part>
  );
}

const foldersOf = ({ sources }: DistrictFacts): string[] =>
  sources.flatMap(({ uploadPath }) => (uploadPath ? [uploadPath] : []));

function Folders({ folders }: { folders: string[] }) {
  if (folders.length === 0) return 'None';
  return folders.map((folder) => (
    <div key={folder}>
      <code>{folder}</code>
    </div>
  ));
}
