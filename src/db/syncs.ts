/** A sync's way through the house: its states, steps and findings, each change of state guarded by the database. */
import sql, { join, type Sql } from 'sql-template-tag';
import type { HoldReason } from '../core/guard.ts';
import type { Plan, SchoolPlan } from '../core/plan.ts';
import type { Finding, Severity, TableCount } from '../core/record.ts';
import { Refusal } from '../core/refusal.ts';
import type { ResetVariant } from '../core/year-reset.ts';
import type { Db } from './db.ts';
import { isId, newId } from './ids.ts';
import { type SyncRow, selectSyncs } from './queries.ts';
import { endStates, type SyncState, statesBefore } from './sync-states.ts';

export type Choice = 'apply all' | 'apply additions and updates' | 'discard';
/** Why a sync waits for a person: a sentence each, with numbers; `details` says the same as data. */
export type Hold = { reasons: string[]; details?: HoldReason[]; [more: string]: unknown };
/** What a person chose, and the counts they saw. `at` is an ISO time. */
export type Decision = {
  choice: Choice;
  accountId: string | null;
  /** Their email address at that time. */
  by?: string | null;
  at: string;
  reason?: string | null;
  counts?: Record<string, unknown>;
  [more: string]: unknown;
};

export type Delivery = {
  id: string;
  rosterId: string;
  sourceId: string;
  name: string;
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
  receivedAt: Date;
  accountId: string | null;
  address: string | null;
  /** Null when the bytes have expired. */
  archiveKey: string | null;
  expiresAt: Date | null;
};

/** What a sync comes from. */
export type Origin = 'delivery' | 'rollback' | 'year reset';

/** What the plan of a sync that comes from no file is made from, and what became of others when it was applied. */
export type OriginDetail =
  | {
      /** The sync that is rolled back. */
      sync: string;
      number: number;
      /** The roster as it was before that sync: all later ones are undone too. */
      back: boolean;
      /** Once applied: the syncs that count as rolled back by this one, and those that count as applied again. */
      undone?: string[];
      redone?: string[];
      /** Once applied: the sources that need a full delivery because of it. */
      needFull?: string[];
    }
  | { variant: ResetVariant };

export type Sync = {
  id: string;
  rosterId: string;
  sourceId: string;
  /** Null for a sync that came from no file, such as a rollback. */
  deliveryId: string | null;
  origin: Origin;
  /** Null for a delivery. */
  originDetail: OriginDetail | null;
  /** Everything but apply is done; it ends as discarded, and its source does not notice. */
  dryRun: boolean;
  /** 1, 2, … within the roster. */
  number: number;
  state: SyncState;
  /** The step that was begun last. */
  step: string | null;
  createdAt: Date;
  startedAt: Date | null;
  /** When it came to its end; a held sync has not. */
  finishedAt: Date | null;
  format: string | null;
  formatVersion: string | null;
  /** The delivery has at least one file in bulk. */
  bulk: boolean | null;
  tables: TableCount[] | null;
  plan: Plan | null;
  findingCounts: Record<Severity, number> | null;
  leftOut: number | null;
  /** Records that were changed when it was applied. */
  changes: number | null;
  hold: Hold | null;
  decision: Decision | null;
  /** One plain sentence, no stack. */
  fault: string | null;
  /** How often the work on it was begun. */
  attempts: number;
  /** Number of the sync whose delivery it goes through again, at that one's place in the order; null for most. */
  follows: number | null;
  /** Only the removals of that delivery are meant, which were left waiting. */
  removalsOnly: boolean;
  /** Removals that were left out when it was applied, or when there was nothing else to apply. */
  waiting: number;
  /** The settings under which the delivery was read. */
  checkedAs: string | null;
};

/** Findings of one rule that are kept in the database; all of them are in the file beside the delivery. */
export const findingsKept = 1000;

/** Longest text of a cell that is kept. */
const TEXT_LIMIT = 2000;

export type RuleCount = { rule: string; severity: Severity; count: number };

