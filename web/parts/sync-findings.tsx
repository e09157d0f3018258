/** The findings of a sync: by rule, all or only what the delivery before had not, and a search in them. */

import { TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, type FindingNews, findingsCsv, type Only, type Sync } from '../api.ts';
import { paths } from '../paths.ts';
import { counted, moment, plain } from '../words.ts';
import { FindingRows, Findings } from './findings.tsx';
import { Trouble } from './page.tsx';
import css from './sync-findings.module.css';
import { TabLinks } from './tab-links.tsx';
import { useRest } from './use-rest.ts';

export function SyncFindings({ sync }: { sync: Sync }) {
  const { id, state, findings: total, running } = sync;
  const [search] = useSearchParams();
  const only: Only = search.get('only') === 'new' ? 'new' : undefined;
  // Not in the address: what people look for is often a pupil.
  const [words, setWords] = useState('');
  const wanted = useRest(words.trim());
  const { data, error, refetch } = useQuery({
    queryKey: ['rules', id, state, total, only],
    queryFn: () => api.rules(id, only),
    placeholderData: keepPreviousData,
    enabled: !running,
  });
  const { data: compared } = useQuery({
    queryKey: ['finding news', id, state, total],
    queryFn: () => api.findingNews(id),
    enabled: !running,
    staleTime: 60_000,
  });
  const news = compared?.news;
  const groups = data?.rules.map((group) => ({ ...group, added: group.added ?? news?.added[group.rule] ?? null }));
  const download = (
    <a href={findingsCsv(id)} download>
      Download all as CSV
    </a>
  );
  const of = {
    key: id,
    to: (query: { rule?: string; page?: number }) => paths.sync(id, { part: 'findings', only, ...query }),
    rowsOf: (rule: string, page: number) => api.findings(id, { rule, page, only }),
    onlyNew: only === 'new',
  };
  return (
    <Findings total={total} groups={running || wanted ? undefined : groups} of={of} download={download}>
      {running && <p className="soft">The findings come when the check is done.</p>}
      {error && !data && <Trouble error={error} retry={() => void refetch()} />}
      {data && total > 0 && (
        <div className={css.filters}>
          {news && <NewOrAll sync={sync} only={only} />}
          <TextInput
            type="search"
            aria-label="Search the findings"
            placeholder="Search the findings"
            size="xs"
            maxLength={200}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        </div>
      )}
      {news && data && <SinceBefore news={news} isNone={data.rules.length === 0} only={only} />}
      {wanted && <Found id={id} words={wanted} only={only} />}
    </Findings>
  );
}

function NewOrAll({ sync, only }: { sync: Sync; only: Only }) {
  return (
    <TabLinks
      label="Which findings"
      stays
      links={[
        { name: 'All', to: paths.sync(sync.id, { part: 'findings' }), isCurrent: !only },
        { name: 'New', to: paths.sync(sync.id, { part: 'findings', only: 'new' }), isCurrent: only === 'new' },
      ]}
    />
  );
}

function SinceBefore({ news, isNone, only }: { news: FindingNews; isNone: boolean; only: Only }) {
  const { since, fixed } = news;
  const before = <Link to={paths.sync(since.id)}>the last delivery, {moment(since.at)}</Link>;
  return (
    <>
      {only && isNone && <p className="soft">Nothing is new since {before}.</p>}
      {only && !isNone && <p className="soft">Not in {before}.</p>}
      {fixed.length > 0 && (
        <p className="soft">
          Fixed since {before}: {fixed.map(({ title, count }) => `${title} (${plain(count)})`).join('; ')}.
        </p>
      )}
    </>
  );
}

function Found({ id, words, only }: { id: string; words: string; only: Only }) {
  const [at, setAt] = useState({ words, page: 1 });
  const page = at.words === words ? at.page : 1;
  const { data, error, refetch } = useQuery({
    queryKey: ['found', id, words, only, page],
    queryFn: () => api.searchFindings(id, { words, page, only }),
    placeholderData: keepPreviousData,
  });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return null;
  const last = Math.ceil(data.total / data.pageSize);
  const groups = [...Map.groupBy(data.rows, ({ rule }) => rule).values()];
  return (
    <>
      <p role="status">
        {data.total === 0 ? 'No finding has these words.' : counted(data.total, 'finding', 'findings')}
      </p>
      {groups.map(([first, ...more]) =>
        first ? (
          <Fragment key={first.rule}>
            <h3>{first.title}</h3>
            <FindingRows rows={[first, ...more]} title={first.title} />
          </Fragment>
        ) : null,
      )}
      {last > 1 && (
        <nav aria-label="Pages" className={css.pages}>
          <span className="soft">
            Page {plain(page)} of {plain(last)}
          </span>
          <button type="button" disabled={page === 1} onClick={() => setAt({ words, page: page - 1 })}>
            Previous page
          </button>
          <button type="button" disabled={page === last} onClick={() => setAt({ words, page: page + 1 })}>
            Next page
          </button>
        </nav>
      )}
    </>
  );
}
