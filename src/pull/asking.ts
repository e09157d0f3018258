/** Asks for pages of one collection, and comes down in size or in wishes where the server cannot do what is asked. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Collection } from '../core/rest/collections.ts';
import type { Client, Query } from './client.ts';
import { type Packing, type Page, readPage } from './page.ts';
import { mayBeSize, PullTrouble } from './trouble.ts';

/** What a collection is asked with; it changes as the server is found out. */
export type Wishes = {
  limit: number;
  /** Sorted by sourcedId. */
  isSorted: boolean;
  /** What rows have to match; undefined: all. */
  filter: string | undefined;
};

export type Asked = {
  page: Page;
  /** How many rows were asked for. */
  limit: number;
  ms: number;
};

export type Asking = {
  /** @param where the rest of the query: the offset, or nothing. */
  ask(where: Query, signal: AbortSignal, filter?: string): Promise<Asked>;
  /** A page at an address that the server has given. */
  askAt(url: string, signal: AbortSignal): Promise<Asked>;
  wishes: Wishes;
};

export type AskingDeps = {
  client: Client;
  collection: Collection;
  wishes: Wishes;
  packing: Packing;
  note(rule: string): void;
  now(): number;
};

/** Pages are not asked for in smaller pieces than this. */
const leastLimit = 50;
const triesOfLargePages = 3;
/** Limits that are tried where a larger one is refused. */
const usualLimits = [1000, 500, 100];

export function openAsking({ client, collection, wishes, packing, note, now }: AskingDeps): Asking {
  const queryOf = (where: Query, filter: string | undefined): Query => [
    ['limit', String(wishes.limit)],
    ...where,
    ...(wishes.isSorted
      ? ([
          ['sort', 'sourcedId'],
          ['orderBy', 'asc'],
        ] as const)
      : []),
    ...(filter === undefined ? [] : ([['filter', filter]] as const)),
  ];

  async function fetchAt(url: string, limit: number, signal: AbortSignal): Promise<Asked> {
    const started = now();
    const tries = limit > leastLimit ? triesOfLargePages : undefined;
    for (let second = false; ; second = true) {
      const before = client.stats.retries;
      const answer = await client.get(url, signal, tries);
      if (client.stats.retries > before) note('api-retried');
      // The place that this answer had goes to the next request, which is sent before this page is read.
      await nextTurn();
      try {
        const page = readPage(answer, collection, packing);
        for (const rule of page.notes) note(rule);
        return { page, limit, ms: now() - started };
      } catch (error) {
        // A page for people comes while something is restarted.
        if (!(error instanceof PullTrouble) || second) throw error;
        note('api-retried');
      }
    }
  }

  return {
    wishes,
    askAt: (url, signal) => fetchAt(url, wishes.limit, signal),
    async ask(where, signal, filter = wishes.filter) {
      for (;;) {
        const { limit, isSorted } = wishes;
        try {
          const asked = await fetchAt(client.urlOf(collection.path, queryOf(where, filter)), limit, signal);
          if (isSorted && asked.page.warnings.some((warning) => /sort/i.test(warning))) note('api-sort-ignored');
          return asked;
        } catch (error) {
          comeDown(error, { limit, isSorted });
        }
      }
    },
  };

  /** @throws what was thrown when there is nothing left to come down to. */
  function comeDown(error: unknown, tried: Pick<Wishes, 'limit' | 'isSorted'>): void {
    // Another request has come down in the meantime.
    if (wishes.limit < tried.limit || wishes.isSorted !== tried.isSorted) return;
    if (mayBeSize(error) && tried.limit > leastLimit) {
      wishes.limit = Math.max(leastLimit, tried.limit >> 1);
      note('api-page-halved');
      return;
    }
    if (!(error instanceof PullTrouble) || error.code !== 'bad-request') throw error;
    const smaller = usualLimits.find((limit) => limit < tried.limit);
    if (tried.isSorted) {
      wishes.isSorted = false;
      note('api-sort-ignored');
    } else if (smaller !== undefined) {
      wishes.limit = smaller;
      note('api-page-capped');
    } else throw error;
  }
}
