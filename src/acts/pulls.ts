/** Acts on sources that pull: set up from where, ask for a pull, and follow it. */
import type { ConnectionGiven } from '../core/pull-connection.ts';
import { Refusal } from '../core/refusal.ts';
import { sourcesOf } from '../db/districts.ts';
import { type PullRow, pullById, pullsOf } from '../db/pulls.ts';
import type { NewSource } from '../people/set-up.ts';
import { addApi, changeApi, viewApi } from '../pull/connections.ts';
import { type ActsDeps, noted, operator } from './deps.ts';
import { chooseSource, pairOf, rosterOf, type Which } from './lookups.ts';

type WhichSource = Which & { source?: string };

export function pullActs(deps: ActsDeps) {
  const { db } = deps;
  /** The named source, or the only one of the roster that pulls. */
  const pullSource = async ({ source, ...which }: WhichSource) => {
    if (source !== undefined) return chooseSource(db, which, source);
    const roster = await rosterOf(db, which);
    const own = (await sourcesOf(db, { rosterId: roster.id })).filter(({ kind }) => kind === 'pull');
    const [only, ...more] = own;
    if (!only)
      throw new Refusal(
        'pull-unset',
        404,
        'This roster has no source that pulls. Add one with: homeroom add source --kind api',
      );
    if (more.length > 0)
      throw new Refusal(
        'source-ambiguous',
        409,
        `Several sources pull; name one with --source: ${own.map(({ name }) => name).join(', ')}.`,
      );
    return only;
  };
  return {
    async addApi({
      district,
      product,
      connection,
      secret,
      ...source
    }: Which & Omit<NewSource, 'districtId' | 'productId' | 'kind'> & { connection: ConnectionGiven; secret: string }) {
      const pair = await pairOf(db, { district, product });
      const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
      const place = { districtId: pair.district.id, productId: pair.product.id };
      const { id, name } = await addApi(deps, operator, { ...place, ...given, connection, secret });
      return { id, name };
    },

    async api(which: WhichSource) {
      return viewApi(deps, operator, (await pullSource(which)).id);
    },

    async setApi({ connection, secret, ...which }: WhichSource & { connection: ConnectionGiven; secret?: string }) {
      const { id: sourceId } = await pullSource(which);
      return changeApi(deps, operator, { sourceId, ...connection, secret });
    },

    /** Asks for a pull; one that is open already is answered. */
    async pull({ full = false, ...which }: WhichSource & { full?: boolean }) {
      const source = await pullSource(which);
      const pull = await deps.pulls.ask(source, { by: operator, full });
      await noted(db, 'pull asked', source.id, { full });
      await deps.pullSoon(source.id);
      return { pull: pull.id };
    },

    async followPull({ pull: id }: { pull: string }) {
      const pull = await pullById(db, id);
      if (!pull) throw new Refusal('pull-unknown', 404, `There is no pull ${id}.`);
      return pullFacts(pull);
    },

    /** Newest first. */
    async pulls({ limit = 20, ...which }: WhichSource & { limit?: number }) {
      const source = await pullSource(which);
      return (await pullsOf(db, source, Math.min(Math.max(1, limit), 500))).map(pullFacts);
    },
  };
}

const pullFacts = ({
  id,
  scope,
  state,
  askedBy,
  dueAt,
  createdAt,
  startedAt,
  finishedAt,
  nextAt,
  attempts,
  progress,
  trouble,
  facts,
  syncId,
}: PullRow) => ({
  id,
  scope,
  state,
  askedBy,
  dueAt,
  createdAt,
  startedAt,
  finishedAt,
  nextAt,
  attempts,
  progress,
  trouble,
  counts: (facts.counts ?? null) as Record<string, number> | null,
  requests: (facts.requests ?? null) as number | null,
  sync: syncId,
});
