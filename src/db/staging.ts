/**
 * From a delivery to the live roster: rows wait in stage tables, are compared with what is live, and what differs is
 * applied in one transaction. Stage tables are unlogged, hence empty after a crash of the database: `stageLoaded`
 * tells, and nothing is concluded from a stage that is not whole.
 */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { KindPlan, Plan, SchoolPlan } from '../core/plan.ts';
import type { TableCount } from '../core/record.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import { liveTable, type StageContext, schoolsOf, stageColumns, stagePattern, stageTable } from './roster-sql.ts';
import {
  type Applying,
  archiveRecords,
  countStaged,
  insertAllStaged,
  insertCreates,
  listCreates,
  planAbsent,
  planIncoming,
  recordChanges,
  schoolsLosing,
  updateRecords,
} from './roster-sql-sync.ts';
import { countVersion, lockRoster, RosterChanged, rosterVersion } from './roster-version.ts';
import { kindOfId, renameTaken, takingKinds } from './take-over.ts';

export type { StageContext } from './roster-sql.ts';

/** Makes the stage of a sync, empty; what an earlier attempt left, and stages of finished syncs, go. */
export async function createStage(db: Db, ctx: StageContext): Promise<void> {
  await dropStage(db, ctx);
  await dropOrphans(db);
  const roster = `roster_id uuid not null default '${ctx.rosterId}'`;
  const id = 'kind text not null, sourced_id text collate "C" not null';
  const make = (table: Parameters<typeof stageTable>[1], columns: string) =>
    db.query(sql`create unlogged table ${raw(stageTable(ctx, table))} (${raw(`${roster}, ${columns}`)})`);
  await make('left out', id);
  await make('missing', id);
  await make('takes', `${id}, former text collate "C" not null`);
  await make('plan', `${id}, action text not null, schools text collate "C"`);
  await make('loaded', 'kind text not null, mode text not null, unchanged bigint not null, live jsonb not null');
  await db.query(sql`
    insert into ${raw(stageTable(ctx, 'loaded'))} (kind, mode, unchanged, live)
    values (${version}, '', ${await rosterVersion(db, ctx.rosterId)}, '{}')`);
}

/** Adds the stage table of a kind that the delivery carries. */
export async function createStageOf(db: Db, ctx: StageContext, kind: Kind): Promise<void> {
  const columns = raw(stageColumns(kind, ctx.rosterId));
  await db.query(sql`create unlogged table ${raw(stageTable(ctx, kind))} (${columns})`);
}

export async function dropStage(db: Db, ctx: { syncId: string }): Promise<void> {
  await dropTables(db, stagePattern(ctx));
}

/** Stages of syncs that ended without cleaning up after themselves, and of dry runs that were looked at long enough. */
export async function dropOrphans(db: Db): Promise<void> {
  const over = await db.query<{ id: string }>(sql`
    select s.id from syncs s
    join (select distinct substr(tablename, 2, 32) as digits from pg_tables where schemaname = 'stage') t
      on replace(s.id::text, '-', '') = t.digits
    where s.state in ('applied', 'unchanged', 'rejected', 'superseded', 'discarded', 'failed', 'rolled back')
      and not (s.dry_run and s.finished_at > now() - interval '1 day')`);
  for (const { id } of over) await dropTables(db, stagePattern({ syncId: id }));
}

async function dropTables(db: Db, pattern: string): Promise<void> {
  const found = await db.query<{ tablename: string }>(sql`
    select tablename from pg_tables where schemaname = 'stage' and tablename like ${pattern}`);
  for (const { tablename } of found) await db.query(sql`drop table if exists stage.${raw(tablename)}`);
}

/** This source's active records of a kind before the sync, in all and by the orgs they name. */
export type LiveCounts = { all: number; bySchool: Record<string, number> };
export type Loaded = { kind: Kind; mode: 'bulk' | 'delta'; unchanged: number; live: LiveCounts };

