/** What the watch asks of the database: when something last came from each source, and what was new since yesterday. */
import sql from 'sql-template-tag';
import type { Severity } from '../core/record.ts';
import type { Db } from './db.ts';
import type { SyncState } from './sync-states.ts';

export type SourceTimes = {
  sourceId: string;
  /** When the source was made. */
  createdAt: Date;
  /** Until then nothing was expected of it. */
  watchedFrom: Date | null;
  /** When something arrived last. */
  lastAt: Date | null;
};

/** By source. */
export async function sourceTimes(db: Db, scope: { districtId?: string; sourceId?: string } = {}) {
  const { districtId = null, sourceId = null } = scope;
  const rows = await db.query<SourceTimes>(sql`
    select s.id as "sourceId", s.created_at as "createdAt", s.watched_from as "watchedFrom",
      (select max(received_at) from deliveries d where d.roster_id = s.roster_id and d.source_id = s.id) as "lastAt"
    from sources s join rosters r on r.id = s.roster_id
    where (${districtId}::uuid is null or r.district_id = ${districtId}) and (${sourceId}::uuid is null or s.id = ${sourceId})`);
  return new Map(rows.map((row) => [row.sourceId, row]));
}

/** Nothing is expected of these sources now. */
export async function noteUnwatched(db: Db, sourceIds: string[], at: Date): Promise<void> {
  await db.query(sql`update sources set watched_from = ${at} where id = any(${sourceIds}::uuid[])`);
}

export type SameRun = {
  sourceId: string;
  /** Deliveries in a row that changed nothing. */
  count: number;
  /** When the delivery came that was the last to change something. */
  since: Date;
  lastAt: Date;
  /** The newest of them. */
  syncId: string;
};

/** Sources whose newest deliveries change nothing any more; only runs that began before `before`. */
export function sameRuns(db: Db, before: Date): Promise<SameRun[]> {
  return db.query<SameRun>(sql`
    select s.id as "sourceId", run.count, c.since, run."lastAt", run."syncId"
    from sources s
    cross join lateral (
      select y.number, coalesce(d.received_at, y.created_at) as since
      from syncs y left join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
      where y.roster_id = s.roster_id and y.source_id = s.id and y.state <> 'unchanged'
      order by y.number desc limit 1
    ) c
    cross join lateral (
      select count(*) as count, max(d.received_at) as "lastAt", (array_agg(y.id order by y.number desc))[1] as "syncId"
      from syncs y join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
      where y.roster_id = s.roster_id and y.source_id = s.id and y.number > c.number
    ) run
    where run.count > 1 and c.since <= ${before}`);
}

/** The name under which the delivery before this one came. */
export async function nameBefore(
  db: Db,
  sync: { rosterId: string; sourceId: string; number: number },
): Promise<string | undefined> {
  const row = await db.one<{ name: string }>(sql`
    select d.name from syncs y join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
    where y.roster_id = ${sync.rosterId} and y.source_id = ${sync.sourceId} and y.number < ${sync.number}
    order by y.number desc limit 1`);
  return row?.name;
}

/** Whether a delivery of the source waits for a decision. */
export async function hasHeld(db: Db, sync: { rosterId: string; sourceId: string }): Promise<boolean> {
  const row = await db.one(sql`
    select 1 from syncs where roster_id = ${sync.rosterId} and source_id = ${sync.sourceId} and state = 'held' limit 1`);
  return row !== undefined;
}

/** When the outcome of a sync was asked to be told: another time for each time that it is held. */
export async function askedAt(db: Db, rosterId: string, syncId: string): Promise<Date | undefined> {
  const row = await db.one<{ at: Date }>(sql`
    select started_at as at from sync_steps
    where roster_id = ${rosterId} and sync_id = ${syncId} and step = 'published'`);
  return row?.at;
}

export type SourceNews = { sourceId: string; state: SyncState; count: number };

/** Syncs that came to their end, or to a person, in a span of time. */
export function newsOf(db: Db, districtId: string, from: Date, to: Date): Promise<SourceNews[]> {
  return db.query<SourceNews>(sql`
    select y.source_id as "sourceId", y.state, count(*) as count
    from rosters r join syncs y on y.roster_id = r.id
    left join sync_steps t on t.roster_id = y.roster_id and t.sync_id = y.id and t.step = 'published'
    where r.district_id = ${districtId} and coalesce(t.started_at, y.finished_at) > ${from}
      and coalesce(t.started_at, y.finished_at) <= ${to}
    group by y.source_id, y.state`);
}

/** Syncs of a district that wait for a person, by source. */
export async function heldOf(db: Db, districtId: string): Promise<Map<string, number>> {
  const rows = await db.query<{ sourceId: string; count: number }>(sql`
    select y.source_id as "sourceId", count(*) as count from rosters r join syncs y on y.roster_id = r.id
    where r.district_id = ${districtId} and y.state = 'held' and y.decision is null group by y.source_id`);
  return new Map(rows.map(({ sourceId, count }) => [sourceId, count]));
}

export type RuleNow = { rule: string; severity: Severity; count: number };

/** The findings, by rule, of the newest delivery that was checked up to a moment; undefined when there is none. */
export async function rulesAsOf(
  db: Db,
  source: { id: string; rosterId: string },
  at: Date,
): Promise<{ syncId: string; rules: RuleNow[] } | undefined> {
  const sync = await db.one<{ id: string }>(sql`
    select y.id from syncs y join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
    where y.roster_id = ${source.rosterId} and y.source_id = ${source.id} and y.finding_counts is not null
      and d.received_at <= ${at}
    order by y.number desc limit 1`);
  if (!sync) return undefined;
  const rules = await db.query<RuleNow>(sql`
    select rule, severity, count from sync_rules where roster_id = ${source.rosterId} and sync_id = ${sync.id}`);
  return { syncId: sync.id, rules };
}

export type Lock = { accountId: string; email: string; districtId: string | null; at: Date; until: Date };

/** Accounts that were locked since a moment, from the audit log; the first lock of each day. */
export async function locksSince(db: Db, since: Date): Promise<Lock[]> {
  const rows = await db.query<Omit<Lock, 'until'> & { until: string }>(sql`
    select distinct on (a.account_id, (a.at at time zone 'UTC')::date) a.account_id as "accountId", c.email,
      c.district_id as "districtId", a.at, a.detail->>'lockedUntil' as until
    from audit a join accounts c on c.id = a.account_id
    where a.act = 'sign in locked' and a.at > ${since} and a.detail->>'by' = 'account'
    order by a.account_id, (a.at at time zone 'UTC')::date, a.at`);
  return rows.map((row) => ({ ...row, until: new Date(row.until) }));
}
