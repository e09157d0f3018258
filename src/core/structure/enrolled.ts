/**
 * Who is in which class as what, so that nobody is in it twice. The classes of a user hang on a chain, because rows of
 * a user mostly stand together; what a user has beyond a chain's length is looked up in a table instead.
 */

import { Numbers } from './numbers.ts';
import { PairTable } from './pair-table.ts';

const CHAIN_LIMIT = 48;

export class Enrolled {
  /** By user: the last enrollment + 1. By enrollment: the one before it of the same user + 1, and its class and role. */
  #last = new Numbers();
  #before = new Numbers();
  #key = new Numbers();
  #more = new PairTable();
  #leftOut = new PairTable();

  /** Makes room for so many enrollments. */
  reserve(expected: number): void {
    this.#before.reserve(expected);
    this.#key.reserve(expected);
  }

  /** Notes an enrollment unless the user has one in this class and role. Returns the index of that one, or -1. */
  add(user: number, inClass: number, role: number, index: number): number {
    const key = inClass * 4 + role;
    const last = this.#last.get(user);
    let at = last;
    let length = 0;
    while (at > 0) {
      if (this.#key.get(at - 1) === key) return at - 1;
      at = this.#before.get(at - 1);
      length++;
    }
    if (length === CHAIN_LIMIT) return this.#more.add(user, key, index);
    this.#key.set(index, key);
    this.#before.set(index, last);
    this.#last.set(user, index + 1);
    return -1;
  }

  /** Notes an enrollment that is left out. */
  addLeftOut(user: number, inClass: number, role: number): void {
    this.#leftOut.add(user, inClass * 4 + role, 0);
  }

  /** Whether a user is enrolled, if only by a row that is left out. */
  has(user: number, inClass: number, role: number): boolean {
    const key = inClass * 4 + role;
    for (let at = this.#last.get(user); at > 0; at = this.#before.get(at - 1)) {
      if (this.#key.get(at - 1) === key) return true;
    }
    return this.#more.get(user, key) >= 0 || this.#leftOut.get(user, key) >= 0;
  }
}