/** Closes a stage: rows that were left out after all go, and it counts as whole from here. */
export async function finishStage(db: Db, ctx: StageContext, loaded: Loaded[]): Promise<void> {
  const out = await db.query<{ kind: Kind }>(sql`select distinct kind from ${raw(stageTable(ctx, 'left out'))}`);
  for (const { kind } of out) {
    if (!loaded.some((table) => table.kind === kind)) continue;
    await db.query(sql`
      delete from ${raw(stageTable(ctx, kind))} s using ${raw(stageTable(ctx, 'left out'))} x
      where x.kind = ${kind} and x.roster_id = s.roster_id and x.sourced_id = s.sourced_id`);
  }
  const into = raw(stageTable(ctx, 'loaded'));
  await db.tx(async (tx) => {
    await tx.query(sql`delete from ${into} where kind <> ${version}`);
    for (const { kind, mode, unchanged, live } of [...loaded, whole]) {
      await tx.query(sql`
        insert into ${into} (kind, mode, unchanged, live) values (${kind}, ${mode}, ${unchanged}, ${JSON.stringify(live)})`);
    }
  });
}

/** The row that says so, also of a delivery that carries nothing. */
const whole = { kind: '', mode: '', unchanged: 0, live: {} };
/** The row that says, in the place of a count, which version of the roster a delivery was checked against. */
const version = 'version';

/** Whether the stage of a sync is whole and of the roster as it is; when not, the delivery has to be staged anew. */
export async function stageLoaded(db: Db, ctx: StageContext): Promise<boolean> {
  return (await stageState(db, ctx)) === 'loaded';
}

/** `stale`: whole, and compared with a roster that has changed since. */
export async function stageState(db: Db, ctx: StageContext): Promise<'loaded' | 'lost' | 'stale'> {
  const name = stageTable(ctx, 'loaded');
  const there = await db.one<{ there: boolean }>(sql`select to_regclass(${name}) is not null as there`);
  if (!there?.there) return 'lost';
  const marks = await db.query<{ kind: string; count: number }>(sql`
    select kind, unchanged as count from ${raw(name)} where kind in (${whole.kind}, ${version})`);
  if (!marks.some(({ kind }) => kind === whole.kind)) return 'lost';
  const made = marks.find(({ kind }) => kind === version);
  return !made || made.count === (await rosterVersion(db, ctx.rosterId)) ? 'loaded' : 'stale';
}

/** @throws RosterChanged, or Error when the stage is not whole. */
async function requireStage(db: Db, ctx: StageContext): Promise<void> {
  const state = await stageState(db, ctx);
  if (state === 'lost') throw new Error(lost);
  if (state === 'stale') throw new RosterChanged();
}

/**
 * This source's active records of a kind, in pieces that name the same orgs: 8 bytes of content hash for each
 * (big-endian), and their sourcedIds, one a line. What comes with one of these hashes is as it was and need not be staged.
 */
export async function liveHashes(db: Db, ctx: StageContext, kind: Kind) {
  return db.tx(async (tx) => {
    // A check has use for the other cores meanwhile, and several processes need more of them in all.
    await tx.query(sql`set local max_parallel_workers_per_gather = 0`);
    const schools = raw(schoolsOf(kind, 'l'));
    // Where no school divides them, in eight pieces: a text has a largest length.
    const pieces = await tx.query<Counted & { hashes: Buffer; ids: string }>(sql`
      select ${schools} as schools, count(*) as count,
        string_agg(int8send(coalesce(content_hash, 0)), ''::bytea) as hashes, string_agg(sourced_id, ${'\n'}) as ids
      ${ofSource(ctx, kind)} group by schools, case when ${schools} is null then content_hash & 7 end`);
    return { live: countLive(pieces), pieces };
  });
}

export async function liveCounts(db: Db, ctx: StageContext, kind: Kind): Promise<LiveCounts> {
  return countLive(
    await db.query<Counted>(sql`
      select ${raw(schoolsOf(kind, 'l'))} as schools, count(*) as count ${ofSource(ctx, kind)} group by schools`),
  );
}

const ofSource = (ctx: StageContext, kind: Kind): Sql => sql`
  from ${raw(liveTable(kind))} l
  where roster_id = ${ctx.rosterId} and source_id = ${ctx.sourceId} and status = 'active'`;

/** Records by the text in which they name their orgs. */
export type Counted = { schools: string | null; count: number };

export function countLive(rows: Counted[]): LiveCounts {
  return { all: rows.reduce((sum, row) => sum + row.count, 0), bySchool: Object.fromEntries(bySchool(rows)) };
}

