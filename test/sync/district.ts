/** A house on a data folder of its own, with a small invented district, for tests of whole syncs. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/config.ts';
import { type House, type HouseOptions, openHouse } from '../../src/house.ts';
import { createLog, type Log } from '../../src/log.ts';
import { generateFaulty } from '../../src/sample/faults.ts';
import { generate } from '../../src/sample/generate.ts';
import { writeSample } from '../../src/sample/write.ts';
import { giveCluster } from '../cluster.ts';

export const which = { district: '1234567', product: 'literacy' };
/** States in which a sync stays until something else happens. */
const restStates = ['applied', 'unchanged', 'rejected', 'held', 'superseded', 'discarded', 'failed'];

export async function tempFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'hr-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

export async function houseOn(
  data: string,
  options: Partial<HouseOptions> = {},
  log: Log = createLog('error'),
): Promise<House> {
  await giveCluster(data);
  const config = readConfig({
    HOMEROOM_DATA: data,
    HOMEROOM_HTTP_PORT: '0',
    HOMEROOM_SFTP_PORT: '0',
    HOMEROOM_VENDOR: 'imagine',
  });
  return openHouse(config, log, { doors: false, retrySeconds: 1, ...options });
}

/** A product, a district and a source that trusts its first delivery unless told otherwise. */
export async function setUp(house: House, source: { trustFirst?: boolean; product?: string } = {}): Promise<void> {
  const { trustFirst = true, product = which.product } = source;
  await house.acts.addProduct({ slug: product, name: product });
  const known = (await house.acts.sources()).some((each) => each.district === which.district);
  if (!known) await house.acts.addDistrict({ siteCode: which.district, name: 'Lakeview Unified', slug: 'lakeview' });
  await house.acts.addSource({ district: which.district, product, trustFirst });
}

/** Writes a sample zip and answers its path. */
export async function sampleZip(
  folder: string,
  name: string,
  options: { generation?: number; faults?: boolean; students?: number } = {},
): Promise<string> {
  const { generation = 0, faults = false, students = 60 } = options;
  const path = join(folder, `${name}.zip`);
  const drawn = { students, seed: 7, generation, churn: 0.02 };
  await writeSample(faults ? generateFaulty(drawn) : generate(drawn), path);
  return path;
}

export type Followed = Awaited<ReturnType<House['acts']['follow']>>;

/** Waits until a sync has come to rest and its outcome has been told. */
export async function settled(
  house: House,
  sync: string,
  until: (sync: Followed) => boolean = isAtRest,
): Promise<Followed> {
  for (let tries = 0; ; tries++) {
    const now = await house.acts.follow({ sync });
    if (until(now)) return now;
    if (tries === 3000) throw new Error(`the sync is ${now.state}, and stays so: ${JSON.stringify(now.steps)}`);
    await sleep(50);
  }
}

export const isAtRest = ({ state, steps, decided }: Followed): boolean =>
  !decided &&
  restStates.includes(state) &&
  steps.some(({ step, finishedAt }) => step === 'published' && finishedAt !== null);

/** Puts a file and waits for what becomes of it. */
export async function put(house: House, path: string, product = which.product): Promise<Followed> {
  const { sync } = await house.acts.sync({ path, district: which.district, product });
  return settled(house, sync);
}
