/** Finds districts, people, syncs and records of people by a few words of them. */
import sql, { join, type Sql } from 'sql-template-tag';
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

export type FoundRecord = {
  rosterId: string;
  sourcedId: string;
  name: string;
  role: string;
  district: string;
  product: string;
};

/**
 * People in rosters: within one district by a part of a name, username or id; within all of them by their whole sourcedId or
 * by how their names begin, which is looked up and not looked for among millions.
 */
export function searchRecords(db: Db, { districtId, words, limit }: Scope): Promise<FoundRecord[]> {
  const found =
    districtId === null
      ? join(
          [sql`sourced_id = ${words}`, ...namesIn(words)].map(
            (which) =>
              sql`(select ${shown} from users where roster_id = r.id and status = 'active' and ${which} limit ${limit})`,
          ),
          ' union ',
        )
      : sql`
      select ${shown} from users where roster_id = r.id and status = 'active' and ${partsIn(words)}
      order by lower(family_name), lower(given_name), sourced_id limit ${limit}`;
  return db.query<FoundRecord>(sql`
    select r.id as "rosterId", u.sourced_id as "sourcedId", concat_ws(' ', u.given_name, u.family_name) as name,
      coalesce(u.role, '') as role, d.name as district, p.name as product
    from rosters r
    join districts d on d.id = r.district_id join products p on p.id = r.product_id
    cross join lateral (${found}) u
    where ${districtId}::uuid is null or r.district_id = ${districtId}
    order by d.name, p.name, lower(u.family_name), lower(u.given_name), u.sourced_id limit ${limit}`);
}

const shown = sql`sourced_id, given_name, family_name, role`;

function partsIn(words: string): Sql {
  const known = sql`lower(concat_ws(' ', given_name, family_name, preferred_given_name, username, identifier, sourced_id))`;
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return join(
    parts.map((part) => sql`${known} like ${`%${like(part)}`}`),
    ' and ',
  );
}

/** A name shorter than this is looked up whole: too many begin so. */
const PREFIX_LENGTH = 3;
/** More words than this are no name that anybody types. */
const WORDS_LIMIT = 7;

/** Words as a family name, and as a given name before or after it: `mia stone`, `Stone, Mia`, `de la cruz`, `ana de la cruz`. */
function namesIn(words: string): Sql[] {
  const parts = words.toLowerCase().replaceAll(',', ' ').split(/\s+/).filter(Boolean);
  const text = (from: number, to?: number) => parts.slice(from, to).join(' ');
  const names = new Map<string, { family: string; given: string }>();
  const add = (family: string, given: string) => {
    if (family !== '') names.set(`${family}|${given}`, { family, given });
  };
  add(text(0), '');
  for (let at = 1; at < Math.min(parts.length, WORDS_LIMIT); at++) {
    add(text(at), text(0, at));
    add(text(0, at), text(at));
  }
  return [...names.values()].map(({ family, given }) => {
    const begins =
      family.length < PREFIX_LENGTH
        ? sql`lower(family_name) = ${family}`
        : sql`lower(family_name) like ${like(family)}`;
    return given === '' ? begins : sql`${begins} and lower(given_name) like ${like(given)}`;
  });
}

/** For `like`: what begins with the words, whatever signs are in them. */
const like = (words: string): string => `${words.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
