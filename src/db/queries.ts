/** Reads syncs together with their delivery, source, district and product, for lists, pages and the pipeline. */
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Db } from './db.ts';
import { type District, type Product, type Source, type SourceRow, sourceColumns } from './districts.ts';
import type { Delivery, Sync } from './syncs.ts';

export type SyncRow = Sync & {
  delivery: Delivery | null;
  source: Pick<Source, 'id' | 'name' | 'kind'>;
  district: District;
  product: Product;
};

export type OverviewRow = {
  district: District;
  /** Null for a district without a source yet. */
  source: SourceRow | null;
  /** Null when nothing has arrived yet. */
  latest: Sync | null;
};

/** `where` and `tail` (order, limit) may name `y` the sync, `s` its source, `r` roster, `d` district, `p` product. */
export async function selectSyncs(db: Db, where: Sql, tail: Sql): Promise<SyncRow[]> {
  const rows = await db.query(sql`select ${rowColumns} from syncs y ${rowJoins} where ${where} ${tail}`);
  return rows.map(syncRow);
}

/** The last `each` syncs of each of these sources but for dry runs, newest first; a source without any is not in the map. */
export async function recentSyncs(db: Db, sourceIds: string[], each: number): Promise<Map<string, SyncRow[]>> {
  const rows = await db.query(sql`
    select ${rowColumns}
    from sources o
    cross join lateral (
      select * from syncs where roster_id = o.roster_id and source_id = o.id and not dry_run order by number desc limit ${each}
    ) y
    ${rowJoins}
    where o.id = any(${sourceIds}::uuid[])
    order by y.source_id, y.number desc`);
  const bySource = new Map<string, SyncRow[]>();
  for (const row of rows.map(syncRow)) {
    const list = bySource.get(row.sourceId);
    if (list) list.push(row);
    else bySource.set(row.sourceId, [row]);
  }
  return bySource;
}

/** Every district with its sources, and the newest sync of each that is no dry run, by name: the first screen in one query. */
export async function overview(db: Db, scope: { districtId?: string } = {}): Promise<OverviewRow[]> {
  const { districtId = null } = scope;
  const rows = await db.query(sql`
    select ${sourceColumns}, ${latestColumns}
    from districts d
    left join rosters r on r.district_id = d.id
    left join products p on p.id = r.product_id
    left join sources s on s.roster_id = r.id
    left join lateral (
      select * from syncs where roster_id = s.roster_id and source_id = s.id and not dry_run order by number desc limit 1
    ) y on true
    where ${districtId}::uuid is null or d.id = ${districtId}
    order by d.name, d.id, p.name, s.name`);
  return rows.map((row) => {
    const latest = pick(row, syncFields, 'y.') as Sync;
    const source = Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('y.'))) as SourceRow;
    return {
      district: source.district,
      source: source.id === null ? null : source,
      latest: latest.id === null ? null : latest,
    };
  });
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

const latestColumns = columns('y', syncFields, 'y.');

const rowColumns = sql`${columns('y', syncFields, 'y.')}, ${columns('v', deliveryFields, 'v.')},
  jsonb_build_object('id', s.id, 'name', s.name, 'kind', s.kind) as source,
  jsonb_build_object('id', d.id, 'siteCode', d.site_code, 'slug', d.slug, 'name', d.name, 'timeZone', d.time_zone)
    as district,
  jsonb_build_object('id', p.id, 'slug', p.slug, 'name', p.name, 'profile', p.profile) as product`;

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
    product: row.product as Product,
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
