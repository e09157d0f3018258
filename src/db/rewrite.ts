/**
 * Brings records to states that are known, rather than to what a delivery says: for rollbacks and school-year resets. What
 * each record is to become waits in stage tables, is counted as a plan, and is applied in one transaction with history.
 */
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Kept, type KeptReason, keptReasons } from '../core/kept.ts';
import { type Action, type KindPlan, type Plan, schoolsShown } from '../core/plan.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import { plannedBySchool } from './preview.ts';
import {
  changeIds,
  column,
  columnType,
  contentColumns,
  contentFields,
  liveTable,
  recordJson,
  type StageContext,
  schoolsOf,
  stageTable,
} from './roster-sql.ts';
import { countVersion, lockRoster } from './roster-version.ts';
import {
  type Counted,
  countLive,
  dropStage,
  expectCount,
  finishStage,
  type LiveCounts,
  type Loaded,
  lost,
  stageLoaded,
} from './staging.ts';
import { afterRewrites, kindOfId, type Rename, renameRecords } from './take-over.ts';

/**
 * Makes the stage of such a sync, empty. In the table of a kind stands the whole of what a record becomes (`status` null
 * where it is active); a record that is planned as `archive` and not in it keeps its values. `seen` in the plan is the time
 * of the record's last change: one that has changed since then is not touched, and the sync is planned anew.
 */
export async function createRewriteStage(db: Db, ctx: StageContext): Promise<void> {
  await dropStage(db, ctx);
  if (!/^[0-9a-f-]{36}$/i.test(ctx.rosterId)) throw new TypeError('a roster id is a UUID');
  const roster = `roster_id uuid not null default '${ctx.rosterId}'`;
  const id = 'kind text not null, sourced_id text collate "C" not null';
  const make = (table: Parameters<typeof stageTable>[1], columns: string) =>
    db.query(sql`create unlogged table ${raw(stageTable(ctx, table))} (${raw(columns)})`);
  await make('plan', `${roster}, ${id}, action text not null, seen timestamptz not null, schools text collate "C"`);
  await make('kept', `${roster}, ${id}, reason text not null`);
  await make('found', `${roster}, ${id}, change_id uuid, former text collate "C", reason text, seen timestamptz`);
  await make('left out', `${roster}, ${id}`);
  await make('loaded', 'kind text not null, mode text not null, unchanged bigint not null, live jsonb not null');
  for (const kind of rosterKinds) {
    const content = contentFields(kind).map((field) => `${column(field)} ${columnType(kind, field)}`);
    const state =
      'metadata jsonb, content_hash bigint, source_id uuid, archived_at timestamptz, updated_sync uuid, released_from uuid';
    await make(kind, [roster, 'status text', ...content, state].join(', '));
  }
}

/** The columns of a stage table for a kind, in the order in which they are filled. */
export const rewriteColumns = (kind: Kind): string[] => [
  'status',
  ...contentColumns(kind),
  'source_id',
  'archived_at',
  'updated_sync',
  'released_from',
];

/** How much of a plan is counted: with what is live and what each school would lose, or only what would change. */
export type Counting = 'all' | 'changes';

