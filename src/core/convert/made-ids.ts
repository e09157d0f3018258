/** Makes sourcedIds for records that the other version needs and the delivery has no id for. */

import { encode } from '../bytes.ts';
import { IdSet } from '../id-set.ts';

const LIMIT = 255;

/** Ids that are made from others: the same input gives the same ids, and no two of a file are equal. */
export class MadeIds {
  #taken = new IdSet();

  /** An id that is in use already. */
  take(id: string): void {
    this.#add(id);
  }

  /** The parts joined by a hyphen, cut where that is too long, with a number at its end where it is taken. */
  make(...parts: string[]): string {
    const whole = parts.join('-');
    const base = whole.length > LIMIT ? `${whole.slice(0, LIMIT - 24)}-${fingerprint(whole)}` : whole;
    for (let number = 1; ; number++) {
      const id = number === 1 ? base : `${base.slice(0, LIMIT - 12)}-${number}`;
      if (this.#add(id)) return id;
    }
  }

  #add(id: string): boolean {
    const bytes = encode(id);
    return this.#taken.add(bytes, 0, bytes.length, 0) >= 0;
  }
}

function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
