/** The statements that compare a stage with the live roster and apply it, the same for every kind. */
import sql, { empty, raw, type Sql } from 'sql-template-tag';
import type { Kind } from '../core/tables.ts';
import {
  changeIds,
  column,
  contentColumns,
  liveTable,
  plannedSchools,
  recordJson,
  type StageContext,
  schoolsOf,
  stageTable,
} from './roster-sql.ts';
import { afterRenames, kindOfId } from './take-over.ts';

/** One kind of a plan on its way to the live roster. `removals` false leaves archives out; `renames`: see take-over.ts. */
export type Applying = StageContext & { kind: Kind; fresh: boolean; removals: boolean; renames: boolean };

export function countStaged(ctx: StageContext, kind: Kind): Sql {
  return sql`
    select count(*) filter (where status is null) as active, count(*) filter (where status is not null) as leaving
    from ${raw(stageTable(ctx, kind))}`;
}

/**
 * Plans what the rows of the delivery change; answers how many of each action.
 * @param takes the delivery takes over records that stand under other ids.
 */
export function planIncoming(ctx: StageContext, kind: Kind, takes: boolean): Sql {
  const former = takes
    ? sql`left join ${raw(stageTable(ctx, 'takes'))} t
        on t.roster_id = s.roster_id and t.kind = ${kindOfId(kind)} and t.sourced_id = s.sourced_id`
    : empty;
  const liveId = takes ? sql`coalesce(t.former, s.sourced_id)` : sql`s.sourced_id`;
  const released = takes
    ? sql`l.released_from is not null and l.sourced_id = s.sourced_id`
    : sql`l.released_from is not null`;
  return sql`
    with planned as (
      insert into ${raw(stageTable(ctx, 'plan'))} (kind, sourced_id, action, schools)
      select ${kind}::text, sourced_id, action, schools from (
        select s.sourced_id, ${raw(plannedSchools(kind))} as schools, case
          when s.status is not null then
            case when l.source_id = ${ctx.sourceId} and l.status = 'active' then 'archive' end
          when l.sourced_id is null then 'create'
          when l.source_id is null then case when not (${released}) then 'take over' end
          when l.source_id <> ${ctx.sourceId} then 'conflict'
          when l.status = 'tobedeleted' then 'reactivate'
          when l.content_hash is distinct from s.content_hash and ${differs(kind)} then 'update'
        end as action
        from ${raw(stageTable(ctx, kind))} s
        ${former}
        left join ${raw(liveTable(kind))} l on l.roster_id = ${ctx.rosterId} and l.sourced_id = ${liveId}
        ${takes && kindOfId(kind) !== kind ? sql`where not exists (${renamed(ctx, kind, sql`s`)})` : empty}
      ) compared
      where action is not null
      returning action
    )
    select action, count(*) from planned group by action`;
}

/**
 * Whether values differ. A record has another hash than its values have where what it points to got another id, which its
 * source may send or not.
 */
function differs(kind: Kind): Sql {
  const values = contentColumns(kind).filter((name) => name !== 'content_hash');
  const of = (alias: string) => values.map((name) => `${alias}.${name}`).join(', ');
  return raw(`(${of('l')}) is distinct from (${of('s')})`);
}

/** The take over by which a record of this id, or the one that it extends, gets another. */
const renamed = (ctx: StageContext, kind: Kind, alias: Sql): Sql => sql`
  select t.sourced_id from ${raw(stageTable(ctx, 'takes'))} t
  where t.roster_id = ${alias}.roster_id and t.kind = ${kindOfId(kind)} and t.former = ${alias}.sourced_id
    and t.former <> t.sourced_id`;

/**
 * Plans the archiving of this source's records that a bulk delivery does not carry; answers how many.
 * @param takes the delivery takes over records that stand under other ids, and what extends these moves along.
 */
export function planAbsent(ctx: StageContext, kind: Kind, takes: boolean): Sql {
  const ids = takes ? sql`(m.sourced_id, (${renamed(ctx, kind, sql`m`)}))` : sql`(m.sourced_id)`;
  const among = (table: 'left out' | Kind, also: Sql) => sql`
    select 1 from ${raw(stageTable(ctx, table))} x
    where x.roster_id = m.roster_id and x.sourced_id in ${ids} ${also}`;
  return sql`
    with planned as (
      insert into ${raw(stageTable(ctx, 'plan'))} (kind, sourced_id, action, schools)
      select ${kind}::text, l.sourced_id, 'archive', ${raw(schoolsOf(kind, 'l'))}
      from (
        select m.roster_id, m.sourced_id from ${raw(stageTable(ctx, 'missing'))} m
        where m.kind = ${kind} and not exists (${among(kind, empty)})
          and not exists (${among('left out', sql`and x.kind = ${kind}`)})
      ) m
      join ${raw(liveTable(kind))} l on l.roster_id = m.roster_id and l.sourced_id = m.sourced_id
      where l.roster_id = ${ctx.rosterId} and l.source_id = ${ctx.sourceId} and l.status = 'active'
      returning 1
    )
    select count(*) from planned`;
}