/** Records by the org that they name; one that names several counts for each. */
export function bySchool(rows: Counted[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { schools, count } of rows) {
    for (const school of new Set(schools?.split(',').map((name) => name.trim()) ?? [])) {
      if (school !== '') counts.set(school, (counts.get(school) ?? 0) + count);
    }
  }
  return counts;
}

/**
 * Compares the stage with the live roster and keeps what would change in the sync's plan table. Running it again
 * begins anew.
 * @throws RosterChanged when the roster has changed since the delivery was checked, Error when the stage is not whole.
 */
export async function diff(db: Db, ctx: StageContext, tables: TableCount[]): Promise<Plan> {
  await requireStage(db, ctx);
  return db.tx(async (tx) => {
    await tx.query(sql`set local work_mem = '64MB'`);
    await tx.query(sql`truncate ${raw(stageTable(ctx, 'plan'))}`);
    for (const table of ['missing', 'left out'] as const) await tx.query(sql`analyze ${raw(stageTable(ctx, table))}`);
    const loaded = await tx.query<Loaded>(
      sql`select kind, mode, unchanged, live from ${raw(stageTable(ctx, 'loaded'))}`,
    );
    const taking = await takingKinds(tx, ctx);
    const plan: Plan = { kinds: {}, schools: [] };
    const losses: Loaded[] = [];
    for (const kind of rosterKinds) {
      const table = tables.find((each) => each.kind === kind);
      const stage = loaded.find((each) => each.kind === kind);
      if (!table || table.mode === 'absent') continue;
      if (!stage) throw new Error(`The delivery carries ${kind}, and none were staged.`);
      plan.kinds[kind] = await diffKind(tx, ctx, table, stage, taking.has(kindOfId(kind)));
      if (plan.kinds[kind].archive > 0) losses.push(stage);
    }
    await tx.query(sql`analyze ${raw(stageTable(ctx, 'plan'))}`);
    for (const stage of losses) plan.schools.push(...(await planBySchool(tx, ctx, stage)));
    return plan;
  });
}

/** Takes everything but removals out of a compared plan. */
export async function keepRemovals(db: Db, ctx: StageContext, plan: Plan): Promise<Plan> {
  await db.query(sql`delete from ${raw(stageTable(ctx, 'plan'))} where action <> 'archive'`);
  const kinds = Object.entries(plan.kinds).map(([kind, counts]): [string, KindPlan] => {
    const { create, update, reactivate, takeOver } = counts;
    const unchanged = counts.unchanged + create + update + reactivate + takeOver;
    return [kind, { ...counts, create: 0, update: 0, reactivate: 0, takeOver: 0, unchanged, fresh: false }];
  });
  return { kinds: Object.fromEntries(kinds), schools: plan.schools };
}

async function diffKind(
  db: Db,
  ctx: StageContext,
  table: TableCount,
  loaded: Loaded,
  takes: boolean,
): Promise<KindPlan> {
  const { kind, mode, unidentified, leftOut } = table;
  const removalsSuspended = mode === 'bulk' && unidentified > 0;
  const counts = { create: 0, update: 0, archive: 0, reactivate: 0, takeOver: 0, conflict: 0 };
  const live = raw(liveTable(kind));
  const any = await db.one(sql`select 1 from ${live} where roster_id = ${ctx.rosterId} limit 1`);
  const staged = (await db.one<{ active: number; leaving: number }>(countStaged(ctx, kind)))!;
  if (any) {
    await db.query(sql`analyze ${raw(stageTable(ctx, kind))} (roster_id, sourced_id, status)`);
    const incoming = await db.query<{ action: string; count: number }>(planIncoming(ctx, kind, takes));
    for (const { action, count } of incoming)
      counts[action === 'take over' ? 'takeOver' : (action as 'create')] += count;
  } else counts.create = staged.active;
  const changed = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const unchanged = loaded.unchanged + staged.active + staged.leaving - changed;
  if (any && mode === 'bulk' && !removalsSuspended) {
    counts.archive += (await db.one<{ count: number }>(planAbsent(ctx, kind, takes)))?.count ?? 0;
  }
  return { ...counts, unchanged, leftOut, live: loaded.live.all, fresh: !any, removalsSuspended };
}

