/** What is known of all records of a delivery while it is read: their ids, and who belongs where. */

import type { Heap } from './heap.ts';
import { IdSet } from './id-set.ts';
import { Links } from './links.ts';
import type { Mode } from './record.ts';
import { type Kind, kinds } from './tables.ts';

/** The ids of a whole delivery, by kind, and what is known of each. */
export class Directory {
  readonly sets = new Map<Kind, IdSet>();
  /** Kinds that the delivery carries, and how. */
  readonly modes = new Map<Kind, Mode>();
  /** Kinds whose live ids were loaded beside those of the delivery. */
  readonly known = new Set<Kind>();
  /** Kinds whose file could not be read: what it would have held is not known, so references to it are not judged. */
  readonly unreadable = new Set<Kind>();
  /** From a class to its school; from a user to the user's orgs. */
  readonly schoolOf = new Links();
  readonly orgsOf = new Links();
  readonly seed: number | undefined;

  /** @param heap keeps the ids where the kernel can look at them. */
  constructor(seed?: number, heap?: Heap) {
    this.seed = seed;
    for (const kind of kinds) this.sets.set(kind, new IdSet(seed, heap));
  }

  ids(kind: Kind): IdSet {
    return this.sets.get(kind) as IdSet;
  }

  /** Whether an id that is not found is certainly unknown. */
  isComplete(kind: Kind): boolean {
    return this.modes.get(kind) === 'bulk' || this.known.has(kind);
  }
}
