/** What the house runs with, as people of the vendor may see it: nothing of a secret but whether it is set. */
import sql from 'sql-template-tag';
import type { Config } from '../config.ts';
import { settings } from '../config.ts';
import type { Db } from '../db/db.ts';
import type { HouseFacts } from '../http/house-routes.ts';
import type { HouseKeys } from '../sync/keys.ts';
import type { SftpPlace } from './connection.ts';

const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;

/** Keys, passwords, and addresses that hold one. */
const secrets: readonly string[] = ['databaseUrl', 'smtpUrl', 'archiveKey', 'oidcClientSecret'];

export function houseFacts(given: {
  db: Db;
  config: Config;
  keys: HouseKeys;
  place: () => SftpPlace | undefined;
}): () => Promise<HouseFacts> {
  const { db, config, keys, place } = given;
  const values = config as unknown as Record<string, unknown>;
  return async () => {
    const { server } = (await db.one<{ server: string }>(sql`select current_setting('server_version') as server`)) ?? {
      server: '',
    };
    const sftp = place();
    return {
      version,
      node: process.versions.node,
      database: server,
      isOwnDatabase: config.databaseUrl !== '',
      hasMailServer: config.smtpUrl !== '',
      keys: { count: keys.all().length, areSetting: keys.areSetting },
      sftp: sftp
        ? {
            host: sftp.host,
            port: sftp.port,
            fingerprints: sftp.hostKeys.map(({ type, fingerprint }) => ({ type, fingerprint })),
          }
        : null,
      settings: Object.entries(settings).map(([name, { env, doc, default: usual }]) => {
        const value = shownOf(values[name]);
        const isSecret = secrets.includes(name);
        const isSet = value !== usual;
        return { env, doc, default: usual, isSecret, isSet, shown: isSecret ? (value ? 'set' : 'not set') : value };
      }),
    };
  };
}

const shownOf = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value ?? ''));
