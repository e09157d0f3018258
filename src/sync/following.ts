/** Hands large files to the thread that seals them, as far as they are there. */

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

type Place = { path: string; target: string; master: Uint8Array };
export type ToSealing =
  | { id: number; begin: Place }
  | { id: number; upTo: number }
  | { id: number; end: number }
  | { id: number; giveUp: true };
export type FromSealing =
  | { id: number; sha256: string; sizeBytes: number }
  | { id: number; failed: { message: string; code: string | undefined } };

type Sealed = { sha256: string; sizeBytes: number };
type Waiting = { resolve(sealed: Sealed): void; reject(error: Error): void };

/** One file on its way. */
export type SealingFile = {
  /** So many bytes from the start are in the file, and do not change any more. */
  upTo(sizeBytes: number): void;
  /** The file is whole, and has this size. Its sealed form is on the disk when this resolves, but perhaps not its name. */
  end(sizeBytes: number): Promise<Sealed>;
  /** What was sealed of it is removed. */
  giveUp(): void;
};

export type SealingThread = {
  /** Reads `path` and writes `target`, which must not be there. */
  begin(place: Place): SealingFile;
  close(): Promise<void>;
};

/** The thread is started by the first file, and keeps no program from its end but while somebody waits for a file. */
export function openSealingThread(): SealingThread {
  let worker: Worker | undefined;
  let nextId = 1;
  /** Of files that failed before somebody asked. */
  const failures = new Map<number, Error>();
  const waiting = new Map<number, Waiting>();
  const known = new Set<number>();

  function settle(id: number, how: (waiting: Waiting) => void, failure?: Error): void {
    known.delete(id);
    const found = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker?.unref();
    if (found) how(found);
    else if (failure) failures.set(id, failure);
  }

  /** Told twice by a thread that fails; the next one may have begun in between. */
  function gone(which: Worker): void {
    if (worker !== which) return;
    worker = undefined;
    const error = new Error('The thread of the archive has ended.');
    for (const id of [...known]) settle(id, ({ reject }) => reject(error), error);
  }

  function start(): Worker {
    const started = new Worker(new URL(`./sealing-thread${extname(import.meta.url)}`, import.meta.url));
    started.unref();
    started.on('message', (message: FromSealing) => {
      if (!('failed' in message)) return settle(message.id, ({ resolve }) => resolve(message));
      const { message: text, code } = message.failed;
      const error = Object.assign(new Error(text), { code });
      settle(message.id, ({ reject }) => reject(error), error);
    });
    started.on('error', () => gone(started));
    started.on('exit', () => gone(started));
    return started;
  }

  return {
    begin(place) {
      worker ??= start();
      const id = nextId++;
      known.add(id);
      worker.postMessage({ id, begin: place } satisfies ToSealing);
      const tell = (message: ToSealing) => {
        if (known.has(id)) worker?.postMessage(message);
      };
      return {
        upTo: (sizeBytes) => tell({ id, upTo: sizeBytes }),
        end(sizeBytes) {
          const failure = failures.get(id);
          failures.delete(id);
          if (failure) return Promise.reject(failure);
          return new Promise((resolve, reject) => {
            waiting.set(id, { resolve, reject });
            worker?.ref();
            tell({ id, end: sizeBytes });
          });
        },
        giveUp() {
          failures.delete(id);
          tell({ id, giveUp: true });
          settle(id, ({ reject }) => reject(new Error('This file was given up.')));
        },
      };
    },
    async close() {
      await worker?.terminate();
    },
  };
}
