/** A house with a clock that a test can move, and short words for sending deliveries to rosters of one district. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rosterOf } from '../../src/db/districts.ts';
import { countsOf } from '../../src/db/roster.ts';
import type { House } from '../../src/house.ts';
import { type Followed, houseOn, isAtRest, settled, setUp, tempFolder, which } from './district.ts';

type Files = Record<string, string>;
type Put = {
  /** Sends a set of files, and waits for what becomes of it. */
  (product: string, files: Files): Promise<Followed>;
  /** Sends only; answers the sync. */
  send(product: string, files: Files): Promise<string>;
  settled(sync: string, until?: (sync: Followed) => boolean): Promise<Followed>;
};

export type Lane = {
  house: House;
  put: Put;
  /** A roster of the district that trusts its first delivery unless told otherwise. */
  setUp(product: string, source?: { trustFirst?: boolean }): Promise<void>;
  /** Active records of a kind. */
  active(product: string, kind: 'users' | 'enrollments'): Promise<number>;
  /** Moves the clock to a moment, and wakes the rosters as the sweep would. */
  at(moment: string): Promise<void>;
  close(): Promise<void>;
};

export async function lane(start = '2026-11-21T12:00:00Z'): Promise<Lane> {
  const folder = await tempFolder();
  let now = new Date(start);
  let house = await houseOn(join(folder.path, 'data'), { now: () => now });
  let sets = 0;
  const send = async (product: string, files: Files): Promise<string> => {
    const path = join(folder.path, `set ${++sets}`);
    await mkdir(path);
    for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
    return (await house.acts.sync({ path, district: which.district, product })).sync;
  };
  const wait = (sync: string, until = isAtRest) => settled(house, sync, until);
  const put = Object.assign(async (product: string, files: Files) => wait(await send(product, files)), {
    send,
    settled: wait,
  });
  return {
    get house() {
      return house;
    },
    put,
    setUp: (product, source = {}) => setUp(house, { product, ...source }),
    async active(product, kind) {
      const roster = await rosterOf(house.db, { district: which.district, product });
      return (await countsOf(house.db, roster?.id as string))[kind] ?? 0;
    },
    async at(moment) {
      now = new Date(moment);
      await house.close();
      house = await houseOn(join(folder.path, 'data'), { now: () => now });
    },
    async close() {
      await house.close();
      await folder.remove();
    },
  };
}
