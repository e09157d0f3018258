/** Looks into deliveries that have not been read yet: which kinds they carry, and whether whole or as changes. */

import { modesOf } from '../core/check.ts';
import type { Mode } from '../core/record.ts';
import type { Kind } from '../core/tables.ts';
import type { SourceRow } from '../db/districts.ts';
import type { Delivery, Sync } from '../db/syncs.ts';
import { formatFor } from './format-for.ts';
import { openDelivery } from './open.ts';
import type { PipelineDeps } from './pipeline.ts';

type Deps = Pick<PipelineDeps, 'archive' | 'limits' | 'db'>;
type Waiting = Pick<Sync, 'tables'> & { delivery: Delivery | null };
export type Modes = ReadonlyMap<Kind, Mode>;

/** How each kind comes in a delivery: as the check found it, else as its manifest says; undefined when that cannot be read. */
export async function peek(sync: Waiting, source: SourceRow, deps: Deps): Promise<Modes | undefined> {
  if (sync.tables) return new Map(sync.tables.map(({ kind, mode }) => [kind, mode]));
  const { delivery } = sync;
  if (!delivery || delivery.archiveKey === null) return undefined;
  const file = await deps.archive.openFile(delivery.archiveKey);
  try {
    const bundle = await openDelivery(file.path, deps.limits, delivery.name);
    try {
      return await modesOf(bundle, await formatFor(deps.db, source));
    } finally {
      await bundle.close();
    }
  } finally {
    await file.close();
  }
}
