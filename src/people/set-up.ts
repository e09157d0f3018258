/** What the vendor sets up, from wherever: products, districts, and the sources by which rosters arrive. */
import type { SourceMode } from '../core/calendar.ts';
import { checkProductSettings, type ProductChange } from '../core/product-settings.ts';
import { Refusal } from '../core/refusal.ts';
import type { Profile } from '../core/rules/rule.ts';
import * as districts from '../db/districts.ts';
import { type Actor, noted, type PeopleDeps, vendorOnly } from './deps.ts';
import { notFound } from './rights.ts';

type House = Pick<PeopleDeps, 'db'>;

export type NewSource = {
  districtId: string;
  productId: string;
  kind?: districts.SourceKind;
  name?: string;
  format?: string;
  profile?: Profile;
  mode?: SourceMode;
  trustFirst?: boolean;
};

/** @throws Refusal `product-taken`, `slug`, `name`, and as `checkProductSettings` */
export async function addProduct(
  { db }: House,
  actor: Actor,
  product: { slug: string; name: string } & ProductChange,
): Promise<districts.Product> {
  vendorOnly(actor);
  checkProductSettings(product);
  return db.tx(async (tx) => {
    const added = await districts.addProduct(tx, product);
    await noted(tx, actor, 'product added', added.id, { slug: added.slug });
    return added;
  });
}

/** @throws Refusal `not-found`, `name`, and as `checkProductSettings` */
export async function changeProduct(
  { db }: House,
  actor: Actor,
  change: { id: string; name?: string } & ProductChange,
): Promise<districts.Product> {
  vendorOnly(actor);
  checkProductSettings(change);
  const { id, ...given } = change;
  return db.tx(async (tx) => {
    const changed = await districts.setProduct(tx, id, given);
    if (!changed) throw notFound('product');
    await noted(tx, actor, 'product changed', id, given);
    return changed;
  });
}

/** @throws Refusal `site-code-taken`, `site-code`, `slug`, `name`, `time-zone` */
export async function addDistrict(
  { db }: House,
  actor: Actor,
  district: districts.NewDistrict,
): Promise<districts.District> {
  vendorOnly(actor);
  return db.tx(async (tx) => {
    const added = await districts.addDistrict(tx, district);
    await noted(tx, actor, 'district added', added.id);
    return added;
  });
}

/**
 * A way by which the roster of a district for a product arrives; the roster is made when it is the first.
 * @throws Refusal `source-taken`, `product-format` when the product does not take the format
 */
export async function addSource({ db }: House, actor: Actor, source: NewSource): Promise<districts.SourceRow> {
  vendorOnly(actor);
  const { districtId, productId, kind = 'sftp', name = kind === 'sftp' ? 'SFTP' : 'Upload', ...given } = source;
  return db.tx(async (tx) => {
    const district = await districts.findDistrict(tx, districtId);
    const product = await districts.productById(tx, productId);
    if (!district || !product) throw notFound(district ? 'product' : 'district');
    const roster = await districts.ensureRoster(tx, district.id, product.id);
    const format = given.format ?? (product.formats.length === 1 ? product.formats[0] : undefined);
    if (format && format !== 'auto' && product.formats.length > 0 && !product.formats.includes(format)) {
      throw new Refusal('product-format', 409, `${product.name} takes ${product.formats.join(', ')}, not ${format}.`);
    }
    const more = { ...given, ...(format === undefined ? {} : { format }) };
    const added = await districts.addSource(tx, { rosterId: roster.id, kind, name, ...more });
    await noted(tx, actor, 'source added', added.id);
    return added;
  });
}
