/** Keeps the requests to one server within its limits, whoever of this program sends them. */

export type Lane = {
  /** Waits for a place. @returns what gives the place back. */
  enter(limits: { concurrency: number; perMinute: number }, signal: AbortSignal): Promise<() => void>;
  /** Nobody begins before this moment: the server has asked for a pause. */
  pauseUntil(at: number): void;
};

type Waiting = { most: number; begin: () => void };

/** One lane for each origin. */
export function openLanes(now: () => number): { of(url: string): Lane } {
  const lanes = new Map<string, Lane>();
  return {
    of(url) {
      const { origin } = new URL(url);
      const lane = lanes.get(origin) ?? openLane(now);
      lanes.set(origin, lane);
      return lane;
    },
  };
}

function openLane(now: () => number): Lane {
  let active = 0;
  let freeAt = 0;
  const waiting: Waiting[] = [];
  const leave = () => {
    active--;
    const next = waiting[0];
    if (next && active < next.most) waiting.shift()?.begin();
  };
  return {
    async enter({ concurrency, perMinute }, signal) {
      signal.throwIfAborted();
      if (active >= concurrency || waiting.length > 0) await place(waiting, concurrency, signal);
      else active++;
      const at = Math.max(now(), freeAt);
      if (perMinute > 0) freeAt = at + 60_000 / perMinute;
      try {
        await pause(at - now(), signal);
      } catch (error) {
        leave();
        throw error;
      }
      let isOver = false;
      return () => {
        if (!isOver) leave();
        isOver = true;
      };
    },
    pauseUntil(at) {
      freeAt = Math.max(freeAt, at);
    },
  };

  /** The one who leaves hands the place on, so that it is never free in between. */
  function place(queue: Waiting[], most: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        const at = queue.indexOf(mine);
        if (at >= 0) queue.splice(at, 1);
        reject(signal.reason);
      };
      const mine: Waiting = {
        most,
        begin() {
          signal.removeEventListener('abort', stop);
          active++;
          resolve();
        },
      };
      signal.addEventListener('abort', stop, { once: true });
      queue.push(mine);
    });
  }
}

/** Ends at once for what is over already. @throws the reason of the signal */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', stop);
        resolve();
      },
      Math.min(ms, 2 ** 31 - 1),
    );
    signal.addEventListener('abort', stop, { once: true });
  });
}
