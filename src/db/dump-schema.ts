/** Writes schema.sql, the whole schema in one place, so that the effect of a migration shows as a difference. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sql from 'sql-template-tag';
import { createLog } from '../log.ts';
import { type Db, openDb } from './db.ts';
import { startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';

export const schemaFile = new URL('./schema.sql', import.meta.url);

/** The schema as the database itself describes it, without the queue's own and without data. */
export async function dumpSchema(db: Db): Promise<string> {
  const tables = await db.query<{ text: string }>(sql`
    select format(E'create table %s (\n%s\n);\n', c.oid::regclass, (
      select string_agg(line, E',\n' order by kind, position) from (
        select 1 as kind, attnum::text::integer as position, format('  %s %s%s%s%s', quote_ident(attname), format_type(atttypid, atttypmod),
          (select format(' collate %I', collname) from pg_collation o join pg_type t on t.oid = atttypid
            where o.oid = attcollation and o.oid <> t.typcollation),
          case when attnotnull then ' not null' end,
          (select ' default ' || pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = attrelid and adnum = attnum)) as line
        from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
        union all
        select 2, row_number() over (order by contype <> 'p', conname)::integer,
          format('  constraint %I %s', conname, pg_get_constraintdef(oid))
        from pg_constraint where conrelid = c.oid and contype <> 'n'
      ) lines)) || coalesce((
      select E'\n' || string_agg(pg_get_indexdef(indexrelid) || E';\n', '' order by indexrelid::regclass::text) from pg_index
      where indrelid = c.oid and not exists (select 1 from pg_constraint where conindid = indexrelid and conrelid = c.oid)), '')
      || coalesce((
      select E'\n' || string_agg(pg_get_triggerdef(oid) || E';\n', '' order by tgname) from pg_trigger
      where tgrelid = c.oid and not tgisinternal), '') as text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'homeroom_queue')
    order by c.oid::regclass::text collate "C"`);
  const functions = await db.query<{ text: string }>(sql`
    select pg_get_functiondef(p.oid) || E';\n' as text
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'homeroom_queue')
    order by p.oid::regprocedure::text collate "C"`);
  const head = '-- Made by `node src/db/dump-schema.ts` from all migrations: read it, do not change it.\n';
  return [head, ...functions.map((each) => each.text), ...tables.map((each) => each.text)].join('\n');
}

if (import.meta.main) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'homeroom-schema-'));
  const engine = await startEmbedded({ dataDir, log: createLog('warn'), settings: { fsync: 'off' } });
  const db = openDb(engine.config);
  try {
    await migrate(db);
    writeFileSync(schemaFile, await dumpSchema(db));
  } finally {
    await db.close();
    await engine.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
