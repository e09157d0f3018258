/** One sync: what it came to, its steps as they happen, its counts, its findings, and the decision when it is held. */

import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useParams } from 'react-router';
import { api, findingsCsv, type Sync as SyncData } from '../api.ts';
import { CountsTable, changeColumns } from '../parts/counts-table.tsx';
import { DecideActs } from '../parts/decide.tsx';
import { Facts } from '../parts/facts.tsx';
import { Findings } from '../parts/findings.tsx';
import { Mark } from '../parts/mark.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { StepLine } from '../parts/step-line.tsx';
import { When } from '../parts/when.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { moment, plain, size, span, zone } from '../words.ts';
import css from './sync.module.css';

const ChangeChart = lazy(async () => ({ default: (await import('../parts/change-chart.tsx')).ChangeChart }));

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
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Page title="Sync">{null}</Page>;
  const { district, totals } = data;
  const changes = totals.added + totals.changed + totals.removed;
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
      acts={data.open && <DecideActs sync={data} />}
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
      {data.kinds.length > 0 && (
        <div className={css.counts}>
          <Part title="Records by kind">
            <CountsTable
              caption="Rows, and records added, changed, removed and left out, by kind"
              kinds={data.kinds}
              columns={changeColumns}
            />
          </Part>
          {changes > 0 && (
            <Part title={chartTitle(data)}>
              <Suspense fallback={<div className={css.chart} />}>
                <ChangeChart kinds={data.kinds} />
              </Suspense>
            </Part>
          )}
        </div>
      )}
      <SyncFindings id={id} sync={data} />
      <File sync={data} />
    </Page>
  );
}

function chartTitle({ state, removalsWait }: SyncData): string {
  if (removalsWait) return 'Changes (the removals wait)';
  return state === 'applied' || state === 'rolled back' ? 'Changes' : 'Changes it would make';
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

function SyncFindings({ id, sync }: { id: string; sync: SyncData }) {
  const { state, findings: total, running } = sync;
  const { data, error, refetch } = useQuery({
    queryKey: ['rules', id, state, total],
    queryFn: () => api.rules(id),
    enabled: !running,
  });
  const download = (
    <a href={findingsCsv(id)} download>
      Download all as CSV
    </a>
  );
  return (
    <Findings
      total={total}
      groups={running ? undefined : data?.rules}
      of={{
        key: id,
        to: (query) => paths.sync(id, query),
        rowsOf: (rule, page) => api.findings(id, rule, page),
      }}
      download={download}
    >
      {running && <p className="soft">The findings come when the check is done.</p>}
      {error && !data && <Trouble error={error} retry={() => void refetch()} />}
    </Findings>
  );
}

function File({ sync }: { sync: SyncData }) {
  const { delivery } = sync;
  const took = sync.startedAt && sync.finishedAt ? Date.parse(sync.finishedAt) - Date.parse(sync.startedAt) : null;
  if (!delivery) return null;
  return (
    <Part title="File">
      <Facts
        facts={[
          ['Name', delivery.name],
          ['Size', size(delivery.sizeBytes)],
          [
            'Received',
            <>
              {moment(delivery.receivedAt)} {zone} (<When at={delivery.receivedAt} />)
            </>,
          ],
          ['Source', { sftp: 'SFTP', upload: 'Upload', pull: 'API' }[sync.source.kind]],
          ...(took === null ? [] : [['Took', span(took)] as [string, string]]),
          ['SHA-256', <code key="sha">{delivery.sha256}</code>],
        ]}
      />
    </Part>
  );
}
