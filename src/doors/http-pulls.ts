/** Fits the pages about APIs to what pulls. */

import { collections } from '../core/rest/collections.ts';
import { audit } from '../db/audit.ts';
import type { Pool } from '../db/db.ts';
import { type PullRow, pullById, pullsOf } from '../db/pulls.ts';
import type { PullFacts, PullHttpDeps } from '../http/pull-deps.ts';
import { notFound, refuseViewer } from '../people/rights.ts';
import { addApi, changeApi, ownPull, viewApi } from '../pull/connections.ts';
import { presets } from '../pull/presets/index.ts';
import type { Vault } from '../vault.ts';
import type { Pulling } from './pulls.ts';

export type HttpPullParts = {
  db: Pool;
  vault: Vault;
  pulling: Pulling;
  pullSoon(sourceId: string): Promise<void>;
  now(): Date;
};

const shown = 50;

export function httpPulls({ db, vault, pulling, pullSoon, now }: HttpPullParts): PullHttpDeps {
  const deps = { db, vault, now };
  return {
    presets: () => presets.map(({ id, title, hints }) => ({ id, title, hints })),
    startProbe: (actor, asked) => pulling.probes.start(actor, asked),
    probe: (actor, id) => pulling.probes.look(actor, id),
    async addApi(actor, api) {
      const { id } = await addApi(deps, actor, api);
      return { id };
    },
    api: (actor, sourceId) => viewApi(deps, actor, sourceId),
    changeApi: (actor, change) => changeApi(deps, actor, change),
    async ask(actor, { sourceId, full }) {
      const source = await ownPull(deps, actor, sourceId);
      refuseViewer(actor);
      const pull = await pulling.pulls.ask(source, { by: actor.email, full });
      await audit(db, {
        accountId: actor.id,
        address: actor.address,
        act: 'pull asked',
        object: source.id,
        detail: { full },
      });
      await pullSoon(source.id);
      return pullFacts(pull);
    },
    async pulls(actor, sourceId) {
      const source = await ownPull(deps, actor, sourceId);
      return (await pullsOf(db, source, shown)).map(pullFacts);
    },
    async pull(actor, id) {
      const pull = await pullById(db, id);
      if (!pull) throw notFound('pull');
      await ownPull(deps, actor, pull.sourceId);
      return pullFacts(pull);
    },
  };
}

/** In the order of reading, which the database does not keep. */
const inOrder = (progress: PullRow['progress']) =>
  Object.keys(collections).flatMap((name) => (progress[name] ? [[name, progress[name]] as const] : []));

const pullFacts = ({
  id,
  scope,
  state,
  askedBy,
  createdAt,
  startedAt,
  finishedAt,
  nextAt,
  attempts,
  progress,
  trouble,
  syncId,
}: PullRow): PullFacts => ({
  id,
  scope,
  state,
  askedBy,
  createdAt,
  startedAt,
  finishedAt,
  nextAt,
  attempts,
  progress: inOrder(progress).map(([collection, { state: at, rows, total }]) => ({
    collection,
    state: at,
    rows,
    total,
  })),
  trouble: trouble && {
    sentence: trouble.sentence,
    said: trouble.said ?? null,
    collection: trouble.collection ?? null,
  },
  syncId,
});
