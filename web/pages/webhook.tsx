/** One webhook: what was told to it, with what answer; a test, stopping, and removing it. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { queries } from '../api.ts';
import { ActForm } from '../parts/act-form.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Facts } from '../parts/facts.tsx';
import { type Column, ListTable, ListWaiting } from '../parts/list-table.tsx';
import { Part, Trouble } from '../parts/page.tsx';
import { paths } from '../paths.ts';
import { type MessageRow, setUpApi } from '../set-up-api.ts';
import { capital, moment, plain } from '../words.ts';
import css from './webhooks.module.css';

const columnsFor = (again: (id: string) => React.ReactNode): Column<MessageRow>[] => [
  { head: 'When', width: '11rem', place: 'first', cell: ({ createdAt }) => moment(createdAt) },
  { head: 'Event', width: '11rem', place: 'line', cell: ({ event }) => <code>{event}</code> },
  {
    head: 'State',
    place: 'line',
    cell: ({ state, status, trouble, nextTryAt }) => (
      <>
        {capital(state)}
        {status !== null && `, answered with ${status}`}
        {nextTryAt && `, next try ${moment(nextTryAt)}`}
        {trouble && <div className="small soft">{trouble}</div>}
      </>
    ),
  },
  { head: 'Tries', width: '4rem', number: true, place: 'named', cell: ({ attempts }) => plain(attempts) },
  { head: 'By hand', width: '8rem', place: 'line', cell: ({ id }) => again(id) },
];

const reload = (id: string) =>
  Promise.all([
    queries.invalidateQueries({ queryKey: ['webhooks'] }),
    queries.invalidateQueries({ queryKey: ['webhook-log', id] }),
  ]);

export function Webhook() {
  const { id = '' } = useParams();
  const [search] = useSearchParams();
  const before = search.get('before') ?? undefined;
  const all = useQuery({ queryKey: ['webhooks'], queryFn: setUpApi.webhooks });
  const log = useQuery({
    queryKey: ['webhook-log', id, before],
    queryFn: () => setUpApi.webhookLog(id, before),
  });
  const again = useMutation({
    mutationFn: (message: string) => setUpApi.sendAgain(id, message),
    onSettled: () => reload(id),
  });
  if (all.error && !all.data) return <Trouble error={all.error} retry={() => void all.refetch()} />;
  if (!all.data) return <ListWaiting />;
  const webhook = all.data.rows.find((each) => each.id === id);
  if (!webhook) {
    return (
      <p>
        There is no such webhook any more. <Link to={paths.webhooks()}>To the webhooks</Link>
      </p>
    );
  }
  return (
    <>
      <Part title={webhook.url} aside={<Link to={paths.webhooks()}>All webhooks</Link>}>
        <Facts
          facts={[
            ['State', webhook.state === 'active' ? 'Active' : 'Stopped: nothing is told'],
            ['Events', webhook.events.includes('all') ? 'All' : webhook.events.join(', ')],
            ['Since', moment(webhook.createdAt)],
          ]}
        />
        <Acts id={id} state={webhook.state} />
      </Part>
      <Part title="What was told">
        <p role="status">{again.data ? toldWords(again.data, 'The message') : ''}</p>
        {again.error && <p role="alert">{again.error.message}</p>}
        <ListTable
          caption="Messages, newest first"
          columns={columnsFor((message) => (
            <Button
              variant="default"
              size="compact-sm"
              disabled={webhook.state !== 'active'}
              title={webhook.state === 'active' ? undefined : 'This webhook is stopped. Start it first.'}
              loading={again.isPending && again.variables === message}
              onClick={() => again.mutate(message)}
            >
              Send again
            </Button>
          ))}
          list={{ rows: log.data?.rows, error: log.error, retry: () => void log.refetch() }}
          keyOf={(row) => row.id}
          empty="Nothing has been told yet. Send a test to see whether it arrives."
        />
        {(before || log.data?.older) && (
          <nav aria-label="Pages" className="small">
            {before && <Link to={paths.webhook(id)}>Newest</Link>}{' '}
            {log.data?.older && <Link to={paths.webhook(id, log.data.older)}>Older</Link>}
          </nav>
        )}
      </Part>
    </>
  );
}

function Acts({ id, state }: { id: string; state: 'active' | 'stopped' }) {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const test = useMutation({ mutationFn: () => setUpApi.testWebhook(id), onSettled: () => reload(id) });
  const set = useMutation({
    mutationFn: () => setUpApi.setWebhook(id, state === 'active' ? 'stopped' : 'active'),
    onSettled: () => reload(id),
  });
  const remove = useMutation({
    mutationFn: () => setUpApi.removeWebhook(id),
    onSuccess: async () => {
      navigate(paths.webhooks(), { replace: true });
      await queries.invalidateQueries({ queryKey: ['webhooks'] });
    },
  });
  const error = test.error ?? set.error;
  return (
    <>
      <div className={css.acts}>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
        <Button variant="default" loading={set.isPending} onClick={() => set.mutate()}>
          {state === 'active' ? 'Stop' : 'Start again'}
        </Button>
        <Button variant="default" onClick={() => setOpen(true)}>
          Remove…
        </Button>
      </div>
      <p role="status">{test.data ? toldWords(test.data, 'The test') : ''}</p>
      {error && <p role="alert">{error.message}</p>}
      {isOpen && (
        <Dialog title="Remove the webhook?" onClose={() => setOpen(false)}>
          <ActForm
            error={remove.error}
            submit="Remove it"
            isBusy={remove.isPending}
            isDestructive
            isWide
            onCancel={() => setOpen(false)}
            onSubmit={() => remove.mutate()}
          >
            <p>Nothing is told to it any more, and what waits is not sent. Its secret is gone.</p>
          </ActForm>
        </Dialog>
      )}
    </>
  );
}

type Told = { isDelivered: boolean; status: number | null; trouble: string | null };

function toldWords({ isDelivered, status, trouble }: Told, what: string): string {
  if (isDelivered) return `${what} arrived: the program answered with ${status}.`;
  return `${what} did not arrive. ${trouble ?? `The program answered with ${status}.`}`;
}
