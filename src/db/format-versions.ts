/** Keeps mappings, and what was changed of a declared format for a product: every version, and which of them counts. */
import sql from 'sql-template-tag';
import { PRODUCT_RULES } from '../core/profiles/changed.ts';
import { Refusal } from '../core/refusal.ts';
import type { Db } from './db.ts';

export type FormatVersion = {
  format: string;
  version: number;
  note: string;
  madeBy: string;
  madeAt: Date;
  /** The version that counts. */
  isUsed: boolean;
};

const columns = sql`v.format, v.version, v.note, v.made_by as "madeBy", v.made_at as "madeAt",
  u.version is not null as "isUsed"`;
const joined = sql`format_versions v left join formats_in_use u on u.format = v.format and u.version = v.version`;

/** Newest first, without their content. */
export function formatVersions(db: Db, format: string | null = null): Promise<FormatVersion[]> {
  return db.query<FormatVersion>(sql`
    select ${columns} from ${joined}
    where (${format}::text is null or v.format = ${format})
    order by v.format, v.version desc limit 1000`);
}

/** One version, or the one that counts. */
export function formatVersion(
  db: Db,
  format: string,
  version: number | null = null,
): Promise<(FormatVersion & { content: string }) | undefined> {
  return db.one<FormatVersion & { content: string }>(sql`
    select ${columns}, v.content from ${joined}
    where v.format = ${format} and (v.version = ${version}::integer or (${version}::integer is null and u.version is not null))`);
}

/** What counts of the formats of a product: by name, with its content. */
export function formatsInUse(db: Db, product: string): Promise<{ format: string; content: string }[]> {
  return db.query<{ format: string; content: string }>(sql`
    select v.format, v.content from formats_in_use u join format_versions v on v.format = u.format and v.version = u.version
    where u.format like ${`%@${product}`} and u.format not like ${`${PRODUCT_RULES}@%`}`);
}

export type FormatSource = { id: string; name: string; district: string; product: string };

/** Sources that read by a format: by its name (null: by any), of one product where it is named. */
export function sourcesBy(db: Db, formats: readonly string[] | null, product: string | null): Promise<FormatSource[]> {
  return db.query<FormatSource>(sql`
    select s.id, s.name, d.name as district, p.name as product
    from sources s
    join rosters r on r.id = s.roster_id
    join districts d on d.id = r.district_id
    join products p on p.id = r.product_id
    where (${formats}::text[] is null or s.format = any(${formats}::text[])) and (${product}::text is null or p.slug = ${product})
    order by d.name, p.name, s.name limit 500`);
}

/** The next version; nothing changes by it until it is used. */
export async function addFormatVersion(
  db: Db,
  made: { format: string; content: string; note: string; by: string; at: Date },
): Promise<number> {
  const { format, content, note, by, at } = made;
  const last = await db.one<{ version: number | null }>(
    sql`select max(version) as version from format_versions where format = ${format}`,
  );
  const version = (last?.version ?? 0) + 1;
  await db.query(sql`
    insert into format_versions (format, version, content, note, made_by, made_at)
    values (${format}, ${version}, ${content}, ${note}, ${by}, ${at})`);
  return version;
}

/** @throws Refusal `format-version` when there is no such version. */
export async function takeFormatVersion(db: Db, format: string, version: number): Promise<void> {
  if (!(await formatVersion(db, format, version)))
    throw new Refusal('format-version', 404, `There is no version ${version} of ${format}.`);
  await db.query(sql`
    insert into formats_in_use (format, version) values (${format}, ${version})
    on conflict (format) do update set version = excluded.version`);
}