export type NewSync = {
  rosterId: string;
  sourceId: string;
  deliveryId?: string | null;
  origin?: Origin;
  originDetail?: OriginDetail;
  dryRun?: boolean;
  /** What a person decided when they asked for it, with the counts they saw. */
  decision?: Decision;
};

/** The next sync of a roster. Numbers follow each other, for the roster's row is locked until the transaction ends. */
export function createSync(db: Db, sync: NewSync): Promise<SyncRow> {
  const { rosterId, sourceId, deliveryId = null, origin = 'delivery', originDetail, decision, dryRun = false } = sync;
  return db.tx(async (tx) => {
    // Not "for update": what refers to the roster in the same transaction would lead two of these into a deadlock.
    await tx.query(sql`select id from rosters where id = ${rosterId} for no key update`);
    const id = newId();
    await tx.query(sql`
      insert into syncs (roster_id, id, source_id, delivery_id, number, state, origin, origin_detail, decision,
        dry_run)
      select ${rosterId}, ${id}, ${sourceId}, ${deliveryId}, coalesce(max(number), 0) + 1, 'received', ${origin},
        ${json(originDetail) ?? null}::jsonb, ${json(decision) ?? null}::jsonb, ${dryRun}::boolean
      from syncs where roster_id = ${rosterId}`);
    return (await syncById(tx, id)) as SyncRow;
  });
}

export type SyncPatch = Partial<
  Pick<
    Sync,
    | 'state'
    | 'originDetail'
    | 'step'
    | 'format'
    | 'formatVersion'
    | 'bulk'
    | 'tables'
    | 'plan'
    | 'findingCounts'
    | 'leftOut'
    | 'changes'
    | 'hold'
    | 'decision'
    | 'fault'
    | 'attempts'
    | 'waiting'
    | 'checkedAs'
  > & { schools: SchoolPlan[] }
>;

/**
 * Changes what is given. `startedAt` and `finishedAt` follow the state. With `from`, it changes nothing unless the sync
 * is in one of those states.
 * @throws Refusal `sync-state` when the state may not follow the one it has, `sync-unknown` when there is no such sync.
 */
export async function setSync(db: Db, id: string, patch: SyncPatch, from?: readonly SyncState[]): Promise<void> {
  const { state } = patch;
  const allowed = state === undefined ? from : statesBefore[state].filter((each) => !from || from.includes(each));
  const guard = allowed === undefined ? sql`true` : sql`state = any(${[...allowed]})`;
  const changed = await db.query(
    sql`update syncs set ${join(assignments(patch))} where id = ${id} and ${guard} returning id`,
  );
  if (changed.length > 0) return;
  const sync = await syncById(db, id);
  if (!sync) throw new Refusal('sync-unknown', 404, 'There is no such sync.');
  throw new Refusal('sync-state', 409, `This sync is ${sync.state}, so it cannot become ${state ?? 'changed'} now.`);
}

function assignments(patch: SyncPatch): Sql[] {
  const set: Sql[] = [];
  const put = (column: Sql, value: unknown) => {
    if (value !== undefined) set.push(sql`${column} = ${value}`);
  };
  put(sql`state`, patch.state);
  put(sql`origin_detail`, json(patch.originDetail));
  put(sql`step`, patch.step);
  put(sql`format`, patch.format);
  put(sql`format_version`, patch.formatVersion);
  put(sql`bulk`, patch.bulk);
  put(sql`tables`, json(patch.tables));
  put(sql`plan`, json(patch.plan));
  put(sql`schools`, json(patch.schools));
  put(sql`finding_counts`, json(patch.findingCounts));
  put(sql`left_out`, patch.leftOut);
  put(sql`changes`, patch.changes);
  put(sql`hold`, json(patch.hold));
  put(sql`decision`, json(patch.decision));
  put(sql`fault`, patch.fault);
  put(sql`attempts`, patch.attempts);
  put(sql`waiting`, patch.waiting);
  put(sql`checked_as`, patch.checkedAs);
  if (patch.state !== undefined) set.push(...timesOf(patch.state));
  // An empty patch is a look under the guard.
  return set.length > 0 ? set : [sql`state = state`];
}

