/** What deliveries for a product are checked for: its profile, with what the vendor has changed of it. */

import { changedProfile, PRODUCT_RULES } from '../core/profiles/changed.ts';
import { products } from '../core/profiles/index.ts';
import type { ProductProfile } from '../core/profiles/product.ts';
import { Refusal } from '../core/refusal.ts';
import type { Db } from '../db/db.ts';
import type { SourceRow } from '../db/districts.ts';
import { formatVersion } from '../db/format-versions.ts';

type OfProduct = Pick<SourceRow['product'], 'slug' | 'profile'>;

export const isRules = (format: string): boolean => format === PRODUCT_RULES;

/** Under what name versions of a product's rules are kept. */
export const rulesOf = ({ slug }: Pick<OfProduct, 'slug'>): string => `${PRODUCT_RULES}@${slug}`;

/**
 * Undefined where the product is checked against the standard alone.
 * @param version another one than that which counts. @throws Refusal `format-version`
 */
export async function profileFor(db: Db, product: OfProduct, version?: number): Promise<ProductProfile | undefined> {
  const declared = product.profile === null ? undefined : products.get(product.profile);
  if (!declared) return undefined;
  const kept = await formatVersion(db, rulesOf(product), version ?? null);
  if (version !== undefined && !kept)
    throw new Refusal('format-version', 404, `There is no version ${version} of ${rulesOf(product)}.`);
  return kept ? profileFrom(declared, kept.content) : declared;
}

export const profileFrom = (declared: ProductProfile, content: string): ProductProfile =>
  changedProfile(declared, JSON.parse(content));

/** @throws Refusal `product-rules` where there is nothing that could be changed. */
export function declaredProfile({ slug, profile }: OfProduct): ProductProfile {
  const declared = profile === null ? undefined : products.get(profile);
  if (declared) return declared;
  throw new Refusal(
    PRODUCT_RULES,
    409,
    `${slug} is checked against the standard alone. Say first what it is checked for: homeroom product set ${slug} --profile ${[...products.keys()].join('|')}`,
  );
}
