/** Who sends rosters for what: products, districts, the roster of each pair, and the sources that fill it. */
import sql, { join, type Sql } from 'sql-template-tag';
import type { SourceMode } from '../core/calendar.ts';
import type { ProductChange, ProductSettings } from '../core/product-settings.ts';
import { PRODUCT_RULES } from '../core/profiles/changed.ts';
import { Refusal } from '../core/refusal.ts';
import type { Profile } from '../core/rules/rule.ts';
import { isTimeZone, noSchedule } from '../core/schedule.ts';
import type { Db } from './db.ts';
import { isId, newId } from './ids.ts';

export type Product = { id: string; slug: string; name: string } & ProductSettings;
export type District = { id: string; siteCode: string; slug: string; name: string; timeZone: string };
export type Roster = { id: string; districtId: string; productId: string };
export type SourceKind = 'sftp' | 'upload' | 'pull';
export type Source = {
  id: string;
  rosterId: string;
  kind: SourceKind;
  name: string;
  /** A format's id, or `auto`. */
  format: string;
  profile: Profile;
  mode: SourceMode;
  /** The first delivery is applied without a person having looked at it. */
  trustFirst: boolean;
  /** A delta was lost: later deltas wait for a bulk delivery. */
  needsFull: boolean;
  lastFileName: string | null;
  settings: Record<string, unknown>;
};
export type SourceRow = Source & {
  district: District;
  product: Pick<Product, 'id' | 'slug' | 'name' | 'profile' | 'receiving'> & {
    /** Of its rules, where the vendor has changed them. */
    rulesVersion?: number | null;
  };
  /** Which version of its mapping counts, or of the product's changes of its format. */
  formatVersion?: number | null;
};

const DEFAULT_TIME_ZONE = 'America/Denver';

export type NewProduct = { slug: string; name: string } & ProductChange;

/** @throws Refusal `product-taken` */
export async function addProduct(db: Db, product: NewProduct): Promise<Product> {
  const { slug, name, profile = null, formats = [], receiving = null } = product;
  checkSlug(slug);
  const added = await db.one<Product>(sql`
    insert into products (id, slug, name, profile, formats, receiving)
    values (${newId()}, ${slug}, ${named(name)}, ${profile}, ${formats}, ${receiving && JSON.stringify(receiving)})
    on conflict (slug) do nothing
    returning ${productColumns}`);
  if (!added) throw new Refusal('product-taken', 409, `There is a product "${slug}" already.`);
  return added;
}

/** Changes what is given. @returns the product as it is now; undefined when there is none. */
export async function setProduct(
  db: Db,
  id: string,
  change: { name?: string } & ProductChange,
): Promise<Product | undefined> {
  const set: Sql[] = [];
  if (change.name !== undefined) set.push(sql`name = ${named(change.name)}`);
  if (change.profile !== undefined) set.push(sql`profile = ${change.profile}`);
  if (change.formats !== undefined) set.push(sql`formats = ${change.formats}`);
  if (change.receiving !== undefined) {
    set.push(sql`receiving = ${change.receiving && JSON.stringify(change.receiving)}`);
  }
  if (set.length > 0 && isId(id)) await db.query(sql`update products set ${join(set)} where id = ${id}`);
  return productById(db, id);
}

export async function productById(db: Db, id: string): Promise<Product | undefined> {
  if (!isId(id)) return undefined;
  return db.one<Product>(sql`select ${productColumns} from products where id = ${id}`);
}

export function productBySlug(db: Db, slug: string): Promise<Product | undefined> {
  return db.one<Product>(sql`select ${productColumns} from products where slug = ${slug}`);
}

export function listProducts(db: Db): Promise<Product[]> {
  return db.query<Product>(sql`select ${productColumns} from products order by name, id`);
}

export type NewDistrict = { siteCode: string; name: string; slug?: string; timeZone?: string };

/** `slug` defaults to the name in plain letters. @throws Refusal `site-code-taken`, `site-code`, `time-zone` */
export async function addDistrict(db: Db, { siteCode, name, slug, timeZone }: NewDistrict): Promise<District> {
  const zone = timeZone ?? DEFAULT_TIME_ZONE;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(siteCode)) {
    throw new Refusal('site-code', 400, 'A site code has 1 to 64 letters, digits, dots, underscores or hyphens.');
  }
  if (!isTimeZone(zone)) {
    throw new Refusal('time-zone', 400, `"${zone}" is not a time zone. Use a name such as America/Denver.`);
  }
  const chosen = slug ?? slugOf(name);
  checkSlug(chosen);
  const district = await db.one<District>(sql`
    insert into districts (id, site_code, slug, name, time_zone)
    values (${newId()}, ${siteCode}, ${chosen}, ${named(name)}, ${zone})
    on conflict do nothing
    returning ${districtColumns}`);
  if (!district) throw new Refusal('site-code-taken', 409, `There is a district with site code ${siteCode} already.`);
  return district;
}

