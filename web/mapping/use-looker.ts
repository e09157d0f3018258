/** Keeps what a mapping makes of the sample while both change: a look that is out of date is broken off. */

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Chosen } from '../check/dropped.ts';
import { useRest } from '../parts/use-rest.ts';
import type { Looked } from './look.ts';
import type { Asked, Said } from './messages.ts';

export type Looker = {
  looked: Looked | undefined;
  /** Something was changed since. */
  isLooking: boolean;
  failed: string | undefined;
  draft(title: string): Promise<{ text: string; notes: string[] }>;
};

export function useLooker(text: string, sample: Chosen | undefined): Looker {
  const [looked, setLooked] = useState<Looked>();
  const [failed, setFailed] = useState<string>();
  const [isLooking, setLooking] = useState(true);
  const thread = useRef<{ worker: Worker; isBusy: boolean; sample: Chosen | undefined } | null>(null);
  const drafts = useRef<((drafted: { text: string; notes: string[] }) => void)[]>([]);
  const asks = useRef(0);
  const rested = useRest(text);

  /** A thread that is at work on something else is ended: nobody waits for it. */
  const threadFor = useCallback((wanted: Chosen | undefined, isNew: boolean) => {
    const own = thread.current;
    if (own && !own.isBusy && own.sample === wanted && !isNew) return own;
    own?.worker.terminate();
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    const made = { worker, isBusy: false, sample: wanted };
    worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if ('looked' in data) {
        made.isBusy = false;
        if (data.ask !== asks.current) return;
        setLooked(data.looked);
        setFailed(undefined);
        setLooking(false);
      } else if ('drafted' in data) for (const take of drafts.current.splice(0)) take(data.drafted);
      else if ('failed' in data) {
        made.isBusy = false;
        setFailed(data.failed);
        setLooking(false);
      }
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      setFailed('What looks at the files could not be loaded. Check the connection, then reload this page.');
      setLooking(false);
    });
    if (wanted) send(worker, { open: { files: wanted.files, name: wanted.name } });
    thread.current = made;
    return made;
  }, []);

  useEffect(() => {
    const own = threadFor(sample, false);
    asks.current += 1;
    own.isBusy = true;
    setLooking(true);
    send(own.worker, { look: { text: rested, ask: asks.current } });
  }, [rested, sample, threadFor]);
  useEffect(() => () => thread.current?.worker.terminate(), []);

  const draft = useCallback(
    (title: string) =>
      new Promise<{ text: string; notes: string[] }>((resolve) => {
        drafts.current.push(resolve);
        const own = thread.current ?? threadFor(sample, true);
        send(own.worker, { draft: { title } });
      }),
    [sample, threadFor],
  );
  return { looked, isLooking: isLooking || rested !== text, failed, draft };
}

const send = (worker: Worker, asked: Asked): void => worker.postMessage(asked);
