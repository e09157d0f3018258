/** Searches the findings of a sync, and compares them with those of the delivery before: what is new, what is fixed. */
import sql, { empty, join, type Sql } from 'sql-template-tag';
import type { Finding, Severity } from '../core/record.ts';
import type { Db } from './db.ts';
import { findingsKept, type RuleCount } from './syncs.ts';

/** `words` may stand anywhere in a finding, or the finding is of one of `rules`, whose words they are. */
export type FindingSearch = {
  words: string;
  rules: string[];
  /** Only where it is, not what stands there: for people who see no pupil data. */
  placesOnly: boolean;
};

export type FindingFilter = { rule?: string; search?: FindingSearch; onlyNew?: boolean };

type Sync = { id: string; rosterId: string };
type Before = Sync & { number: number; receivedAt: Date };

/** A page of kept findings, worst first, then by rule and in the order of the delivery; with the number of all that match. */
export async function findFindings(
  db: Db,
  sync: Sync & { before: Before | undefined },
  filter: FindingFilter,
  page: { limit: number; offset: number },
): Promise<{ total: number; rows: Finding[] }> {
  const where = sql`f.roster_id = ${sync.rosterId} and f.sync_id = ${sync.id} ${matching(filter, sync.before)}`;
  const counted = await db.one<{ total: number }>(sql`select count(*) as total from sync_findings f where ${where}`);
  const rows = await db.query<Record<string, unknown>>(sql`
    select f.rule, f.severity, f.file, f.line, f.column_name as column, f.key, f.value, f.message, f.fix
    from sync_findings f where ${where}
    order by case f.severity when 'fatal' then 0 when 'error' then 1 when 'warning' then 2 else 3 end, f.rule, f.ordinal
    limit ${page.limit} offset ${page.offset}`);
  return { total: counted?.total ?? 0, rows: rows.map(shown) };
}

function matching({ rule, search, onlyNew }: FindingFilter, before: Before | undefined): Sql {
  const parts: Sql[] = [];
  if (rule !== undefined) parts.push(sql`and f.rule = ${rule}`);
  if (search) {
    const like = `%${search.words.replace(/[\\%_]/g, '\\$&')}%`;
    const text = search.placesOnly
      ? sql`concat_ws(' ', f.file, 'line ' || f.line, f.column_name)`
      : sql`concat_ws(' ', f.file, 'line ' || f.line, f.column_name, f.key, f.value, f.message)`;
    parts.push(sql`and (${text} ilike ${like} or f.rule = any(${search.rules}))`);
  }
  if (onlyNew) parts.push(before ? sql`and ${isNew(before)}` : sql`and false`);
  return parts.length > 0 ? join(parts, ' ') : empty;
}

/** The same fault has the same rule, file, column, key and value every night; its line moves. Blank and absent are alike. */
const isNew = (before: Before): Sql => sql`not exists (
  select 1 from sync_findings o
  where o.roster_id = ${before.rosterId} and o.sync_id = ${before.id} and o.rule = f.rule
    and coalesce(o.file, '') = coalesce(f.file, '') and coalesce(o.column_name, '') = coalesce(f.column_name, '')
    and coalesce(o.key, '') = coalesce(f.key, '') and coalesce(o.value, '') = coalesce(f.value, ''))`;

/**
 * Faults of some rules that only the newer sync has: how many rows each has there, and the place of its first one. Made by
 * grouping, which takes as long as reading both, whatever the planner knows of a table that has just been written.
 */
const newFaults = (sync: Sync, before: Before, rules: string[]): Sql => sql`
  select b.rule, sum(b.mine) as count, min(b.ordinal) filter (where b.mine = 1) as ordinal from (
    ${faultsOf(sync, 1, rules)} union all ${faultsOf(before, 0, rules)}
  ) b
  group by b.rule, b.file, b.column_name, b.key, b.value
  having min(b.mine) = 1`;

const faultsOf = ({ id, rosterId }: Sync, mine: 0 | 1, rules: string[]): Sql => sql`
  select rule, ordinal, coalesce(file, '') as file, coalesce(column_name, '') as column_name, coalesce(key, '') as key,
    coalesce(value, '') as value, ${mine}::integer as mine
  from sync_findings where roster_id = ${rosterId} and sync_id = ${id} and rule = any(${rules})`;

/** The first new faults of each of these rules, a row of each. */
export async function firstNew(db: Db, sync: Sync, before: Before, rules: string[], each: number): Promise<Finding[]> {
  const rows = await db.query<Record<string, unknown>>(sql`
    select f.rule, f.severity, f.file, f.line, f.column_name as column, f.key, f.value, f.message, f.fix
    from (
      select n.rule, n.ordinal, row_number() over (partition by n.rule order by n.ordinal) as place
      from (${newFaults(sync, before, rules)}) n
    ) p
    join sync_findings f
      on f.roster_id = ${sync.rosterId} and f.sync_id = ${sync.id} and f.rule = p.rule and f.ordinal = p.ordinal
    where p.place <= ${each}
    order by f.rule, f.ordinal`);
  return rows.map(shown);
}

const shown = (row: Record<string, unknown>): Finding =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Finding;

/**
 * The sync of the delivery before this one that was checked to its end: what "new" is measured against. One that could not be
 * read was not.
 */
export function checkedBefore(
  db: Db,
  sync: Sync & { sourceId: string; number: number; deliveryId: string | null },
): Promise<Before | undefined> {
  return db.one<Before>(sql`
    select y.id, y.roster_id as "rosterId", y.number, d.received_at as "receivedAt"
    from syncs y join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
    where y.roster_id = ${sync.rosterId} and y.source_id = ${sync.sourceId} and y.number < ${sync.number}
      and y.delivery_id is distinct from ${sync.deliveryId} and y.finding_counts is not null and y.state <> 'rejected' and not y.dry_run
    order by y.number desc limit 1`);
}

export type FindingNews = {
  /** New findings by rule; rules without any are absent. */
  added: Record<string, number>;
  /** Rules of the delivery before that this one does not break any more. */
  fixed: RuleCount[];
};

/**
 * What is new since the delivery before. Where more findings of a rule were found than are kept, it is how many more there
 * are than then.
 */
export async function newsSince(db: Db, sync: Sync, before: Before): Promise<FindingNews> {
  const counts = await db.query<{ rule: string; severity: Severity; now: number | null; then: number | null }>(sql`
    select coalesce(n.rule, o.rule) as rule, coalesce(n.severity, o.severity) as severity, n.count as now, o.count as then
    from (select * from sync_rules where roster_id = ${sync.rosterId} and sync_id = ${sync.id}) n
    full join (select * from sync_rules where roster_id = ${before.rosterId} and sync_id = ${before.id}) o
      on o.roster_id = n.roster_id and o.rule = n.rule`);
  const added: Record<string, number> = {};
  const fixed: RuleCount[] = [];
  const toCompare: string[] = [];
  for (const { rule, severity, now, then } of counts) {
    if (now === null) fixed.push({ rule, severity, count: then ?? 0 });
    else if (then === null) added[rule] = now;
    else if (now <= findingsKept && then <= findingsKept) toCompare.push(rule);
    else if (now > then) added[rule] = now - then;
  }
  if (toCompare.length > 0) {
    const rows = await db.query<{ rule: string; count: number }>(sql`
      select n.rule, sum(n.count)::integer as count from (${newFaults(sync, before, toCompare)}) n group by n.rule`);
    for (const { rule, count } of rows) added[rule] = count;
  }
  return { added, fixed };
}
