/** Keeps account of repairs: which rule each one satisfies, where, how often, with the first as an example. */

import { counted } from '../words.ts';

export type Repair = {
  /** The rule whose fault is gone. */
  rule: string;
  file: string;
  column: string | null;
  count: number;
  /** What was done. */
  sentence: string;
  /** The first one. */
  line: number | null;
  before: string | null;
  after: string | null;
};

export type RepairPlace = { file: string; column?: string; line?: number; before?: string; after?: string };

export class Repairs {
  #all = new Map<string, Repair>();

  add(rule: string, done: string, { file, column, line, before, after }: RepairPlace, by = 1): void {
    const key = `${rule} ${file} ${column ?? ''} ${done}`;
    const known = this.#all.get(key);
    if (known) {
      known.count += by;
      known.sentence = sentence(done, known.count);
      return;
    }
    this.#all.set(key, {
      rule,
      file,
      column: column ?? null,
      count: by,
      sentence: sentence(done, by),
      line: line ?? null,
      before: before ?? null,
      after: after ?? null,
    });
  }

  list(): Repair[] {
    return [...this.#all.values()];
  }
}

const sentence = (done: string, count: number) => (count === 1 ? done : `${done}, ${counted(count, 'time')}`);
