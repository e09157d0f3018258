/**
 * What stands in the roster beside the records of the source that sends: those of other sources, and those that people
 * keep. Tells of each row whether it names one of them, is one of them, or has the keys of two.
 */

import { EntryFault } from './bundle.ts';
import { encode } from './bytes.ts';
import type { Directory } from './directory.ts';
import type { TableSource } from './formats/format.ts';
import { IdSet, KNOWN } from './id-set.ts';
import type { Row, Sink } from './record.ts';
import { show } from './show.ts';
import { fieldNames, fileOf, type Kind } from './tables.ts';
import type { Tally } from './tally.ts';

/** A record that people keep, active or archived, with what a delivery may mean it by. */
export type HandRecord = {
  sourcedId: string;
  username: string | null;
  identifier: string | null;
  isActive: boolean;
  /** A person took it out of its source's care, so it is left as it is. */
  isReleased: boolean;
};

/** Asked once for each kind that the delivery carries. */
export type Neighbours = {
  byHand(kind: Kind): Promise<HandRecord[]>;
  /** Records that other sources own, active or archived; undefined when the roster has no other source. */
  ofOthers(kind: Kind): AsyncIterable<{ sourcedId: string; isActive: boolean }> | undefined;
  /** Those of these ids under which the roster holds a record that some source owns, active or archived. */
  synced(kind: Kind, sourcedIds: string[]): Promise<string[]>;
};

/** The neighbours of one kind. */
export class Neighbourhood {
  #kind: Kind;
  #tally: Tally;
  #others: IdSet;
  #byId = new Map<string, HandRecord>();
  #byUsername = new Map<string, HandRecord[]>();
  #byIdentifier = new Map<string, HandRecord[]>();
  /** From a manual record to the rows that have its username or identifier; rows that have its sourcedId. */
  #claims = new Map<string, Set<string>>();
  #named = new Set<string>();
  /** Ids of rows with claims under which some source has a record already. */
  #synced = new Set<string>();
  #usernameAt: number;
  #identifierAt: number;

  private constructor(kind: Kind, tally: Tally, seed: number | undefined) {
    this.#kind = kind;
    this.#tally = tally;
    this.#others = new IdSet(seed);
    this.#usernameAt = kind === 'users' ? fieldNames(kind).indexOf('username') : -1;
    this.#identifierAt = fieldNames(kind).indexOf('identifier');
  }

