import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sql, { raw } from 'sql-template-tag';
import { testDb } from '../test/postgres.ts';
import { openDb } from './db/db.ts';
import { newId } from './db/ids.ts';
import { createLog } from './log.ts';
import { openWorker, type WorkerOptions } from './worker.ts';

const log = createLog('silent');
async function open(options: Partial<WorkerOptions> & Pick<WorkerOptions, 'work'>, config?: WorkerOptions['config']) {
  return openWorker({ config: config ?? (await testDb()).config, log, concurrency: 4, alone: true, ...options });
}
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

test('one roster is worked on once at a time, and rosters do not wait for each other', async () => {
  const [a, b] = [newId(), newId()];
  const running = new Map<string, number>();
  const starts: string[] = [];
  let most = 0;
  let together = false;
  const worker = await open({
    async work(rosterId) {
      starts.push(rosterId);
      running.set(rosterId, (running.get(rosterId) ?? 0) + 1);
      most = Math.max(most, ...running.values());
      // The first work on either roster ends only when work on the other has begun.
      if (starts.filter((each) => each === rosterId).length === 1)
        await until(() => starts.includes(a) && starts.includes(b));
      together ||= (running.get(a) ?? 0) > 0 && (running.get(b) ?? 0) > 0;
      await sleep(20);
      running.set(rosterId, (running.get(rosterId) ?? 0) - 1);
      return starts.filter((each) => each === rosterId).length < 4;
    },
  });
  for (let n = 0; n < 4; n++) for (const roster of [a, b]) await worker.enqueue(roster);
  await until(() => starts.length >= 8);
  await worker.stop();
  assert.equal(most, 1);
  assert.equal(together, true);
});

test('a roster with much to do lets others in between', async () => {
  const [heap, single] = [newId(), newId()];
  const starts: string[] = [];
  let mayGoOn = false;
  const worker = await open({
    concurrency: 1,
    async work(rosterId) {
      starts.push(rosterId);
      await until(() => mayGoOn);
      return rosterId === heap && starts.filter((each) => each === heap).length < 5;
    },
  });
  for (let n = 0; n < 5; n++) await worker.enqueue(heap);
  await until(() => starts.length === 1);
  await worker.enqueue(heap);
  await worker.enqueue(single);
  mayGoOn = true;
  await until(() => starts.length === 6);
  await worker.stop();
  assert.ok(starts.indexOf(single) <= 2, starts.join(' '));
});

test('work that fails is tried again, and what was asked for in the meantime is done too', async () => {
  let tries = 0;
  let mayEnd = false;
  const worker = await open({
    retrySeconds: 1,
    async work() {
      tries++;
      if (tries === 1) throw new Error('not now');
      await until(() => mayEnd);
      return false;
    },
  });
  const roster = newId();
  await worker.enqueue(roster);
  await until(() => tries === 1);
  await worker.enqueue(roster);
  await until(() => tries === 2);
  await worker.enqueue(roster);
  mayEnd = true;
  await until(() => tries === 3);
  await worker.stop();
});

test('work that fails because the database went away is noted as failed when it is back, and not given up for dead', async () => {
  const { config } = await testDb();
  const { database } = config;
  const beside = openDb({ ...config, database: 'postgres' });
  const allow = (isAllowed: boolean) =>
    beside.query(sql`alter database ${raw(database as string)} allow_connections ${raw(String(isAllowed))}`);
  const told: (string | undefined)[] = [];
  const worker = await open(
    {
      retrySeconds: 1,
      async work() {
        const db = openDb(config);
        const failed = await db.query<{ why: string }>(
          sql`select output->>'message' as why from homeroom_queue.job where output is not null`,
        );
        await db.close();
        told.push(failed[0]?.why);
        if (told.length > 1) return false;
        await allow(false);
        await beside.query(sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database}`);
        setTimeout(() => void allow(true), 1000);
        throw new Error('the database went away');
      },
    },
    config,
  );
  await worker.enqueue(newId());
  await until(() => told.length === 2);
  await worker.stop();
  await beside.close();
  assert.deepEqual(told, [undefined, 'put off']);
});

test('what a dead process left as running does not stand in the way', async () => {
  const { config } = await testDb();
  const roster = newId();
  let begun = 0;
  const hang = () => {
    begun++;
    return new Promise<boolean>(() => {});
  };
  const dead = await open({ work: hang, stopMs: 1000 }, config);
  await dead.enqueue(roster);
  await until(() => begun === 1);
  let done = 0;
  const next = await open({ work: async () => done++ < 0 }, config);
  await next.enqueue(roster);
  await until(() => done === 1);
  await next.stop();
  await dead.stop();
});

test('stopping asks running work to stop, and waits for it', async () => {
  const roster = newId();
  let begun = false;
  let ended = false;
  const worker = await open({
    async work(_, signal) {
      begun = true;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await sleep(50);
      ended = true;
      signal.throwIfAborted();
      return false;
    },
  });
  await worker.enqueue(roster);
  await until(() => begun);
  await worker.stop();
  assert.equal(ended, true);
});
