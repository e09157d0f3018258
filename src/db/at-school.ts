/** Finds the rows of one school through an index, where a row names its schools in one text (`S1` or `S1, S2`), and reads counts. */
import sql, { empty, raw, type Sql } from 'sql-template-tag';
import type { SchoolPlan } from '../core/plan.ts';
import type { Db } from './db.ts';

/**
 * The different texts that name this school; undefined when no row says anything about schools. It leaps from one text to
 * the next, so that it takes as long as there are texts, and not rows.
 * @param column what is indexed behind the columns of which `rows` asks for one value.
 * @param rows table and conditions.
 */
export async function textsNaming(db: Db, column: string, rows: Sql, school: string): Promise<string[] | undefined> {
  const next = (than: Sql) => sql`
    select ${raw(column)} from ${rows} and ${raw(column)} ${than} order by ${raw(column)} limit 1`;
  const found = await db.query<{ schools: string }>(sql`
    with recursive texts (schools) as (
      (${next(sql`is not null`)})
      union all
      select (${next(sql`> texts.schools`)}) from texts where texts.schools is not null
    )
    select schools from texts where schools is not null`);
  if (found.length === 0) return undefined;
  return found.map(({ schools }) => schools).filter((text) => text.split(',').some((id) => id.trim() === school));
}

/** The rows `t` for those texts, to be compared with a column that sorts by bytes. */
export const listedTexts = (texts: string[]): Sql =>
  sql`(select v collate "C" as schools from unnest(${texts}::text[]) v) t`;

/** What an applied sync did to each school; null where that was not noted. */
export async function appliedBySchool(
  db: Db,
  { rosterId, id }: { rosterId: string; id: string },
): Promise<SchoolPlan[] | null> {
  const row = await db.one<{ schools: SchoolPlan[] | null }>(
    sql`select schools from syncs where roster_id = ${rosterId} and id = ${id}`,
  );
  return row?.schools ? named(db, rosterId, row.schools) : null;
}

/**
 * Gives schools their names, as they stand in the roster.
 * @param coming `union all` of ids and names from elsewhere, which count where both have them.
 */
export async function named(
  db: Db,
  rosterId: string,
  plans: SchoolPlan[],
  coming: (ids: string[]) => Sql = () => empty,
): Promise<SchoolPlan[]> {
  const ids = [...new Set(plans.map(({ school }) => school))];
  const rows = await db.query<{ id: string; name: string | null }>(sql`
    select sourced_id as id, name from orgs where roster_id = ${rosterId} and sourced_id = any(${ids}) ${coming(ids)}`);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return plans.map((plan) => {
    const name = names.get(plan.school);
    return name ? { ...plan, name } : plan;
  });
}
