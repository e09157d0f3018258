/**
 * Reads a collection page by page so that no row that was there all the time is missed. Each page begins with the last row
 * of the one before it: where that is another row, rows have moved in between, and reading goes back to one that is known.
 */
import { openAsking, type Wishes } from './asking.ts';
import type { Page } from './page.ts';
import {
  aheadOf,
  asEmpty,
  askAhead,
  type Batch,
  dropAhead,
  type Ended,
  type Found,
  isAscending,
  type Position,
  type ReaderDeps,
  type Reading,
  unstable,
} from './reading.ts';
import { alignedRows, linkedRows, repaired } from './repair.ts';
import { PullTrouble } from './trouble.ts';

export type Reader = {
  /** Asks for the first page of a reading that begins, before its turn. */
  askFirst(): void;
  batches(): AsyncGenerator<Batch>;
  /** Drops what was asked for; nothing is read after this. */
  drop(): void;
  ended: Ended;
  /** Where reading is. */
  position: Position;
};

const tailLength = 50;
const rowsLimit = 20_000_000;
const pagesLimit = 100_000;
const usualSlowMs = 15_000;

/** Batches come in order; `ended` holds when all have come. @throws PullTrouble; `unstable` when reading may be begun again. */
export function openReader(deps: ReaderDeps): Reader {
  const { client, collection, packing, from, note } = deps;
  const wishes: Wishes = {
    limit: from?.limit ?? client.settings.pageSize,
    isSorted: from?.isSorted ?? true,
    filter: deps.filter,
  };
  const told = new Set<string>();
  const once = (rule: string) => {
    if (!told.has(rule)) note(rule);
    told.add(rule);
  };
  const asking = openAsking({ client, collection, wishes, packing, note: once, now: deps.now });
  const position: Position = from
    ? { ...from, tail: [...from.tail] }
    : {
        mode: 'overlap',
        at: 0,
        limit: wishes.limit,
        isSorted: true,
        isAscending: true,
        tail: [],
        firstTotal: undefined,
        lastTotal: undefined,
        next: undefined,
      };
  const ended: Ended = { rows: 0, isUnconfirmed: false };
  const reading: Reading = {
    deps: { ...deps, note: once },
    asking,
    position,
    ended,
    ahead: new Map(),
    fastestMs: Number.POSITIVE_INFINITY,
    seen: undefined,
    before: [],
    beforeFirst: undefined,
    repairs: 0,
    hasNoKeys: false,
  };
  return {
    askFirst: () => askAhead(reading, 0),
    batches: () => batches(reading),
    drop: () => dropAhead(reading),
    ended,
    position,
  };
}

async function* batches(reading: Reading): AsyncGenerator<Batch> {
  const { deps, position, ended } = reading;
  try {
    for (let pages = 0; ; pages++) {
      deps.signal.throwIfAborted();
      if (pages > pagesLimit || position.at > rowsLimit)
        throw new PullTrouble(
          'too-many',
          `The server hands out more than ${rowsLimit} rows of ${deps.collection.path}.`,
        );
      const found = await nextRows(reading);
      if (!found) break;
      const { rows, page } = found;
      remember(reading, rows, page, found.isMoved);
      if (rows.length > 0) yield { rows, page, position: { ...position, tail: [...position.tail] } };
    }
    ended.rows = position.at;
    checkTotal(reading);
    deps.ending();
  } finally {
    dropAhead(reading);
  }
}

/** Rows that come next; undefined at the end. */
async function nextRows(reading: Reading): Promise<Found> {
  const { position } = reading;
  if (position.at === 0 && position.mode !== 'link') return firstRows(reading);
  if (position.mode === 'keyset') return rowsByKey(reading);
  if (position.mode === 'aligned') return alignedRows(reading);
  if (position.mode === 'link') return linkedRows(reading);
  return overlappingRows(reading);
}

async function firstRows(reading: Reading): Promise<Found> {
  const { deps, position, asking } = reading;
  const { page, limit, ms } = await aheadOf(reading, 0);
  const { rows, total, next } = page;
  position.firstTotal = total;
  reading.fastestMs = ms;
  if (rows.length === 0) {
    position.lastTotal = total;
    return undefined;
  }
  if (rows.length > limit) deps.note('api-limit-ignored');
  // The server has a maximum of its own, and says that there is more.
  if (rows.length < limit && (total ?? 0) > rows.length) {
    asking.wishes.limit = rows.length;
    deps.note('api-page-capped');
  }
  if (typeof next === 'string' && !/[?&]offset=/i.test(next) && !isSameQuery(next, deps)) {
    position.mode = 'link';
    position.next = next;
    reading.seen = new Set();
    deps.note('api-link-only');
  } else if (deps.client.settings.paging === 'keyset' && deps.filter === undefined && isAscending('', page.keys))
    position.mode = 'keyset';
  else if (rows.length === 1) {
    // Of a single row nobody can tell whether the server ever hands out two.
    position.mode = 'aligned';
    reading.seen = new Set();
  }
  return { rows, page };
}

