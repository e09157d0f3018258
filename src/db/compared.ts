/** Finds what only the comparison shows: references of manual records that lose their target, and usernames of the removed. */
import sql, { raw } from 'sql-template-tag';
import { finding } from '../core/finding.ts';
import type { Plan } from '../core/plan.ts';
import type { Finding } from '../core/record.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import { column, liveTable, references, type StageContext, stageTable } from './roster-sql.ts';

/** The rules of these findings, which are told anew whenever a delivery is compared anew. */
export const comparedRules = ['roster-reference-leaves', 'roster-username-reserved'];

/** Most findings of one of these rules. */
const mostFindings = 50_000;

export async function comparedFindings(db: Db, ctx: StageContext, plan: Plan): Promise<Finding[]> {
  return [...(await leftBehind(db, ctx, plan)), ...(await reservedUsernames(db, ctx, plan))];
}

type Pointing = { sourcedId: string; target: string };

/** Manual records that refer to what the delivery removes; people keep few, so that this is cheap. */
async function leftBehind(db: Db, ctx: StageContext, plan: Plan): Promise<Finding[]> {
  const leaving = (kind: Kind) => (plan.kinds[kind]?.archive ?? 0) > 0;
  const found: Finding[] = [];
  for (const kind of rosterKinds) {
    for (const { field, to, list } of references(kind)) {
      if (!leaving(to)) continue;
      const value = list ? sql`trim(i.id)` : raw(`l.${column(field)}`);
      const items = list
        ? raw(`cross join lateral unnest(string_to_array(l.${column(field)}, ',')) as i (id)`)
        : raw('');
      const rows = await db.query<Pointing>(sql`
        select l.sourced_id as "sourcedId", p.sourced_id as target
        from ${raw(liveTable(kind))} l ${items}
        join ${raw(stageTable(ctx, 'plan'))} p
          on p.roster_id = l.roster_id and p.kind = ${to} and p.action = 'archive' and p.sourced_id = ${value}
        where l.roster_id = ${ctx.rosterId} and l.source_id is null and l.status = 'active'
        order by l.sourced_id limit ${mostFindings}`);
      for (const { sourcedId, target } of rows) {
        const message = `${field} of the record "${sourcedId}" of ${kind}, which was added by hand, points to "${target}", which leaves`;
        found.push(finding('roster-reference-leaves', { column: field, key: sourcedId, value: target, message }));
      }
    }
  }
  return found;
}

type Reserved = { sourcedId: string; username: string; gone: string };

/** Users who come, or change their username, to one that a user has who was archived and is not purged yet. */
async function reservedUsernames(db: Db, ctx: StageContext, plan: Plan): Promise<Finding[]> {
  const users = plan.kinds.users;
  if (!users || users.fresh || users.create + users.update + users.reactivate === 0) return [];
  const planned = raw(stageTable(ctx, 'plan'));
  const rows = await db.query<Reserved>(sql`
    select s.sourced_id as "sourcedId", s.username, min(a.sourced_id) as gone
    from users a
    join ${raw(stageTable(ctx, 'users'))} s
      on s.roster_id = a.roster_id and lower(s.username) = lower(a.username) and s.sourced_id <> a.sourced_id
    join ${planned} p on p.roster_id = s.roster_id and p.kind = 'users' and p.sourced_id = s.sourced_id
    left join users l on l.roster_id = s.roster_id and l.sourced_id = s.sourced_id
    where a.roster_id = ${ctx.rosterId} and a.archived_at is not null and a.source_id is not null
      and p.action in ('create', 'update', 'reactivate') and lower(l.username) is distinct from lower(s.username)
      and not exists (select 1 from ${planned} b where b.roster_id = a.roster_id and b.kind = 'users'
        and b.sourced_id = a.sourced_id and b.action = 'reactivate')
    group by s.sourced_id, s.username order by s.sourced_id limit ${mostFindings}`);
  return rows.map(({ sourcedId, username, gone }) =>
    finding('roster-username-reserved', {
      file: 'users.csv',
      column: 'username',
      key: sourcedId,
      value: username,
      message: `username "${username}" is that of "${gone}", who was removed lately`,
    }),
  );
}
