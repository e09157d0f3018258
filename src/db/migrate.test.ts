import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import sql, { raw } from 'sql-template-tag';
import { emptyDb, testDb } from '../../test/postgres.ts';
import { openDb } from './db.ts';
import { dumpSchema, schemaFile } from './dump-schema.ts';
import { migrate, readMigrations } from './migrate.ts';
import { startPostgres } from './postgres.ts';

test('migrating again changes nothing', async () => {
  const db = await testDb();
  const ledger = () => db.query(sql`select * from schema_migrations order by version`);
  const before = await ledger();
  assert.deepEqual(
    before.map((row) => row.version),
    readMigrations().map((each) => each.version),
  );
  await migrate(db);
  assert.deepEqual(await ledger(), before);
});

test('programs that start at once on a new database migrate it once', async () => {
  const db = await emptyDb();
  const others = Array.from({ length: 6 }, () => openDb({ ...db.config, max: 1 }));
  await Promise.all([db, ...others].map((each) => migrate(each)));
  assert.deepEqual(await db.one(sql`select count(*) as n from schema_migrations`), { n: readMigrations().length });
  for (const other of others) await other.close();
});

test('a migration that fails leaves nothing behind', async () => {
  const db = await emptyDb();
  await db.query(sql`create table sync_findings (in_the_way integer)`);
  await assert.rejects(migrate(db), /sync_findings/);
  assert.deepEqual(await db.one(sql`select count(*) as n from schema_migrations`), { n: 0 });
  assert.deepEqual(await db.one(sql`select to_regclass('products') as it`), { it: null });
  await db.query(sql`drop table sync_findings`);
  await migrate(db);
});

test('a database of a newer program, or of another text, is refused in plain words', async () => {
  const newer = await testDb();
  await newer.query(sql`insert into schema_migrations (version, name, checksum) values (900, '900_later', 'x')`);
  await assert.rejects(migrate(newer), {
    code: 'database-newer',
    message: /newer Homeroom \(its schema is number 900/,
  });
  const other = await testDb();
  await other.query(sql`update schema_migrations set checksum = 'x' where version = 1`);
  await assert.rejects(migrate(other), { code: 'database-altered', message: /001_house/ });
});

test('schema.sql shows what the migrations make; if not, run `node src/db/dump-schema.ts`', async () => {
  assert.equal(await dumpSchema(await testDb()), readFileSync(schemaFile, 'utf8'));
});

test('a database of the user is used as it is, and refused with a sentence when it cannot be', async () => {
  const db = await testDb();
  const { host, port, user, database } = db.config;
  const options = { dataDir: '/nowhere', log: undefined as never };
  const url = (name: string, role = user) => `postgres://${role}@${encodeURIComponent(String(host))}:${port}/${name}`;
  const engine = await startPostgres({ ...options, databaseUrl: url(String(database)) });
  const pool = openDb(engine.config);
  assert.deepEqual(await pool.one(sql`select current_database() as name`), { name: database });
  await pool.close();
  await engine.close();
  assert.deepEqual(await db.one(sql`select 1 as n`), { n: 1 }, 'closing leaves the user’s server alone');

  const missing = startPostgres({ ...options, databaseUrl: url('missing', 'homeroom:hush') });
  await assert.rejects(missing, (error: Error & { code: string }) => {
    assert.equal(error.code, 'database-unreachable');
    assert.match(
      error.message,
      /^The database of DATABASE_URL \(.*database missing\) cannot be reached: .*does not exist/,
    );
    assert.doesNotMatch(error.message, /hush/);
    return true;
  });
  await db.query(raw(`create database latin encoding 'LATIN1' locale 'C' template template0`));
  await assert.rejects(startPostgres({ ...options, databaseUrl: url('latin') }), {
    code: 'database-unfit',
    message: /LATIN1/,
  });
});
