/** Finds people who leave under one sourcedId and come back under another: an export that changed what it takes as id. */
import sql, { raw } from 'sql-template-tag';
import type { Plan } from '../core/plan.ts';
import type { Db } from './db.ts';
import { liveTable, type StageContext, stageTable } from './roster-sql.ts';

/**
 * How many users a compared sync would create, or bring back, whose name, and birth date or grade, are those of a user
 * whom it would archive. Names are compared without regard to capitals.
 */
export async function identityChanges(db: Db, ctx: StageContext, plan: Plan): Promise<number> {
  const users = plan.kinds.users;
  if (!users || users.create + users.reactivate === 0 || users.archive === 0) return 0;
  const planned = raw(stageTable(ctx, 'plan'));
  const hasBirthDates = plan.kinds.demographics !== undefined;
  const sameBirthDate = hasBirthDates
    ? sql`exists (
        select 1 from ${raw(stageTable(ctx, 'demographics'))} n
        join ${raw(liveTable('demographics'))} o on o.roster_id = n.roster_id and o.birth_date = n.birth_date
        where n.roster_id = came.roster_id and n.sourced_id = came.sourced_id and o.sourced_id = gone.sourced_id)`
    : sql`false`;
  const row = await db.one<{ count: number }>(sql`
    with came as (
      select s.roster_id, s.sourced_id, lower(s.given_name) as given, lower(s.family_name) as family, s.grades
      from ${planned} p join ${raw(stageTable(ctx, 'users'))} s on s.roster_id = p.roster_id and s.sourced_id = p.sourced_id
      where p.kind = 'users' and p.action in ('create', 'reactivate')
    ), gone as (
      select l.roster_id, l.sourced_id, lower(l.given_name) as given, lower(l.family_name) as family, l.grades
      from ${planned} p join ${raw(liveTable('users'))} l on l.roster_id = p.roster_id and l.sourced_id = p.sourced_id
      where p.roster_id = ${ctx.rosterId} and p.kind = 'users' and p.action = 'archive'
    )
    select count(distinct came.sourced_id) as count
    from came join gone on gone.roster_id = came.roster_id and gone.given = came.given and gone.family = came.family
    where came.grades = gone.grades or ${sameBirthDate}`);
  return row?.count ?? 0;
}
