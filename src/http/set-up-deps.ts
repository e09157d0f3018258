/** What setting up products, districts and sources needs from the house. */

import type { SourceMode } from './deps.ts';
import type { Actor } from './people-deps.ts';

export type Receiving = { from: string; to: string; days: number[] };
export type ProductFacts = {
  id: string;
  slug: string;
  name: string;
  /** Profile whose remarks deliveries get; null: those of OneRoster alone. */
  profile: string | null;
  /** Formats that are taken; none: all. */
  formats: string[];
  /** When files are awaited, in the time zone of each district; null: at any time. */
  receiving: Receiving | null;
};
type ProductGiven = { profile?: string | null; formats?: string[]; receiving?: Receiving | null };

export type SetUpDeps = {
  /** Those of the vendor, or for people of a district those that their district has. */
  products(actor: Actor): Promise<ProductFacts[]>;
  addProduct(actor: Actor, product: { slug: string; name: string } & ProductGiven): Promise<ProductFacts>;
  changeProduct(actor: Actor, change: { id: string; name?: string } & ProductGiven): Promise<ProductFacts>;
  addDistrict(
    actor: Actor,
    district: { siteCode: string; name: string; slug?: string; timeZone?: string },
  ): Promise<{ id: string }>;
  addSource(
    actor: Actor,
    source: {
      districtId: string;
      productId: string;
      kind?: 'sftp' | 'upload';
      name?: string;
      format?: string;
      profile?: 'default' | 'strict' | 'lenient';
      mode?: SourceMode;
      trustFirst?: boolean;
    },
  ): Promise<{ id: string; uploadPath: string | null }>;
};
