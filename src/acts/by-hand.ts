/** Acts on records that people add, change and remove themselves. */
import { Refusal } from '../core/refusal.ts';
import { ensureRoster } from '../db/districts.ts';
import {
  addRecord,
  archiveRecord,
  type ByHand,
  editRecord,
  handBackRecord,
  reactivateRecord,
  releaseRecord,
  type Values,
} from '../sync/by-hand.ts';
import { addSimplified } from '../sync/simplified.ts';
import { type ActsDeps, operator } from './deps.ts';
import { kindOf, pairOf, rosterOf, type Which } from './lookups.ts';

/** `seen`: the dateLastModified of the state that the person looked at, as an ISO time. */
type OneRecord = Which & { kind: string; sourcedId: string; seen?: string };

export function byHandActs(deps: ActsDeps) {
  const { db } = deps;
  const act = async (kind: string, which: Which): Promise<ByHand> => ({
    rosterId: (await rosterOf(db, which)).id,
    kind: kindOf(kind),
    accountId: null,
    by: operator,
    at: deps.now(),
  });
  return {
    /** The roster of a product that nothing was sent for yet begins with it. */
    async addRecord({ kind, set, ...which }: Which & { kind: string; set: Values }) {
      const { district, product } = await pairOf(db, which);
      const { id: rosterId } = await ensureRoster(db, district.id, product.id);
      const cause = { rosterId, kind: kindOf(kind), accountId: null, by: operator, at: deps.now() };
      return addRecord(db, cause, set);
    },

    /** Educators and students of Simplified workbooks; they belong to the people, not to a source. */
    async addSimplified({ paths, isTrial = false, ...which }: Which & { paths: string[]; isTrial?: boolean }) {
      const { district, product } = await pairOf(db, which);
      const by = { districtId: district.id, product, accountId: null, by: operator, at: deps.now() };
      return addSimplified(db, by, { paths, isTrial }, deps.limits);
    },

    async editRecord({ kind, sourcedId, set, seen, ...which }: OneRecord & { set: Values }) {
      return editRecord(db, await act(kind, which), sourcedId, set, timeOf(seen));
    },

    async archiveRecord({ kind, sourcedId, seen, ...which }: OneRecord) {
      return archiveRecord(db, await act(kind, which), sourcedId, timeOf(seen));
    },

    async reactivateRecord({ kind, sourcedId, ...which }: OneRecord) {
      return reactivateRecord(db, await act(kind, which), sourcedId);
    },

    async releaseRecord({ kind, sourcedId, seen, ...which }: OneRecord) {
      return releaseRecord(db, await act(kind, which), sourcedId, timeOf(seen));
    },

    async handBackRecord({ kind, sourcedId, ...which }: OneRecord) {
      return handBackRecord(db, await act(kind, which), sourcedId);
    },
  };
}

function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new Refusal('time', 400, `${text} is not a time like 2026-01-05T06:00:00.000Z.`);
  return time;
}
