/** Reads one collection into the store of pages, going on where it was broken off, or anew where rows have moved. */
import { type CollectionName, collections } from '../core/rest/collections.ts';
import type { Db } from '../db/db.ts';
import {
  addPage,
  type CollectionProgress,
  forgetPages,
  type PageNotes,
  type PageRow,
  type PullRow,
  pagesOf,
  setPull,
} from '../db/pulls.ts';
import type { Early } from './early.ts';
import type { Notes } from './notes.ts';
import { changesIn, PackedRows } from './packed.ts';
import type { PullPlan } from './plan.ts';
import type { Batch, Position } from './reading.ts';
import type { PageStore } from './store.ts';
import { PullTrouble } from './trouble.ts';
import type { Turns } from './turns.ts';

export type CollectDeps = {
  db: Db;
  store: PageStore;
  turns: Turns;
  pull: PullRow;
  plan: PullPlan;
  /** Rows that are kept in memory before they are made durable. */
  flushBytes?: number | undefined;
  /** What earlier readings came to, by collection. */
  digests: Map<string, number>;
  /** Looks at pages when they are durable. */
  early?: Early | undefined;
  /** Called when a page is durable: for tests that end the process there. */
  at?: ((moment: 'page') => void | Promise<void>) | undefined;
};

const restartsLimit = 2;
const usualFlushBytes = 2 * 2 ** 20;
/** A slow server is not asked twice for more than what it handed out in this time. */
const flushMs = 5000;
/** Rows of changes may be older than what was asked for by so much: some stamps are days, and local. */
const toleranceMs = 26 * 3_600_000;

/** The server does not answer questions about changes rightly; everything has to be pulled. */
export class ChangesRefused extends Error {}

/** @param stored pages of this collection that are in the store. @throws PullTrouble, ChangesRefused */
export async function collect(name: CollectionName, stored: readonly PageRow[], deps: CollectDeps): Promise<void> {
  const { pull } = deps;
  const before = pull.progress[name];
  if (before && !['reading', 'waiting'].includes(before.state)) return;
  let restarts = before?.restarts ?? 0;
  for (let from = await positionAfter(stored, deps); ; ) {
    if (!from && (stored.length > 0 || restarts > 0)) await forget(name, deps);
    try {
      return await readInto(name, from, from ? stored.length : 0, restarts, deps);
    } catch (error) {
      if (!(error instanceof PullTrouble)) throw error;
      // What has handed out rows is offered.
      const isFirst = !pull.progress[name]?.rows;
      if (collections[name].isOptional && isFirst && (error.code === 'not-found' || error.code === 'forbidden'))
        return noted(
          name,
          { state: error.code === 'forbidden' ? 'not permitted' : 'not offered', rows: 0, total: null, pages: 0 },
          deps,
        );
      if (deps.plan.since[name] !== undefined && error.code === 'bad-request') throw new ChangesRefused(error.message);
      if (error.code !== 'unstable' || ++restarts > restartsLimit) throw error;
      from = undefined;
    }
  }
}

/** Undefined where nothing is stored, or what is cannot be gone on with. */
async function positionAfter(stored: readonly PageRow[], { store }: CollectDeps): Promise<Position | undefined> {
  const last = stored.at(-1);
  const page = last && (await store.get(last.storeKey));
  const position = page?.head.position;
  return position && (position.mode === 'overlap' || position.mode === 'keyset') ? position : undefined;
}

async function forget(name: CollectionName, { db, store, pull, early }: CollectDeps): Promise<void> {
  early?.giveUp();
  await store.remove(await forgetPages(db, pull, name));
}

async function noted(name: CollectionName, progress: CollectionProgress, { db, pull }: CollectDeps): Promise<void> {
  pull.progress[name] = progress;
  await setPull(db, pull, { progress: pull.progress });
}

