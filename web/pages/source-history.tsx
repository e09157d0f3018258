/** Everything that was ever done with a source, newest first: deliveries, rollbacks, resets; and the way back to before any of them. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { api, type SyncRow } from '../api.ts';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { Mark } from '../parts/mark.tsx';
import { Part } from '../parts/page.tsx';
import { SourceFrame } from '../parts/source-frame.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import type { SourceSettings } from '../set-up-api.ts';
import { moment, plain, zone } from '../words.ts';
import css from './source-history.module.css';

const RollBackDialog = lazy(async () => ({ default: (await import('../parts/roll-back.tsx')).RollBackDialog }));

export function SourceHistory() {
  const { id = '' } = useParams();
  return (
    <SourceFrame
      id={id}
      at="history"
      part="History"
      sentence="Every delivery and everything else that changed the roster."
    >
      {(facts) => <Syncs facts={facts} />}
    </SourceFrame>
  );
}

function Syncs({ facts }: { facts: SourceSettings }) {
  const { source, district, settings } = facts;
  const { person } = usePerson();
  const [search] = useSearchParams();
  const before = search.get('before') ?? undefined;
  const [back, setBack] = useState<SyncRow | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['syncs', district.id, { source: source.id, before }],
    queryFn: () => api.syncsOf(district.id, { source: source.id, before }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
  const allowed = settings.find(({ name }) => name === 'administratorsMay')?.value;
  const isVendor = person?.role === 'owner' || person?.role === 'operator';
  const may = isVendor || (person?.role === 'administrator' && Array.isArray(allowed) && allowed.includes('rollback'));
  return (
    <Part title="Syncs" aside={`Newest first, times in ${zone}`}>
      <ListTable
        caption="Syncs, newest first"
        columns={may ? [...columns, backColumn(setBack)] : columns}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={(row) => row.id}
        empty="Nothing has been received yet. It shows up here at once."
      />
      {(before || data?.older) && (
        <nav aria-label="Pages" className={css.pages}>
          {before && <Link to={paths.history(source.id)}>Newest</Link>}
          {data?.older && <Link to={paths.history(source.id, { before: data.older })}>Older syncs</Link>}
        </nav>
      )}
      {back && (
        <Suspense>
          <RollBackDialog sync={back} back onClose={() => setBack(null)} />
        </Suspense>
      )}
    </Part>
  );
}

const columns: Column<SyncRow>[] = [
  { head: 'State', width: '8rem', place: 'first', cell: (row) => <Mark mark={row.mark} word={row.word} /> },
  {
    head: 'Received',
    place: 'line',
    strong: true,
    cell: (row) => (
      <>
        <Link to={paths.sync(row.id)}>{moment(row.at)}</Link>
        {row.origin && <span className="soft"> {row.origin}</span>}
      </>
    ),
  },
  { head: 'No.', width: '4rem', number: true, place: 'named', cell: (row) => plain(row.number) },
  { head: 'Age', width: '4rem', number: true, place: 'corner', cell: (row) => <When at={row.at} /> },
  { head: 'Added', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.added) },
  { head: 'Changed', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.changed) },
  { head: 'Removed', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.removed) },
  { head: 'Left out', width: '5rem', number: true, place: 'named', cell: (row) => plain(row.leftOut) },
];

/** Only what was applied has a before. */
const backColumn = (set: (row: SyncRow) => void): Column<SyncRow> => ({
  head: 'Undo',
  width: '9.5rem',
  number: true,
  place: 'line',
  cell: (row) =>
    (row.state === 'applied' || row.state === 'rolled back') && (
      <button type="button" className={css.back} onClick={() => set(row)}>
        Back to before<span className="unseen"> sync {plain(row.number)}</span>…
      </button>
    ),
});
