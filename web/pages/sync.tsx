/** One sync: what it came to, its steps as they happen, its counts, what can be done about it, its changes and findings. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { api, queries, type Sync as SyncData } from '../api.ts';
import { Changes } from '../parts/changes.tsx';
import { DecideActs } from '../parts/decide.tsx';
import { Facts } from '../parts/facts.tsx';
import { Mark } from '../parts/mark.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { StepLine } from '../parts/step-line.tsx';
import { SyncCounts } from '../parts/sync-counts.tsx';
import { SyncFindings } from '../parts/sync-findings.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { counted, moment, plain, size, span, zone } from '../words.ts';
import css from './sync.module.css';

const RollBackDialog = lazy(async () => ({ default: (await import('../parts/roll-back.tsx')).RollBackDialog }));

const calmMs = 10_000;
const runningMs = 1_000;

export function Sync() {
  const { id = '' } = useParams();
  const { person } = usePerson();
  const { data, error, refetch } = useQuery({
    queryKey: ['sync', id],
    queryFn: () => api.sync(id),
    refetchInterval: ({ state }) => (state.data?.running ? runningMs : calmMs),
  });
  const plan = useQuery({
    queryKey: ['plan', id, data?.state, data?.totals],
    queryFn: () => api.plan(id),
    enabled: data !== undefined && !data.running && data.kinds.length > 0,
  });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Page title="Sync">{null}</Page>;
  const { district } = data;
  return (
    <Page
      title={`${data.origin ?? 'Sync'}${data.origin === null ? ' of' : ','} ${moment(data.at)}`}
      crumbs={[
        ...(person?.district ? [] : [{ name: 'Districts', to: paths.districts() }]),
        { name: district.name, to: paths.district(district.id) },
        { name: `${data.product.name}, sync ${plain(data.number)}` },
      ]}
      sentence={
        <>
          <Mark mark={data.mark} word={data.word} loud /> <span className={css.sentence}>{data.sentence}</span>
        </>
      }
      acts={
        <>
          <DecideActs key={data.id} sync={data} />
          {!data.open && <Acts sync={data} />}
        </>
      }
    >
      {data.reasons && (
        <ul className={css.reasons} aria-label="Reasons">
          {data.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <StepLine steps={data.steps} />
      <Decided decision={data.decision} />
      <Related sync={data} />
      {data.kinds.length > 0 && <SyncCounts sync={data} plan={plan.data} />}
      <Parts sync={data} plan={plan.data} />
    </Page>
  );
}

/** Changes are looked at first where a person has to decide about them, findings where there are any, else the file. */
function partOf(sync: SyncData, asked: string | null): string {
  if (asked === 'changes' || asked === 'findings' || asked === 'file') return asked;
  if (sync.findings > 0) return 'findings';
  return hasChanges(sync) ? 'changes' : 'file';
}

const hasChanges = ({ totals: { added, changed, removed }, running }: SyncData): boolean =>
  !running && added + changed + removed > 0;

function Parts({ sync, plan }: { sync: SyncData; plan: Parameters<typeof Changes>[0]['plan'] }) {
  const [search] = useSearchParams();
  const part = partOf(sync, search.get('part') ?? (search.has('rule') ? 'findings' : null));
  const by = search.get('by') ?? undefined;
  const { added, changed, removed } = sync.totals;
  const to = (name: string) => paths.sync(sync.id, { by, part: name });
  return (
    <>
      <TabLinks
        label="Parts of this sync"
        stays
        links={[
          ...(hasChanges(sync)
            ? [
                {
                  name: 'Changes',
                  note: plain(added + changed + removed),
                  to: to('changes'),
                  isCurrent: part === 'changes',
                },
              ]
            : []),
          { name: 'Findings', note: plain(sync.findings), to: to('findings'), isCurrent: part === 'findings' },
          { name: 'File', to: to('file'), isCurrent: part === 'file' },
        ]}
      />
      {part === 'changes' && <Changes sync={sync} plan={plan} />}
      {part === 'findings' && <SyncFindings sync={sync} />}
      {part === 'file' && <File sync={sync} />}
    </>
  );
}

