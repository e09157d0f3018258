/** Opens what pulls: the store of pages, the way out to APIs, and the work on pulls that are due or asked for. */
import { join } from 'node:path';
import type { Desk } from '../alert/alerts.ts';
import type { Pool } from '../db/db.ts';
import { networksOf, publicDialer } from '../dial.ts';
import type { Log } from '../log.ts';
import { openLanes } from '../pull/lanes.ts';
import { openProbes, type Probes } from '../pull/probes.ts';
import type { PullDeps } from '../pull/pull.ts';
import { openPulls, type Pulls } from '../pull/pulls.ts';
import { openPageStore, type PageStore } from '../pull/store.ts';
import type { Inbox } from '../sync/inbox.ts';
import type { KeyRing, Vault } from '../vault.ts';

export type PullHouse = {
  db: Pool;
  inbox: Inbox;
  vault: Vault;
  keys: KeyRing;
  desk: Desk;
  log: Log;
  /** Private folder of the pages, and one for files of the moment. */
  dir: string;
  tempDir: string;
  /** Networks that APIs may be in besides the public internet, with commas between them. */
  networks: string;
  now(): Date;
} & Pick<PullDeps, 'timing' | 'at'>;

export type Pulling = { pulls: Pulls; probes: Probes; store: PageStore; close(): Promise<void> };

const connectTimeoutMs = 60_000;
const keepAliveMs = 10_000;
/** As it comes over the wire; what it unpacks to is bounded by the setting of each source. */
const responseLimitBytes = 256 * 2 ** 20;

/** @throws SettingError when the networks cannot be read. */
export async function openPulling(house: PullHouse): Promise<Pulling> {
  const allowed = networksOf(house.networks, 'HOMEROOM_PULL_NETWORKS');
  const dialer = publicDialer({ allowed, connectTimeoutMs, connections: 8, keepAliveMs, responseLimitBytes });
  const store = await openPageStore({ dir: house.dir, tempDir: join(house.tempDir), key: house.keys });
  const lanes = openLanes(() => house.now().getTime());
  const deps = { ...house, store, dialer, lanes };
  const pulls = openPulls(deps);
  const probes = openProbes(deps);
  return {
    pulls,
    probes,
    store,
    async close() {
      await probes.close();
      await dialer.destroy();
    },
  };
}
