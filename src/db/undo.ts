/**
 * Finds what it takes to undo syncs: for each record that they changed, its state before the first of these changes. A
 * record whose latest state was made by somebody else is kept as it is.
 */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Plan } from '../core/plan.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import { type Counting, countRewrite, createRewriteStage, rewriteColumns } from './rewrite.ts';
import {
  changeIds,
  contentFields,
  liveTable,
  plannedSchools,
  recordJson,
  references,
  type StageContext,
  stageTable,
} from './roster-sql.ts';

/** The syncs whose changes are undone: one alone, or that one and all that were applied after it. */
export type Undo = { syncId: string; back: boolean };

/** Stages and counts the undoing. Running it again begins anew. */
export async function planUndo(db: Db, ctx: StageContext, undo: Undo, counting: Counting = 'all'): Promise<Plan> {
  await createRewriteStage(db, ctx);
  return db.tx(async (tx) => {
    await tx.query(sql`set local work_mem = '64MB'`);
    const syncs = undo.back ? await appliedSince(tx, ctx.rosterId, undo.syncId) : [undo.syncId];
    for (const kind of rosterKinds) {
      const first = undo.back ? await firstStates(tx, ctx, kind, syncs) : findOne(ctx, kind, undo.syncId);
      await tx.query(first);
      await tx.query(sql`analyze ${raw(stageTable(ctx, 'found'))}`);
      if (!(await tx.one(sql`select 1 from ${raw(stageTable(ctx, 'found'))} where kind = ${kind} limit 1`))) continue;
      await keepWhoseIdIsTaken(tx, ctx, kind);
      await keepWhatNeedsTheGone(tx, ctx, kind);
      if (kind === 'users') await keepWhoseUsernameIsTaken(tx, ctx, undo.syncId);
      await tx.query(stageFormerStates(ctx, kind));
      await tx.query(sql`analyze ${raw(stageTable(ctx, kind))}`);
      await tx.query(planFormerStates(ctx, kind));
    }
    await tx.query(sql`
      insert into ${raw(stageTable(ctx, 'kept'))} (kind, sourced_id, reason)
      select kind, sourced_id, reason from ${raw(stageTable(ctx, 'found'))} where reason is not null`);
    return countRewrite(tx, ctx, counting);
  });
}

