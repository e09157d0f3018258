/** Wakes the work of one roster at a time (and of one source that pulls), on any number of nodes, through a queue in the same database. */

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { Log } from './log.ts';

export type Worker = {
  /** Has the work of this roster looked at soon; asking twice does no harm. */
  enqueue(rosterId: string): Promise<void>;
  /** The same for work of another kind, by what it is done on. */
  enqueueFor(queue: string, key: string): Promise<void>;
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
  /** Work of other kinds by queue, alike but done on something else than a roster. */
  others?: Readonly<Record<string, Pick<WorkerOptions, 'work' | 'concurrency'>>>;
  /** No other node uses this database: what is marked as running was left by a process that died. */
  alone: boolean;
  /** First pause before work that failed is tried again; doubles each time. */
  retrySeconds?: number;
  /** Longest time that running work is waited for when stopping, in milliseconds. */
  stopMs?: number;
};

const rosters = 'rosters';
const schema = 'homeroom_queue';
const neverGiveUp = 100_000;
const patienceMs = 60_000;

/**
 * A job is a roster that has something to do; what that is stands in our own tables, so that a lost job loses nothing.
 * The policy `key_strict_fifo` lets one job per roster be active, and holds back the others while one waits for its retry.
 */
export async function openWorker(options: WorkerOptions): Promise<Worker> {
  const { log, stopMs = 30_000, others = {} } = options;
  const kinds = { ...others, [rosters]: options };
  const boss = new PgBoss({
    ...connection(options.config),
    schema,
    max: Object.values(kinds).reduce((sum, { concurrency }) => sum + concurrency, 0) + 2,
    application_name: 'homeroom queue',
    schedule: false,
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 15,
  });
  boss.on('error', (error) => log.error({ code: codeOf(error) }, 'the queue reported an error'));
  await boss.start();
  const stopping = new AbortController();
  const asking = new Map<string, (key: string) => Promise<void>>();
  for (const [queue, kind] of Object.entries(kinds))
    asking.set(queue, await openQueue(boss, queue, { ...options, ...kind }, stopping.signal));
  const enqueueFor = async (queue: string, key: string) => asking.get(queue)?.(key);
  return {
    enqueueFor,
    enqueue: (rosterId) => enqueueFor(rosters, rosterId),
    async stop() {
      stopping.abort(new Error('stopping'));
      await boss.stop({ graceful: true, timeout: stopMs });
    },
  };
}

/** @returns what asks for work on a key. */
async function openQueue(
  boss: PgBoss,
  queue: string,
  { work, concurrency, alone, retrySeconds, log }: WorkerOptions,
  stopping: AbortSignal,
): Promise<(key: string) => Promise<void>> {
  await boss.createQueue(queue, {
    policy: 'key_strict_fifo',
    retryLimit: neverGiveUp,
    retryDelay: retrySeconds ?? 2,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: 23 * 3600,
    heartbeatSeconds: 30,
    deleteAfterSeconds: 3600,
  });
  if (alone) await boss.deleteAllJobs(queue);
  const workers: string[] = [];
  const wake = () => {
    for (const id of workers) boss.notifyWorker(id);
  };
  const ask = async (key: string) => {
    // One that waits already will find what has come since; a second one would keep others waiting.
    const waiting = await boss.findJobs(queue, { key, queued: true });
    if (waiting.length === 0) await boss.send(queue, { key }, { singletonKey: key });
  };
  for (let n = 0; n < concurrency; n++) {
    const id = await boss.work<{ key?: string; rosterId?: string }>(
      queue,
      { pollingIntervalSeconds: 2 },
      async (jobs) => {
        try {
          for (const { data } of jobs) {
            stopping.throwIfAborted();
            // Jobs of an older version named the roster otherwise.
            const key = (data.key ?? data.rosterId) as string;
            if (await guarded(() => work(key, stopping), key, log)) await ask(key);
          }
        } catch (error) {
          // What cannot be noted as failed counts as running until its heart has stopped, which takes most of a minute.
          await untilHeard(() => boss.findJobs(queue, { queued: true, key: '' }), stopping);
          throw error;
        } finally {
          // What waited for this key, or came while all were busy, need not wait for the next look.
          wake();
        }
      },
    );
    workers.push(id);
  }
  return async (key) => {
    await ask(key);
    wake();
  };
}

/** Waits until the database answers again, if it does so soon: it may be on its way up. */
async function untilHeard(ask: () => Promise<unknown>, stopping: AbortSignal): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until && !stopping.aborted; await sleep(200)) {
    const isHeard = await ask().then(
      () => true,
      () => false,
    );
    if (isHeard) return;
  }
}

/** The queue stores and prints what its handlers throw; the words of an error may hold values of a row. */
async function guarded(work: () => Promise<boolean>, key: string, log: Log): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    log.debug({ key, code: codeOf(error) }, 'work is put off');
    throw new Error('put off');
  }
}

function connection(config: pg.PoolConfig): Record<string, unknown> {
  const { connectionString, host, port, user, password, database, ssl } = config;
  const given = { connectionString, host, port, user, password, database, ssl };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code ?? (error as Error).name;
