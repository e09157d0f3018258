/** All sources a person may see, worst first: what needs them stands at the top. */

import { NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { api, type Overview as OverviewData } from '../api.ts';
import { ListTable, Pager } from '../parts/list-table.tsx';
import { wordOf } from '../parts/mark.tsx';
import { Page } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { sourceColumns } from '../parts/source-columns.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { paths } from '../paths.ts';
import { plain } from '../words.ts';
import css from './overview.module.css';

const calmMs = 10_000;
const runningMs = 1_000;

type State = keyof OverviewData['counts'];
const states: State[] = ['needs you', 'late', 'rejected', 'failed', 'running', 'up to date', 'paused', 'new'];

export function Overview() {
  const [search, setSearch] = useSearchParams();
  const query = {
    state: search.get('state') ?? undefined,
    product: search.get('product') ?? undefined,
    format: search.get('format') ?? undefined,
    q: search.get('q') ?? undefined,
    page: search.get('page') ?? undefined,
  };
  const { data, error, refetch } = useQuery({
    queryKey: ['overview', query],
    queryFn: () => api.overview(query),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.counts.running ? runningMs : calmMs),
  });
  const set = (key: 'product' | 'format' | 'q', value: string) =>
    setSearch(
      (now) => {
        now.delete('page');
        if (value) now.set(key, value);
        else now.delete(key);
        return now;
      },
      { replace: true },
    );
  return (
    <Page title="Overview" sentence={data && summary(data)}>
      <div className={css.filters}>
        <StateTabs data={data} query={query} />
        <div className={css.fields}>
          <NativeSelect
            aria-label="Product"
            value={query.product ?? ''}
            onChange={(event) => set('product', event.currentTarget.value)}
            data={[
              { value: '', label: 'All products' },
              ...(data?.products ?? []).map(({ slug, name }) => ({ value: slug, label: name })),
            ]}
          />
          {(query.format || (data && data.formats.length > 1)) && (
            <NativeSelect
              aria-label="Format"
              value={query.format ?? ''}
              onChange={(event) => set('format', event.currentTarget.value)}
              data={[
                { value: '', label: 'All formats' },
                ...(data?.formats ?? []).map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          )}
          <SearchField
            label="Search districts and sources"
            value={query.q ?? ''}
            onSearch={(words) => set('q', words)}
          />
        </div>
      </div>
      <ListTable
        caption="Sources, worst first"
        columns={sourceColumns}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={(row) => row.id}
        empty={
          data?.all === 0 && !query.q && !query.product && !query.format
            ? 'No source is set up yet. Add a district, then a source for it; the first delivery shows up here.'
            : 'No source fits these filters. Take one of them away to see more.'
        }
      />
      {data && (
        <Pager
          page={data.page}
          pageSize={data.pageSize}
          total={data.total}
          to={(page) => paths.overview({ ...query, page })}
        />
      )}
    </Page>
  );
}

/** "1 needs you · 1 late · 20 up to date": the states that occur, worst first. */
function summary({ counts }: OverviewData): string {
  const parts = states.flatMap((state) => {
    const count = counts[state];
    if (count === 0) return [];
    return [`${plain(count)} ${state === 'needs you' && count > 1 ? 'need you' : state}`];
  });
  return parts.join(' · ') || 'Nothing is set up yet.';
}

function StateTabs({ data, query }: { data: OverviewData | undefined; query: { state?: string | undefined } }) {
  const shown = states.filter((state) => (data?.counts[state] ?? 0) > 0 || state === query.state);
  return (
    <TabLinks
      label="States"
      links={[
        {
          name: 'All',
          note: data ? plain(data.all) : '',
          to: paths.overview({ ...query, state: undefined, page: undefined }),
          isCurrent: !query.state,
        },
        ...shown.map((state) => ({
          name: wordOf(state),
          note: data ? plain(data.counts[state]) : '',
          to: paths.overview({ ...query, state, page: undefined }),
          isCurrent: query.state === state,
        })),
      ]}
    />
  );
}