function timesOf(state: SyncState): Sql[] {
  if (state === 'rolled back') return [];
  if (endStates.includes(state)) {
    return [
      sql`started_at = coalesce(started_at, now())`,
      sql`finished_at = case when state = ${state} then coalesce(finished_at, now()) else now() end`,
    ];
  }
  if (state === 'received') return [sql`finished_at = null`];
  return [sql`started_at = coalesce(started_at, now())`, sql`finished_at = null`];
}

/** `pg` makes arrays into PostgreSQL's own, so JSON goes over as text. */
function json(value: unknown): string | null | undefined {
  return value === undefined || value === null ? value : JSON.stringify(value);
}

/** Notes that a step begins; one that runs again after a crash begins anew. */
export async function startStep(db: Db, syncId: string, step: string): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`
      insert into sync_steps (roster_id, sync_id, step, started_at)
      select roster_id, id, ${step}, now() from syncs where id = ${syncId}
      on conflict (roster_id, sync_id, step) do update
        set started_at = excluded.started_at, finished_at = null, detail = '{}'`);
    await tx.query(sql`update syncs set step = ${step} where id = ${syncId}`);
  });
}

export async function finishStep(
  db: Db,
  syncId: string,
  step: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await db.query(sql`
    update sync_steps set finished_at = now(), detail = ${JSON.stringify(detail)}
    where ${ofSync(syncId)} and step = ${step}`);
}

export type StepRow = { step: string; startedAt: Date; finishedAt: Date | null; detail: Record<string, unknown> };

/** In the order in which they began. */
export function stepsOf(db: Db, syncId: string): Promise<StepRow[]> {
  return db.query<StepRow>(sql`
    select step, started_at as "startedAt", finished_at as "finishedAt", detail from sync_steps
    where ${ofSync(syncId)}
    order by started_at, step`);
}

/** Undefined when there is none with this id, or the text is no id. */
export async function syncById(db: Db, id: string): Promise<SyncRow | undefined> {
  if (!isId(id)) return undefined;
  return (await selectSyncs(db, sql`y.id = ${id}`, sql``))[0];
}

/** Holds the row of a sync until the transaction ends. */
export async function lockSync(db: Db, id: string): Promise<void> {
  await db.query(sql`select 1 from syncs where id = ${id} for update`);
}

export type SyncScope = {
  districtId?: string;
  rosterId?: string;
  sourceId?: string;
  states?: readonly SyncState[];
  origins?: readonly Origin[];
  /** Id of the last sync already seen. */
  before?: string;
  /** Default 100. */
  limit?: number;
};

/** Newest first. */
export function listSyncs(db: Db, scope: SyncScope = {}): Promise<SyncRow[]> {
  const where = [sql`true`];
  if (scope.districtId !== undefined) where.push(sql`r.district_id = ${scope.districtId}`);
  if (scope.rosterId !== undefined) where.push(sql`y.roster_id = ${scope.rosterId}`);
  if (scope.sourceId !== undefined) where.push(sql`y.source_id = ${scope.sourceId}`);
  if (scope.states !== undefined) where.push(sql`y.state = any(${[...scope.states]})`);
  if (scope.origins !== undefined) where.push(sql`y.origin = any(${[...scope.origins]})`);
  if (scope.before !== undefined) where.push(sql`y.id < ${scope.before}`);
  return selectSyncs(db, join(where, ' and '), sql`order by y.id desc limit ${scope.limit ?? 100}`);
}

/** Takes away what an earlier run of the check has stored. */
export async function clearFindings(db: Db, syncId: string): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`delete from sync_findings where ${ofSync(syncId)}`);
    await tx.query(sql`delete from sync_rules where ${ofSync(syncId)}`);
  });
}

/** Takes away the findings of some rules. */
export async function clearFindingsOf(db: Db, syncId: string, rules: string[]): Promise<void> {
  await db.query(sql`delete from sync_findings where ${ofSync(syncId)} and rule = any(${rules})`);
}

/**
 * Adds findings behind those that are there, in their order; beyond the first 1,000 of a rule they are dropped. One
 * caller at a time for each sync.
 */
