/** A reading of one collection as it goes on: where it is, what is known of the server, and which pages are on their way. */
import type { Collection } from '../core/rest/collections.ts';
import type { Asked, Asking } from './asking.ts';
import type { Client } from './client.ts';
import type { Packing, Page } from './page.ts';
import { PullTrouble } from './trouble.ts';

/**
 * `overlap`: by offset, one row twice. `aligned`: by offset, for servers that take multiples of the page only. `keyset`: by
 * the last id. `link`: where the server leads.
 */
export type PagingMode = 'overlap' | 'aligned' | 'keyset' | 'link';

/** Where reading goes on. */
export type Position = {
  mode: PagingMode;
  /** Rows read, which is the offset of the next one. */
  at: number;
  limit: number;
  isSorted: boolean;
  /** Ids have come in the order of their letters so far. */
  isAscending: boolean;
  /** Ids of the last rows, newest last. */
  tail: string[];
  /** What the server said first of the number of rows. */
  firstTotal: number | undefined;
  lastTotal: number | undefined;
  /** Where the server leads, for `link`. */
  next: string | undefined;
};

export type Batch = {
  /** Rows of the page that have not been handed on before, but for repeated ones: their numbers. */
  rows: number[];
  page: Page;
  /** Where to go on after this batch. */
  position: Position;
};

export type ReaderDeps = {
  client: Client;
  collection: Collection;
  packing: Packing;
  signal: AbortSignal;
  note(rule: string): void;
  now(): number;
  /** Only rows that match. */
  filter?: string | undefined;
  /** Where a former reading was broken off. */
  from?: Position | undefined;
  /** Called when all that is known of it has been asked for; may be called again. */
  ending(): void;
  /** A page that takes longer than this is slow. */
  slowMs?: number;
};

export type Ended = {
  rows: number;
  /** The server has not confirmed that there is no more. */
  isUnconfirmed: boolean;
};

export type Reading = {
  deps: ReaderDeps;
  asking: Asking;
  position: Position;
  ended: Ended;
  /** Pages that are on their way, by offset. */
  ahead: Map<number, { asked: Promise<Asked>; limit: number; stop: AbortController }>;
  fastestMs: number;
  /** All ids, where pages do not overlap. */
  seen: Set<string> | undefined;
  /** Ids of the rows before, and the first id of the page in which they came. */
  before: string[];
  beforeFirst: string | undefined;
  /** How often rows had moved. */
  repairs: number;
  /** Asking by the last id has failed. */
  hasNoKeys: boolean;
};

/** Rows that come next; undefined at the end. */
export type Found = { rows: number[]; page: Page; isMoved?: boolean } | undefined;

export function isAscending(last: string, keys: string[]): boolean {
  let before = last;
  for (const key of keys) {
    if (key <= before) return false;
    before = key;
  }
  return true;
}

/** Pages that follow are on their way while this one is worked on; where nothing is known of them, none. */
export function aheadOf(reading: Reading, offset: number): Promise<Asked> {
  const { deps, position, asking, ahead } = reading;
  const stride = Math.max(1, asking.wishes.limit - 1);
  // Behind the last page comes the one that begins with the last row, and has no more than that.
  const end = Math.max(offset, (position.lastTotal ?? 0) - 1);
  const wanted = Array.from({ length: deps.client.settings.concurrency + 1 }, (_, at) =>
    Math.min(offset + at * stride, end),
  );
  for (const each of wanted) askAhead(reading, each);
  for (const [each, { stop }] of ahead) {
    if (wanted.includes(each)) continue;
    stop.abort(new Error('not wanted any more'));
    ahead.delete(each);
  }
  if (wanted.at(-1) === end && position.lastTotal !== undefined) deps.ending();
  const { asked } = ahead.get(offset) as { asked: Promise<Asked> };
  ahead.delete(offset);
  return asked;
}

/** Asks for a page, unless it is on its way in this size. */
export function askAhead({ deps, asking, ahead }: Reading, offset: number): void {
  const { limit } = asking.wishes;
  const before = ahead.get(offset);
  if (before?.limit === limit) return;
  before?.stop.abort(new Error('not wanted any more'));
  const stop = new AbortController();
  const asked = asking.ask([['offset', String(offset)]], AbortSignal.any([deps.signal, stop.signal]));
  // Told when it is awaited.
  asked.catch(() => {});
  ahead.set(offset, { asked, limit, stop });
}

export function dropAhead({ ahead }: Reading): void {
  for (const { stop } of ahead.values()) stop.abort(new Error('not wanted any more'));
  ahead.clear();
}

export const nothing: Page = {
  rows: [],
  keys: [],
  pack: () => ({ block: Buffer.alloc(0), count: 0, unreadable: 0, notes: {} }),
  release() {},
  total: undefined,
  next: undefined,
  notes: [],
  warnings: [],
};

/** Behind the end some servers answer that there is no such thing. */
export function asEmpty(error: unknown): Asked {
  if (error instanceof PullTrouble && error.code === 'not-found') return { page: nothing, limit: 0, ms: 0 };
  throw error;
}

export const unstable = (path: string) =>
  new PullTrouble('unstable', `The order of ${path} changes from request to request, so rows could be missed.`);
