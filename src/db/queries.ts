/** Reads syncs together with their delivery, source, district and product, for lists, pages and the pipeline. */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Plan } from '../core/plan.ts';
import type { Db } from './db.ts';
import type { District, Source, SourceRow } from './districts.ts';
import type { Delivery, Sync } from './syncs.ts';

export type SyncRow = Sync & {
  delivery: Delivery | null;
  source: Pick<Source, 'id' | 'name' | 'kind'>;
  district: District;
  product: SourceRow['product'];
};

/** A sync in a list: counts by school, of which there are hundreds in a large district, are not read. */
export type RecentSync = Omit<SyncRow, 'plan'> & { plan: Pick<Plan, 'kinds'> | null };

/** What the state of a source follows from. */
export type Newest = Pick<Sync, 'state' | 'decision' | 'format'> & {
  sourceId: string;
  /** Why it is held or waits, a sentence each. */
  holdReasons: string[] | null;
};

/** `where` and `tail` (order, limit) may name `y` the sync, `s` its source, `r` roster, `d` district, `p` product. */
export async function selectSyncs(db: Db, where: Sql, tail: Sql): Promise<SyncRow[]> {
  const rows = await db.query(sql`select ${rowColumns} from syncs y ${rowJoins} where ${where} ${tail}`);
  return rows.map(syncRow);
}

/** The last `each` syncs of each of these sources but for dry runs, newest first, of one origin or all; a source without any is not in the map. */
export async function recentSyncs(
  db: Db,
  sourceIds: string[],
  each: number,
  origin: 'delivery' | null = null,
): Promise<Map<string, RecentSync[]>> {
  const rows = await db.query(sql`
    select ${recentColumns}
    from sources o
    cross join lateral (
      select * from syncs
      where roster_id = o.roster_id and source_id = o.id and not dry_run and (${origin}::text is null or origin = ${origin})
      order by number desc limit ${each}
    ) y
    ${rowJoins}
    where o.id = any(${sourceIds}::uuid[])
    order by y.source_id, y.number desc`);
  const bySource = new Map<string, RecentSync[]>();
  for (const row of rows.map(syncRow)) {
    const list = bySource.get(row.sourceId);
    if (list) list.push(row);
    else bySource.set(row.sourceId, [row]);
  }
  return bySource;
}

/** Of the newest sync of each source that is no dry run, what the state of the source follows from; thousands of them at once. */
export async function newestOfSources(db: Db, scope: { districtId?: string } = {}): Promise<Map<string, Newest>> {
  const { districtId = null } = scope;
  const rows = await db.query<Newest>(sql`
    select s.id as "sourceId", y.state, y.decision, y.format, y.hold -> 'reasons' as "holdReasons"
    from rosters r
    join sources s on s.roster_id = r.id
    cross join lateral (
      select state, decision, format, hold from syncs
      where roster_id = s.roster_id and source_id = s.id and not dry_run order by number desc limit 1
    ) y
    where ${districtId}::uuid is null or r.district_id = ${districtId}`);
  return new Map(rows.map((row) => [row.sourceId, row]));
}

type Fields = Record<string, string>;

const syncFields: Record<keyof Sync, string> = {
  id: 'id',
  rosterId: 'roster_id',
  sourceId: 'source_id',
  deliveryId: 'delivery_id',
  origin: 'origin',
  originDetail: 'origin_detail',
  dryRun: 'dry_run',
  number: 'number',
  state: 'state',
  step: 'step',
  createdAt: 'created_at',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  format: 'format',
  formatVersion: 'format_version',
  bulk: 'bulk',
  tables: 'tables',
  plan: 'plan',
  findingCounts: 'finding_counts',
  leftOut: 'left_out',
  changes: 'changes',
  hold: 'hold',
  decision: 'decision',
  fault: 'fault',
  attempts: 'attempts',
  follows: 'follows',
  removalsOnly: 'removals_only',
  waiting: 'waiting',
  checkedAs: 'checked_as',
};

const deliveryFields: Record<keyof Delivery, string> = {
  id: 'id',
  rosterId: 'roster_id',
  sourceId: 'source_id',
  name: 'name',
  sizeBytes: 'size_bytes',
  sha256: 'sha256',
  receivedAt: 'received_at',
  accountId: 'account_id',
  address: 'address',
  archiveKey: 'archive_key',
  expiresAt: 'expires_at',
};

const joinedColumns = sql`${columns('v', deliveryFields, 'v.')},
  jsonb_build_object('id', s.id, 'name', s.name, 'kind', s.kind) as source,
  jsonb_build_object('id', d.id, 'siteCode', d.site_code, 'slug', d.slug, 'name', d.name, 'timeZone', d.time_zone)
    as district,
  jsonb_build_object('id', p.id, 'slug', p.slug, 'name', p.name, 'profile', p.profile,
    'receiving', p.receiving) as product`;

const { plan: _, ...smallFields } = syncFields;
const rowColumns = sql`${columns('y', syncFields, 'y.')}, ${joinedColumns}`;
const recentColumns = sql`${columns('y', smallFields, 'y.')}, y.plan - 'schools' as "y.plan", ${joinedColumns}`;

const rowJoins = sql`
  join sources s on s.id = y.source_id
  join rosters r on r.id = y.roster_id
  join districts d on d.id = r.district_id
  join products p on p.id = r.product_id
  left join deliveries v on v.roster_id = y.roster_id and v.id = y.delivery_id`;

function syncRow(row: Record<string, unknown>): SyncRow {
  const delivery = pick(row, deliveryFields, 'v.') as Delivery;
  return {
    ...(pick(row, syncFields, 'y.') as Sync),
    delivery: delivery.id === null ? null : delivery,
    source: row.source as SyncRow['source'],
    district: row.district as District,
    product: row.product as SyncRow['product'],
  };
}

/** `y.roster_id as "y.rosterId", …`; the names are ours, never a person's. */
function columns(alias: string, fields: Fields, prefix: string): Sql {
  const parts = Object.entries(fields).map(([name, column]) => `${alias}.${column} as "${prefix}${name}"`);
  return raw(parts.join(', '));
}

function pick(row: Record<string, unknown>, fields: Fields, prefix: string): unknown {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, row[prefix + name]]));
}
