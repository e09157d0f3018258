/** Finds districts, people and syncs by a few words of them. */
import sql, { type Sql } from 'sql-template-tag';
import type { Db } from './db.ts';
import type { SyncState } from './sync-states.ts';

type Scope = { districtId: string | null; words: string; limit: number };

/** By a part of the name, the site code or the slug; those that begin with the words first. */
export function searchDistricts(db: Db, { districtId, words, limit }: Scope) {
  const part = like(words);
  return db.query<{ id: string; name: string; siteCode: string }>(sql`
    select id, name, site_code as "siteCode" from districts
    where (${districtId}::uuid is null or id = ${districtId})
      and (lower(name) like ${`%${part}`} or lower(site_code) like ${part} or slug like ${part})
    order by (lower(name) like ${part} or lower(site_code) like ${part}) desc, name, id
    limit ${limit}`);
}

/** Accounts by a part of the address or the name. */
export function searchAccounts(db: Db, { districtId, words, limit }: Scope) {
  const part = like(words);
  return db.query<{ id: string; email: string; name: string; district: string | null }>(sql`
    select a.id, a.email, a.name, d.name as district from accounts a left join districts d on d.id = a.district_id
    where a.removed_at is null and (${districtId}::uuid is null or a.district_id = ${districtId})
      and (lower(a.email) like ${`%${part}`} or lower(a.name) like ${`%${part}`})
    order by (lower(a.email) like ${part} or lower(a.name) like ${part}) desc, lower(a.email)
    limit ${limit}`);
}

/** Syncs with this number, or with this id; the newest first. */
export async function searchSyncs(db: Db, { districtId, words, limit }: Scope) {
  const number = /^#?(\d{1,9})$/.exec(words)?.[1];
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(words);
  if (number === undefined && !isId) return [];
  const which: Sql = number === undefined ? sql`y.id = ${words}` : sql`y.number = ${Number(number)}`;
  return db.query<{ id: string; number: number; state: SyncState; at: Date; district: string; product: string }>(sql`
    select y.id, y.number, y.state, y.created_at as at, d.name as district, p.name as product
    from rosters r join syncs y on y.roster_id = r.id
    join districts d on d.id = r.district_id join products p on p.id = r.product_id
    where (${districtId}::uuid is null or r.district_id = ${districtId}) and ${which}
    order by y.created_at desc limit ${limit}`);
}

/** For `like`: what begins with the words, whatever signs are in them. */
const like = (words: string): string => `${words.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
