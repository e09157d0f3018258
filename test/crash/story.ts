/** What happens in a crash run, step by step: deliveries of every kind, what people decide and do by hand, and rollbacks. */

import sql from 'sql-template-tag';
import type { Choice } from '../../src/db/syncs.ts';
import type { House } from '../../src/house.ts';
import { setUp, which } from '../sync/district.ts';
import { type FileName, mark, type StoryFiles } from './files.ts';

export type Step = {
  say: string;
  /** Does it; when this resolves, whoever asked has heard success. */
  act(house: House, files: StoryFiles): Promise<unknown>;
  /** Whether it has happened, heard of or not. `before` counts what there was when the step before was over. */
  happened(house: House, before: Counts): Promise<boolean>;
};

/** What the steps have made, for telling whether the next one has happened. */
export type Counts = { deliveries: number; syncs: number; decisions: number };

export async function countsNow({ db }: House): Promise<Counts> {
  const found = await db.one<Counts>(sql`
    select (select count(*) from deliveries) as deliveries, (select count(*) from syncs) as syncs,
      (select count(*) from syncs where decision is not null and origin = 'delivery') as decisions`);
  return found as Counts;
}

const put = (file: FileName): Step => ({
  say: `put ${file}`,
  act: (house, files) => house.acts.sync({ path: files[file], ...which }),
  happened: async (house, before) => (await countsNow(house)).deliveries > before.deliveries,
});

/** About the first one that is held. */
const decide = (choice: Choice): Step => ({
  say: `decide: ${choice}`,
  act: async (house) => {
    const held = await house.db.one<{ id: string }>(sql`
      select id from syncs where state = 'held' and decision is null order by number limit 1`);
    return house.acts.decide({ sync: held?.id ?? '', choice });
  },
  happened: async (house, before) => (await countsNow(house)).decisions > before.decisions,
});

/** A record as it is told apart whether an act has happened to it. */
type Seen = { given: string | null; status: string; released: boolean };

async function seenOf({ db }: House, sourcedId: string): Promise<Seen | undefined> {
  return db.one<Seen>(sql`
    select given_name as given, status, released_from is not null as released from users where sourced_id = ${sourcedId}`);
}

/** What a person does to a user by hand. */
const byHand = (
  act: 'add' | 'edit' | 'archive' | 'reactivate' | 'release' | 'hand back',
  sourcedId: string,
  happened: (seen: Seen | undefined) => boolean,
  set: Record<string, string> = {},
): Step => ({
  say: `by hand: ${act} ${sourcedId}`,
  act: ({ acts }) => {
    const one = { ...which, kind: 'users', sourcedId };
    if (act === 'add') return acts.addRecord({ ...which, kind: 'users', set: { sourcedId, ...set } });
    if (act === 'edit') return acts.editRecord({ ...one, set });
    if (act === 'archive') return acts.archiveRecord(one);
    if (act === 'reactivate') return acts.reactivateRecord(one);
    return act === 'release' ? acts.releaseRecord(one) : acts.handBackRecord(one);
  },
  happened: async (house) => happened(await seenOf(house, sourcedId)),
});

const helper = (username: string) => ({
  username,
  givenName: `Kim${mark}`,
  familyName: 'Stone',
  role: 'teacher',
  enabledUser: 'true',
  orgSourcedIds: '0101',
});

/** Of what changed the roster last. */
const rollBack: Step = {
  say: 'roll back what was applied last',
  act: async ({ acts, db }) => {
    const last = await db.one<{ id: string }>(sql`select sync_id as id from applied_syncs order by at desc limit 1`);
    const sync = last?.id ?? '';
    const { counts } = await acts.previewRollback({ sync });
    return acts.rollback({ sync, counts });
  },
  happened: async (house, before) => (await countsNow(house)).syncs > before.syncs,
};

const begin: Step = {
  say: 'set up',
  act: (house) => setUp(house),
  happened: async (house) => {
    const sources = await house.acts.sources();
    if (sources.length === 0) await clear(house);
    return sources.length > 0;
  },
};

/** What a set-up that was cut off has made. */
async function clear({ db }: House): Promise<void> {
  for (const table of [sql`rosters`, sql`districts`, sql`products`]) await db.query(sql`delete from ${table}`);
}

export const story: readonly Step[] = [
  begin,
  put('first'),
  put('first'),
  // Under the username of somebody whom "other delta" brings: it is taken over then, and stands under another id.
  byHand('add', 'M-1', (seen) => seen !== undefined, helper('NEWagain')),
  byHand('edit', 'M-1', (seen) => seen?.given === `Jo${mark}`, { givenName: `Jo${mark}` }),
  byHand('add', 'M-2', (seen) => seen !== undefined, helper('mia.stone')),
  put('later'),
  byHand('archive', 'M-2', (seen) => seen?.status === 'tobedeleted'),
  byHand('release', 'T-001002', (seen) => seen?.released === true),
  put('faulty'),
  decide('apply all'),
  rollBack,
  put('fewer'),
  put('folder'),
  put('fewer'),
  decide('apply additions and updates'),
  // It waits behind the removals, so that a step changes the roster once.
  put('delta'),
  decide('discard'),
  put('fewer'),
  decide('apply all'),
  byHand('reactivate', 'M-2', (seen) => seen?.status === 'active'),
  put('third'),
  put('broken'),
  put('delta'),
  put('other delta'),
  rollBack,
  rollBack,
  put('fewer'),
  decide('discard'),
  byHand('hand back', 'T-001002', (seen) => seen?.released === false),
  put('third'),
  put('later'),
  rollBack,
];