export async function saveFindings(db: Db, syncId: string, findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) return;
  const counts = await keptOf(db, syncId, [...new Set(findings.map((each) => each.rule))]);
  const rows: { finding: Finding; ordinal: number }[] = [];
  for (const finding of findings) {
    const ordinal = counts.get(finding.rule) ?? 0;
    if (ordinal >= findingsKept) continue;
    counts.set(finding.rule, ordinal + 1);
    rows.push({ finding, ordinal });
  }
  const column = (value: (finding: Finding) => string | number | undefined) =>
    rows.map(({ finding }) => bounded(value(finding)));
  await db.query(sql`
    insert into sync_findings (roster_id, sync_id, rule, ordinal, severity, file, line, column_name, key, value, message, fix)
    select y.roster_id, y.id, f.* from syncs y cross join unnest(
      ${column((f) => f.rule)}::text[], ${rows.map((row) => row.ordinal)}::integer[], ${column((f) => f.severity)}::text[],
      ${column((f) => f.file)}::text[], ${column((f) => f.line)}::integer[], ${column((f) => f.column)}::text[],
      ${column((f) => f.key)}::text[], ${column((f) => f.value)}::text[], ${column((f) => f.message)}::text[],
      ${column((f) => f.fix)}::text[]) f
    where y.id = ${syncId}`);
}

/** Stores the counts by rule, over all rows, in the place of those that are there. */
export async function saveRuleCounts(
  db: Db,
  syncId: string,
  rules: Readonly<Record<string, { severity: Severity; count: number }>>,
): Promise<void> {
  const entries = Object.entries(rules);
  await db.tx(async (tx) => {
    await tx.query(sql`delete from sync_rules where ${ofSync(syncId)}`);
    await tx.query(sql`
      insert into sync_rules (roster_id, sync_id, rule, severity, count)
      select y.roster_id, y.id, c.* from syncs y cross join unnest(
        ${entries.map(([rule]) => rule)}::text[], ${entries.map(([, each]) => each.severity)}::text[],
        ${entries.map(([, each]) => each.count)}::integer[]) c
      where y.id = ${syncId}`);
  });
}

/** Worst first, then the most frequent. */
export function ruleCountsOf(db: Db, syncId: string): Promise<RuleCount[]> {
  return db.query<RuleCount>(sql`
    select rule, severity, count from sync_rules where ${ofSync(syncId)}
    order by ${severityOrder}, count desc, rule`);
}

/** By rule, worst first, and within a rule in the order of the delivery. */
export async function findingsOf(
  db: Db,
  syncId: string,
  range: { rule?: string; limit: number; offset: number },
): Promise<Finding[]> {
  const { rule = null, limit, offset } = range;
  const rows = await db.query<Record<string, unknown>>(sql`
    select rule, severity, file, line, column_name as column, key, value, message, fix from sync_findings
    where ${ofSync(syncId)} and (${rule}::text is null or rule = ${rule})
    order by ${severityOrder}, rule, ordinal
    limit ${limit} offset ${offset}`);
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Finding);
}

const severityOrder = sql`case severity when 'fatal' then 0 when 'error' then 1 when 'warning' then 2 else 3 end`;

async function keptOf(db: Db, syncId: string, rules: string[]): Promise<Map<string, number>> {
  const rows = await db.query<{ rule: string; kept: number }>(sql`
    select rule, max(ordinal) + 1 as kept from sync_findings
    where ${ofSync(syncId)} and rule = any(${rules})
    group by rule`);
  return new Map(rows.map((row) => [row.rule, row.kept]));
}

/** A text of PostgreSQL cannot hold NUL, and a broken file can. */
function bounded(value: string | number | undefined): string | number | null {
  if (typeof value !== 'string') return value ?? null;
  const shown = value.replaceAll('\0', '␀');
  return shown.length <= TEXT_LIMIT ? shown : `${shown.slice(0, TEXT_LIMIT - 1)}…`;
}

function ofSync(syncId: string): Sql {
  return sql`roster_id = (select roster_id from syncs where id = ${syncId}) and sync_id = ${syncId}`;
}
