/** Collections have their turns one by one; while the end of one is read, the first page of the next one is asked for. */
import { type CollectionName, collections } from '../core/rest/collections.ts';
import type { PullRow } from '../db/pulls.ts';
import type { Client } from './client.ts';
import { type Notes, openNotes } from './notes.ts';
import { packingOf } from './page.ts';
import type { PullPlan } from './plan.ts';
import { openReader, type Reader } from './reader.ts';
import type { Position } from './reading.ts';

export type Turn = {
  reader: Reader;
  /** What is noted while it is read. */
  notes: Notes;
  /** When it was asked for first, in milliseconds. */
  startedAt: number;
};

export type Turns = {
  /** Begins the turn of a collection. @param from where an earlier reading of it was broken off. */
  begin(name: CollectionName, from: Position | undefined): Turn;
  /** Drops what was asked for before its turn. */
  drop(): void;
};

export type TurnsDeps = {
  client: Client;
  pull: PullRow;
  plan: PullPlan;
  now(): Date;
  signal: AbortSignal;
  slowMs?: number | undefined;
};

export function openTurns({ client, pull, plan, now, signal, slowMs }: TurnsDeps): Turns {
  let next: { name: CollectionName; turn: Turn } | undefined;

  function turnOf(name: CollectionName, from: Position | undefined): Turn {
    const notes = openNotes();
    const since = plan.since[name];
    const reader = openReader({
      client,
      collection: collections[name],
      packing: packingOf(client.settings, plan.version, () => now().getTime()),
      signal,
      note: (rule) => notes.add(rule),
      now: () => performance.now(),
      from,
      ending: () => prepare(plan.collections[plan.collections.indexOf(name) + 1]),
      ...(slowMs === undefined ? {} : { slowMs }),
      ...(since === undefined ? {} : { filter: `dateLastModified>'${new Date(since).toISOString()}'` }),
    });
    return { reader, notes, startedAt: now().getTime() };
  }

  function prepare(name: CollectionName | undefined): void {
    // What an earlier process has begun is gone on with in its turn.
    if (next || name === undefined || pull.progress[name]) return;
    next = { name, turn: turnOf(name, undefined) };
    next.turn.reader.askFirst();
  }

  function drop(): void {
    next?.turn.reader.drop();
    next = undefined;
  }

  return {
    begin(name, from) {
      const prepared = next?.name === name && !from ? next.turn : undefined;
      if (prepared) next = undefined;
      else drop();
      return prepared ?? turnOf(name, from);
    },
    drop,
  };
}
