/** Finds, among deliveries that wait, the one that makes those before it superfluous. */

import type { Kind } from '../core/tables.ts';
import { sourceById } from '../db/districts.ts';
import { syncById } from '../db/syncs.ts';
import type { OpenSync } from '../db/turns.ts';
import { peek } from './peek.ts';
import type { PipelineDeps } from './pipeline.ts';

/** What a delivery says something about, and whether some of that is changes. */
export type Look = { kinds: Kind[]; delta: boolean };

const notCompared: OpenSync['state'][] = ['received', 'checking', 'comparing'];

/**
 * Where several full deliveries of a source wait, the newest that says anew all that those before it say goes first:
 * when it can be taken, it supersedes them, and when it cannot, they have their turn after it. A delivery of changes is
 * never skipped, so that only what comes before the next one of these counts.
 * @param looks what was seen of deliveries so far, for the next time.
 */
export async function newerInstead(
  next: OpenSync,
  open: OpenSync[],
  looks: Map<string, Look>,
  deps: Pick<PipelineDeps, 'db' | 'archive' | 'limits'>,
): Promise<OpenSync> {
  if (next.state !== 'received' || next.follows !== null || next.origin !== 'delivery' || next.dryRun) return next;
  const waiting = open.filter(
    ({ sourceId, state, follows, waitsFor, origin, dryRun }) =>
      sourceId === next.sourceId &&
      origin === 'delivery' &&
      !dryRun &&
      notCompared.includes(state) &&
      follows === null &&
      waitsFor === null,
  );
  const [first, ...later] = waiting.slice(waiting.indexOf(next));
  if (first !== next || later.length === 0) return next;
  const about = await lookAt(next.id, looks, deps);
  if (about.delta || about.kinds.length === 0) return next;
  const said = new Set(about.kinds);
  let newest = next;
  for (const sync of later) {
    const { kinds, delta } = await lookAt(sync.id, looks, deps);
    if (delta) break;
    if (kinds.length > 0 && [...said].every((kind) => kinds.includes(kind))) newest = sync;
    for (const kind of kinds) said.add(kind);
  }
  return newest;
}

async function lookAt(
  syncId: string,
  looks: Map<string, Look>,
  deps: Pick<PipelineDeps, 'db' | 'archive' | 'limits'>,
): Promise<Look> {
  const before = looks.get(syncId);
  if (before) return before;
  const sync = await syncById(deps.db, syncId);
  const source = sync && (await sourceById(deps.db, sync.sourceId));
  const modes = source ? [...((await peek(sync, source, deps)) ?? [])].filter(([, mode]) => mode !== 'absent') : [];
  const look = {
    kinds: modes.map(([kind]) => kind),
    delta: modes.some(([, mode]) => mode === 'delta'),
  };
  looks.set(syncId, look);
  return look;
}
