/** What a version of a format would do to the live rosters of the sources that read by it, one source after the other. */

import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type FormatSource, formatApi, type KeptFormat, type Tried } from '../format-api.ts';
import { counted } from '../words.ts';
import { CountsTable } from './counts-table.tsx';
import css from './format-versions.module.css';

/** Each is a whole delivery to read: of more sources, these stand for all. */
const mostTried = 10;

const columns = [
  { head: 'Added', count: (row: Tried['kinds'][number]) => row.added },
  { head: 'Changed', count: (row: Tried['kinds'][number]) => row.changed },
  { head: 'Removed', count: (row: Tried['kinds'][number]) => row.removed },
  { head: 'The same', count: (row: Tried['kinds'][number]) => row.unchanged },
  { head: 'Left out', count: (row: Tried['kinds'][number]) => row.leftOut },
];

export function TriedSources(props: { of: KeptFormat; version: number; onDone: () => void }) {
  const { of, version, onDone } = props;
  const { data, error } = useQuery({
    queryKey: ['format-sources', of.format, of.product ?? ''],
    queryFn: () => formatApi.sources(of),
  });
  const [told, setTold] = useState<string[]>([]);
  const rows = data?.rows.slice(0, mostTried);
  const isDone = rows !== undefined && told.length >= rows.length;
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone, onDone]);
  if (error) return <p role="alert">{error.message}</p>;
  if (!data || !rows) return <p role="status">Looking for its sources</p>;
  if (rows.length === 0)
    return <p role="status">No source reads by it yet, so that no roster is changed by what you do here.</p>;
  return (
    <>
      <p role="status" className="unseen">
        {isDone ? 'All sources are tried' : `Trying source ${told.length + 1} of ${rows.length}`}
      </p>
      <ul className={css.sources}>
        {rows.map((source, at) => (
          <li key={source.id} className={css.source}>
            <strong>
              {source.district}, {source.product}, {source.name}
            </strong>
            {at <= told.length && (
              <TriedSource
                of={of}
                version={version}
                source={source}
                onDone={() => setTold((before) => (before.includes(source.id) ? before : [...before, source.id]))}
              />
            )}
          </li>
        ))}
      </ul>
      {data.rows.length > rows.length && (
        <p className="soft">{counted(data.rows.length - rows.length, 'more source', 'more sources')} read by it too.</p>
      )}
    </>
  );
}

function TriedSource(props: { of: KeptFormat; version: number; source: FormatSource; onDone: () => void }) {
  const { of, version, source, onDone } = props;
  const { data, error } = useQuery({
    queryKey: ['format-tried', of.format, of.product ?? '', version, source.id],
    queryFn: () => formatApi.try({ source: source.id, format: of.format, version }),
    staleTime: 0,
    gcTime: 0,
  });
  const isDone = data !== undefined || error !== null;
  // Told once, when it is known; `onDone` is another function each time.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as said
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone]);
  if (error) return <p className="soft">{error.message}</p>;
  if (!data) return <p className="soft">Reading its last delivery</p>;
  const { fatal = 0, error: errors = 0, warning = 0 } = data.findings;
  return (
    <>
      {data.kinds.length === 0 ? (
        <p>The delivery could not be read by it: {counted(fatal, 'fatal finding', 'fatal findings')}.</p>
      ) : (
        <CountsTable caption={`What would change in ${source.district}`} kinds={data.kinds} columns={columns} />
      )}
      <p className="small soft">
        {counted(errors, 'error', 'errors')}, {counted(warning, 'warning', 'warnings')}
        {data.rules.length > 0 &&
          `: ${data.rules.map(({ rule, count, before }) => `${rule} ${count}${before === undefined || before === count ? '' : ` (${before} before)`}`).join(', ')}`}
      </p>
      {data.kinds.some(({ examples }) => examples.length > 0) && (
        <ul className={css.examples} aria-label="Examples">
          {data.kinds.flatMap(({ kind, examples }) =>
            examples.map((example) => (
              <li key={`${kind} ${example}`}>
                <code>{example}</code>
              </li>
            )),
          )}
        </ul>
      )}
    </>
  );
}
