/** Wakes the work of one roster at a time, on any number of nodes, through a queue in the same database. */

import type pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { Log } from './log.ts';

export type Worker = {
  /** Has the work of this roster looked at soon; asking twice does no harm. */
  enqueue(rosterId: string): Promise<void>;
  /** Takes nothing new, asks what runs to stop at its next safe point, and waits for it. */
  stop(): Promise<void>;
};

export type WorkerOptions = {
  config: pg.PoolConfig;
  log: Log;
  /**
   * Does what is due next for a roster. Never runs twice at once for one roster. When it throws it is called again
   * later, with growing pauses. @returns whether there is more to do: then other rosters have their turn first.
   */
  work(rosterId: string, signal: AbortSignal): Promise<boolean>;
  /** Rosters worked on at once by this node. */
  concurrency: number;
  /** No other node uses this database: what is marked as running was left by a process that died. */
  alone: boolean;
  /** First pause before work that failed is tried again; doubles each time. */
  retrySeconds?: number;
  /** Longest time that running work is waited for when stopping, in milliseconds. */
  stopMs?: number;
};

const queue = 'rosters';
const schema = 'homeroom_queue';
const neverGiveUp = 100_000;

/**
 * A job is a roster that has something to do; what that is stands in our own tables, so that a lost job loses nothing.
 * The policy `key_strict_fifo` lets one job per roster be active, and holds back the others while one waits for its retry.
 */
export async function openWorker(options: WorkerOptions): Promise<Worker> {
  const { log, alone, stopMs = 30_000 } = options;
  const boss = new PgBoss({
    ...connection(options.config),
    schema,
    max: options.concurrency + 2,
    application_name: 'homeroom queue',
    schedule: false,
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 15,
  });
  boss.on('error', (error) => log.error({ code: codeOf(error) }, 'the queue reported an error'));
  await boss.start();
  await boss.createQueue(queue, {
    policy: 'key_strict_fifo',
    retryLimit: neverGiveUp,
    retryDelay: options.retrySeconds ?? 2,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: 23 * 3600,
    heartbeatSeconds: 30,
    deleteAfterSeconds: 3600,
  });
  if (alone) await boss.deleteAllJobs(queue);

  const stopping = new AbortController();
  const workers: string[] = [];
  const wake = () => {
    for (const id of workers) boss.notifyWorker(id);
  };
  const ask = async (rosterId: string) => {
    // One that waits already will find what has come since; a second one would keep other rosters waiting.
    const waiting = await boss.findJobs(queue, { key: rosterId, queued: true });
    if (waiting.length === 0) await boss.send(queue, { rosterId }, { singletonKey: rosterId });
  };
  for (let n = 0; n < options.concurrency; n++) {
    const id = await boss.work<{ rosterId: string }>(queue, { pollingIntervalSeconds: 2 }, async (jobs) => {
      try {
        for (const { data } of jobs) {
          stopping.signal.throwIfAborted();
          const more = await guarded(() => options.work(data.rosterId, stopping.signal), data.rosterId, log);
          if (more) await ask(data.rosterId);
        }
      } finally {
        // What waited for this roster, or came while all were busy, need not wait for the next look.
        wake();
      }
    });
    workers.push(id);
  }

  return {
    async enqueue(rosterId) {
      await ask(rosterId);
      wake();
    },
    async stop() {
      stopping.abort(new Error('stopping'));
      await boss.stop({ graceful: true, timeout: stopMs });
    },
  };
}

/** The queue stores and prints what its handlers throw; the words of an error may hold values of a row. */
async function guarded(work: () => Promise<boolean>, rosterId: string, log: Log): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    log.debug({ rosterId, code: codeOf(error) }, 'work on a roster is put off');
    throw new Error('put off');
  }
}

function connection(config: pg.PoolConfig): Record<string, unknown> {
  const { connectionString, host, port, user, password, database, ssl } = config;
  const given = { connectionString, host, port, user, password, database, ssl };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code ?? (error as Error).name;
