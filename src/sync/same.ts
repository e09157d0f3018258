/** What is the same as what went through last changes nothing, and is at its end without being read. */
import { localDateOf } from '../core/local-date.ts';
import { modeOn } from '../core/source-settings.ts';
import type { Db } from '../db/db.ts';
import { type SourceRow, sourceById } from '../db/districts.ts';
import { holdRoster } from '../db/roster-version.ts';
import { type Delivery, type Sync, setSync } from '../db/syncs.ts';
import { askToPublish, isNextLike, lastThrough, setLastFileName } from '../db/turns.ts';
import { checkedAs } from './checking.ts';

type Delivered = { sync: Sync; delivery: Delivery };

/**
 * In the transaction in which a delivery is noted: ends its sync there and then, when nothing else is under way in its
 * roster and it says what the last one said. Whatever is not as plain as that has its turn.
 * @returns whether it is at its end, which is still to be told.
 */
export async function settledAtOnce(tx: Db, delivered: Delivered, now: Date): Promise<boolean> {
  const { sync, delivery } = delivered;
  if (sync.dryRun || !(await isNextLike(tx, sync, delivery.sha256))) return false;
  const source = await sourceById(tx, sync.sourceId);
  if (!source || modeOn(source, localDateOf(now, source.district.timeZone)) === 'paused') return false;
  return settled(tx, delivered, source);
}

/**
 * Ends the sync of a delivery as unchanged, when the same bytes went through last under the same settings. It does not
 * where they may say something else by now: what was left out before and may be known, removals that still wait, a source
 * that needs a full delivery, and what a rollback or a person has changed. Earlier deliveries that wait, whose place it
 * takes, are looked after before this.
 */
export async function settled(tx: Db, { sync, delivery }: Delivered, source: SourceRow): Promise<boolean> {
  if (sync.state !== 'received' || source.needsFull || sync.follows !== null || sync.dryRun) return false;
  // Whoever changes the roster by hand does so before this, or after it.
  await holdRoster(tx, sync.rosterId);
  const last = await lastThrough(tx, sync);
  if (last?.sha256 !== delivery.sha256 || last.leftOut > 0 || !last.whole || last.changedSince) return false;
  if (last.checkedAs !== checkedAs(source)) return false;
  if (source.lastFileName !== delivery.name) await setLastFileName(tx, sync.sourceId, delivery.name);
  const patch = { changes: 0, waiting: 0, tables: last.tables ?? [], checkedAs: last.checkedAs, fault: null };
  await setSync(tx, sync.id, { state: 'unchanged', ...patch });
  await askToPublish(tx, sync.rosterId, sync.id);
  return true;
}
