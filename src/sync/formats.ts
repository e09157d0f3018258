/** Formats of the vendor's own: mappings, and what is changed of a declared format for a product, in versions. */

import type { Declaration } from '../core/formats/declared/declaration.ts';
import { formats } from '../core/formats/index.ts';
import { declaredPage, type FormatPage, formatPages, oneRosterPage } from '../core/formats/pages.ts';
import { isOneRosterPage } from '../core/formats/template-files.ts';
import type { ProductProfile } from '../core/profiles/product.ts';
import { type RuleRow, ruleRows } from '../core/profiles/words.ts';
import { Refusal } from '../core/refusal.ts';
import { audit } from '../db/audit.ts';
import type { Db, Pool } from '../db/db.ts';
import { productBySlug, type SourceRow } from '../db/districts.ts';
import {
  addFormatVersion,
  type FormatSource,
  type FormatVersion,
  formatsInUse,
  formatVersion,
  formatVersions,
  sourcesBy,
  takeFormatVersion,
} from '../db/format-versions.ts';
import { recentSyncs } from '../db/queries.ts';
import { type RuleCount, ruleCountsOf, syncById } from '../db/syncs.ts';
import { declarationFrom, declarationOf, formatFor, isMapping, versionsOf } from './format-for.ts';
import { declaredProfile, isRules, profileFor, profileFrom, rulesOf } from './product-rules.ts';
import { type Tried, tryFormat } from './try-format.ts';

/** What is kept in versions: `mapping:<name>`, one of our formats for a product, or `product-rules` of a product. */
export type Kept = { format: string; product?: string };
/** Null accountId for the command line. */
export type By = { accountId: string | null; by: string; address?: string | null; at: Date };

/** @throws Refusal `format-unknown`, `product-unknown`, `mapping-name` */
export async function keptName(db: Db, { format, product }: Kept): Promise<string> {
  if (isMapping(format)) {
    if (/^mapping:[a-z0-9][a-z0-9-]{0,62}$/.test(format)) return format;
    throw new Refusal(
      'mapping-name',
      400,
      'A mapping is named by small letters, digits and hyphens, such as lakeview.',
    );
  }
  if (!isRules(format)) declarationOf(format);
  const { slug } = await productNamed(db, product);
  return isRules(format) ? rulesOf({ slug }) : versionsOf({ format, product: { slug } });
}

async function productNamed(db: Db, slug: string | undefined) {
  if (slug === undefined) throw new Refusal('product-missing', 400, 'Name the product that is meant.');
  const product = await productBySlug(db, slug);
  if (!product) throw new Refusal('product-unknown', 404, `There is no product ${slug}.`);
  return product;
}

export const listVersions = async (db: Db, kept?: Kept): Promise<FormatVersion[]> =>
  formatVersions(db, kept ? await keptName(db, kept) : null);

/** Sources whose deliveries a version would be read by; those that take any format are told by what comes. */
export async function sourcesOfFormat(db: Db, kept: Kept): Promise<FormatSource[]> {
  await keptName(db, kept);
  if (isRules(kept.format)) return sourcesBy(db, null, kept.product ?? null);
  return isMapping(kept.format)
    ? sourcesBy(db, [kept.format], null)
    : sourcesBy(db, [kept.format, 'auto'], kept.product ?? null);
}

export type ShownVersion = {
  version: (FormatVersion & { content: string }) | null;
  page: FormatPage;
  lookups: NonNullable<Declaration['lookups']>;
  /** What a product asks of people; none where a format is shown. */
  rules: RuleRow[];
};

/** One version with its content, or the one that counts, and the page that it makes. */
export async function showVersion(db: Db, kept: Kept, version?: number): Promise<ShownVersion> {
  const found = await formatVersion(db, await keptName(db, kept), version ?? null);
  if (!found && version !== undefined) throw new Refusal('format-version', 404, `There is no version ${version}.`);
  if (!found && isMapping(kept.format))
    throw new Refusal('mapping-unknown', 404, 'No version of this mapping is in use.');
  if (isRules(kept.format)) return shownRules(declaredProfile(await productNamed(db, kept.product)), found ?? null);
  const declaration = found ? declarationFrom(kept.format, found.content) : declarationOf(kept.format);
  return { version: found ?? null, page: declaredPage(declaration), lookups: declaration.lookups ?? {}, rules: [] };
}

