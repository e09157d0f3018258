/**
 * Gives records other sourcedIds, and everything that points to them the new ones: when a source takes over what people
 * added under ids of their own. Their history moves along, and the former ids are remembered.
 */
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from './db.ts';
import {
  changeIds,
  column,
  liveTable,
  type Reference,
  recordJson,
  references,
  type StageContext,
  schoolsOf,
  stageTable,
} from './roster-sql.ts';

export type Rename = { former: string; sourcedId: string };
/** The sync that renames, and how many of its statements have noted changes: their ids follow each other. */
export type Renaming = StageContext & {
  statements: number;
  /** What it has planned has its former state already, down to the sync that made it so. */
  isUndoing?: boolean;
};

/** Numbers of a sync's other changes begin here when it renames, so that history tells of the renaming first. */
export const afterRenames = 2 ** 32;
/** More rows than one statement changes. */
const rowsOfStatement = 2 ** 24;
/** The number of its first statement where a sync renames last, as a rollback does. */
export const afterRewrites = afterRenames / rowsOfStatement;

/** The kind by whose take overs a record of this kind gets another sourcedId: its own, or that of the record it extends. */
export const kindOfId = (kind: Kind): Kind => references(kind).find(({ field }) => field === 'sourcedId')?.to ?? kind;

/** Kinds of which a delivery takes over records that stand under other ids. */
export async function takingKinds(db: Db, ctx: StageContext): Promise<Set<Kind>> {
  const rows = await db.query<{ kind: Kind }>(sql`
    select distinct kind from ${raw(stageTable(ctx, 'takes'))} where former <> sourced_id`);
  return new Set(rows.map(({ kind }) => kind));
}

/**
 * Renames what a plan takes over under other ids, within the transaction that applies the plan.
 * @param staged kinds that have a stage table: their rows may point to a former id too.
 */
export async function renameTaken(tx: Db, ctx: StageContext, staged: readonly Kind[]): Promise<void> {
  const work: Renaming = { ...ctx, statements: 0 };
  const taking = await takingKinds(tx, ctx);
  for (const kind of rosterKinds.filter((each) => taking.has(each))) {
    const renames = await tx.query<Rename>(sql`
      select t.former, t.sourced_id as "sourcedId" from ${raw(stageTable(ctx, 'takes'))} t
      join ${raw(stageTable(ctx, 'plan'))} p
        on p.roster_id = t.roster_id and p.kind = t.kind and p.sourced_id = t.sourced_id
      where t.kind = ${kind} and t.former <> t.sourced_id and p.action = 'take over'`);
    if (renames.length === 0) continue;
    for (const of of staged) {
      for (const reference of pointersTo(kind, of)) await tx.query(repoint(stageTable(ctx, of), reference, renames));
    }
    await renameRecords(tx, work, kind, renames, 'take over');
    // What extends them may leave, under the id that it has now.
    await tx.query(sql`
      update ${raw(stageTable(ctx, 'plan'))} p set sourced_id = r.sourced_id from ${listed(renames)}
      where p.kind = any(${staged.filter((of) => of !== kind && kindOfId(of) === kind)}) and p.action = 'archive'
        and p.sourced_id = r.former`);
  }
}

/** Renames live records of a kind, and points to them under their new ids. Those must be free. */
export async function renameRecords(
  tx: Db,
  work: Renaming,
  kind: Kind,
  renames: Rename[],
  action: 'take over' | 'update',
): Promise<void> {
  const { rosterId, syncId } = work;
  const changed = sql`date_last_modified = now(), updated_sync = ${syncId}`;
  const madeBy = madeSoBy(work, kind);
  for (const of of rosterKinds) {
    if (kindOfId(of) === kind && of !== kind) await renameRecords(tx, work, of, renames, 'update');
    for (const reference of pointersTo(kind, of)) {
      await noteChanges(tx, work, of, 'update', sql`l.sourced_id`, sql`where ${pointing(reference, renames)}`);
      const repointing = repoint(liveTable(of), reference, renames, changed);
      await tx.query(sql`${repointing} and l.roster_id = ${rosterId}`);
    }
  }
  const renamed = sql`join ${listed(renames)} on r.former = l.sourced_id`;
  await noteChanges(tx, work, kind, action, sql`r.sourced_id`, sql`${renamed} where true`, madeBy);
  await tx.query(sql`
    update changes c set sourced_id = r.sourced_id from ${listed(renames)}
    where c.roster_id = ${rosterId} and c.kind = ${kind} and c.sourced_id = r.former`);
  await tx.query(sql`
    update created_records c set sourced_id = r.sourced_id
    from ${raw(liveTable(kind))} l join ${listed(renames)} on r.former = l.sourced_id
    where l.roster_id = ${rosterId} and c.roster_id = l.roster_id and c.sync_id = l.created_sync and c.kind = ${kind}
      and c.sourced_id = l.sourced_id`);
  await tx.query(sql`
    update ${raw(liveTable(kind))} l
    set sourced_id = r.sourced_id, date_last_modified = now(), updated_sync = ${madeBy} from ${listed(renames)}
    where l.roster_id = ${rosterId} and l.sourced_id = r.former`);
  await rememberFormer(tx, work, kind, renames);
}

