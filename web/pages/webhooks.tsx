/** Webhooks: programs that are told of events; their secret is shown once, and what was told to each can be read. */

import { Button, Checkbox, Switch, TextInput } from '@mantine/core';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { queries } from '../api.ts';
import { ActForm } from '../parts/act-form.tsx';
import { CopyBlock } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { DistrictSelect } from '../parts/district-select.tsx';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { Part } from '../parts/page.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { setUpApi, type WebhookRow } from '../set-up-api.ts';
import { plain } from '../words.ts';
import css from './webhooks.module.css';

const columns: Column<WebhookRow>[] = [
  {
    head: 'Address',
    place: 'first',
    strong: true,
    cell: ({ id, url }) => <Link to={paths.webhook(id)}>{url}</Link>,
  },
  {
    head: 'Events',
    width: '14rem',
    place: 'named',
    cell: ({ events }) => (events.includes('all') ? 'All' : events.join(', ')),
  },
  {
    head: 'State',
    width: '12rem',
    place: 'named',
    cell: ({ state, trouble }) => (
      <>
        {state === 'active' ? 'Active' : 'Stopped'}
        {trouble && <div className="small soft">{trouble}</div>}
      </>
    ),
  },
  { head: 'Waiting', width: '5rem', number: true, place: 'named', cell: ({ waiting }) => plain(waiting) },
  { head: 'Failed', width: '5rem', number: true, place: 'named', cell: ({ failed }) => plain(failed) },
  {
    head: 'Last told',
    width: '6rem',
    number: true,
    place: 'corner',
    cell: ({ deliveredAt }) => deliveredAt && <When at={deliveredAt} />,
  },
];

export function Webhooks() {
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ['webhooks'], queryFn: setUpApi.webhooks });
  return (
    <Part title="Webhooks">
      <p className="soft">
        A program of yours is told of events by a signed request with ids and counts, never with names. What cannot be
        told is tried again for a day.
      </p>
      <ListTable
        caption="Webhooks"
        columns={columns}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={({ id }) => id}
        empty="No webhook is set up. Add the address of a program that is to be told."
      />
      <div>
        <Button variant={data?.rows.length === 0 ? 'filled' : 'default'} onClick={() => setOpen(true)}>
          Add a webhook
        </Button>
      </div>
      {isOpen && <AddDialog events={data?.events ?? []} onClose={() => setOpen(false)} />}
    </Part>
  );
}

function AddDialog({ events, onClose }: { events: { name: string; about: string }[]; onClose: () => void }) {
  const [url, setUrl] = useState('');
  const [isAll, setAll] = useState(true);
  const [chosen, setChosen] = useState<string[]>([]);
  const [isOfOne, setOfOne] = useState(false);
  const [district, setDistrict] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const add = useMutation({
    mutationFn: () =>
      setUpApi.addWebhook({
        url: url.trim(),
        events: isAll ? [] : chosen,
        ...(isOfOne && district ? { district } : {}),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  if (add.data) {
    return (
      <Dialog title="The secret of the webhook" onClose={onClose}>
        <div className={css.secret}>
          <p role="status">
            Requests are signed with this secret. Keep it where the program reads it: it is not shown again.
          </p>
          <CopyBlock name="the secret" text={add.data.secret} />
          <Button onClick={onClose}>I have kept it</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Add a webhook" onClose={onClose}>
      <ActForm
        error={add.error}
        submit="Add the webhook"
        isBusy={add.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          setAsked(true);
          if (url.trim() && (isAll || chosen.length > 0) && (!isOfOne || district)) add.mutate();
        }}
      >
        <TextInput
          data-autofocus
          label="Address"
          description="Where the program listens, beginning with https."
          type="url"
          maxLength={2000}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={asked && !url.trim() ? 'Enter an address.' : undefined}
        />
        <Switch label="All events" checked={isAll} onChange={(event) => setAll(event.currentTarget.checked)} />
        {!isAll && (
          <Checkbox.Group
            label="Events"
            value={chosen}
            onChange={setChosen}
            error={asked && chosen.length === 0 ? 'Choose at least one.' : undefined}
          >
            <div className={css.choices}>
              {events.map(({ name, about }) => (
                <Checkbox key={name} value={name} label={name} description={about} />
              ))}
            </div>
          </Checkbox.Group>
        )}
        <Switch
          label="Of one district only"
          checked={isOfOne}
          onChange={(event) => setOfOne(event.currentTarget.checked)}
        />
        {isOfOne && (
          <DistrictSelect
            value={district}
            onChange={setDistrict}
            error={asked && !district ? 'Choose a district.' : undefined}
          />
        )}
      </ActForm>
    </Dialog>
  );
}