/** By site code, by id, or by slug, in this order. @throws Refusal `district-ambiguous` when several have the slug. */
export async function findDistrict(db: Db, text: string): Promise<District | undefined> {
  const by = (where: Sql) => db.query<District>(sql`select ${districtColumns} from districts where ${where} limit 2`);
  const [exact] = await by(sql`site_code = ${text}`);
  if (exact) return exact;
  if (isId(text)) return (await by(sql`id = ${text}`))[0];
  const [found, other] = await by(sql`slug = ${text}`);
  if (other) {
    throw new Refusal('district-ambiguous', 409, `Several districts are called "${text}". Name one by its site code.`);
  }
  return found;
}

export function listDistricts(db: Db, { districtId }: { districtId?: string } = {}): Promise<District[]> {
  return db.query<District>(sql`
    select ${districtColumns} from districts
    where ${districtId ?? null}::uuid is null or id = ${districtId ?? null}
    order by name, id`);
}

/** The roster of a district for a product, made when there is none. */
export async function ensureRoster(db: Db, districtId: string, productId: string): Promise<Roster> {
  await db.query(sql`
    insert into rosters (id, district_id, product_id) values (${newId()}, ${districtId}, ${productId})
    on conflict (district_id, product_id) do nothing`);
  const roster = await db.one<Roster>(sql`
    select ${rosterColumns} from rosters where district_id = ${districtId} and product_id = ${productId}`);
  return roster as Roster;
}

/** @param which district (site code, slug or id) and product (slug). */
export async function rosterOf(db: Db, which: { district: string; product: string }): Promise<Roster | undefined> {
  const district = await findDistrict(db, which.district);
  if (!district) return undefined;
  return db.one<Roster>(sql`
    select ${rosterColumns} from rosters
    where district_id = ${district.id} and product_id = (select id from products where slug = ${which.product})`);
}

/** Undefined when there is none with this id, or the text is no id. */
export async function rosterById(db: Db, id: string): Promise<Roster | undefined> {
  if (!isId(id)) return undefined;
  return db.one<Roster>(sql`select ${rosterColumns} from rosters where id = ${id}`);
}

/** Whose roster it is, and for which product. */
export async function districtOfRoster(
  db: Db,
  id: string,
): Promise<{ district: District; product: Pick<Product, 'slug' | 'name'> } | undefined> {
  const roster = await rosterById(db, id);
  const [district] = roster ? await listDistricts(db, roster) : [];
  const product = roster && (await productById(db, roster.productId));
  return district && product ? { district, product } : undefined;
}

export type NewSource = Pick<Source, 'rosterId' | 'kind' | 'name'> &
  Partial<Pick<Source, 'format' | 'profile' | 'mode' | 'trustFirst' | 'settings'>>;

/** @throws Refusal `source-taken`: names are unique within a roster, and a roster has one SFTP source. */
export async function addSource(db: Db, source: NewSource): Promise<SourceRow> {
  const { format = 'auto', profile = 'default', mode = 'active', trustFirst = false } = source;
  // People upload when they like.
  const settings = { ...(source.kind === 'upload' ? { schedule: noSchedule } : {}), ...source.settings };
  const id = newId();
  const added = await db.query(sql`
    insert into sources (id, roster_id, kind, name, format, profile, mode, trust_first, settings)
    values (${id}, ${source.rosterId}, ${source.kind}, ${named(source.name)}, ${format}, ${profile}, ${mode},
      ${trustFirst}, ${JSON.stringify(settings)})
    on conflict do nothing
    returning id`);
  if (added.length === 0) {
    throw new Refusal('source-taken', 409, 'This roster has a source of that name, or another SFTP source, already.');
  }
  return (await sourceById(db, id)) as SourceRow;
}

export type SourcePatch = Partial<Omit<Source, 'id' | 'rosterId' | 'kind'>>;

