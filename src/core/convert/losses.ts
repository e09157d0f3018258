/** Keeps account of what a conversion could not carry and of what it changed, in counts and sentences. */

import { fileOf, type Kind, type Version } from '../tables.ts';
import { counted, countedKind } from '../words.ts';

/** `field` is null where whole records are meant. */
export type Loss = { kind: Kind; field: string | null; count: number; sentence: string; costsRecord: boolean };

type Entry = Omit<Loss, 'sentence'> & { say: (count: number) => string };

export class Losses {
  readonly target: Version;
  #entries = new Map<string, Entry>();

  constructor(target: Version) {
    this.target = target;
  }

  /** A filled cell of a column that the target does not have. */
  column(kind: Kind, field: string): void {
    this.add('column', kind, field, (count) => {
      const where = `${field} of ${countedKind(count, kind)}`;
      return `${where} ${isAre(count)} not carried: OneRoster ${this.target} has no such column.`;
    });
  }

  /** A value that the target's list for the column does not have; the cell is left blank. */
  value(kind: Kind, field: string, value: string): void {
    this.add(`value ${value}`, kind, field, (count) => {
      return `${field} "${value}" of ${countedKind(count, kind)} is left blank: OneRoster ${this.target} has no such value.`;
    });
  }

  /** A record of a kind that the target does not have. */
  record(kind: Kind): void {
    this.add('kind', kind, null, (count) => {
      return `${countedKind(count, kind)} ${isAre(count)} not carried: OneRoster ${this.target} has no ${fileOf(kind)}.`;
    });
  }

  /** A record of a kind that the target has, and that cannot stand in it. */
  leftOut(cause: string, kind: Kind, field: string | null, say: (count: number) => string): void {
    this.add(cause, kind, field, say);
    const entry = this.#entries.get(keyOf(cause, kind, field));
    if (entry) entry.costsRecord = true;
  }

  /** Anything else, counted under its own words. */
  add(cause: string, kind: Kind, field: string | null, say: (count: number) => string, by = 1): void {
    const key = keyOf(cause, kind, field);
    const known = this.#entries.get(key);
    if (known) known.count += by;
    else this.#entries.set(key, { kind, field, count: by, say, costsRecord: false });
  }

  list(): Loss[] {
    return [...this.#entries.values()].map(({ say, ...entry }) => ({ ...entry, sentence: say(entry.count) }));
  }
}

const keyOf = (cause: string, kind: Kind, field: string | null) => `${kind} ${field ?? ''} ${cause}`;

export const isAre = (count: number): string => (count === 1 ? 'is' : 'are');
/** `1 person has`, `12 people have`. */
export const peopleHave = (count: number): string =>
  `${counted(count, 'person', 'people')} ${count === 1 ? 'has' : 'have'}`;
