import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { before, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import sql from 'sql-template-tag';
import { openDb } from './db.ts';
import { type Engine, startEmbedded } from './embedded.ts';

const log = pino({ level: 'silent' });
const program = new URL('../../test/engine-process.ts', import.meta.url).pathname;

/** A data folder with a database in it, that each test may have a copy of. */
let made: string;
before(async () => {
  made = emptyFolder({ after: (remove) => process.once('exit', remove) });
  await (await startEmbedded({ dataDir: made, log })).close();
});

function emptyFolder(t: { after(act: () => void): void }, name = 'data'): string {
  const outer = mkdtempSync(path.join(tmpdir(), 'homeroom-engine-'));
  t.after(() => rmSync(outer, { recursive: true, force: true }));
  return path.join(outer, name);
}

function folder(t: TestContext, name = 'data'): string {
  const dataDir = emptyFolder(t, name);
  mkdirSync(path.dirname(dataDir), { recursive: true });
  execFileSync('cp', ['-a', made, dataDir]);
  return dataDir;
}

async function start(t: TestContext, dataDir: string): Promise<Engine> {
  const engine = await startEmbedded({ dataDir, log });
  t.after(() => engine.close());
  return engine;
}

async function ask<T>(engine: Engine, question: ReturnType<typeof sql>): Promise<T[]> {
  const db = openDb(engine.config);
  try {
    return await db.query<T>(question);
  } finally {
    await db.close();
  }
}

/** Another program on the data folder; it says `ready` when the database has started, or the sentence why it has not. */
async function otherProgram(t: TestContext, dataDir: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for await (const text of child.stdout as AsyncIterable<Buffer>) {
    said += text.toString();
    if (said.endsWith('\n')) break;
  }
  return { child, said: said.trim() };
}

function postmasterPid(dataDir: string): number {
  return Number.parseInt(readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !(existsSync(`/proc/${pid}/stat`) && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  } catch {
    return false;
  }
}

test('what was written is there after a clean stop and a new start', async (t) => {
  const dataDir = folder(t);
  const engine = await startEmbedded({ dataDir, log });
  await ask(engine, sql`create table kept (n integer)`);
  await ask(engine, sql`insert into kept values (7)`);
  const pid = postmasterPid(dataDir);
  await engine.close();
  assert.equal(isRunning(pid), false);
  assert.equal(existsSync(path.join(dataDir, 'postgres/postmaster.pid')), false);

  const again = await start(t, dataDir);
  assert.deepEqual(await ask(again, sql`select n from kept`), [{ n: 7 }]);
});

test('it is durable, speaks UTF-8, listens on no port, and its log holds no values', async (t) => {
  const dataDir = folder(t);
  const engine = await start(t, dataDir);
  const settings = await ask<{ name: string; setting: string }>(
    engine,
    sql`select name, setting from pg_settings where name in
      ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'server_encoding', 'data_checksums')`,
  );
  assert.deepEqual(Object.fromEntries(settings.map(({ name, setting }) => [name, setting])), {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '',
    server_encoding: 'UTF8',
    data_checksums: 'on',
  });
  await ask(engine, sql`create table people (name text primary key)`);
  for (let twice = 0; twice < 2; twice++) {
    await ask(engine, sql`insert into people values (${'Mia Marker'})`).catch((error: Error) =>
      assert.match(error.message, /duplicate key/),
    );
  }
  assert.doesNotMatch(readFileSync(path.join(dataDir, 'postgres.log'), 'utf8'), /Marker|insert/);
});

test('only the starter can look into the data folder', async (t) => {
  const dataDir = emptyFolder(t);
  await start(t, dataDir);
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  assert.equal(statSync(path.join(dataDir, 'postgres')).mode & 0o777, 0o700);
  assert.equal(statSync(path.join(dataDir, 'postgres.log')).mode & 0o777, 0o600);
  if (process.getuid?.() === 0) assert.notEqual(statSync(path.join(dataDir, 'postgres')).uid, 0);
});

test('a second program on the same data folder gets a sentence, and the first goes on', async (t) => {
  const dataDir = folder(t);
  const engine = await start(t, dataDir);
  const sentence =
    /^Another Homeroom is running on the data folder .+data\. Stop it first, or choose another folder with --data\.$/;
  await assert.rejects(startEmbedded({ dataDir, log }), { code: 'data-folder-in-use', message: sentence });
  const { said } = await otherProgram(t, dataDir);
  assert.match(said, sentence);
  assert.deepEqual(await ask(engine, sql`select 1 as n`), [{ n: 1 }]);
});

test('after kill -9 of the program the next start takes over, with all that was committed', async (t) => {
  const dataDir = folder(t);
  const { child, said } = await otherProgram(t, dataDir);
  assert.equal(said, 'ready');
  const orphan = postmasterPid(dataDir);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(isRunning(orphan), true, 'the database outlives its program');

  const engine = await start(t, dataDir);
  assert.equal(isRunning(orphan), false);
  assert.deepEqual(await ask(engine, sql`select n from written`), [{ n: 1 }]);
});

test('after kill -9 of program and database the next start recovers', async (t) => {
  const dataDir = folder(t);
  const { child } = await otherProgram(t, dataDir);
  const postmaster = postmasterPid(dataDir);
  child.kill('SIGKILL');
  process.kill(postmaster, 'SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));

  const engine = await start(t, dataDir);
  assert.deepEqual(await ask(engine, sql`select n from written`), [{ n: 1 }]);
});

test('a postmaster.pid that names a program of another kind stops nobody', async (t) => {
  const dataDir = folder(t);
  await (await startEmbedded({ dataDir, log })).close();
  const file = path.join(dataDir, 'postgres/postmaster.pid');
  writeFileSync(file, `${process.pid}\n${path.join(dataDir, 'postgres')}\n1\n5432\n`);
  const engine = await start(t, dataDir);
  assert.deepEqual(await ask(engine, sql`select 1 as n`), [{ n: 1 }]);
});

test('Ctrl-C in the terminal reaches the program, not the database', async (t) => {
  const dataDir = folder(t);
  const { child } = await otherProgram(t, dataDir);
  const postmaster = postmasterPid(dataDir);
  if (process.platform === 'linux') {
    const group = (pid: number | undefined) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];
    assert.notEqual(group(postmaster), group(child.pid));
  }
  child.kill('SIGINT');
  assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 0);
  assert.equal(isRunning(postmaster), false);
  assert.match(readFileSync(path.join(dataDir, 'postgres.log'), 'utf8'), /database system is shut down/);
});

test('a program that ends by an error takes the database with it', async (t) => {
  const dataDir = folder(t);
  const { child } = await otherProgram(t, dataDir);
  const postmaster = postmasterPid(dataDir);
  child.kill('SIGUSR2');
  assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 1);
  while (isRunning(postmaster)) await sleep(20);
});

