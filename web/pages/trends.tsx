/** A source over time: its records by kind, changes per night, rows left out, and when deliveries came against when they were due. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { Kind } from '../../src/core/tables.ts';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { Part, Trouble } from '../parts/page.tsx';
import { SourceFrame } from '../parts/source-frame.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { paths } from '../paths.ts';
import { sourceApi, type TrendPoint, type Trends } from '../source-api.ts';
import { counted, day, moment, plain } from '../words.ts';
import css from './trends.module.css';

const TrendCharts = lazy(async () => ({ default: (await import('../parts/trend-charts.tsx')).TrendCharts }));

const spans = [30, 90, 365];

export function TrendsPage() {
  const { id = '' } = useParams();
  return (
    <SourceFrame id={id} at="trends" part="Trends" sentence="How this source has done over time.">
      {() => <Loaded id={id} />}
    </SourceFrame>
  );
}

function Loaded({ id }: { id: string }) {
  const [search] = useSearchParams();
  const asked = Number(search.get('days'));
  const days = spans.includes(asked) ? asked : 90;
  const { data, error, refetch } = useQuery({
    queryKey: ['trends', id, days],
    queryFn: () => sourceApi.trends(id, days),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <TabLinks
        label="Span"
        stays
        links={spans.map((each) => ({
          name: each === 365 ? 'A year' : `${each} days`,
          to: paths.trends(id, { days: each }),
          isCurrent: each === days,
        }))}
      />
      {error && !data && <Trouble error={error} retry={() => void refetch()} />}
      {data?.points.length === 0 && <p className="soft">Nothing was received in these {plain(days)} days.</p>}
      {data && data.points.length > 0 && (
        <>
          <Suspense fallback={<div className={css.waiting} />}>
            <TrendCharts trends={data} />
          </Suspense>
          <Missed trends={data} />
          <AsTable points={data.points} hasDue={data.due !== null} />
        </>
      )}
    </>
  );
}

function Missed({ trends: { missed, due, timeZone } }: { trends: Trends }) {
  if (due === null) return <p className="soft">No time is set by which this source is due.</p>;
  if (missed.length === 0) return <p>Something came before every due time ({`${due}, ${timeZone}`}).</p>;
  return (
    <p>
      {counted(missed.length, 'due time', 'due times')} passed without a delivery:{' '}
      {missed.slice(0, 10).map(day).join(', ')}
      {missed.length > 10 && ` and ${plain(missed.length - 10)} more`}.
    </p>
  );
}

function AsTable({ points, hasDue }: { points: TrendPoint[]; hasDue: boolean }) {
  const kinds = [...new Set(points.flatMap(({ records }) => Object.keys(records ?? {}) as Kind[]))];
  const columns: Column<TrendPoint>[] = [
    {
      head: 'Received',
      width: '11rem',
      place: 'first',
      strong: true,
      cell: ({ id, at }) => <Link to={paths.sync(id)}>{moment(at)}</Link>,
    },
    { head: 'State', width: '7rem', place: 'corner', cell: ({ state }) => state },
    ...kinds.map(
      (kind): Column<TrendPoint> => ({
        head: kind,
        number: true,
        place: 'named',
        cell: ({ records }) => (records?.[kind] === undefined ? '' : plain(records[kind])),
      }),
    ),
    { head: 'Added', number: true, place: 'named', cell: ({ added }) => plain(added) },
    { head: 'Changed', number: true, place: 'named', cell: ({ changed }) => plain(changed) },
    { head: 'Removed', number: true, place: 'named', cell: ({ removed }) => plain(removed) },
    { head: 'Left out', number: true, place: 'named', cell: leftOutShare },
    ...(hasDue ? [{ head: 'Due', number: true, place: 'named', cell: dueWords } satisfies Column<TrendPoint>] : []),
  ];
  return (
    <Part title="In numbers">
      <details className={css.table}>
        <summary>As a table: {counted(points.length, 'sync', 'syncs')}, newest first</summary>
        <div className={css.wide}>
          <ListTable
            caption="Syncs of this span, newest first"
            columns={columns}
            list={{ rows: points.toReversed(), error: null, retry: () => undefined }}
            keyOf={({ id, number }) => `${id} ${number}`}
            empty=""
          />
        </div>
      </details>
    </Part>
  );
}

const leftOutShare = ({ rows, leftOut }: TrendPoint): string =>
  rows === 0 ? '' : `${((100 * leftOut) / rows).toFixed(1)}\u00a0%`;

function dueWords({ dueMinutes }: TrendPoint): string {
  if (dueMinutes === null) return '';
  const span = Math.abs(dueMinutes);
  const words = span < 60 ? `${span} min` : `${(span / 60).toFixed(1)} h`;
  return dueMinutes > 0 ? `${words} after` : `${words} before`;
}
