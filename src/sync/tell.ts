/** Tells the outcome of a sync to the people and programs that want to know it; within the transaction that notes it as told. */
import { closeAlerts, type Desk, eventOf, openAlert } from '../alert/alerts.ts';
import { type EventName, emit, events } from '../alert/events.ts';
import type { Removal } from '../alert/messages.ts';
import { rules } from '../core/rules/index.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import { kindWord, thousands } from '../core/words.ts';
import { moveAlert } from '../db/alerts.ts';
import type { Db } from '../db/db.ts';
import type { SyncRow } from '../db/queries.ts';
import type { SyncState } from '../db/sync-states.ts';
import { ruleCountsOf } from '../db/syncs.ts';
import { askedAt, hasHeld, nameBefore } from '../db/watch.ts';
import { aboutSync } from './about.ts';
import { countsOf } from './decide.ts';

const faultsShown = 3;
/** States after which what was wrong before is not so any more. */
const wentThrough: readonly SyncState[] = ['applied', 'unchanged'];

/** Doing it twice tells the same once. */
export async function tell(tx: Db, desk: Desk, sync: SyncRow, at: Date): Promise<void> {
  const asked = (await askedAt(tx, sync.rosterId, sync.id))?.getTime() ?? 0;
  const occasion = `${sync.id} ${asked}`;
  const about = aboutSync(sync);
  const event = `sync.${sync.state.replaceAll(' ', '-')}`;
  if (Object.hasOwn(events, event)) {
    await emit(tx, eventOf(event as EventName, `${event} ${occasion}`, about, desk, at));
  }
  await tellHold(tx, desk, sync, occasion, at);
  await tellTrouble(tx, desk, sync, occasion, at);
  if (sync.delivery && (await isRenamed(tx, sync))) {
    // Once for each delivery, however often its outcome is told.
    await openAlert(tx, desk, { kind: 'renamed', occasion: sync.id, about, facts: { name: nameOf(sync) }, at });
  }
}

async function tellHold(tx: Db, desk: Desk, sync: SyncRow, occasion: string, at: Date): Promise<void> {
  const about = aboutSync(sync);
  if (sync.state !== 'held') {
    // What took the place of a held delivery has not come to its end yet, and may be held itself.
    if (sync.state !== 'superseded' && !(await hasHeld(tx, sync))) await closeAlerts(tx, desk, about, ['held'], at);
    return;
  }
  const { plan, hold } = sync;
  const facts = {
    name: nameOf(sync),
    counts: countsOf(plan),
    removals: removalsOf(sync),
    needsFull: hold?.needsFull === true,
  };
  if (await openAlert(tx, desk, { kind: 'held', occasion, about, facts, at })) return;
  await moveAlert(tx, about.subject, 'held', sync.id);
}

async function tellTrouble(tx: Db, desk: Desk, sync: SyncRow, occasion: string, at: Date): Promise<void> {
  const about = aboutSync(sync);
  const { state } = sync;
  const name = nameOf(sync);
  // What is taken back says nothing about what comes in.
  if (wentThrough.includes(state) && !sync.delivery) return;
  if (wentThrough.includes(state)) return closeAlerts(tx, desk, about, ['rejected', 'failed'], at);
  if (state === 'failed') {
    await closeAlerts(tx, desk, about, ['rejected'], at);
    await openAlert(tx, desk, { kind: 'failed', occasion, about, facts: { name }, at });
  }
  if (state === 'rejected') {
    await closeAlerts(tx, desk, about, ['failed'], at);
    const faults = await fatalTitles(tx, sync.id);
    await openAlert(tx, desk, { kind: 'rejected', occasion, about, facts: { name, faults }, at });
  }
}

/** `Delivery 31`; what came from no file is a sync. */
const nameOf = ({ number, delivery }: SyncRow): string => `${delivery ? 'Delivery' : 'Sync'} ${thousands(number)}`;

/** Most removals first; no names of schools or classes, which are values of cells. */
function removalsOf({ plan }: SyncRow): Removal[] {
  return Object.entries(plan?.kinds ?? {})
    .filter(([kind, { archive }]) => archive > 0 && rosterKinds.includes(kind as Kind))
    .map(([kind, { archive, live }]) => ({ kind: kindWord(kind as Kind), removed: archive, live }))
    .sort((a, b) => b.removed - a.removed);
}

async function fatalTitles(tx: Db, syncId: string): Promise<string[]> {
  const fatal = (await ruleCountsOf(tx, syncId)).filter(({ severity }) => severity === 'fatal');
  return fatal.slice(0, faultsShown).flatMap(({ rule }) => rules.get(rule)?.title ?? []);
}

/** Whether the delivery came under another name than the one before; digits make no difference. */
export async function isRenamed(db: Db, sync: SyncRow): Promise<boolean> {
  return (await formerName(db, sync)) !== undefined;
}

/** The name of the delivery before, when it was another. */
export async function formerName(db: Db, sync: SyncRow): Promise<string | undefined> {
  if (!sync.delivery) return undefined;
  const before = await nameBefore(db, sync);
  return before !== undefined && pattern(before) !== pattern(sync.delivery.name) ? before : undefined;
}

/** `Roster_2026-03-02 (1).zip` and `roster_2026-03-03.zip` are one name. */
const pattern = (name: string): string =>
  name
    .normalize('NFC')
    .toLowerCase()
    .replace(/\s*\(\d+\)(?=\.[a-z0-9]+$)/, '')
    .replaceAll(/\d+/g, '0');