/** The sync that counts as having made a renamed record `l` what it is. */
function madeSoBy(work: Renaming, kind: Kind): Sql {
  const itself = sql`${work.syncId}::uuid`;
  if (!work.isUndoing) return itself;
  return sql`case when exists (
      select 1 from ${raw(stageTable(work, 'plan'))} w
      where w.roster_id = l.roster_id and w.kind = ${kind} and w.sourced_id = l.sourced_id
    ) then l.updated_sync else ${itself} end`;
}

async function rememberFormer(tx: Db, { rosterId, syncId }: Renaming, kind: Kind, renames: Rename[]): Promise<void> {
  await tx.query(sql`
    update former_ids f set sourced_id = r.sourced_id from ${listed(renames)}
    where f.roster_id = ${rosterId} and f.kind = ${kind} and f.sourced_id = r.former`);
  await tx.query(sql`
    delete from former_ids
    where roster_id = ${rosterId} and kind = ${kind} and former_id = any(${renames.map((each) => each.sourcedId)})`);
  await tx.query(sql`
    insert into former_ids (roster_id, kind, former_id, sourced_id, sync_id)
    select l.roster_id, ${kind}::text, r.former, l.sourced_id, ${syncId}::uuid
    from ${raw(liveTable(kind))} l join ${listed(renames)} on r.sourced_id = l.sourced_id
    where l.roster_id = ${rosterId}
    on conflict (roster_id, kind, former_id) do update
      set sourced_id = excluded.sourced_id, sync_id = excluded.sync_id, at = now()`);
}

/** Keeps the values of live records that a statement is about to change; `which` ends in conditions on `l`. */
async function noteChanges(
  tx: Db,
  work: Renaming,
  kind: Kind,
  action: 'take over' | 'update',
  sourcedId: Sql,
  which: Sql,
  madeBy = sql`${work.syncId}::uuid`,
): Promise<void> {
  const { rosterId, syncId } = work;
  const first = work.statements++ * rowsOfStatement;
  const { prefix } = changeIds(syncId, kind);
  const after = action === 'take over' ? sql`${work.sourceId}::uuid` : sql`l.source_id`;
  await tx.query(sql`
    insert into changes (roster_id, id, sync_id, kind, sourced_id, action, before,
      source_before, hash_before, archived_before, sync_before, released_before, source_after, sync_after, schools)
    select l.roster_id, (${prefix} || lpad(to_hex(${first}::bigint + row_number() over ()), 10, '0'))::uuid,
      ${syncId}::uuid, ${kind}::text, ${sourcedId}, ${action}::text, ${raw(recordJson(kind, 'l'))},
      l.source_id, l.content_hash, l.archived_at, l.updated_sync, l.released_from, ${after}, ${madeBy},
      ${raw(schoolsOf(kind, 'l'))}
    from ${raw(liveTable(kind))} l ${which} and l.roster_id = ${rosterId}`);
}

/** The fields of a kind that point to another, but for an id that is itself such a pointer: that is renamed. */
const pointersTo = (kind: Kind, of: Kind): Reference[] =>
  references(of).filter(({ field, to }) => to === kind && field !== 'sourcedId');

/** The renames as the rows `r`. */
const listed = (renames: Rename[]): Sql => sql`
  unnest(${renames.map(({ former }) => former)}::text[], ${renames.map(({ sourcedId }) => sourcedId)}::text[])
    as r (former, sourced_id)`;

const itemsOf = (field: string): Sql => raw(`string_to_array(replace(l.${column(field)}, ' ', ''), ',')`);

function pointing({ field, list }: Reference, renames: Rename[]): Sql {
  const formers = sql`${renames.map(({ former }) => former)}::text[]`;
  return list ? sql`${itemsOf(field)} && ${formers}` : sql`l.${raw(column(field))} = any(${formers})`;
}

/** Ends in a condition on `l`. */
function repoint(table: string, reference: Reference, renames: Rename[], also?: Sql): Sql {
  const { field, list } = reference;
  const name = raw(column(field));
  const value = list
    ? sql`(select string_agg(coalesce(r.sourced_id, i.id), ',' order by i.position)
        from unnest(${itemsOf(field)}) with ordinality as i (id, position) left join ${listed(renames)} on r.former = i.id)`
    : sql`(select r.sourced_id from ${listed(renames)} where r.former = l.${name})`;
  return sql`
    update ${raw(table)} l set ${name} = ${value} ${also ? sql`, ${also}` : sql``} where ${pointing(reference, renames)}`;
}
