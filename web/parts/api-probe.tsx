/** Tries an API while somebody watches: each step as it ends, and what was found out. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type ProbeAsked, type ProbeReport, setUpApi } from '../set-up-api.ts';
import css from './api-probe.module.css';

type Props = {
  asked: ProbeAsked;
  isDisabled: boolean;
  onReport: (report: ProbeReport) => void;
};

const signs = { running: '…', ok: '✓', odd: '!', 'not offered': '–', failed: '✕' } as const;
const words = {
  running: 'under way',
  ok: 'ok',
  odd: 'with a remark',
  'not offered': 'not there',
  failed: 'failed',
} as const;
const againMs = 500;

export function ApiProbe({ asked, isDisabled, onReport }: Props) {
  const [id, setId] = useState<string>();
  const start = useMutation({ mutationFn: () => setUpApi.startProbe(asked), onSuccess: (probe) => setId(probe.id) });
  const { data } = useQuery({
    queryKey: ['probe', id],
    queryFn: () => setUpApi.probe(id as string),
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data?.state === 'done' ? false : againMs),
  });
  const report = data?.report;
  useEffect(() => {
    if (report) onReport(report);
  }, [report, onReport]);
  const isRunning = start.isPending || data?.state === 'running';
  return (
    <div className={css.probe}>
      <Button
        variant="default"
        disabled={isDisabled}
        loading={isRunning}
        onClick={() => {
          if (!isRunning) start.mutate();
        }}
      >
        Try the connection
      </Button>
      {start.error && <p role="alert">{start.error.message}</p>}
      <ol className={css.steps} aria-live="polite">
        {data?.steps.map((step) => (
          <li key={step.id} data-state={step.state}>
            <span className={css.sign} role="img" aria-label={words[step.state]}>
              {signs[step.state]}
            </span>
            <span>
              <strong>{step.title}</strong> {step.words}
            </span>
          </li>
        ))}
      </ol>
      {report && <Found report={report} />}
    </div>
  );
}

function Found({ report }: { report: ProbeReport }) {
  const { isReady, trouble, said, remarks, preset, version } = report;
  return (
    <div role="status">
      <p>
        <strong>
          {isReady ? `A roster can be pulled: OneRoster ${version}.` : (trouble ?? 'Nothing can be pulled yet.')}
        </strong>
      </p>
      {said && <p className="small soft">The server said: {said}</p>}
      {preset?.hints.map((hint) => (
        <p key={hint} className="small">
          {preset.title}: {hint}
        </p>
      ))}
      {remarks.length > 0 && (
        <details>
          <summary>What this server does otherwise ({remarks.length})</summary>
          <ul className="small">
            {remarks.map(({ rule, collection, words: sentence }) => (
              <li key={`${rule} ${collection} ${sentence}`}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
