import assert from 'node:assert/strict';
import test from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { openDb } from './db.ts';
import { isId, newId } from './ids.ts';

test('values come back as what they were', async () => {
  const db = await testDb();
  const at = new Date('2026-11-21T02:58:00.123Z');
  const row = await db.one(sql`
    select ${'a'}::text as text, ${3}::bigint as big, ${at}::timestamptz as at, ${JSON.stringify({ b: [1] })}::jsonb as json,
      null as nothing, count(*) as n from generate_series(1, 5)`);
  assert.deepEqual(row, { text: 'a', big: 3, at, json: { b: [1] }, nothing: null, n: 5 });
  assert.equal(await db.one(sql`select 1 where false`), undefined);
});

test('a bigint that a number cannot hold is refused, not rounded', async () => {
  const db = await testDb();
  await assert.rejects(db.query(sql`select 9007199254740993::bigint as n`), /9007199254740993 does not fit/);
});

test('a transaction is all or nothing, and one within it is the same one', async () => {
  const db = await testDb();
  await db.query(sql`create table t (n integer primary key)`);
  await db.tx(async (tx) => {
    await tx.query(sql`insert into t values (1)`);
    await tx.tx((inner) => inner.query(sql`insert into t values (2)`));
    assert.deepEqual(await db.query(sql`select n from t`), [], 'nobody sees it before the end');
  });
  await assert.rejects(
    db.tx(async (tx) => {
      await tx.tx((inner) => inner.query(sql`insert into t values (3)`));
      throw new Error('no');
    }),
    /no/,
  );
  assert.deepEqual(await db.query(sql`select n from t order by n`), [{ n: 1 }, { n: 2 }]);
});

test('transactions that lock each other out are tried again', async () => {
  const db = await testDb();
  await db.query(sql`create table t (id integer primary key, n integer not null)`);
  await db.query(sql`insert into t values (1, 0), (2, 0)`);
  let tries = 0;
  const both = [0, 0];
  const add = (first: number, second: number) =>
    db.tx(async (tx) => {
      tries++;
      await tx.query(sql`update t set n = n + 1 where id = ${first}`);
      both[first - 1] = 1;
      while (both.includes(0)) await new Promise((resolve) => setImmediate(resolve));
      await tx.query(sql`update t set n = n + 1 where id = ${second}`);
    });
  await Promise.all([add(1, 2), add(2, 1)]);
  assert.equal(tries, 3);
  assert.deepEqual(await db.query(sql`select n from t`), [{ n: 2 }, { n: 2 }]);
});

test('COPY fills a table, within a transaction and without', async () => {
  const db = await testDb();
  await db.query(sql`create table t (n integer, s text)`);
  const fill = async (copy: NodeJS.WritableStream, text: string) => {
    await new Promise<void>((resolve, reject) => copy.once('finish', resolve).once('error', reject).end(text));
  };
  await fill(await db.copyIn('copy t from stdin'), '1\tone\n2\t\\N\n');
  await db.tx(async (tx) => {
    await fill(await tx.copyIn('copy t from stdin'), '3\tthree\n');
    assert.deepEqual(await tx.one(sql`select count(*) as n from t`), { n: 3 });
  });
  await assert.rejects(
    db.tx(async (tx) => {
      await fill(await tx.copyIn('copy t from stdin'), '4\tfour\n');
      await fill(await tx.copyIn('copy t from stdin'), 'five\tfive\n');
    }),
    /invalid input syntax for type integer/,
  );
  await assert.rejects(fill(await db.copyIn('copy t from stdin'), 'x\n'));
  assert.deepEqual(await db.one(sql`select count(*) as n, count(s) as s from t`), { n: 3, s: 2 });
});

test('a COPY that is given up leaves nothing, and the pool goes on', async () => {
  const db = await testDb();
  await db.query(sql`create table t (n integer)`);
  const pool = openDb({ ...db.config, max: 1 });
  for (let index = 0; index < 3; index++) {
    const copy = await pool.copyIn('copy t from stdin');
    copy.on('error', () => {});
    copy.write('1\n');
    await new Promise((resolve) => copy.once('close', resolve).destroy(new Error('enough')));
  }
  assert.deepEqual(await pool.one(sql`select count(*) as n from t`), { n: 0 });
  await pool.close();
});

test('connections that are cut do not end the program, and new ones take their place', async () => {
  const db = await testDb();
  const cut = () =>
    db.query(sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut me'`);
  const pool = openDb({ ...db.config, application_name: 'cut me', max: 2 });
  await pool.query(sql`select 1`);
  await cut();
  await assert.rejects(
    pool.tx(async (tx) => {
      await tx.query(sql`select 1`);
      await cut();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await tx.query(sql`select 1`);
    }),
  );
  assert.deepEqual(await pool.query(sql`select 2 as n`), [{ n: 2 }]);
  await pool.close();
});

test('ids made later sort later, and only an id looks like one', () => {
  const ids = Array.from({ length: 1000 }, newId);
  assert.deepEqual(ids.toSorted(), ids);
  assert.equal(new Set(ids).size, 1000);
  assert.match(ids[0] as string, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(isId(ids[0] as string), true);
  for (const text of ['', '1', `${ids[0]}x`, "' or true --"]) assert.equal(isId(text), false);
});