  /**
   * Reads the neighbours of a kind, and makes their active ids known to references. Where people keep records that
   * have keys, the rows of the file are read ahead: which of them mean the same record has to be known before the first
   * is judged. Undefined when there is nobody.
   */
  static async of(
    source: Pick<TableSource, 'kind' | 'mode' | 'peek'>,
    neighbours: Neighbours,
    scene: { directory: Directory; tally: Tally; sink: Sink | undefined },
  ): Promise<Neighbourhood | undefined> {
    const { directory, tally, sink } = scene;
    const { kind, mode } = source;
    const own = new Neighbourhood(kind, tally, directory.seed);
    for (const record of await neighbours.byHand(kind)) own.#keep(record, directory);
    for await (const { sourcedId, isActive } of neighbours.ofOthers(kind) ?? []) {
      const id = encode(sourcedId);
      own.#others.add(id, 0, id.length, 0);
      if (isActive) know(directory, kind, id);
    }
    if (own.#byId.size === 0 && own.#others.size === 0) return undefined;
    if (mode !== 'absent' && own.#byUsername.size + own.#byIdentifier.size > 0) {
      await source.peek({ row: (row) => own.#claim(row), drain: () => sink?.drain() }).catch(ignoreEntryFault);
      const claimants = [...new Set([...own.#claims.values()].flatMap((ids) => [...ids]))];
      for (const id of claimants.length > 0 ? await neighbours.synced(kind, claimants) : []) own.#synced.add(id);
    }
    return own;
  }

  #keep(record: HandRecord, directory: Directory): void {
    this.#byId.set(record.sourcedId, record);
    if (record.isActive) know(directory, this.#kind, encode(record.sourcedId));
    if (this.#usernameAt >= 0 && record.username) push(this.#byUsername, record.username.toLowerCase(), record);
    if (this.#identifierAt >= 0 && record.identifier) push(this.#byIdentifier, record.identifier, record);
  }

  #claim(row: Row): void {
    if (row.text(1) === 'tobedeleted') return;
    const id = row.text(0);
    if (this.#byId.has(id)) this.#named.add(id);
    for (const { sourcedId } of this.#alike(row)) {
      if (sourcedId === id) continue;
      const rows = this.#claims.get(sourcedId);
      if (rows) rows.add(id);
      else this.#claims.set(sourcedId, new Set([id]));
    }
  }

  /** The manual records that have the row's username or identifier. */
  #alike(row: Row): HandRecord[] {
    const text = (at: number) => (at < 0 ? '' : row.text(at).trim());
    const username = this.#byUsername.size > 0 ? text(this.#usernameAt).toLowerCase() : '';
    const identifier = this.#byIdentifier.size > 0 ? text(this.#identifierAt) : '';
    return [
      ...((username && this.#byUsername.get(username)) || []),
      ...((identifier && this.#byIdentifier.get(identifier)) || []),
    ];
  }

  /** Says what is to be said of a row before it is taken; true when it is left out. */
  judge(row: Row, deleted: boolean): boolean {
    if (!deleted && this.#byId.size > 0 && this.#isUnclear(row)) return true;
    const from = row.start[0] as number;
    const to = row.end[0] as number;
    if (this.#others.size > 0 && this.#others.find(row.buffer, from, to) >= 0) {
      this.#say(
        'roster-other-source',
        row,
        0,
        `sourcedId "${show(row.text(0))}" is that of a record of another source`,
      );
    } else if (!deleted && this.#byId.get(row.text(0))?.isReleased) {
      const message = `The ${fileOf(this.#kind)} record "${show(row.text(0))}" was taken out of this file's care`;
      this.#say('roster-released', row, 0, message);
    }
    return false;
  }

  /** Says so when the keys of a row belong to two records, or several rows have those of one. */
  #isUnclear(row: Row): boolean {
    const alike = this.#alike(row);
    if (alike.length === 0) return false;
    const id = row.text(0);
    const meant = new Set([
      ...(this.#byId.has(id) || this.#synced.has(id) ? [id] : []),
      ...alike.map(({ sourcedId }) => sourcedId),
    ]);
    if (meant.size > 1) return this.#conflict(row, [...meant]);
    const rivals = this.#formerOf(row, id) === undefined ? 0 : (this.#claims.get([...meant][0] as string)?.size ?? 0);
    return rivals > 1 && this.#contest(row, [...meant][0] as string, rivals);
  }

  /**
   * The id under which people keep the record that this row is, which becomes the source's; undefined when it is none of
   * theirs. A row that `judge` has let pass.
   */
  takes(row: Row): string | undefined {
    if (this.#byId.size === 0) return undefined;
    const id = row.text(0);
    const itself = this.#byId.get(id);
    if (itself) return itself.isReleased ? undefined : id;
    return this.#formerOf(row, id);
  }

  /** Says that a row is taken, and takes over a record. */
  sayTaken(row: Row, former: string): void {
    const was = former === row.text(0) ? '' : `, which had the sourcedId "${show(former)}"`;
    this.#say('roster-taken-over', row, 0, `The record was added by hand${was}; from now on the SIS manages it`);
  }

  /** A record whose own sourcedId is in the delivery is that row's, not one's that merely has its username. */
  #formerOf(row: Row, id: string): string | undefined {
    const former = this.#alike(row)[0]?.sourcedId;
    return former === undefined || former === id || this.#named.has(former) ? undefined : former;
  }

  #conflict(row: Row, meant: string[]): true {
    const ids = meant.map((id) => `"${show(id)}"`).join(' and ');
    this.#say('roster-keys-of-two', row, this.#keyAt(row), `sourcedId, username and identifier belong to ${ids}`);
    return true;
  }

  #contest(row: Row, former: string, rivals: number): true {
    const message = `${rivals} records of the delivery have the username or identifier of "${show(former)}"`;
    this.#say('roster-key-of-one-twice', row, this.#keyAt(row), message);
    return true;
  }

  #keyAt(row: Row): number {
    const at = this.#usernameAt;
    const isUsername = at >= 0 && this.#byUsername.has(row.text(at).trim().toLowerCase());
    return isUsername ? at : this.#identifierAt;
  }

  #say(rule: string, row: Row, at: number, message: string): void {
    const file = fileOf(this.#kind);
    const column = fieldNames(this.#kind)[at] as string;
    const place = { file, line: row.line, column, key: show(row.text(0)), value: show(row.text(at)) };
    this.#tally.add(rule, { ...place, message });
  }
}

function know(directory: Directory, kind: Kind, id: Uint8Array): void {
  directory.known.add(kind);
  directory.ids(kind).add(id, 0, id.length, 0, KNOWN);
}

function push(map: Map<string, HandRecord[]>, key: string, record: HandRecord): void {
  const all = map.get(key);
  if (all) all.push(record);
  else map.set(key, [record]);
}

/** What cannot be read is said when the file is read for good. */
function ignoreEntryFault(error: unknown): void {
  if (!(error instanceof EntryFault)) throw error;
}