/** How many records a kind loses by the text that names their schools. */
export function schoolsLosing(ctx: StageContext, kind: Kind): Sql {
  return sql`
    select schools, count(*) as archive from ${raw(stageTable(ctx, 'plan'))}
    where kind = ${kind} and action = 'archive' group by schools`;
}

/** Writes the history of what is about to happen to existing records, with their values. */
export function recordChanges(work: Applying): Sql {
  const { kind } = work;
  const { prefix } = changeIds(work.syncId, kind);
  // A take over that renames is written down when it does.
  const noted = work.renames
    ? sql`and not (p.action = 'take over' and exists (
        select 1 from ${raw(stageTable(work, 'takes'))} t where t.roster_id = p.roster_id and t.kind = ${kind}
          and t.sourced_id = p.sourced_id and t.former <> t.sourced_id))`
    : empty;
  const first = work.renames ? afterRenames : 0;
  return sql`
    insert into changes (roster_id, id, sync_id, kind, sourced_id, action, before,
      source_before, hash_before, archived_before, sync_before, released_before, source_after, sync_after, schools)
    select p.roster_id, (${prefix} || lpad(to_hex(${first}::bigint + row_number() over ()), 10, '0'))::uuid,
      ${work.syncId}::uuid,
      ${kind}::text, p.sourced_id, p.action, ${raw(recordJson(kind, 'l'))},
      l.source_id, l.content_hash, l.archived_at, l.updated_sync, l.released_from, ${work.sourceId}::uuid, ${work.syncId}::uuid,
      ${raw(schoolsOf(kind, 'l'))}
    from ${raw(stageTable(work, 'plan'))} p
    join ${raw(liveTable(kind))} l on l.roster_id = p.roster_id and l.sourced_id = p.sourced_id
    where l.roster_id = ${work.rosterId} and p.kind = ${kind}
      and p.action in ('update', 'reactivate', 'take over', ${work.removals ? 'archive' : null}) ${noted}`;
}

/** The first records of a kind: all that is staged. */
export function insertAllStaged(work: Applying): Sql {
  return sql`${insertStaged(work)} where s.status is null`;
}

/** Inserts the records that are new; answers how many. */
export function insertCreates(work: Applying): Sql {
  return sql`
    with done as (
      ${insertStaged(work)}
      join ${raw(stageTable(work, 'plan'))} p on p.roster_id = s.roster_id and p.sourced_id = s.sourced_id
      where p.kind = ${work.kind} and p.action = 'create' and s.status is null
      returning 1
    )
    select count(*) from done`;
}

/** Lists what is new among records that were there before. */
export function listCreates({ kind, ...work }: Applying): Sql {
  return sql`
    insert into created_records (roster_id, sync_id, kind, sourced_id, schools)
    select roster_id, ${work.syncId}::uuid, kind, sourced_id, schools from ${raw(stageTable(work, 'plan'))}
    where kind = ${kind} and action = 'create'`;
}

function insertStaged({ kind, ...work }: Applying): Sql {
  const columns = contentColumns(kind);
  return sql`
    insert into ${raw(liveTable(kind))} (roster_id, ${raw(columns.join(', '))}, source_id, created_sync)
    select s.roster_id, ${raw(columns.map((name) => `s.${name}`).join(', '))}, ${work.sourceId}::uuid, ${work.syncId}::uuid
    from ${raw(stageTable(work, kind))} s`;
}

/** Gives changed, returning and taken-over records the values of the delivery; answers how many. */
export function updateRecords(work: Applying): Sql {
  const { kind } = work;
  const values = contentColumns(kind).filter((name) => name !== column('sourcedId'));
  return sql`
    with done as (
      update ${raw(liveTable(kind))} l
      set ${raw(values.map((name) => `${name} = s.${name}`).join(', '))}, source_id = ${work.sourceId},
        released_from = null, status = 'active', archived_at = null, date_last_modified = now(), updated_sync = ${work.syncId}
      from ${raw(stageTable(work, kind))} s
      join ${raw(stageTable(work, 'plan'))} p on p.roster_id = s.roster_id and p.sourced_id = s.sourced_id
      where p.kind = ${kind} and p.action in ('update', 'reactivate', 'take over')
        and l.roster_id = ${work.rosterId} and l.roster_id = s.roster_id and l.sourced_id = s.sourced_id
        and ((p.action = 'take over' and l.source_id is null)
          or (p.action = 'update' and l.source_id = ${work.sourceId} and l.status = 'active')
          or (p.action = 'reactivate' and l.source_id = ${work.sourceId} and l.status = 'tobedeleted'))
      returning 1
    )
    select count(*) from done`;
}

/** Archives softly: the record stays, as tobedeleted; answers how many. */
export function archiveRecords(work: Applying): Sql {
  return sql`
    with done as (
      update ${raw(liveTable(work.kind))} l
      set status = 'tobedeleted', archived_at = now(), date_last_modified = now(), updated_sync = ${work.syncId}
      from ${raw(stageTable(work, 'plan'))} p
      where p.kind = ${work.kind} and p.action = 'archive'
        and l.roster_id = ${work.rosterId} and l.roster_id = p.roster_id and l.sourced_id = p.sourced_id
        and l.source_id = ${work.sourceId} and l.status = 'active'
      returning 1
    )
    select count(*) from done`;
}
