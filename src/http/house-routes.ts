/** What the house runs with, for the people of the vendor: settings without secrets, keys, addresses. */

import { Hono } from 'hono';
import { vendorOnly } from '../people/deps.ts';
import type { HttpDeps } from './deps.ts';
import type { SessionEnv } from './session.ts';

export type HouseFacts = {
  version: string;
  node: string;
  /** Version of PostgreSQL. */
  database: string;
  isOwnDatabase: boolean;
  hasMailServer: boolean;
  /** With how many keys what is kept can be read; more than one while they are being changed. */
  keys: { count: number; areSetting: boolean };
  sftp: { host: string; port: number; fingerprints: { type: string; fingerprint: string }[] } | null;
  /** `shown` of a secret says no more than whether it is set. */
  settings: { env: string; doc: string; shown: string; default: string; isSecret: boolean; isSet: boolean }[];
};

/** A route behind a session. */
export function houseRoutes(deps: HttpDeps) {
  return new Hono<SessionEnv>().get('/house', async (c) => {
    vendorOnly(c.get('account'));
    return c.json(await deps.house());
  });
}
