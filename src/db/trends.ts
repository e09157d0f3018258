/** Reads the syncs of a source over a span of time in numbers alone, for trends. */
import sql from 'sql-template-tag';
import type { Plan } from '../core/plan.ts';
import type { Severity } from '../core/record.ts';
import type { Kind } from '../core/tables.ts';
import type { Db } from './db.ts';
import type { SyncState } from './sync-states.ts';

export type TrendRow = {
  id: string;
  number: number;
  state: SyncState;
  createdAt: Date;
  /** Null for a sync that came from no file. */
  receivedAt: Date | null;
  kinds: Plan['kinds'] | null;
  tables: { kind: Kind; mode: string; rows: number; leftOut: number }[] | null;
  findingCounts: Partial<Record<Severity, number>> | null;
  /** Removals that were left out when it was applied. */
  waiting: number;
};

/** Oldest first, dry runs left out; the newest `limit` of them when there are more. */
export async function trendOf(
  db: Db,
  source: { id: string; rosterId: string },
  since: Date,
  limit: number,
): Promise<TrendRow[]> {
  const rows = await db.query<TrendRow>(sql`
    select y.id, y.number, y.state, y.created_at as "createdAt", d.received_at as "receivedAt", y.plan->'kinds' as kinds,
      y.tables, y.finding_counts as "findingCounts", y.waiting
    from syncs y left join deliveries d on d.roster_id = y.roster_id and d.id = y.delivery_id
    where y.roster_id = ${source.rosterId} and y.source_id = ${source.id} and not y.dry_run and y.created_at >= ${since}
    order by y.number desc limit ${limit}`);
  return rows.reverse();
}
