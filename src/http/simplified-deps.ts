/** What adding a school from workbooks needs from the house. */

import type { Kind } from '../core/tables.ts';
import type { Actor } from './people-deps.ts';

export type AddedFacts = {
  added: Partial<Record<Kind, number>>;
  /** There already. */
  known: Partial<Record<Kind, number>>;
  remarks: string[];
};

export type SimplifiedDeps = {
  /**
   * @param given.product slug of the product. @param given.isTrial says what would be added, and adds nothing.
   * @throws Refusal `not-found`, `not-allowed`, `simplified-faulty`, `simplified-schools`, and what adding a record throws
   */
  add(
    actor: Actor,
    given: { districtId: string; product: string; files: { name: string; bytes: Uint8Array }[]; isTrial: boolean },
  ): Promise<AddedFacts>;
};
