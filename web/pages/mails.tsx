/** Mails: all that was written, what became of each, and its text; the only place for them when there is no mail server. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { Dialog } from '../parts/dialog.tsx';
import { type Column, ListTable, ListWaiting } from '../parts/list-table.tsx';
import { Part, Trouble } from '../parts/page.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { type MailRow, setUpApi } from '../set-up-api.ts';
import { moment } from '../words.ts';
import css from './mails.module.css';

const states: Record<MailRow['state'], string> = {
  waiting: 'Waiting',
  sent: 'Sent',
  kept: 'Kept here',
  failed: 'Failed',
};

type Query = { state?: string | undefined; before?: string | undefined };

const columnsFor = (query: Query): Column<MailRow>[] => [
  {
    head: 'Subject',
    place: 'first',
    strong: true,
    cell: ({ id, subject }) => (
      <Link to={paths.mails({ ...query, mail: id })} preventScrollReset>
        {subject}
      </Link>
    ),
  },
  { head: 'To', width: '16rem', place: 'line', cell: ({ to }) => to },
  {
    head: 'State',
    width: '12rem',
    place: 'named',
    cell: ({ state, trouble }) => (
      <>
        {states[state]}
        {trouble && <div className="small soft">{trouble}</div>}
      </>
    ),
  },
  { head: 'Age', width: '5rem', number: true, place: 'corner', cell: ({ createdAt }) => <When at={createdAt} /> },
];

export function Mails() {
  const [search, setSearch] = useSearchParams();
  const query = { state: search.get('state') ?? undefined, before: search.get('before') ?? undefined };
  const open = search.get('mail');
  const { data, error, refetch } = useQuery({
    queryKey: ['mails', query],
    queryFn: () => setUpApi.mails(query),
    placeholderData: keepPreviousData,
  });
  const house = useQuery({ queryKey: ['house'], queryFn: setUpApi.house });
  const close = () =>
    setSearch((now) => {
      now.delete('mail');
      return now;
    });
  return (
    <Part title="Mails">
      {house.data?.hasMailServer === false && (
        <p className={css.note}>
          No mail server is set, so mails are kept here instead of being sent. Set <code>HOMEROOM_SMTP_URL</code> and
          start the server anew to send them.
        </p>
      )}
      <TabLinks
        label="State"
        stays
        links={[
          { name: 'All', to: paths.mails(), isCurrent: !query.state },
          ...Object.entries(states).map(([state, name]) => ({
            name,
            to: paths.mails({ state }),
            isCurrent: query.state === state,
          })),
        ]}
      />
      <ListTable
        caption="Mails, newest first"
        columns={columnsFor(query)}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={({ id }) => id}
        empty={query.state ? 'No mail is in this state.' : 'No mail has been written yet.'}
      />
      {(query.before || data?.older) && (
        <nav aria-label="Pages" className="small">
          {query.before && <Link to={paths.mails({ state: query.state })}>Newest</Link>}{' '}
          {data?.older && <Link to={paths.mails({ ...query, before: data.older })}>Older</Link>}
        </nav>
      )}
      {open && <MailDialog id={open} onClose={close} />}
    </Part>
  );
}

function MailDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['mail', id],
    queryFn: () => setUpApi.mail(id),
    // Reading one that lets somebody in is noted, each time: it is read once while the dialog stands.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Dialog title={data?.subject ?? 'Mail'} onClose={onClose}>
      {error && !data && <Trouble error={error} retry={() => void refetch()} />}
      {!error && !data && <ListWaiting />}
      {data && (
        <>
          <p className="small soft">
            To {data.to}, {moment(data.createdAt)}. {states[data.state]}.
          </p>
          {data.hidden && <p>{data.hidden}</p>}
          {data.text && <pre className={css.text}>{data.text}</pre>}
        </>
      )}
    </Dialog>
  );
}
