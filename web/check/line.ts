/** A line to one checker in a thread of its own; ended, it says no more. */

import type { Asked, Rows, Said, Task } from './messages.ts';

export type Line = {
  check(task: Task, onSaid: (said: Said) => void): void;
  rows(rule: string, page: number): Promise<Rows>;
  /** Whether a check was begun on it: its memory belongs to that one. */
  isUsed(): boolean;
  end(): void;
};

/** Loads the checker at once, so that a check needs nothing from the server any more. */
export function openLine(): Line {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const asked = new Map<number, (rows: Rows) => void>();
  let tell: ((said: Said) => void) | undefined;
  let fault: string | undefined;
  let asks = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    if (!('rows' in data)) return tell?.(data);
    asked.get(data.rows.ask)?.(data.rows);
    asked.delete(data.rows.ask);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    fault = 'The checker could not be loaded. Check the connection, then reload this page.';
    tell?.({ failed: fault });
  });
  const ask = (message: Asked) => worker.postMessage(message);
  return {
    check(task, onSaid) {
      tell = onSaid;
      if (fault) onSaid({ failed: fault });
      else ask({ check: task });
    },
    rows: (rule, page) =>
      new Promise((resolve) => {
        asks += 1;
        asked.set(asks, resolve);
        ask({ rows: { ask: asks, rule, page } });
      }),
    isUsed: () => tell !== undefined,
    end() {
      tell = () => {};
      worker.terminate();
    },
  };
}
