/** Finds what operators name: districts, rosters, sources, syncs and kinds; each refusal says how to go on. */
import { Refusal } from '../core/refusal.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Pool } from '../db/db.ts';
import * as districts from '../db/districts.ts';
import type { SyncRow } from '../db/queries.ts';
import { syncById } from '../db/syncs.ts';

/** A roster, as people name it: site code, slug or id of the district, and slug of the product. */
export type Which = { district: string; product: string };

export async function syncOf(db: Pool, id: string): Promise<SyncRow> {
  const sync = await syncById(db, id);
  if (!sync) throw new Refusal('sync-unknown', 404, `There is no sync ${id}.`);
  return sync;
}

export async function districtOf(db: Pool, text: string): Promise<districts.District> {
  const district = await districts.findDistrict(db, text);
  if (!district)
    throw new Refusal('district-unknown', 404, `There is no district ${text}. Add it with: homeroom add district`);
  return district;
}

export async function pairOf(db: Pool, which: Which) {
  return { district: await districtOf(db, which.district), product: await productOf(db, which.product) };
}

export async function productOf(db: Pool, slug: string): Promise<districts.Product> {
  const product = await districts.productBySlug(db, slug);
  if (product) return product;
  throw new Refusal('product-unknown', 404, `There is no product ${slug}. Add it with: homeroom add product`);
}

export async function rosterOf(db: Pool, which: Which): Promise<districts.Roster> {
  await pairOf(db, which);
  const roster = await districts.rosterOf(db, which);
  if (!roster) throw new Refusal('roster-unknown', 404, 'This district has no roster for this product yet.');
  return roster;
}

export async function scopeOf(db: Pool, which: Partial<Which>): Promise<{ districtId?: string; rosterId?: string }> {
  if (which.district === undefined) {
    if (which.product !== undefined) throw new Refusal('district-missing', 400, 'Name the district too: --district');
    return {};
  }
  if (which.product === undefined) return { districtId: (await districtOf(db, which.district)).id };
  return { rosterId: (await rosterOf(db, { district: which.district, product: which.product })).id };
}

/** The named source, or the only one of the roster; a roster without one gets one for uploads. */
export async function chooseSource(db: Pool, which: Which, name: string | undefined): Promise<districts.SourceRow> {
  const { district, product } = await pairOf(db, which);
  const roster = await districts.ensureRoster(db, district.id, product.id);
  const sources = await districts.sourcesOf(db, { rosterId: roster.id });
  if (name !== undefined) {
    const named = sources.find((source) => source.name === name);
    if (!named) throw new Refusal('source-unknown', 404, `This roster has no source called ${name}.${listed(sources)}`);
    return named;
  }
  const [only, ...more] = sources;
  if (only && more.length > 0) {
    throw new Refusal(
      'source-ambiguous',
      409,
      `This roster has several sources; name one with --source.${listed(sources)}`,
    );
  }
  return only ?? (await districts.addSource(db, { rosterId: roster.id, kind: 'upload', name: 'Upload' }));
}

const listed = (sources: districts.SourceRow[]): string =>
  ` Sources: ${sources.map((source) => source.name).join(', ') || 'none'}.`;

/** `users`, `user` or `Users`. */
export function kindOf(text: string): Kind {
  const wanted = text.toLowerCase();
  const kind = rosterKinds.find(
    (name) =>
      name.toLowerCase() === wanted || name.toLowerCase() === `${wanted}s` || name.toLowerCase() === `${wanted}es`,
  );
  if (!kind) throw new Refusal('kind-unknown', 400, `There is no kind ${text}. Kinds: ${rosterKinds.join(', ')}.`);
  return kind;
}
