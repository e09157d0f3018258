/** What is done where a page is not the one that was expected: rows have moved, or the server takes offsets otherwise. */
import type { Page } from './page.ts';
import { asEmpty, type Found, isAscending, nothing, type Reading, unstable } from './reading.ts';
import { PullTrouble } from './trouble.ts';

const repairsLimit = 30;
/** How far reading goes back to find a row that it knows. */
const stepsBack = [50, 1000];

/** Rows have moved, or the server takes no such offset. */
export async function repaired(reading: Reading, page: Page, keys: string[]): Promise<Found> {
  const { deps, position, asking } = reading;
  if (++reading.repairs > repairsLimit) throw unstable(deps.collection.path);
  // A page that begins as the one before it begins is no page that has moved.
  const isSamePage = keys.length > 0 && keys[0] === reading.beforeFirst;
  const here = isSamePage ? undefined : anchored(reading, page, keys, position.at - 1);
  if (here) {
    deps.note('api-order-moved');
    return here;
  }
  const next = await asking.ask([['offset', String(position.at)]], deps.signal).catch(asEmpty);
  const nextKeys = next.page.keys;
  const isNew = nextKeys.length > 0 && !nextKeys.some((key) => reading.before.includes(key));
  if (isSamePage || keys.length === 0) {
    if (isNew && reading.position.at === reading.before.length) return toAligned(reading, next.page, nextKeys);
    if (isSamePage && nextKeys[0] === keys[0]) return offsetIgnored(reading, page);
    if (
      keys.length === 0 &&
      nextKeys.length === 0 &&
      reading.position.at === reading.before.length &&
      (page.total ?? 0) <= position.at
    )
      return toAligned(reading, next.page, nextKeys);
  }
  for (const back of [...stepsBack, asking.wishes.limit]) {
    const offset = Math.max(0, position.at - 1 - back);
    const earlier = await asking.ask([['offset', String(offset)]], deps.signal);
    const found = anchored(reading, earlier.page, earlier.page.keys, offset);
    if (!found) continue;
    deps.note('api-order-moved');
    return found;
  }
  throw unstable(deps.collection.path);
}

/**
 * The rows behind the newest row that is known; the position is set to where it lies now. Rows in front of it have to be
 * known ones, or new ones that the order of ids puts there; else the order is another one than before.
 */
function anchored({ position }: Reading, page: Page, keys: string[], offset: number): Found {
  const { tail } = position;
  const isOrdered = position.isAscending && isAscending('', keys);
  for (let back = tail.length - 1; back >= 0; back--) {
    const at = keys.indexOf(tail[back] as string);
    if (at < 0) continue;
    const known = new Set(tail);
    const isExplained = isOrdered || (back === tail.length - 1 && keys.slice(0, at).every((key) => known.has(key)));
    if (!isExplained) return undefined;
    position.at = offset + at + 1;
    // What has come in front of it is new, and belongs to the roster too; it is counted already.
    const added = page.rows.slice(0, at).filter((row) => !known.has(keys[row] as string));
    position.at -= added.length;
    return { rows: [...added, ...page.rows.slice(at + 1)], page, isMoved: added.length > 0 };
  }
  return undefined;
}

/** Everything came at once, or the same page comes for ever. */
function offsetIgnored({ deps, position, asking }: Reading, page: Page): Found {
  // Of a full page nobody can tell: some servers give the length of a page for the number of all rows.
  const isWhole = page.rows.length === position.at && page.rows.length !== asking.wishes.limit;
  if (!isWhole || (page.total ?? 0) > position.at)
    throw new PullTrouble('paging', `The server hands out the same page of ${deps.collection.path} again and again.`);
  deps.note('api-offset-ignored');
  position.lastTotal = page.total;
  return undefined;
}

function toAligned(reading: Reading, page: Page, keys: string[]): Found {
  const { position, deps } = reading;
  position.mode = 'aligned';
  reading.seen = new Set(reading.before);
  deps.note('api-offset-aligned');
  return afterAligned(reading, page, keys);
}

export async function alignedRows(reading: Reading): Promise<Found> {
  const { deps, position, asking } = reading;
  const { page } = await asking.ask([['offset', String(position.at)]], deps.signal).catch(asEmpty);
  return afterAligned(reading, page, page.keys);
}

function afterAligned(reading: Reading, page: Page, keys: string[]): Found {
  const { deps, position, ended } = reading;
  position.lastTotal = page.total ?? position.lastTotal;
  if (keys.length === 0) {
    ended.isUnconfirmed = page === nothing && position.lastTotal === undefined;
    return undefined;
  }
  // Whole pages only: behind a short one, the same one comes again.
  const { before, asking } = reading;
  if (keys[0] === before[0] && keys.length === before.length && before.length < asking.wishes.limit) return undefined;
  refuseRepeated(reading, keys, deps.collection.path);
  return { rows: page.rows, page };
}

export async function linkedRows(reading: Reading): Promise<Found> {
  const { deps, position, asking } = reading;
  const { client, collection } = deps;
  if (position.next === undefined) return undefined;
  // Whatever host the link names, the server is the one that was set.
  const query = position.next.slice(position.next.indexOf('?'));
  const { page } = await asking.askAt(`${client.connection.address}/${collection.path}${query}`, deps.signal);
  const { keys } = page;
  position.lastTotal = page.total ?? position.lastTotal;
  if (keys.length === 0) return undefined;
  refuseRepeated(reading, keys, collection.path);
  position.next = page.next ?? undefined;
  return { rows: page.rows, page };
}

/** Without an overlap nothing else shows that a page comes twice. */
function refuseRepeated({ seen, before }: Reading, keys: string[], path: string): void {
  const known = seen ?? new Set(before);
  const repeated = keys.filter((key) => known.has(key)).length;
  if (repeated * 2 > keys.length)
    throw new PullTrouble('paging', `The server hands out the same page of ${path} again and again.`);
  if (repeated > 0) throw unstable(path);
}
