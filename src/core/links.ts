/** From the index of one record to those of others: one each in a typed array, the rest beside it. */

import { Numbers } from './structure/numbers.ts';

/** Longer lists are not searched one by one. */
const LIST_LIMIT = 16;

export class Links {
  /** The index + 1. */
  #first = new Numbers();
  #more = new Map<number, number[] | Set<number>>();

  /** Makes room for so many records. */
  reserve(expected: number): void {
    this.#first.reserve(expected);
  }

  add(from: number, to: number): void {
    if (this.#first.get(from) === 0) this.#first.set(from, to + 1);
    else {
      const more = this.#more.get(from);
      if (!more) this.#more.set(from, [to]);
      else if (!Array.isArray(more)) more.add(to);
      else if (more.length < LIST_LIMIT) more.push(to);
      else this.#more.set(from, new Set(more).add(to));
    }
  }

  /** Whether anything is linked from here. */
  has(from: number): boolean {
    return from >= 0 && this.#first.get(from) !== 0;
  }

  includes(from: number, to: number): boolean {
    if (from >= 0 && this.#first.get(from) === to + 1) return true;
    const more = this.#more.get(from);
    return more !== undefined && (Array.isArray(more) ? more.includes(to) : more.has(to));
  }
}
