/** A source that pulls: from where, how far a pull has come, what became of the last ones, and a pull at once. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { queries } from '../api.ts';
import { paths } from '../paths.ts';
import { type ApiAsked, type Pull, setUpApi } from '../set-up-api.ts';
import { ActForm } from './act-form.tsx';
import { ApiFields } from './api-fields.tsx';
import css from './by-api.module.css';
import { Facts } from './facts.tsx';
import { Part } from './page.tsx';
import { When } from './when.tsx';

const againMs = 1000;
const isOpen = ({ state, nextAt }: Pull) => state === 'pulling' || (state === 'waiting' && nextAt === null);

export function ByApi({ sourceId, mayChange }: { sourceId: string; mayChange: boolean }) {
  const pulls = useQuery({
    queryKey: ['pulls', sourceId],
    queryFn: () => setUpApi.pulls(sourceId),
    refetchInterval: (query) => (query.state.data?.rows.some(isOpen) ? againMs : false),
  });
  const pull = useMutation({
    mutationFn: (full: boolean) => setUpApi.pullNow(sourceId, full),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['pulls', sourceId] }),
  });
  const rows = pulls.data?.rows ?? [];
  const isBusy = pull.isPending || rows.some(isOpen);
  return (
    <>
      <Part title="When it was fetched" aside="It begins by itself before each due time.">
        {pull.error && <p role="alert">{pull.error.message}</p>}
        {mayChange && (
          <div>
            <Button disabled={isBusy} onClick={() => pull.mutate(false)}>
              {isBusy ? 'Fetching it now' : 'Fetch it now'}
            </Button>
          </div>
        )}
        {pulls.data && rows.length === 0 && <p className="soft">Nothing was fetched yet.</p>}
        <ul aria-live="polite" className={css.pulls}>
          {rows.slice(0, 10).map((row) => (
            <PullLine key={row.id} pull={row} />
          ))}
        </ul>
      </Part>
      <ApiPart sourceId={sourceId} mayChange={mayChange} />
    </>
  );
}

const states = { waiting: 'waits', pulling: 'under way', done: 'complete', failed: 'failed' } as const;

function PullLine({ pull }: { pull: Pull }) {
  const { state, scope, createdAt, progress, trouble, syncId } = pull;
  return (
    <li className={css.pull}>
      <When at={createdAt} /> · <strong>{scope === 'full' ? 'Everything' : 'Changes'}</strong>: {states[state]}.{' '}
      {syncId && <Link to={paths.sync(syncId)}>Its delivery</Link>}
      {trouble && state !== 'done' && <p className="small">{trouble.sentence}</p>}
      {isOpen(pull) &&
        progress.map(({ collection, rows, total }) => (
          <p key={collection} className="small">
            {collection}: {rows.toLocaleString('en')}
            {total === null ? '' : ` of ${total.toLocaleString('en')}`}
          </p>
        ))}
    </li>
  );
}

function ApiPart({ sourceId, mayChange }: { sourceId: string; mayChange: boolean }) {
  const { data } = useQuery({ queryKey: ['api', sourceId], queryFn: () => setUpApi.api(sourceId) });
  const [draft, setDraft] = useState<ApiAsked>();
  const save = useMutation({
    mutationFn: ({ address, tokenUrl, clientId, secret }: ApiAsked) =>
      setUpApi.changeApi(sourceId, { address, tokenUrl: tokenUrl || null, clientId, ...(secret ? { secret } : {}) }),
    onSuccess: (now) => {
      queries.setQueryData(['api', sourceId], now);
      setDraft(undefined);
    },
  });
  if (!data) return null;
  const now = { address: data.address, tokenUrl: data.tokenUrl ?? '', clientId: data.clientId, secret: '' };
  return (
    <Part title="API">
      {draft ? (
        <ActForm
          error={save.error}
          submit="Save"
          isBusy={save.isPending}
          onSubmit={() => save.mutate(draft)}
          onCancel={() => setDraft(undefined)}
        >
          <ApiFields value={draft} onChange={(given) => setDraft({ ...draft, ...given })} isKept />
        </ActForm>
      ) : (
        <>
          <Facts
            facts={[
              ['Address', data.address],
              ['Token address', data.tokenUrl ?? 'None'],
              ['Key', data.clientId || 'None'],
              ['Secret', 'Kept, never shown'],
              ...data.settings.filter(({ isSet }) => isSet).map(({ name, shown }): [string, string] => [name, shown]),
            ]}
          />
          {mayChange && (
            <div>
              <Button variant="default" onClick={() => setDraft(now)}>
                Change…
              </Button>
            </div>
          )}
        </>
      )}
    </Part>
  );
}
