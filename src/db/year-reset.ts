/** The statements of a school-year reset: who is a pupil, and what leaves with the classes and the people who leave. */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Kind } from '../core/tables.ts';
import type { Db } from './db.ts';
import { liveTable, plannedSchools, recordJson, type StageContext, schoolsOf, stageTable } from './roster-sql.ts';

/** Users of these roles alone: by their own role, or by all of their roles where they have those instead (OneRoster 1.2). */
const hasRole = (roles: readonly string[]): Sql => sql`(
  l.role = any(${roles}) or (l.role is null and exists (
    select 1 from roles o where o.roster_id = l.roster_id and o.user_sourced_id = l.sourced_id and o.status = 'active'
    having bool_and(o.role = any(${roles})))))`;

const active = (ctx: StageContext): Sql => sql`l.roster_id = ${ctx.rosterId} and l.status = 'active'`;
const managed = (ctx: StageContext): Sql => sql`${active(ctx)} and l.source_id is not null`;

export type Pupil = { sourcedId: string; record: Record<string, unknown> };

/** A page of the active users of these roles that sources manage, by sourcedId. */
export function pupilsPage(
  db: Db,
  ctx: StageContext,
  roles: readonly string[],
  page: { after: string; limit: number },
): Promise<Pupil[]> {
  return db.query<Pupil>(sql`
    select l.sourced_id as "sourcedId", ${raw(recordJson('users', 'l'))} as record from users l
    where ${managed(ctx)} and l.sourced_id > ${page.after} and ${hasRole(roles)}
    order by l.sourced_id limit ${page.limit}`);
}

/** All of these people leave. */
export async function planPeople(db: Db, ctx: StageContext, roles: readonly string[]): Promise<void> {
  await planArchive(db, ctx, 'users', hasRole(roles));
}

/** People who leave, and people who move on with the values that are staged. Nobody else of their record changes. */
export async function planMoved(db: Db, ctx: StageContext): Promise<void> {
  await planArchive(
    db,
    ctx,
    'users',
    sql`exists (select 1 from ${raw(stageTable(ctx, 'found'))} f
      where f.roster_id = l.roster_id and f.kind = 'users' and f.sourced_id = l.sourced_id)`,
  );
  const staged = raw(stageTable(ctx, 'users'));
  await db.query(sql`
    update ${staged} s set source_id = l.source_id, updated_sync = ${ctx.syncId}
    from users l where l.roster_id = s.roster_id and l.sourced_id = s.sourced_id`);
  await db.query(sql`
    insert into ${raw(stageTable(ctx, 'plan'))} (kind, sourced_id, action, seen, schools)
    select 'users', l.sourced_id, 'update', l.date_last_modified, ${raw(plannedSchools('users'))} from ${staged} s
    join users l on l.roster_id = s.roster_id and l.sourced_id = s.sourced_id where l.roster_id = ${ctx.rosterId}`);
}

/** Classes leave, the enrollments in them, and what belongs to people who leave. What is kept by hand is noted. */
export async function planRest(db: Db, ctx: StageContext, roles: readonly string[]): Promise<void> {
  await planArchive(db, ctx, 'classes', sql`true`);
  await db.query(sql`analyze ${raw(stageTable(ctx, 'plan'))}`);
  const leaves = (kind: Kind, id: string) => sql`exists (
    select 1 from ${raw(stageTable(ctx, 'plan'))} p
    where p.roster_id = l.roster_id and p.kind = ${kind} and p.action = 'archive' and p.sourced_id = ${raw(id)})`;
  const enrolled = sql`(${leaves('classes', 'l.class_sourced_id')} or ${leaves('users', 'l.user_sourced_id')})`;
  await planArchive(db, ctx, 'enrollments', enrolled);
  await planArchive(db, ctx, 'demographics', leaves('users', 'l.sourced_id'));
  await planArchive(db, ctx, 'roles', leaves('users', 'l.user_sourced_id'));
  await planArchive(db, ctx, 'userProfiles', leaves('users', 'l.user_sourced_id'));
  await keepByHand(db, ctx, 'classes', sql`true`);
  await keepByHand(db, ctx, 'users', hasRole(roles));
  await keepByHand(db, ctx, 'enrollments', enrolled);
}

function planArchive(db: Db, ctx: StageContext, kind: Kind, where: Sql): Promise<unknown> {
  return db.query(sql`
    insert into ${raw(stageTable(ctx, 'plan'))} (kind, sourced_id, action, seen, schools)
    select ${kind}::text, l.sourced_id, 'archive', l.date_last_modified, ${raw(schoolsOf(kind, 'l'))} from ${raw(liveTable(kind))} l
    where ${managed(ctx)} and ${where}`);
}

function keepByHand(db: Db, ctx: StageContext, kind: Kind, where: Sql): Promise<unknown> {
  return db.query(sql`
    insert into ${raw(stageTable(ctx, 'kept'))} (kind, sourced_id, reason)
    select ${kind}::text, l.sourced_id, 'by hand' from ${raw(liveTable(kind))} l
    where ${active(ctx)} and l.source_id is null and ${where}`);
}
