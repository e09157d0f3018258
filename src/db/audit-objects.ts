/** What the ids in the audit log are called, so that a person can read it. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';
import { isId } from './ids.ts';

export type AuditObject = {
  kind: 'district' | 'source' | 'person' | 'product' | 'sync' | 'webhook';
  id: string;
  name: string;
};

/** By the id in the log, those that are still there; a delivery is shown as its first sync. */
export async function auditObjects(db: Db, objects: (string | null)[]): Promise<Map<string, AuditObject>> {
  const ids = [...new Set(objects.filter((object) => object !== null))].filter(isId);
  if (ids.length === 0) return new Map();
  const rows = await db.query<AuditObject & { key: string }>(sql`
    select id as key, 'district' as kind, id, name from districts where id = any(${ids}::uuid[])
    union all select id, 'person', id, email from accounts where id = any(${ids}::uuid[])
    union all select id, 'product', id, name from products where id = any(${ids}::uuid[])
    union all select id, 'webhook', id, url from webhooks where id = any(${ids}::uuid[])
    union all select s.id, 'source', s.id, d.name || ', ' || p.name || ', ' || s.name
      from sources s join rosters r on r.id = s.roster_id
      join districts d on d.id = r.district_id join products p on p.id = r.product_id
      where s.id = any(${ids}::uuid[])
    union all select y.id, 'sync', y.id, d.name || ', ' || p.name || ', sync ' || y.number
      from syncs y join rosters r on r.id = y.roster_id
      join districts d on d.id = r.district_id join products p on p.id = r.product_id
      where y.id = any(${ids}::uuid[])
    union all select v.id, 'sync', y.id, d.name || ', ' || p.name || ', sync ' || y.number
      from deliveries v join syncs y on y.roster_id = v.roster_id and y.delivery_id = v.id and y.follows is null
      join rosters r on r.id = y.roster_id
      join districts d on d.id = r.district_id join products p on p.id = r.product_id
      where v.id = any(${ids}::uuid[])`);
  return new Map(rows.map(({ key, ...object }) => [key, object]));
}
