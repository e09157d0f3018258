/** Lets only a few run at once and a bounded number wait, for work that is dear and can be asked for by strangers. */
import { Refusal } from '../core/refusal.ts';

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** @throws (from the gate) Refusal `busy` when `waiting` calls wait already. */
export function openGate(limits: { running: number; waiting: number }): Gate {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limits.running) {
      if (queue.length >= limits.waiting)
        throw new Refusal('busy', 503, 'Too many sign-ins at once. Try again in a minute.');
      await new Promise<void>((resolve) => queue.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
