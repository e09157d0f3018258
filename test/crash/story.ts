/** What happens in a crash run, step by step: deliveries of every kind, and what people decide. */

import sql from 'sql-template-tag';
import type { Choice } from '../../src/db/syncs.ts';
import type { House } from '../../src/house.ts';
import { setUp, which } from '../sync/district.ts';
import type { FileName, StoryFiles } from './files.ts';

export type Step = {
  say: string;
  /** Does it; when this resolves, whoever asked has heard success. */
  act(house: House, files: StoryFiles): Promise<unknown>;
  /** Whether it has happened, heard of or not. `before` counts what there was when the step before was over. */
  happened(house: House, before: Counts): Promise<boolean>;
};

/** What the steps have made, for telling whether the next one has happened. */
export type Counts = { deliveries: number; syncs: number };

export async function countsNow({ db }: House): Promise<Counts> {
  const found = await db.one<Counts>(sql`
    select (select count(*) from deliveries) as deliveries, (select count(*) from syncs) as syncs`);
  return found as Counts;
}

const put = (file: FileName): Step => ({
  say: `put ${file}`,
  act: (house, files) => house.acts.sync({ path: files[file], ...which }),
  happened: async (house, before) => (await countsNow(house)).deliveries > before.deliveries,
});

/** About the latest delivery, which is held. */
const decide = (choice: Choice): Step => ({
  say: `decide: ${choice}`,
  act: async (house) => house.acts.decide({ sync: await latest(house), choice }),
  happened: async (house) => (await decisionOf(house, await latest(house))) === choice,
});

/** The removals that it left waiting are a later sync of the same delivery. */
async function latest({ db }: House): Promise<string> {
  const row = await db.one<{ id: string }>(sql`
    select id from syncs where not removals_only order by number desc limit 1`);
  return row?.id ?? '';
}

async function decisionOf({ db }: House, sync: string): Promise<string | undefined> {
  const row = await db.one<{ choice: string | null }>(sql`
    select decision->>'choice' as choice from syncs where id = ${sync}`);
  return row?.choice ?? undefined;
}

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
  put('later'),
  put('faulty'),
  decide('apply all'),
  put('fewer'),
  put('folder'),
  put('fewer'),
  decide('apply additions and updates'),
  put('delta'),
  put('fewer'),
  decide('apply all'),
  put('third'),
  put('broken'),
  put('delta'),
  put('other delta'),
  put('fewer'),
  decide('discard'),
  put('third'),
  put('later'),
];
