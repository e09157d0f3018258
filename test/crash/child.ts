/**
 * A process that lives through the story of a crash run: `node child.ts '{"data":…,"next":…}'`. It brings to rest what an
 * earlier process left, does the steps from `next` on, and says on standard output what has come about, a line of JSON
 * each. It may be told to kill itself, or its database, at a named moment of a step; its parent may kill it at any time.
 * With its database killed it goes on to the end of the step.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import type { House } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import type { Moment } from '../../src/sync/pipeline.ts';
import { houseOn } from '../sync/district.ts';
import type { StoryFiles } from './files.ts';
import { problemsOf } from './invariants.ts';
import { rosterOf, type State, stateOf } from './state.ts';
import { type Counts, countsNow, story } from './story.ts';

/** Beside the moments of a sync: when the sender has heard success, and when all is over. */
export type KillAt = Moment | 'received' | 'rest';
export type Victim = 'process' | 'process and database' | 'database' | 'connections';

export type Order = {
  data: string;
  files: StoryFiles;
  /** The first step to do; those before have been seen to be over. */
  next: number;
  /** The step to end before. */
  end: number;
  /** What was counted when the step before `next` was over. */
  counts: Counts;
  kill?: { step: number; at: KillAt; victim: Victim };
};

/** What is said: `found` is the roster before any work is taken up again. */
export type Said =
  | { found: string }
  | { begun: number; again: boolean }
  | { heard: number }
  | { killed: Victim; at: KillAt }
  | { over: number; state: State; roster: string; counts: Counts; problems: string[] };

const order = JSON.parse(process.argv[2] as string) as Order;
const say = (said: Said) => process.stdout.write(`${JSON.stringify(said)}\n`);
const forEver = () => new Promise<void>(() => {});
let step = -1;
let hasKilled = false;
let whenLookedAt = () => {};
const lookedAt = new Promise<void>((resolve) => {
  whenLookedAt = resolve;
});

const house = await houseOn(order.data, { at, retrySeconds: 1 }, createLog('error'));
say({ found: await hashOf(house) });
whenLookedAt();

let { counts } = order;
for (let number = order.next; number < order.end; number++) {
  const { act, happened } = story[number] as (typeof story)[number];
  await untilAtRest();
  step = number;
  const again = await insist(() => happened(house, counts));
  say({ begun: number, again });
  if (!again) {
    await untilHeard(act, happened);
    say({ heard: number });
    await at('received');
  }
  await untilAtRest();
  await at('rest');
  await untilAtRest();
  counts = await insist(() => countsNow(house));
  const state = await insist(() => stateOf(house, order.data));
  const problems = await insist(() => problemsOf(house, order.data));
  say({ over: number, state, roster: await insist(() => hashOf(house)), counts, problems });
  if (hasKilled) break;
}
await house.close();

/** The first thing that a new process does to a roster waits until the roster was looked at. */
async function at(moment: KillAt): Promise<void> {
  await lookedAt;
  const { kill } = order;
  if (!kill || hasKilled || kill.step !== step) return;
  // Not every step has every moment; then the end of the step is the moment.
  if (kill.at !== moment && moment !== 'rest') return;
  hasKilled = true;
  say({ killed: kill.victim, at: moment });
  if (kill.victim === 'connections') return void (await endConnections());
  if (kill.victim !== 'process') process.kill(postmaster(), 'SIGKILL');
  if (kill.victim === 'database') return;
  process.kill(process.pid, 'SIGKILL');
  await forEver();
}

function postmaster(): number {
  return Number.parseInt(readFileSync(join(order.data, 'postgres', 'postmaster.pid'), 'utf8'), 10);
}

/** As a database does that is told to stop at once. */
async function endConnections(): Promise<void> {
  await house.db
    .query(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null`,
    )
    .catch(() => {});
}

/** Asks again as a person would who got no answer, unless it has happened all the same. */
async function untilHeard(act: (typeof story)[number]['act'], happened: (typeof story)[number]['happened']) {
  for (;;) {
    try {
      return await act(house, order.files);
    } catch (error) {
      if (order.kill?.victim !== 'database' && order.kill?.victim !== 'connections') throw error;
      if (await insist(() => happened(house, counts))) return;
    }
  }
}

/** Looks again where the database was away. */
async function insist<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await look();
    } catch (error) {
      if (tries === 300) throw error;
      await sleep(100);
    }
  }
}

/** Nothing is under way, decided and not carried out, or not told. */
async function untilAtRest(): Promise<void> {
  for (let looks = 0; looks < 6000; looks++) {
    const open = await insist(() =>
      house.db.query(sql`
        select id from syncs y where state in ('received', 'checking', 'comparing', 'applying')
            and not (coalesce((hold->>'waits')::boolean, false) and exists (
              select 1 from syncs h where h.source_id = y.source_id and h.state = 'held' and h.decision is null))
          or state = 'held' and decision is not null
        union all select sync_id from sync_steps where step = 'published' and finished_at is null`),
    );
    if (open.length === 0) return;
    await sleep(20);
  }
  throw new Error('the syncs do not come to rest');
}

async function hashOf(of: House): Promise<string> {
  return createHash('sha256')
    .update(JSON.stringify(await insist(() => rosterOf(of))))
    .digest('hex');
}
