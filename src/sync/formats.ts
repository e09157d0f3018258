/** Formats of the vendor's own: mappings, and what is changed of a declared format for a product, in versions. */

import { declaredPage, type FormatPage, formatPages, oneRosterPage } from '../core/formats/pages.ts';
import { isOneRosterPage } from '../core/formats/template-files.ts';
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
import { syncById } from '../db/syncs.ts';
import { declarationFrom, declarationOf, formatFor, isMapping, versionsOf } from './format-for.ts';
import { type Tried, tryFormat } from './try-format.ts';

/** A format whose versions are kept: `mapping:<name>`, or one of ours for a product. */
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
  declarationOf(format);
  if (product === undefined) throw new Refusal('product-missing', 400, 'Name the product whose format is meant.');
  if (!(await productBySlug(db, product))) throw new Refusal('product-unknown', 404, `There is no product ${product}.`);
  return versionsOf({ format, product: { slug: product } });
}

export const listVersions = async (db: Db, kept?: Kept): Promise<FormatVersion[]> =>
  formatVersions(db, kept ? await keptName(db, kept) : null);

/** Sources whose deliveries a version would be read by; those that take any format are told by what comes. */
export async function sourcesOfFormat(db: Db, kept: Kept): Promise<FormatSource[]> {
  await keptName(db, kept);
  return isMapping(kept.format)
    ? sourcesBy(db, [kept.format], null)
    : sourcesBy(db, [kept.format, 'auto'], kept.product ?? null);
}

/** One version with its content, or the one that counts, and the page that it makes. */
export async function showVersion(db: Db, kept: Kept, version?: number) {
  const found = await formatVersion(db, await keptName(db, kept), version ?? null);
  if (!found && version !== undefined) throw new Refusal('format-version', 404, `There is no version ${version}.`);
  if (!found && isMapping(kept.format))
    throw new Refusal('mapping-unknown', 404, 'No version of this mapping is in use.');
  const declaration = found ? declarationFrom(kept.format, found.content) : declarationOf(kept.format);
  return { version: found ?? null, page: declaredPage(declaration), lookups: declaration.lookups ?? {} };
}

/** @throws Refusal when the content has faults; then nothing is kept. */
export async function addVersion(
  db: Db,
  given: Kept & { content: string; note?: string },
  by: By,
): Promise<{ format: string; version: number }> {
  const format = await keptName(db, given);
  declarationFrom(given.format, readable(given));
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
  const format = given.format ?? source.format;
  const recent = (await recentSyncs(deps.db, [source.id], 20)).get(source.id) ?? [];
  for (const { id } of recent) {
    const delivery = (await syncById(deps.db, id))?.delivery;
    if (delivery?.archiveKey)
      return tryFormat(
        source,
        delivery,
        await formatFor(deps.db, { format, product: source.product }, given.version),
        deps,
      );
  }
  throw new Refusal(
    'delivery-missing',
    409,
    'Nothing has come by this source yet, so that there is nothing to try the format on.',
  );
}

/** Pages of all formats; those of a product as it has changed them. */
export async function pagesOf(db: Pool, product?: string): Promise<FormatPage[]> {
  const pages = formatPages();
  if (product === undefined) return pages;
  const profile = (await productBySlug(db, product))?.profile ?? undefined;
  const inUse = new Map((await formatsInUse(db, product)).map(({ format, content }) => [format, content]));
  return pages.map((page) => {
    const content = inUse.get(versionsOf({ format: page.id, product: { slug: product } }));
    if (content !== undefined) return declaredPage(declarationFrom(page.id, content));
    return isOneRosterPage(page) ? oneRosterPage(page.id.endsWith('1.2') ? '1.2' : '1.1', profile) : page;
  });
}

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