/** For each school of which something would be archived: how much of how much, largest first. */
export async function planBySchool(
  db: Db,
  ctx: StageContext,
  loaded: Pick<Loaded, 'kind' | 'live'>,
): Promise<SchoolPlan[]> {
  const { kind, live } = loaded;
  const rows = await db.query<{ schools: string | null; archive: number }>(schoolsLosing(ctx, kind));
  const losing = bySchool(rows.map(({ schools, archive }) => ({ schools, count: archive })));
  const orgs = await db.query<{ id: string; name: string }>(sql`
    select sourced_id as id, name from orgs
    where roster_id = ${ctx.rosterId} and sourced_id = any(${[...losing.keys()]}) and name is not null`);
  const names = new Map(orgs.map(({ id, name }) => [id, name]));
  const plans = [...losing].map(([school, archive]): SchoolPlan => {
    const name = names.get(school);
    return { kind, school, archive, live: live.bySchool[school] ?? 0, ...(name === undefined ? {} : { name }) };
  });
  return plans.sort((a, b) => b.archive - a.archive || (a.school < b.school ? -1 : 1));
}

/**
 * Changes the live roster as planned, with history, in one transaction; a sync that is applied already changes nothing.
 * @param options.removals false leaves archives out: they wait for a delivery that is applied whole.
 * @param options.inside runs in the same transaction, for what has to become true together with the changes.
 * @throws RosterChanged when the roster is not any more what it was compared with, Error when the stage is gone; nothing
 * is changed then.
 */
export async function apply(
  db: Db,
  ctx: StageContext,
  plan: Plan,
  options: { removals: boolean; inside?: (tx: Db) => Promise<void> },
): Promise<void> {
  const { removals, inside } = options;
  let fresh: Kind[] = [];
  await db.tx(async (tx) => {
    await tx.query(sql`set local work_mem = '64MB'`);
    fresh = [];
    const first = await tx.one(sql`
      insert into applied_syncs (roster_id, sync_id) values (${ctx.rosterId}, ${ctx.syncId})
      on conflict (roster_id, sync_id) do nothing returning 1`);
    if (!first) return;
    await lockRoster(tx, ctx.rosterId);
    await requireStage(tx, ctx);
    const renames = (await takingKinds(tx, ctx)).size > 0;
    if (renames) await renameTaken(tx, ctx, Object.keys(plan.kinds) as Kind[]);
    for (const kind of rosterKinds) {
      const counts = plan.kinds[kind];
      if (!counts) continue;
      if (counts.fresh) fresh.push(kind);
      await applyKind(tx, { ...ctx, kind, fresh: counts.fresh, removals, renames }, counts);
    }
    await countVersion(tx, ctx.rosterId);
    await inside?.(tx);
  });
  // So that the next comparison, and pages of what was created, are planned on what there is now, not on an empty table.
  const columns = 'roster_id, sourced_id, source_id, status, archived_at, created_sync';
  for (const kind of fresh) await db.query(sql`analyze ${raw(liveTable(kind))} (${raw(columns)})`);
}

async function applyKind(db: Db, work: Applying, counts: KindPlan): Promise<void> {
  const { kind, fresh } = work;
  const updates = counts.update + counts.reactivate + counts.takeOver;
  const archives = work.removals ? counts.archive : 0;
  if (fresh && (await db.one(sql`select 1 from ${raw(liveTable(kind))} where roster_id = ${work.rosterId} limit 1`))) {
    throw new RosterChanged();
  }
  if (updates + archives > 0) await db.query(recordChanges(work));
  if (fresh) await db.query(insertAllStaged(work));
  else if (counts.create > 0) {
    await expectCount(db, insertCreates(work), counts.create);
    await db.query(listCreates(work));
  }
  if (updates > 0) await expectCount(db, updateRecords(work), updates);
  if (archives > 0) await expectCount(db, archiveRecords(work), archives);
}

export const lost = 'The stage of the sync is not whole; stage the delivery anew.';

export async function expectCount(db: Db, statement: Sql, count: number): Promise<void> {
  const done = await db.one<{ count: number }>(statement);
  if (done?.count !== count) throw new RosterChanged();
}
