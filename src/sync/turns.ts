/** Takes the syncs of one roster in the order of arrival, tries again what failed, and tells each outcome. */

import { localDateOf } from '../core/local-date.ts';
import { modeOn } from '../core/source-settings.ts';
import { sourcesOf } from '../db/districts.ts';
import { dropStage } from '../db/staging.ts';
import { setSync, syncById } from '../db/syncs.ts';
import { countAttempt, type OpenSync, openSyncs, uncountAttempt, unpublished } from '../db/turns.ts';
import type { Log } from '../log.ts';
import { isDiskFull } from './disk-full.ts';
import { type Look, newerInstead } from './newer.ts';
import { failed } from './outcome.ts';
import { type PipelineDeps, run } from './pipeline.ts';
import { type PublishDeps, publish } from './publish.ts';

/** How often the work on one sync is begun, whether it failed or the process ended, before it counts as failed. */
const triesLimit = 6;

/**
 * Does what is due next for a roster: tells outcomes, and takes one sync as far as it goes.
 * @returns whether there is more that can be done now.
 * @throws after a fault of ours, for the queue to call again later; the signal's reason when it is aborted.
 */
export async function workOn(
  rosterId: string,
  deps: PipelineDeps & PublishDeps,
  signal: AbortSignal,
): Promise<boolean> {
  await tellAll(rosterId, deps);
  signal.throwIfAborted();
  const [open, paused] = await Promise.all([openSyncs(deps.db, rosterId), pausedSources(rosterId, deps)]);
  const next = nextOf(open, paused);
  if (next === undefined) return false;
  if (looks.size > looksLimit) looks.clear();
  await tryOnce(rosterId, (await newerInstead(next, open, looks, deps)).id, deps, signal);
  await tellAll(rosterId, deps);
  return nextOf(await openSyncs(deps.db, rosterId), await pausedSources(rosterId, deps)) !== undefined;
}

/** What was seen of deliveries that wait, so that a heap of them is not looked into again for each. */
const looks = new Map<string, Look>();
const looksLimit = 1000;

async function tellAll(rosterId: string, deps: PublishDeps): Promise<void> {
  for (const syncId of await unpublished(deps.db, rosterId)) await tell(syncId, deps);
}

/**
 * The first sync that can be worked on. What waits behind a held sync has its turn when that is decided;
 * what a paused source has sent, when the pause is over.
 */
export function nextOf(open: OpenSync[], paused: ReadonlySet<string>): OpenSync | undefined {
  const held = new Set<number>();
  return open.find((sync) => {
    if (sync.state === 'held' && !sync.decided) {
      held.add(sync.number);
      return false;
    }
    if (sync.waitsFor !== null && held.has(sync.waitsFor)) return false;
    return !(sync.state === 'received' && sync.origin === 'delivery' && !sync.dryRun && paused.has(sync.sourceId));
  });
}

async function pausedSources(rosterId: string, { db, now }: PipelineDeps): Promise<Set<string>> {
  const sources = await sourcesOf(db, { rosterId });
  const paused = sources.filter((source) => modeOn(source, localDateOf(now(), source.district.timeZone)) === 'paused');
  return new Set(paused.map(({ id }) => id));
}

/** It has no end of tries: what was applied is told when it can be. */
async function tell(syncId: string, deps: PublishDeps): Promise<void> {
  try {
    await publish(syncId, deps);
  } catch (error) {
    logFault(deps.log, { syncId }, error, 'an outcome could not be told');
    throw error;
  }
}

/** Tries that a full disk has cost, and that could not be taken back because nothing can be written on one. */
const owed = new Set<string>();

async function tryOnce(rosterId: string, syncId: string, deps: PipelineDeps, signal: AbortSignal): Promise<void> {
  if (owed.has(syncId)) await uncountAttempt(deps.db, rosterId, syncId);
  owed.delete(syncId);
  const tries = await countAttempt(deps.db, rosterId, syncId);
  const sync = await syncById(deps.db, syncId);
  if (!sync) return;
  if (tries > triesLimit) return failed(deps.db, sync, sentence(triesLimit, true));
  try {
    await run(syncId, deps, signal);
  } catch (error) {
    if (signal.aborted) {
      await uncountAttempt(deps.db, rosterId, syncId);
      throw error;
    }
    logFault(deps.log, { syncId, tries }, error, 'a sync failed');
    if (await isDiskFull(error, deps.tempDir)) {
      owed.add(syncId);
      await setSync(deps.db, syncId, { state: 'received', fault: noRoom });
      throw error;
    }
    if (tries === triesLimit) return failed(deps.db, sync, sentence(tries, true));
    await setSync(deps.db, syncId, { state: 'received', fault: sentence(tries, false) });
    await dropStage(deps.db, { syncId });
    throw error;
  }
}

const sentence = (tries: number, last: boolean): string =>
  last
    ? `We could not process this delivery in ${tries} tries, and nothing of it was applied. The fault is ours; the log of the server says more.`
    : `We could not process this delivery yet (try ${tries} of ${triesLimit}). The fault is ours; it is tried again, and nothing has been changed.`;

const noRoom =
  'The disk of the server is full. The delivery is kept, nothing has been changed, and it goes on by itself when there is room.';

/** Kind, code and places in the program: the words of an error may hold values of a row. */
function logFault(log: Log, which: { syncId: string; tries?: number }, error: unknown, what: string): void {
  const { name, code, stack = '' } = error as { name?: string; code?: unknown; stack?: string };
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  log.error({ ...which, kind: name, code, frames }, what);
}
