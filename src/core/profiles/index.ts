/** Every product profile by its id. */

import { literacy } from './literacy.ts';
import { math } from './math.ts';
import type { ProductProfile } from './product.ts';

export const products: ReadonlyMap<string, ProductProfile> = new Map(
  [literacy, math].map((profile) => [profile.id, profile]),
);