test('a database that dies is started again', async (t) => {
  const dataDir = folder(t);
  const engine = await start(t, dataDir);
  const first = postmasterPid(dataDir);
  process.kill(first, 'SIGKILL');
  for (let answer: unknown[] = []; answer.length === 0; await sleep(50)) {
    answer = await ask(engine, sql`select 1 as n`).catch(() => []);
  }
  assert.notEqual(postmasterPid(dataDir), first);
});

test('a data folder with a very long and unusual path', async (t) => {
  const dataDir = folder(t, `${'long '.repeat(20)}/it's, "ünusual"`);
  const engine = await startEmbedded({ dataDir, log });
  assert.deepEqual(await ask(engine, sql`select 1 as n`), [{ n: 1 }]);
  const socketDir = engine.config.host as string;
  assert.notEqual(path.dirname(socketDir), dataDir);
  assert.equal(statSync(socketDir).mode & 0o777, 0o700);
  await engine.close();
  assert.equal(existsSync(socketDir), false);
});

test('a start that was cut off while making the database leaves nothing in the way', async (t) => {
  const dataDir = emptyFolder(t);
  mkdirSync(path.join(dataDir, 'postgres.new/base'), { recursive: true });
  writeFileSync(path.join(dataDir, 'postgres.new/PG_VERSION'), '18\n');
  const engine = await start(t, dataDir);
  assert.deepEqual(await ask(engine, sql`select 1 as n`), [{ n: 1 }]);
});

test('a database of another major version is left alone, with a sentence that says what to do', async (t) => {
  const dataDir = folder(t);
  writeFileSync(path.join(dataDir, 'postgres/PG_VERSION'), '17\n');
  await assert.rejects(startEmbedded({ dataDir, log }), {
    code: 'database-version',
    message: /was made by PostgreSQL 17; this Homeroom brings PostgreSQL 18 .* pg_dump/,
  });
  assert.equal(readFileSync(path.join(dataDir, 'postgres/PG_VERSION'), 'utf8'), '17\n');
});
