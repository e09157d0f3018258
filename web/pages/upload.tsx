/** Sends a delivery of a source from the browser: chosen or dropped, then sent, or only tested. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { type Chosen, whyNot } from '../check/dropped.ts';
import { DropArea, useDrop } from '../parts/drop-area.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { Reading } from '../parts/reading.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { setUpApi } from '../set-up-api.ts';
import { type UploadState, useUpload } from '../use-upload.ts';
import { counted, size } from '../words.ts';
import css from './upload.module.css';

export function Upload() {
  const { id = '' } = useParams();
  const [search] = useSearchParams();
  const isTest = search.get('test') === 'yes';
  const { person } = usePerson();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<Chosen>();
  const [refusal, setRefusal] = useState<string>();
  const { state, send, goOn, cancel } = useUpload(id);
  const { data, error, refetch } = useQuery({ queryKey: ['settings', id], queryFn: () => setUpApi.sourceSettings(id) });
  const isFree = state.step === 'idle';
  const take = useCallback(
    (given: Chosen) => {
      if (!isFree) return;
      const why = whyNot(given);
      setRefusal(why);
      setChosen(why ? undefined : given);
    },
    [isFree],
  );
  const over = useDrop(take);
  useEffect(() => {
    if (state.step === 'done') navigate(paths.sync(state.sync), { replace: true });
  }, [state, navigate]);
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  const { district, source, product } = data ?? {};
  const title = isTest ? 'Send a test file' : 'Upload a delivery';
  const crumbs = district &&
    source &&
    product && [
      ...(person?.district ? [] : [{ name: 'Districts', to: paths.districts() }]),
      { name: district.name, to: paths.district(district.id) },
      { name: `${product.name}, ${source.name}`, to: paths.source(id) },
      { name: title },
    ];
  return (
    <div data-over={over || undefined}>
      <Page
        title={title}
        crumbs={crumbs ?? []}
        sentence={
          isTest
            ? 'It is checked and compared as a delivery would be, and you read what would become of it. Nothing is changed by it.'
            : 'It is taken like a delivery that came by itself: checked, compared, and applied, or held for a person.'
        }
      >
        {refusal && <p role="alert">{refusal}</p>}
        {!chosen ? (
          <DropArea onChosen={take} />
        ) : (
          <Sending
            chosen={chosen}
            state={state}
            isTest={isTest}
            onSend={() => void send(chosen.files, chosen.name, isTest)}
            onGoOn={goOn}
            onCancel={() => {
              cancel();
              setChosen(undefined);
            }}
          />
        )}
      </Page>
    </div>
  );
}

function Sending(props: {
  chosen: Chosen;
  state: UploadState;
  isTest: boolean;
  onSend: () => void;
  onGoOn: () => void;
  onCancel: () => void;
}) {
  const { chosen, state, isTest, onSend, onGoOn, onCancel } = props;
  const { files, name } = chosen;
  const sizeBytes = files.reduce((sum, file) => sum + file.size, 0);
  const what =
    files.length === 1
      ? `${name}, ${size(sizeBytes)}`
      : `${counted(files.length, 'file', 'files')}, ${size(sizeBytes)}`;
  const sent = state.step === 'sending' || state.step === 'failed' ? state.sentBytes : [];
  return (
    <Part title={what}>
      {state.step === 'failed' && (
        <p role="alert" className={css.trouble}>
          {state.error.message} {state.canGoOn && 'What has arrived is kept: you can go on from there.'}
        </p>
      )}
      <p role="status" className="unseen">
        {state.step === 'sending' ? 'Sending' : ''}
      </p>
      <Reading
        progress={files.map((file, at) => ({ name: file.name, sizeBytes: file.size, readBytes: sent[at] ?? 0 }))}
        verb="Sent"
      />
      <div className={css.acts}>
        {state.step === 'idle' && <Button onClick={onSend}>{isTest ? 'Test it' : 'Send it'}</Button>}
        {state.step === 'failed' && (
          <Button onClick={state.canGoOn ? onGoOn : onSend}>{state.canGoOn ? 'Go on' : 'Send it again'}</Button>
        )}
        {(state.step === 'sending' || state.step === 'done') && <Button loading>Sending</Button>}
        {state.step !== 'done' && (
          <Button variant="default" onClick={onCancel}>
            {state.step === 'idle' ? 'Choose other files' : 'Cancel'}
          </Button>
        )}
      </div>
    </Part>
  );
}