/** OneRoster as the product needs it, and what it asks of people. */
function shownRules(declared: ProductProfile, version: ShownVersion['version']): ShownVersion {
  const profile = version ? profileFrom(declared, version.content) : declared;
  return {
    version,
    page: oneRosterPage('1.1', profile),
    lookups: { grades: profile.grades.value },
    rules: ruleRows(profile),
  };
}

/** @throws Refusal when the content has faults; then nothing is kept. */
export async function addVersion(
  db: Db,
  given: Kept & { content: string; note?: string },
  by: By,
): Promise<{ format: string; version: number }> {
  const format = await keptName(db, given);
  const content = readable(given);
  if (isRules(given.format)) profileFrom(declaredProfile(await productNamed(db, given.product)), content);
  else declarationFrom(given.format, content);
  return db.tx(async (tx) => {
    const version = await addFormatVersion(tx, {
      format,
      content: given.content,
      note: given.note ?? '',
      by: by.by,
      at: by.at,
    });
    await noted(tx, 'format version added', format, version, by);
    return { format, version };
  });
}

/** From now on deliveries are read by it. */
export async function takeVersion(
  db: Db,
  given: Kept & { version: number },
  by: By,
): Promise<{ format: string; version: number }> {
  const format = await keptName(db, given);
  return db.tx(async (tx) => {
    await takeFormatVersion(tx, format, given.version);
    await noted(tx, 'format version used', format, given.version, by);
    return { format, version: given.version };
  });
}

type TryDeps = Parameters<typeof tryFormat>[3];

/** What a version would do to the live roster of a source, with the last delivery that came by it. */
export async function tryVersion(
  source: SourceRow,
  given: { format?: string; version: number },
  deps: TryDeps,
): Promise<Tried> {
  const { db } = deps;
  const { product } = source;
  const format = given.format ?? source.format;
  const asked = isRules(format)
    ? { format: await formatFor(db, source), profile: await profileFor(db, product, given.version) }
    : { format: await formatFor(db, { format, product }, given.version), profile: await profileFor(db, product) };
  const recent = (await recentSyncs(deps.db, [source.id], 20)).get(source.id) ?? [];
  for (const { id } of recent) {
    const delivery = (await syncById(deps.db, id))?.delivery;
    if (delivery?.archiveKey)
      return withBefore(await tryFormat(source, delivery, asked, deps), await ruleCountsOf(db, id));
  }
  throw new Refusal(
    'delivery-missing',
    409,
    'Nothing has come by this source yet, so that there is nothing to try the format on.',
  );
}

/** Beside what a version finds, what was found when the delivery was read; what is found no more stands with 0. */
function withBefore(tried: Tried, found: RuleCount[]): Tried {
  const before = new Map(found.map(({ rule, count }) => [rule, count]));
  const now = tried.rules.map((each) => ({ ...each, before: before.get(each.rule) ?? 0 }));
  const gone = found.filter(({ rule }) => !now.some((each) => each.rule === rule));
  return {
    ...tried,
    rules: [...now, ...gone.map(({ rule, severity, count }) => ({ rule, severity, count: 0, before: count }))],
  };
}

/** Pages of all formats; those of a product as it has changed them. */
export async function pagesOf(db: Pool, product?: string): Promise<FormatPage[]> {
  const pages = formatPages();
  if (product === undefined) return pages;
  const found = await productBySlug(db, product);
  const profile = found && (await profileFor(db, found));
  const inUse = new Map((await formatsInUse(db, product)).map(({ format, content }) => [format, content]));
  return pages.map((page) => {
    const content = inUse.get(versionsOf({ format: page.id, product: { slug: product } }));
    const own = content === undefined ? formatDeclared(page.id) : declarationFrom(page.id, content);
    if (own) return profile?.id === own.product ? declaredPage(own, profile) : declaredPage(own);
    return isOneRosterPage(page) ? oneRosterPage(page.id.endsWith('1.2') ? '1.2' : '1.1', profile) : page;
  });
}

/** Undefined for OneRoster. */
const formatDeclared = (id: string): Declaration | undefined => formats.find((format) => format.id === id)?.declaration;

function readable({ format, content }: { format: string; content: string }): string {
  if (isMapping(format)) return content;
  try {
    JSON.parse(content);
    return content;
  } catch {
    throw new Refusal('format-change', 400, 'The changes are not JSON.');
  }
}

const noted = (db: Db, act: string, object: string, version: number, { accountId, by, address = null }: By) =>
  audit(db, { accountId, address, act, object, detail: { by, version } });
