import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import test from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';

const folder = import.meta.dirname;

/** What Citus, YugabyteDB and CockroachDB do not share with PostgreSQL. */
const forbidden: Record<string, RegExp> = {
  'LISTEN and NOTIFY': /\b(un)?listen\s+["a-z_]|\bnotify\s+["a-z_]|pg_notify/i,
  'advisory locks': /pg_(try_)?advisory/i,
  'deferrable constraints': /\bdeferrable\b|\binitially\s+deferred\b|\bset\s+constraints\b/i,
  'INCLUDE indexes': /\binclude\s*\(/i,
  'a statement that changes two tables':
    /\bas\s+((not\s+)?materialized\s+)?\(\s*(insert|update|delete|merge)\b[^`;]*?\)\s*(,\s*\w+\s+as\s*\(\s*)?(insert\s+into|update\s+[\w$"]|delete\s+from|merge\s+into)/i,
};

const withoutComments = (text: string, file: string) =>
  file.endsWith('.sql') ? text.replace(/--.*/g, '') : text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*/gm, '');

test('the patterns find what they are for', () => {
  const samples: Record<string, string> = {
    'LISTEN and NOTIFY': 'notify syncs',
    'advisory locks': 'select pg_try_advisory_xact_lock(1)',
    'deferrable constraints': 'references a (id) deferrable',
    'INCLUDE indexes': 'create index i on t (a) include (b)',
    'a statement that changes two tables':
      'with gone as (\n  delete from a returning id) insert into b select * from gone',
  };
  for (const [name, sample] of Object.entries(samples)) assert.match(sample, forbidden[name] as RegExp);
  const one = 'with gone as (delete from a returning id) select count(*) from gone';
  for (const pattern of Object.values(forbidden)) assert.doesNotMatch(one, pattern);
});

const files = globSync(['*.ts', 'migrations/*.sql'], { cwd: folder }).filter((file) => !file.endsWith('.test.ts'));
for (const file of files) {
  test(`${file} stays in the common subset`, () => {
    const text = withoutComments(readFileSync(`${folder}/${file}`, 'utf8'), file);
    for (const [name, pattern] of Object.entries(forbidden)) assert.ok(!pattern.test(text), name);
  });
}

/** Belongs to a roster, yet is found by its own id from every door; small, and copied to every node. */
const onEveryNode = ['sources'];

test('the keys of every table of a roster begin with roster_id', async () => {
  const db = await testDb();
  const keys = await db.query<{ table: string; index: string; primary: boolean; columns: string[] }>(sql`
    select c.relname as table, i.indexrelid::regclass::text as index, i.indisprimary as primary,
      array(select pg_get_indexdef(i.indexrelid, k, true) from generate_series(1, i.indnkeyatts) k) as columns
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where i.indisunique and n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema')
      and exists (select 1 from pg_attribute where attrelid = c.oid and attname = 'roster_id' and not attisdropped)`);
  const checked = keys.filter((key) => !onEveryNode.includes(key.table));
  assert.ok(checked.some((key) => key.table === 'syncs') && checked.some((key) => key.table === 'users'));
  for (const key of checked) assert.equal(key.columns[0], 'roster_id', `${key.index} (${key.columns})`);

  const keyless = await db.query(sql`
    select c.oid::regclass::text as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
      and not exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary)`);
  assert.deepEqual(keyless, [], 'every table has a primary key');
});

test('the database itself knows of no deferrable constraint and no INCLUDE index', async () => {
  const db = await testDb();
  assert.deepEqual(await db.query(sql`select conname from pg_constraint where condeferrable`), []);
  assert.deepEqual(
    await db.query(sql`
      select indexrelid::regclass::text as index from pg_index i join pg_class c on c.oid = i.indrelid
      where indnkeyatts <> indnatts and c.relnamespace <> 'pg_catalog'::regnamespace`),
    [],
  );
});