/** Changes what is given. @returns the source as it is now; undefined when there is none. */
export async function setSource(db: Db, id: string, patch: SourcePatch): Promise<SourceRow | undefined> {
  const set: Sql[] = [];
  if (patch.name !== undefined) set.push(sql`name = ${named(patch.name)}`);
  if (patch.format !== undefined) set.push(sql`format = ${patch.format}`);
  if (patch.profile !== undefined) set.push(sql`profile = ${patch.profile}`);
  if (patch.mode !== undefined) set.push(sql`mode = ${patch.mode}`);
  if (patch.trustFirst !== undefined) set.push(sql`trust_first = ${patch.trustFirst}`);
  if (patch.needsFull !== undefined) set.push(sql`needs_full = ${patch.needsFull}`);
  if (patch.lastFileName !== undefined) set.push(sql`last_file_name = ${patch.lastFileName}`);
  if (patch.settings !== undefined) set.push(sql`settings = ${JSON.stringify(patch.settings)}`);
  if (set.length > 0) await db.query(sql`update sources set ${join(set)} where id = ${id}`);
  return sourceById(db, id);
}

/** Holds the row of a source until the transaction ends, for what is read from it and written back. */
export async function lockSource(db: Db, id: string): Promise<void> {
  if (isId(id)) await db.query(sql`select 1 from sources where id = ${id} for update`);
}

export async function sourceById(db: Db, id: string): Promise<SourceRow | undefined> {
  if (!isId(id)) return undefined;
  return (await selectSources(db, sql`s.id = ${id}`))[0];
}

/** Ordered by district, product and name. */
export function sourcesOf(db: Db, scope: { districtId?: string; rosterId?: string } = {}): Promise<SourceRow[]> {
  const { districtId = null, rosterId = null } = scope;
  return selectSources(
    db,
    sql`(${districtId}::uuid is null or d.id = ${districtId}) and (${rosterId}::uuid is null or s.roster_id = ${rosterId})`,
  );
}

/** Where files of a source are put by SFTP: `/imagine/1234567-lakeview/literacy`. */
export function uploadPath(vendor: string, { district, product }: Pick<SourceRow, 'district' | 'product'>): string {
  return `/${vendor}/${district.siteCode}-${district.slug}/${product.slug}`;
}

const productColumns = sql`id, slug, name, profile, formats, receiving`;
const districtColumns = sql`id, site_code as "siteCode", slug, name, time_zone as "timeZone"`;
const rosterColumns = sql`id, district_id as "districtId", product_id as "productId"`;

/** Columns of a source with its district and product, for a query over `sources s`, `districts d`, `products p`. */
export const sourceColumns = sql`
  s.id, s.roster_id as "rosterId", s.kind, s.name, s.format, s.profile, s.mode, s.trust_first as "trustFirst",
  s.needs_full as "needsFull", s.last_file_name as "lastFileName", s.settings,
  case when s.format = 'auto'
    then (select sum(u.version)::integer from formats_in_use u where u.format like '%@' || p.slug and u.format not like ${`${PRODUCT_RULES}@%`})
    else (select u.version from formats_in_use u
      where u.format = case when starts_with(s.format, 'mapping:') then s.format else s.format || '@' || p.slug end)
  end as "formatVersion",
  jsonb_build_object('id', d.id, 'siteCode', d.site_code, 'slug', d.slug, 'name', d.name, 'timeZone', d.time_zone) as district,
  jsonb_build_object('id', p.id, 'slug', p.slug, 'name', p.name, 'profile', p.profile,
    'receiving', p.receiving,
    'rulesVersion', (select u.version from formats_in_use u where u.format = ${`${PRODUCT_RULES}@`} || p.slug)) as product`;

function selectSources(db: Db, where: Sql): Promise<SourceRow[]> {
  return db.query<SourceRow>(sql`
    select ${sourceColumns}
    from sources s
    join rosters r on r.id = s.roster_id
    join districts d on d.id = r.district_id
    join products p on p.id = r.product_id
    where ${where}
    order by d.name, d.id, p.name, s.name`);
}

function named(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 200) throw new Refusal('name', 400, 'A name has 1 to 200 characters.');
  return trimmed;
}

function checkSlug(slug: string): void {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) && slug.length <= 100) return;
  throw new Refusal('slug', 400, `"${slug}" cannot be part of a path: use small letters, digits and single hyphens.`);
}

function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  const slug = plain
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return slug || 'district';
}
