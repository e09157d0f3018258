/** Databases for tests: one private PostgreSQL for each test process, and a fresh migrated database for each call. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import pg from 'pg';
import { openDb, type Pool } from '../src/db/db.ts';
import { type Engine, startEmbedded } from '../src/db/embedded.ts';
import { createLog } from '../src/log.ts';
import { giveCluster } from './cluster.ts';

const PREFIX = 'homeroom-test-';
const open = new Set<Pool>();
let engine: Promise<Engine> | undefined;
let dataDir: string | undefined;
let count = 0;
let turn: Promise<unknown> = Promise.resolve();

/** A fresh migrated database of its own. It is closed, and everything removed, when the tests of this process are done. */
export function testDb(): Promise<Pool> {
  return newDb('homeroom');
}

/** A database with nothing in it. */
export function emptyDb(): Promise<Pool> {
  return newDb('template1');
}

async function newDb(template: string): Promise<Pool> {
  engine ??= startEngine();
  const { config } = await engine;
  const database = `test_${++count}`;
  // PostgreSQL clones a template for one at a time.
  const made = turn.then(() => once(config, `create database ${database} template ${template}`));
  turn = made.catch(() => {});
  await made;
  const pool = openDb({ ...config, database, allowExitOnIdle: true });
  open.add(pool);
  return pool;
}

async function startEngine(): Promise<Engine> {
  removeLeftovers();
  dataDir = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  process.once('exit', removeNow);
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' };
  await giveCluster(dataDir);
  return startEmbedded({ dataDir, log: createLog('warn'), settings });
}

async function once(config: pg.PoolConfig, statement: string): Promise<void> {
  const client = new pg.Client(config.database === 'postgres' ? config : { ...config, database: 'postgres' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

after(async () => {
  await Promise.all([...open].map((pool) => pool.close()));
  if (engine) await (await engine).close();
  removeNow();
});

function removeNow(): void {
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
}

/** What a test process that was killed has left: its engine is ended by the id in its own folder. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (!owner || isAlive(Number(owner))) continue;
    const folder = path.join(tmpdir(), name);
    try {
      process.kill(Number.parseInt(readFileSync(path.join(folder, 'postgres/postmaster.pid'), 'utf8'), 10), 'SIGQUIT');
    } catch {
      // Not running any more.
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
