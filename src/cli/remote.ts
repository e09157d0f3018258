/** Does operators' acts where the data is: in the server that runs on it, or in a house opened for the moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acts } from '../acts/acts.ts';
import type { Config } from '../config.ts';
import { callControl } from '../control.ts';
import { Refusal } from '../core/refusal.ts';
import { createLog } from '../log.ts';

/** What JSON makes of a value. */
type Plain<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

/** The acts as they answer through a socket, wherever they are done. */
export type PlainActs = {
  [K in keyof Acts]: (...input: Parameters<Acts[K]>) => Promise<Plain<Awaited<ReturnType<Acts[K]>>>>;
};

const pauseMs = 250;
/** How long a server may take to start or stop before we give up on it. */
const patienceMs = 60_000;

/**
 * Hands the acts of a data folder to `work`. With a server running on it they are the server's; else a house is opened
 * without doors, and closed again afterwards.
 *
 * @param options.worker whether that house also works on deliveries.
 */
export async function withActs<T>(
  config: Config,
  work: (acts: PlainActs) => Promise<T>,
  options: { worker: boolean },
): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    const found = await find(config, options).catch((error: unknown) => {
      // Another process is opening or closing the data folder.
      const busy = error instanceof Refusal && (error.code === 'starting' || error.code === 'data-folder-in-use');
      if (!busy || waitedMs >= patienceMs) throw error;
    });
    if (!found) {
      await sleep(pauseMs);
      continue;
    }
    try {
      return await work(found.acts);
    } finally {
      await found.close();
    }
  }
}

type Found = { acts: PlainActs; close(): Promise<void> };

async function find(config: Config, options: { worker: boolean }): Promise<Found> {
  if (await callControl(config.data, 'status', {})) return { acts: remoteActs(config.data), close: async () => {} };
  // With a server running the house is never needed, and loading it is most of what a command does.
  const { openHouse } = await import('../house.ts');
  // Somebody waits at a terminal: what an operator reads in a server's log would be in the way.
  const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
  const house = await openHouse(config, log, { doors: false, worker: options.worker });
  const call = (act: keyof Acts, input: unknown) => (house.acts[act] as (input: unknown) => Promise<unknown>)(input);
  return { acts: plainActs(call), close: house.close };
}

function remoteActs(dataDir: string): PlainActs {
  return plainActs(async (act, input) => {
    const answer = await callControl(dataDir, act, input ?? {});
    if (!answer) throw new Refusal('server-gone', 503, 'The server has stopped in the meantime. Try again.');
    return answer.result;
  });
}

function plainActs(call: (act: keyof Acts, input: unknown) => Promise<unknown>): PlainActs {
  return new Proxy({} as PlainActs, {
    get: (_, act) => async (input: unknown) =>
      JSON.parse(JSON.stringify((await call(act as keyof Acts, input)) ?? null)),
  });
}
