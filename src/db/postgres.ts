/** Chooses the database: the user's own PostgreSQL when an address is set, otherwise the private one of the data folder. */
import pg from 'pg';
import { Refusal } from '../core/refusal.ts';
import type { Log } from '../log.ts';
import { type Engine, startEmbedded } from './embedded.ts';

const OLDEST_MAJOR = 15;

/**
 * @param options.databaseUrl `postgres://…`; empty starts the private PostgreSQL in `dataDir`.
 * @throws Refusal with a sentence when the database cannot be used.
 */
export async function startPostgres(options: { dataDir: string; databaseUrl: string; log: Log }): Promise<Engine> {
  const { dataDir, databaseUrl, log } = options;
  if (databaseUrl === '') return startEmbedded({ dataDir, log });
  const config = { connectionString: databaseUrl };
  await checkServer(config);
  return { config, close: async () => {} };
}

async function checkServer(config: pg.PoolConfig): Promise<void> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  const place = `${client.host}:${client.port}, database ${client.database}`;
  try {
    await client.connect();
  } catch (error) {
    const cause = (error as Error).message;
    throw new Refusal(
      'database-unreachable',
      503,
      `The database of DATABASE_URL (${place}) cannot be reached: ${cause}`,
    );
  }
  try {
    const { rows } = await client.query('select version(), current_setting($1) as encoding', ['server_encoding']);
    const { version, encoding } = rows[0] as { version: string; encoding: string };
    const major = Number.parseInt(/^PostgreSQL (\d+)/.exec(version)?.[1] ?? String(OLDEST_MAJOR), 10);
    if (major < OLDEST_MAJOR || encoding !== 'UTF8') {
      const found = major < OLDEST_MAJOR ? `it is PostgreSQL ${major}` : `its encoding is ${encoding}`;
      throw new Refusal(
        'database-unfit',
        503,
        `The database of DATABASE_URL (${place}) cannot be used: ${found}. Homeroom needs PostgreSQL ${OLDEST_MAJOR} or newer, and UTF8.`,
      );
    }
  } finally {
    await client.end();
  }
}