async function readInto(
  name: CollectionName,
  from: Position | undefined,
  pages: number,
  restarts: number,
  deps: CollectDeps,
): Promise<void> {
  const { pull, turns } = deps;
  const { reader, notes, startedAt } = turns.begin(name, from);
  if (restarts > 0 && !from) notes.add('api-read-again');
  const former = from ? pull.progress[name] : undefined;
  const progress: CollectionProgress = {
    state: 'reading',
    rows: former?.rows ?? 0,
    total: former?.total ?? null,
    pages,
    restarts,
    startedAt: former?.startedAt ?? startedAt,
    ...(former?.newestAt === undefined ? {} : { newestAt: former.newestAt }),
  };
  await noted(name, progress, deps);
  // Pages are made durable some at once, and while the next ones are read.
  let keeping: Promise<void> = Promise.resolve();
  let held: Buffer[] = [];
  let count = 0;
  let heldBytes = 0;
  let keptAt = performance.now();
  let answers = 0;
  const flush = async (position: Position) => {
    await keeping;
    const rows = Buffer.concat(held);
    keeping = keep(name, { rows, count, position, notes: notes.take() }, progress, deps);
    // Told by the next one that awaits it.
    keeping.catch(() => {});
    held = [];
    count = 0;
    heldBytes = 0;
    keptAt = performance.now();
  };
  try {
    let last: Position | undefined;
    for await (const batch of reader.batches()) {
      const own = taken(name, batch, notes, progress, deps);
      held.push(own.rows);
      count += own.count;
      heldBytes += own.rows.length;
      last = batch.position;
      answers++;
      if (heldBytes >= (deps.flushBytes ?? usualFlushBytes) || performance.now() - keptAt > flushMs) await flush(last);
    }
    if (last && held.length > 0) await flush(last);
  } finally {
    await keeping.catch(() => {});
  }
  await keeping;
  if (!reader.position.isAscending && (from || answers > 1)) await checkOrder(name, reader.position, progress, deps);
  if (!notes.isEmpty())
    await keep(name, { rows: Buffer.alloc(0), count: 0, position: undefined, notes: notes.take() }, progress, deps);
  await noted(
    name,
    { ...progress, state: 'done', ...(reader.ended.isUnconfirmed ? { isUnconfirmed: true } : {}) },
    deps,
  );
}

/**
 * Where ids came in no order, and in more than one answer, rows may have come twice and others not at all. Such a collection
 * is read anew until two readings agree. @throws PullTrouble `unstable`
 */
async function checkOrder(
  name: CollectionName,
  position: Position,
  progress: CollectionProgress,
  deps: CollectDeps,
): Promise<void> {
  const { db, store, pull } = deps;
  const parts: Float64Array[] = [];
  for (const { collection, storeKey } of await pagesOf(db, pull)) {
    const page = collection === name ? await store.get(storeKey) : undefined;
    if (page) parts.push(new PackedRows(page.rows).ids);
  }
  const ids = joined(parts).sort();
  // A sum is the same in whatever order they came.
  let [count, digest] = [0, 0];
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] as number;
    if (id === ids[at - 1]) continue;
    count++;
    digest = (digest + id) % 2 ** 53;
  }
  const isWhole = count === progress.rows && position.lastTotal !== undefined;
  if (isWhole || deps.digests.get(name) === digest) return;
  deps.digests.set(name, digest);
  throw new PullTrouble('unstable', `The server hands out ${name} in no order, and not the same ones each time.`);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

type Kept = { rows: Buffer; count: number };

/** The new rows of a page as they are kept, and what they tell of the collection. @throws ChangesRefused */
function taken(
  name: CollectionName,
  { rows, page }: Batch,
  notes: Notes,
  progress: CollectionProgress,
  { plan }: CollectDeps,
): Kept {
  const { block, count, unreadable, notes: own } = page.pack(rows);
  page.release();
  const { newestAt, oldestAt, undated } = changesIn(block);
  const since = plan.since[name];
  if (since !== undefined && oldestAt < since - toleranceMs)
    throw new ChangesRefused(`The server does not ask ${name} for changes alone.`);
  if (since !== undefined && undated > 10 && undated * 2 > rows.length)
    throw new ChangesRefused(`Records of ${name} do not say when they changed.`);
  // Which record it is cannot be told, so nothing of this kind may be taken for gone.
  if (unreadable > 0) progress.isUnconfirmed = true;
  if (Number.isFinite(newestAt)) progress.newestAt = Math.max(progress.newestAt ?? 0, newestAt);
  for (const [rule, fields] of Object.entries(own))
    for (const [field, times] of Object.entries(fields)) notes.add(rule, field, times);
  progress.rows += rows.length;
  progress.total = page.total ?? progress.total;
  return { rows: block, count };
}

type Keeping = Kept & { position: Position | undefined; notes: PageNotes };

/** On disk first, then known. */
async function keep(
  name: CollectionName,
  { rows, count, position, notes }: Keeping,
  progress: CollectionProgress,
  deps: CollectDeps,
): Promise<void> {
  const { db, store, pull } = deps;
  const number = progress.pages++;
  const head = { pull: pull.id, collection: name, number, position: position ?? lastPosition };
  const storeKey = await store.put(head, rows);
  pull.progress[name] = { ...progress };
  await db.tx(async (tx) => {
    await addPage(tx, pull, { collection: name, number, storeKey, rows: count, notes });
    await setPull(tx, pull, { progress: pull.progress });
  });
  await deps.at?.('page');
  deps.early?.kept(name, storeKey, rows, progress.total);
}

/** Behind the last page nothing is gone on with. */
const lastPosition = { mode: 'link' } as Position;