function Acts({ sync }: { sync: SyncData }) {
  const [rollingBack, setRollingBack] = useState(false);
  const canRetry = ['failed', 'rejected', 'discarded', 'superseded'].includes(sync.state) && !sync.dryRun;
  const canRollBack = sync.state === 'applied' || sync.state === 'rolled back';
  if (canRetry && sync.mayNotDecide === null) return <Retry sync={sync} />;
  if (!canRollBack || sync.mayNotRollBack !== null) return null;
  return (
    <>
      <Button variant="default" onClick={() => setRollingBack(true)}>
        {sync.state === 'applied' ? 'Roll back…' : 'Back to before this sync…'}
      </Button>
      {rollingBack && (
        <Suspense>
          <RollBackDialog sync={sync} onClose={() => setRollingBack(false)} />
        </Suspense>
      )}
    </>
  );
}

/** What failed is our fault and is tried again; of anything else the delivery is gone through once more. */
function Retry({ sync }: { sync: SyncData }) {
  const navigate = useNavigate();
  const retry = useMutation({
    mutationFn: () => api.retry(sync.id),
    onSuccess: async (next) => {
      await queries.invalidateQueries();
      if (next.id !== sync.id) await navigate(paths.sync(next.id));
    },
  });
  const failed = sync.state === 'failed';
  if (!failed && !sync.delivery) return null;
  return (
    <div className={css.retry}>
      <Button variant={failed ? 'filled' : 'default'} loading={retry.isPending} onClick={() => retry.mutate()}>
        {failed ? 'Try again' : 'Go through it again'}
      </Button>
      {retry.error && (
        <p role="alert" className="small">
          {retry.error.message}
        </p>
      )}
    </div>
  );
}

function Decided({ decision }: { decision: SyncData['decision'] }) {
  if (!decision) return null;
  const acts = {
    'apply all': 'chose to apply everything',
    'apply additions and updates': 'chose to apply additions and updates only',
    discard: 'discarded it',
  } as const;
  return (
    <p>
      {decision.by ?? 'Somebody'} {acts[decision.choice]} on {moment(decision.at)}
      {decision.reason ? `: “${decision.reason}”` : '.'}
    </p>
  );
}

/** Other syncs of the same delivery. */
function Related({ sync }: { sync: SyncData }) {
  const { removalsSync, removalsOnly, follows } = sync;
  if (removalsSync) {
    const { removed } = sync.totals;
    return (
      <p>
        <Link to={paths.sync(removalsSync.id)}>
          {`Sync ${plain(removalsSync.number)}, the ${counted(removed, 'removal', 'removals')} of this delivery`}
        </Link>
        {removalsSync.state === 'held' ? ', waits for a decision.' : `, is ${removalsSync.state}.`}
      </p>
    );
  }
  if (follows === null) return null;
  return (
    <p className="soft">
      {removalsOnly
        ? `These are the removals that were left waiting when sync ${plain(follows)} was applied.`
        : `It goes through the delivery of sync ${plain(follows)} again.`}
    </p>
  );
}

function File({ sync }: { sync: SyncData }) {
  const { delivery } = sync;
  const took = sync.startedAt && sync.finishedAt ? Date.parse(sync.finishedAt) - Date.parse(sync.startedAt) : null;
  return (
    <Part title="File">
      <Facts
        facts={[
          ...(delivery
            ? ([
                ['Name', delivery.name],
                ['Size', size(delivery.sizeBytes)],
                [
                  'Received',
                  <>
                    {moment(delivery.receivedAt)} {zone} (<When at={delivery.receivedAt} />)
                  </>,
                ],
                [
                  'Source',
                  `${sync.source.name} (${{ sftp: 'SFTP', upload: 'upload', pull: 'API' }[sync.source.kind]})`,
                ],
              ] as [string, React.ReactNode][])
            : ([['Comes from', 'No file: a person asked for it']] as [string, React.ReactNode][])),
          ...(took === null ? [] : [['Took', span(took)] as [string, string]]),
          ...(delivery ? [['SHA-256', <code key="sha">{delivery.sha256}</code>] as [string, React.ReactNode]] : []),
        ]}
      />
    </Part>
  );
}