/** Counts what is staged and planned, and closes the stage: from here on it is whole. */
export async function countRewrite(db: Db, ctx: StageContext, counting: Counting): Promise<Plan> {
  await db.query(sql`analyze ${raw(stageTable(ctx, 'plan'))}`);
  const planned = await db.query<{ kind: Kind; action: Action; count: number }>(sql`
    select kind, action, count(*) as count from ${raw(stageTable(ctx, 'plan'))} group by kind, action`);
  const kept = await db.query<{ kind: Kind; count: number }>(sql`
    select kind, count(*) as count from ${raw(stageTable(ctx, 'kept'))} group by kind`);
  const plan: Plan = { kinds: {}, schools: [] };
  const loaded: Loaded[] = [];
  for (const kind of rosterKinds) {
    const actions = planned.filter((each) => each.kind === kind);
    const leftOut = kept.find((each) => each.kind === kind)?.count ?? 0;
    if (actions.length === 0 && leftOut === 0) continue;
    await db.query(sql`analyze ${raw(stageTable(ctx, kind))}`);
    const live = counting === 'all' ? await managed(db, ctx, kind) : { all: 0, bySchool: {} };
    const count = (...of: Action[]) =>
      actions.reduce((sum, each) => sum + (of.includes(each.action) ? each.count : 0), 0);
    const counts: KindPlan = {
      create: 0,
      update: count('update', 'release'),
      archive: count('archive'),
      reactivate: count('reactivate'),
      takeOver: count('take over'),
      conflict: 0,
      unchanged: 0,
      leftOut,
      live: live.all,
      fresh: false,
      removalsSuspended: false,
    };
    plan.kinds[kind] = counts;
    loaded.push({ kind, mode: 'delta', unchanged: 0, live });
  }
  await finishStage(db, ctx, loaded);
  return counting === 'all' ? { ...plan, schools: await plannedBySchool(db, ctx, plan, schoolsShown) } : plan;
}

/** Active records of all sources: what removals are measured against. */
async function managed(db: Db, ctx: StageContext, kind: Kind): Promise<LiveCounts> {
  return countLive(
    await db.query<Counted>(sql`
      select ${raw(schoolsOf(kind, 'l'))} as schools, count(*) as count from ${raw(liveTable(kind))} l
      where roster_id = ${ctx.rosterId} and source_id is not null and status = 'active' group by schools`),
  );
}

/** Records that are kept as they are, by kind and sourcedId: at most `limit` of each reason. */
export async function keptRecords(db: Db, ctx: StageContext, limit: number): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const reason of keptReasons) {
    kept.push(
      ...(await db.query<Kept>(sql`
        select kind, sourced_id as "sourcedId", reason from ${raw(stageTable(ctx, 'kept'))}
        where reason = ${reason} order by kind, sourced_id limit ${limit}`)),
    );
  }
  return kept;
}

/** How many records are kept as they are, by reason. */
export async function keptCounts(db: Db, ctx: StageContext): Promise<Partial<Record<KeptReason, number>>> {
  const rows = await db.query<{ reason: KeptReason; count: number }>(sql`
    select reason, count(*) as count from ${raw(stageTable(ctx, 'kept'))} group by reason`);
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
}

/**
 * Changes the live roster as staged, with history, in one transaction; a sync that is applied already changes nothing.
 * @param inside runs in the same transaction, for what has to become true together with the changes.
 * @throws Error when the roster is not any more what the plan was made on, or the stage is gone; nothing is changed then.
 */
export async function applyRewrite(
  db: Db,
  ctx: StageContext,
  plan: Plan,
  inside: (tx: Db) => Promise<void>,
): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`set local work_mem = '64MB'`);
    await lockRoster(tx, ctx.rosterId);
    const first = await tx.one(sql`
      insert into applied_syncs (roster_id, sync_id) values (${ctx.rosterId}, ${ctx.syncId})
      on conflict (roster_id, sync_id) do nothing returning 1`);
    if (!first) return;
    if (!(await stageLoaded(tx, ctx))) throw new Error(lost);
    for (const kind of rosterKinds) {
      const counts = plan.kinds[kind];
      if (!counts) continue;
      const changes = counts.update + counts.takeOver + counts.reactivate + counts.archive;
      if (changes === 0) continue;
      await tx.query(recordRewrites(ctx, kind));
      const kept = await tx.one<{ count: number }>(archiveAsTheyAre(ctx, kind));
      await expectCount(tx, rewriteRecords(ctx, kind), changes - (kept?.count ?? 0));
    }
    await renameBack(tx, ctx);
    await countVersion(tx, ctx.rosterId);
    await inside(tx);
  });
}

