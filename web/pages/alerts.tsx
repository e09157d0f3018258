/** Alerts: what is so now, and which of them the person who looks gets by mail. */

import { Switch } from '@mantine/core';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { queries } from '../api.ts';
import { type Column, ListTable, ListWaiting } from '../parts/list-table.tsx';
import { Part, Trouble } from '../parts/page.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { type AlertRow, setUpApi } from '../set-up-api.ts';
import { moment } from '../words.ts';
import css from './alerts.module.css';

const columns: Column<AlertRow>[] = [
  {
    head: 'What',
    place: 'first',
    cell: ({ title, sync }) => (sync ? <Link to={paths.sync(sync)}>{title}</Link> : title),
  },
  {
    head: 'District',
    width: '16rem',
    place: 'named',
    cell: ({ district, product }) => district && `${district.name}${product ? `, ${product.name}` : ''}`,
  },
  { head: 'Since', width: '6rem', number: true, place: 'corner', cell: ({ openedAt }) => <When at={openedAt} /> },
  { head: 'Over', width: '11rem', place: 'named', cell: ({ resolvedAt }) => resolvedAt && moment(resolvedAt) },
];

export function Alerts() {
  const [search] = useSearchParams();
  const isAll = search.get('all') === 'yes';
  const query = { all: isAll ? ('yes' as const) : undefined, before: search.get('before') ?? undefined };
  const { data, error, refetch } = useQuery({ queryKey: ['alerts', query], queryFn: () => setUpApi.alerts(query) });
  return (
    <>
      <Part title="What needs attention">
        <TabLinks
          label="Alerts"
          stays
          links={[
            { name: 'Open', to: paths.alerts(), isCurrent: !isAll },
            { name: 'All', to: paths.alerts({ all: 'yes' }), isCurrent: isAll },
          ]}
        />
        <ListTable
          caption="Alerts, newest first"
          columns={isAll ? columns : columns.filter(({ head }) => head !== 'Over')}
          list={{ rows: data?.rows, error, retry: () => void refetch() }}
          keyOf={({ id }) => id}
          empty={isAll ? 'There has been no alert yet.' : 'Nothing needs attention.'}
        />
        {data?.older && (
          <nav aria-label="Pages" className="small">
            <Link to={paths.alerts({ ...query, before: data.older })}>Older</Link>
          </nav>
        )}
      </Part>
      <Choices />
    </>
  );
}

function Choices() {
  const { data, error, refetch } = useQuery({ queryKey: ['alert-choices'], queryFn: setUpApi.alertChoices });
  const choose = useMutation({
    mutationFn: setUpApi.chooseAlert,
    onSuccess: (now) => queries.setQueryData(['alert-choices'], now),
  });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <ListWaiting />;
  const own = (kind: string) => data.choices.some((choice) => choice.kind === kind && choice.scope === 'all');
  return (
    <Part title="What you get by mail">
      <p className="soft">Each once when it begins, with a link. Unless you choose, your role decides.</p>
      {choose.error && <p role="alert">{choose.error.message}</p>}
      <div className={css.choices}>
        {data.gets.map(({ kind, title, gets }) => (
          <Switch
            key={kind}
            label={title}
            description={own(kind) ? 'Your own choice' : 'By your role'}
            checked={choose.isPending && choose.variables.kind === kind ? choose.variables.wanted : gets}
            onChange={(event) => choose.mutate({ kind, wanted: event.currentTarget.checked })}
          />
        ))}
      </div>
    </Part>
  );
}
