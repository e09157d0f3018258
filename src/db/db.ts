/** The one way to the database: queries, transactions that are tried again when the database asks for it, and COPY. */
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Sql } from 'sql-template-tag';

export type Db = {
  /**
   * Runs one statement and answers its rows. `bigint` comes as a number and throws beyond 2^53 (cast 64-bit hashes to
   * text), `numeric` as text, times as `Date`, `jsonb` parsed.
   */
  query<T = Record<string, unknown>>(sql: Sql): Promise<T[]>;
  /** The first row, if there is one. */
  one<T = Record<string, unknown>>(sql: Sql): Promise<T | undefined>;
  /**
   * All of `work` or nothing, on one connection. `work` runs again from its beginning when the database reports a
   * serialization failure or a deadlock, so it must change nothing outside the database. A `tx` in a `tx` is the same.
   */
  tx<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /**
   * A stream for `copy … from stdin`; finished when the stream emits `finish`. Within a `tx` it uses that connection:
   * end the stream before the next query.
   */
  copyIn(statement: string): Promise<Writable>;
};

export type Pool = Db & {
  config: pg.PoolConfig;
  /** Waits for running queries and closes all connections. May be called again. */
  close(): Promise<void>;
};

/** Opens a pool of connections; none is made before the first query. */
export function openDb(config: pg.PoolConfig): Pool {
  const pool = new pg.Pool({
    max: 10,
    connectionTimeoutMillis: 30_000,
    application_name: 'homeroom',
    ...config,
    types,
  });
  // A connection that breaks while idle is dropped by the pool; the next query opens another.
  pool.on('error', () => {});
  let closing: Promise<void> | undefined;
  return {
    config,
    ...queries(pool),
    tx: (work) => transaction(pool, work),
    copyIn: (statement) => copyOnOwnConnection(pool, statement),
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

const INT8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === INT8 && format !== 'binary') return safeInteger;
    return pg.types.getTypeParser(oid, format);
  },
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number; cast it to text`);
  return value;
}

function queries(runner: pg.Pool | pg.PoolClient): Pick<Db, 'query' | 'one'> {
  async function query<T>(sql: Sql): Promise<T[]> {
    const result = await runner.query({ text: sql.text, values: sql.values });
    return result.rows as T[];
  }
  return { query, one: async <T>(sql: Sql) => (await query<T>(sql))[0] };
}

const TRIES = 8;
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';

async function transaction<T>(pool: pg.Pool, work: (db: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transactionOnce(pool, work);
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if ((code !== SERIALIZATION_FAILURE && code !== DEADLOCK) || attempt === TRIES) throw error;
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
}

async function transactionOnce<T>(pool: pg.Pool, work: (db: Db) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(within(client));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

function within(client: pg.PoolClient): Db {
  const db: Db = {
    ...queries(client),
    tx: (work) => work(db),
    copyIn: async (statement) => client.query(copyFrom(statement)),
  };
  return db;
}

async function copyOnOwnConnection(pool: pg.Pool, statement: string): Promise<Writable> {
  const client = await connect(pool);
  const stream = client.query(copyFrom(statement));
  let done = false;
  const release = (error?: Error) => {
    if (done) return;
    done = true;
    client.release(error);
  };
  stream.once('finish', () => release());
  stream.once('error', (error) => release(error));
  stream.once('close', () => release(new Error('COPY was given up')));
  return stream;
}

/** The pool watches idle connections only: one that breaks while in use would otherwise end the process. */
async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  const client = await pool.connect();
  if (client.listenerCount('error') === 0) client.on('error', () => {});
  return client;
}