/** Records that a take over had given other ids stand under their own again, and all that points to them follows. */
async function renameBack(tx: Db, ctx: StageContext): Promise<void> {
  const work = { ...ctx, statements: afterRewrites, isUndoing: true };
  for (const kind of rosterKinds.filter((each) => kindOfId(each) === each)) {
    const renames = await tx.query<Rename>(sql`
      select f.sourced_id as former, f.former as "sourcedId" from ${raw(stageTable(ctx, 'found'))} f
      where f.kind = ${kind} and f.reason is null and f.former is not null`);
    if (renames.length > 0) await renameRecords(tx, work, kind, renames, 'update');
  }
}

/** The history of what is about to happen, with the values and the state before. */
function recordRewrites(ctx: StageContext, kind: Kind): Sql {
  const { prefix } = changeIds(ctx.syncId, kind);
  return sql`
    insert into changes (roster_id, id, sync_id, kind, sourced_id, action, before,
      source_before, hash_before, archived_before, sync_before, released_before, source_after, sync_after, schools)
    select p.roster_id, (${prefix} || lpad(to_hex(row_number() over ()), 10, '0'))::uuid, ${ctx.syncId}::uuid,
      ${kind}::text, p.sourced_id, p.action, ${raw(recordJson(kind, 'l'))},
      l.source_id, l.content_hash, l.archived_at, l.updated_sync, l.released_from,
      case when s.sourced_id is null then l.source_id else s.source_id end,
      case when s.sourced_id is null then ${ctx.syncId}::uuid else s.updated_sync end, ${raw(schoolsOf(kind, 'l'))}
    from ${raw(stageTable(ctx, 'plan'))} p
    join ${raw(liveTable(kind))} l on l.roster_id = p.roster_id and l.sourced_id = p.sourced_id
    left join ${raw(stageTable(ctx, kind))} s on s.roster_id = p.roster_id and s.sourced_id = p.sourced_id
    where l.roster_id = ${ctx.rosterId} and p.kind = ${kind}`;
}

/** Archives what leaves with its values as they are; answers how many. */
function archiveAsTheyAre(ctx: StageContext, kind: Kind): Sql {
  return sql`
    with done as (
      update ${raw(liveTable(kind))} l
      set status = 'tobedeleted', archived_at = now(), date_last_modified = now(), updated_sync = ${ctx.syncId}
      from ${raw(stageTable(ctx, 'plan'))} p
      where p.kind = ${kind} and p.action = 'archive'
        and l.roster_id = ${ctx.rosterId} and l.roster_id = p.roster_id and l.sourced_id = p.sourced_id
        and l.date_last_modified = p.seen
        and not exists (select 1 from ${raw(stageTable(ctx, kind))} s
          where s.roster_id = p.roster_id and s.sourced_id = p.sourced_id)
      returning 1
    )
    select count(*) from done`;
}

/** Gives records the values and the state that are staged; answers how many. */
function rewriteRecords(ctx: StageContext, kind: Kind): Sql {
  const values = contentColumns(kind).filter((name) => name !== column('sourcedId'));
  return sql`
    with done as (
      update ${raw(liveTable(kind))} l
      set ${raw(values.map((name) => `${name} = s.${name}`).join(', '))}, source_id = s.source_id,
        status = coalesce(s.status, 'active'), archived_at = s.archived_at, date_last_modified = now(),
        updated_sync = s.updated_sync, released_from = s.released_from
      from ${raw(stageTable(ctx, kind))} s
      join ${raw(stageTable(ctx, 'plan'))} p on p.roster_id = s.roster_id and p.sourced_id = s.sourced_id
      where p.kind = ${kind} and l.roster_id = ${ctx.rosterId} and l.roster_id = s.roster_id
        and l.sourced_id = s.sourced_id and l.date_last_modified = p.seen
      returning 1
    )
    select count(*) from done`;
}