/** A sync and all that changed the roster after it, in the order in which they did. */
export async function appliedSince(db: Db, rosterId: string, syncId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select a.sync_id as id from applied_syncs a where a.roster_id = ${rosterId} and a.at >= ${appliedAt(rosterId, syncId)}
    order by a.at`);
  return rows.map(({ id }) => id);
}

/** Whether a sync has changed the roster, ever. */
export async function hasBeenApplied(db: Db, rosterId: string, syncId: string): Promise<boolean> {
  const row = await db.one(sql`select 1 from applied_syncs where roster_id = ${rosterId} and sync_id = ${syncId}`);
  return row !== undefined;
}

const appliedAt = (rosterId: string, syncId: string): Sql =>
  sql`(select at from applied_syncs where roster_id = ${rosterId} and sync_id = ${syncId})`;

/** Whether a record was last changed by a sync: what a person changes has a time of its own. */
const bySync = (rosterId: string): Sql =>
  sql`l.date_last_modified in (select at from applied_syncs where roster_id = ${rosterId})`;

/** The id under which a record stood before a change, when that was another one: its history has moved along. */
const former = (alias: string): Sql => raw(`nullif(${alias}.before->>'sourcedId', ${alias}.sourced_id) as former`);

/**
 * Each record that one sync changed, with its first change (none for a record that it created), and why it is kept: it is
 * not as that sync's last change left it.
 */
function findOne(ctx: StageContext, kind: Kind, syncId: string): Sql {
  const { first, last } = changeIds(syncId, kind);
  const { rosterId } = ctx;
  return sql`
    insert into ${raw(stageTable(ctx, 'found'))} (kind, sourced_id, change_id, former, reason, seen)
    select ${kind}::text, t.sourced_id, t.change_id, t.former, case
        when l.sourced_id is null then 'gone'
        when not (${bySync(rosterId)}) then 'person'
        when l.updated_sync is distinct from t.sync_after then 'later sync'
        when l.source_id is distinct from t.source_after then 'person'
        when l.source_id is null and exists (
          select 1 from changes p where p.roster_id = ${rosterId} and p.kind = ${kind} and p.sourced_id = t.sourced_id
            and p.sync_id is null and p.at > ${appliedAt(rosterId, syncId)}) then 'person'
      end, l.date_last_modified
    from (
      (select distinct on (c.sourced_id) c.sourced_id, c.id as change_id, ${former('c')},
        last_value(c.source_after) over w as source_after, last_value(c.sync_after) over w as sync_after
      from changes c
      where c.roster_id = ${rosterId} and c.id between ${first} and ${last} and c.sync_id = ${syncId}
      window w as (partition by c.sourced_id order by c.id rows between unbounded preceding and unbounded following)
      order by c.sourced_id, c.id)
      union all
      select n.sourced_id, null::uuid, null::text, y.source_id, null::uuid
      from ${raw(liveTable(kind))} n join syncs y on y.roster_id = n.roster_id and y.id = n.created_sync
      where n.roster_id = ${rosterId} and n.created_sync = ${syncId}
    ) t
    left join ${raw(liveTable(kind))} l on l.roster_id = ${rosterId} and l.sourced_id = t.sourced_id`;
}

/**
 * Each record that any of these syncs changed, with the first change since a person changed it last. What they changed
 * before that stays as the person left it, and is noted as kept.
 */
async function firstStates(db: Db, ctx: StageContext, kind: Kind, syncs: string[]): Promise<Sql> {
  const { rosterId } = ctx;
  const ranges = syncs.map((id) => changeIds(id, kind));
  const since = appliedAt(rosterId, syncs[0] as string);
  const steps = sql`
    select c.sourced_id, c.id as change_id, ${former('c')}, c.at
    from unnest(${syncs}::uuid[], ${ranges.map(({ first }) => first)}::uuid[], ${ranges.map(({ last }) => last)}::uuid[])
      as v (sync_id, first, last)
    join changes c on c.roster_id = ${rosterId} and c.id between v.first and v.last and c.sync_id = v.sync_id
    union all
    select n.sourced_id, null::uuid, null::text, a.at
    from ${raw(liveTable(kind))} n join applied_syncs a on a.roster_id = n.roster_id and a.sync_id = n.created_sync
    where n.roster_id = ${rosterId} and n.created_sync = any(${syncs}::uuid[])`;
  const people = sql`
    select p.sourced_id, max(p.at) as at from changes p
    where p.roster_id = ${rosterId} and p.kind = ${kind} and p.sync_id is null and p.action <> 'purge' and p.at > ${since}
    group by p.sourced_id`;
  await db.query(sql`
    insert into ${raw(stageTable(ctx, 'kept'))} (kind, sourced_id, reason)
    select distinct ${kind}::text, s.sourced_id, 'person' from (${steps}) s
    join (${people}) p on p.sourced_id = s.sourced_id and p.at > s.at`);
  return sql`
    insert into ${raw(stageTable(ctx, 'found'))} (kind, sourced_id, change_id, former, reason, seen)
    select ${kind}::text, t.sourced_id, t.change_id, t.former, case when l.sourced_id is null then 'gone' end,
      l.date_last_modified
    from (
      select distinct on (s.sourced_id) s.sourced_id, s.change_id, s.former from (${steps}) s
      left join (${people}) p on p.sourced_id = s.sourced_id
      where p.at is null or s.at > p.at
      order by s.sourced_id, s.at, s.change_id
    ) t
    left join ${raw(liveTable(kind))} l on l.roster_id = ${rosterId} and l.sourced_id = t.sourced_id`;
}

/** A record whose former id somebody else has by now is kept as it is. */
async function keepWhoseIdIsTaken(db: Db, ctx: StageContext, kind: Kind): Promise<void> {
  await db.query(sql`
    update ${raw(stageTable(ctx, 'found'))} f set reason = 'id'
    where f.kind = ${kind} and f.reason is null and f.former is not null and exists (
      select 1 from ${raw(liveTable(kind))} l where l.roster_id = ${ctx.rosterId} and l.sourced_id = f.former)`);
}

/**
 * A user whose former username somebody else has got since is kept as they are: two people would sign in by one name.
 * Whoever loses that username by the same rollback does not stand in the way.
 */
async function keepWhoseUsernameIsTaken(db: Db, ctx: StageContext, syncId: string): Promise<void> {
  const found = raw(stageTable(ctx, 'found'));
  const { rosterId } = ctx;
  await db.query(sql`
    update ${found} f set reason = 'username'
    from (
      select distinct g.sourced_id from ${found} g
      join changes c on c.roster_id = g.roster_id and c.id = g.change_id
      join users l on l.roster_id = g.roster_id and l.sourced_id = g.sourced_id
      join users o on o.roster_id = g.roster_id and lower(o.username) = lower(c.before->>'username')
        and o.sourced_id <> g.sourced_id and o.status = 'active'
      left join ${found} u on u.kind = 'users' and u.sourced_id = o.sourced_id and u.reason is null
      left join changes b on b.roster_id = u.roster_id and b.id = u.change_id
      where g.roster_id = ${rosterId} and g.kind = 'users' and g.reason is null and c.before->>'status' = 'active'
        and (l.status <> 'active' or lower(l.username) is distinct from lower(c.before->>'username'))
        and o.date_last_modified > ${appliedAt(rosterId, syncId)}
        and (u.sourced_id is null
          or (b.before->>'status' = 'active' and lower(b.before->>'username') = lower(o.username)))
    ) x
    where f.kind = 'users' and f.reason is null and f.sourced_id = x.sourced_id`);
}

/** A record that would be active again and refer to what was purged in the meantime is kept as it is. */
async function keepWhatNeedsTheGone(db: Db, ctx: StageContext, kind: Kind): Promise<void> {
  for (const { field, to, list } of references(kind)) {
    const value = sql`c.before->>${field}::text`;
    const targets = list ? sql`unnest(string_to_array(${value}, ','))` : sql`unnest(array[${value}])`;
    // As joins: what is asked of each row anew costs as much as the rows times what is undone.
    await db.query(sql`
      update ${raw(stageTable(ctx, 'found'))} f set reason = 'reference'
      from (
        select distinct n.sourced_id from (
          select g.sourced_id, trim(item) as target
          from ${raw(stageTable(ctx, 'found'))} g
          join changes c on c.roster_id = g.roster_id and c.id = g.change_id
          cross join lateral ${targets} as item
          where g.roster_id = ${ctx.rosterId} and g.kind = ${kind} and g.reason is null
            and c.before->>'status' = 'active' and trim(item) <> ''
        ) n
        left join ${raw(liveTable(to))} t on t.roster_id = ${ctx.rosterId} and t.sourced_id = n.target
        left join ${raw(stageTable(ctx, 'found'))} o on o.kind = ${to} and o.reason is null and o.former = n.target
        where t.sourced_id is null and o.former is null
      ) x
      where f.kind = ${kind} and f.reason is null and f.sourced_id = x.sourced_id`);
  }
}

/** Stages what records were before, where that is not what they are; what was created has nothing before. */
function stageFormerStates(ctx: StageContext, kind: Kind): Sql {
  const fields = contentFields(kind).filter((name) => name !== 'sourcedId');
  return sql`
    insert into ${raw(stageTable(ctx, kind))} (${raw(rewriteColumns(kind).join(', '))})
    select nullif(c.before->>'status', 'active'), c.sourced_id, ${raw(fields.map((name) => `c.before->>'${name}'`).join(', '))},
      c.before->'metadata', c.hash_before, c.source_before, c.archived_before, c.sync_before, c.released_before
    from ${raw(stageTable(ctx, 'found'))} f
    join changes c on c.roster_id = f.roster_id and c.id = f.change_id
    join ${raw(liveTable(kind))} l on l.roster_id = f.roster_id and l.sourced_id = f.sourced_id
    where f.roster_id = ${ctx.rosterId} and f.kind = ${kind} and f.reason is null
      and not (${raw(recordJson(kind, 'l'))} = c.before and l.source_id is not distinct from c.source_before
        and l.updated_sync is not distinct from c.sync_before)`;
}

function planFormerStates(ctx: StageContext, kind: Kind): Sql {
  return sql`
    insert into ${raw(stageTable(ctx, 'plan'))} (kind, sourced_id, action, seen, schools)
    select ${kind}::text, l.sourced_id, case
        when s.sourced_id is null then 'archive'
        when l.status = 'active' and s.status is not null then 'archive'
        when l.status = 'tobedeleted' and s.status is null then 'reactivate'
        when l.source_id is not null and s.source_id is null then 'release'
        when l.source_id is null and s.source_id is not null then 'take over'
        else 'update'
      end, f.seen, ${raw(plannedSchools(kind))}
    from ${raw(stageTable(ctx, 'found'))} f
    join ${raw(liveTable(kind))} l on l.roster_id = f.roster_id and l.sourced_id = f.sourced_id
    left join ${raw(stageTable(ctx, kind))} s on s.roster_id = f.roster_id and s.sourced_id = f.sourced_id
    where f.roster_id = ${ctx.rosterId} and f.kind = ${kind} and f.reason is null
      and (s.sourced_id is not null or (f.change_id is null and l.status = 'active'))`;
}