/** A link that leads back to what was asked is none. */
const isSameQuery = (next: string, { client, collection }: ReaderDeps): boolean =>
  !next.includes('?') || next === client.urlOf(collection.path);

async function overlappingRows(reading: Reading): Promise<Found> {
  const { position, asking } = reading;
  const { page, limit, ms } = await aheadOf(reading, position.at - 1).catch(asEmpty);
  const { keys } = page;
  if (keys.length === 0 || keys[0] !== position.tail.at(-1)) {
    dropAhead(reading);
    return repaired(reading, page, keys);
  }
  const rows = page.rows.slice(1);
  const isEnd = rows.length === 0;
  if (isEnd && (limit > 1 || asking.wishes.limit > 1)) return confirmedEnd(reading, page);
  considerKeys(reading, ms);
  return { rows, page };
}

/** The page held the row before it and nothing more. Where the server speaks of more, it is asked once more. */
async function confirmedEnd(reading: Reading, page: Page): Promise<Found> {
  const { deps, position, asking } = reading;
  position.lastTotal = page.total;
  if (asking.wishes.limit > 1 && page.total !== undefined && page.total > position.at) {
    const again = await asking.ask([['offset', String(position.at)]], deps.signal);
    if (again.page.rows.length > 0 && !again.page.keys.some((key) => position.tail.includes(key)))
      throw unstable(deps.collection.path);
  }
  return undefined;
}

/** Offsets are slow with some databases; the last id is not. */
function considerKeys({ deps, position, fastestMs, hasNoKeys }: Reading, ms: number): void {
  const { slowMs = usualSlowMs, client, filter } = deps;
  if (client.settings.paging !== 'auto' || filter !== undefined || hasNoKeys || !position.isAscending) return;
  if (ms > slowMs && ms > 3 * fastestMs) position.mode = 'keyset';
}

async function rowsByKey(reading: Reading): Promise<Found> {
  const { deps, position, asking } = reading;
  dropAhead(reading);
  const last = position.tail.at(-1) as string;
  const filter = `sourcedId>='${last.replaceAll("'", "''")}'`;
  const found = await asking.ask([['offset', '0']], deps.signal, filter).catch((error: unknown) => {
    if (error instanceof PullTrouble && error.code === 'bad-request') return undefined;
    throw error;
  });
  const keys = found?.page.keys ?? [];
  if (!found || keys[0] !== last || !isAscending('', keys)) {
    // The server does not order by what it compares with, or does not compare at all.
    deps.note('api-filter-ignored');
    reading.hasNoKeys = true;
    position.mode = 'overlap';
    return overlappingRows(reading);
  }
  deps.note('api-keyset');
  const page = { ...found.page, total: undefined };
  return keys.length === 1 ? undefined : { rows: page.rows.slice(1), page };
}

function remember(reading: Reading, rows: number[], page: Page, isMoved = false): void {
  const { position, seen, asking } = reading;
  const keys = rows.length === page.keys.length ? page.keys : rows.map((row) => page.keys[row] as string);
  if (!isMoved) position.isAscending &&= isAscending(position.tail.at(-1) ?? '', keys);
  // Where the position was set anew, the rows behind it are still to be counted.
  position.at += keys.length;
  position.tail = [...position.tail, ...keys.slice(-tailLength)].slice(-tailLength);
  position.limit = asking.wishes.limit;
  position.isSorted = asking.wishes.isSorted;
  if (page.total !== undefined) position.lastTotal = page.total;
  reading.before = keys;
  reading.beforeFirst = page.keys[0];
  if (seen) for (const key of keys) seen.add(key);
}

function checkTotal({ deps, position }: Reading): void {
  const { lastTotal, at } = position;
  if (lastTotal === undefined || lastTotal === at) return;
  if (at > lastTotal || deps.client.settings.totals === 'ignored') {
    deps.note('api-total-wrong');
    return;
  }
  const { path } = deps.collection;
  throw new PullTrouble(
    'unstable',
    `The server says that there are ${lastTotal} ${path} and hands out ${at}. If its count is wrong, set totals=ignored.`,
  );
}
