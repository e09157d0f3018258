/** What the search of everything needs from the house. */

import type { SyncState } from './deps.ts';
import type { Actor } from './people-deps.ts';

export type Found = {
  districts: { id: string; name: string; siteCode: string }[];
  /** People with an account; none for those who look after nobody. */
  people: { id: string; email: string; name: string; district: string | null }[];
  /** People in rosters; none for viewers. Without a district, by their whole sourcedId or how their names begin. */
  records: { rosterId: string; sourcedId: string; name: string; role: string; district: string; product: string }[];
  syncs: { id: string; number: number; state: SyncState; at: Date; district: string; product: string }[];
};

export type SearchDeps = {
  /** At most `limit` of each, the best first; nothing of another district than the one a person is bound to. */
  search(actor: Actor, words: string, limit: number): Promise<Found>;
};
