/** Acts on what is set up: products, districts and sources. */
import type { SourceMode } from '../core/calendar.ts';
import type { Profile } from '../core/rules/rule.ts';
import * as districts from '../db/districts.ts';
import { type ActsDeps, noted } from './deps.ts';
import { pairOf, type Which } from './lookups.ts';

export function setUpActs(deps: ActsDeps) {
  const { db } = deps;
  return {
    async status() {
      return deps.status();
    },

    async addProduct({ slug, name }: { slug: string; name: string }) {
      const product = await districts.addProduct(db, { slug, name });
      await noted(db, 'product added', product.id);
      return product;
    },

    async addDistrict(district: districts.NewDistrict) {
      const added = await districts.addDistrict(db, district);
      await noted(db, 'district added', added.id);
      return added;
    },

    async addSource(source: Which & NewSource) {
      const { district, product } = await pairOf(db, source);
      const roster = await districts.ensureRoster(db, district.id, product.id);
      const { kind = 'sftp', name = kind === 'sftp' ? 'SFTP' : 'Upload', format, profile, mode, trustFirst } = source;
      const given = Object.fromEntries(
        Object.entries({ format, profile, mode, trustFirst }).filter(([, value]) => value !== undefined),
      );
      const added = await districts.addSource(db, { rosterId: roster.id, kind, name, ...given });
      await noted(db, 'source added', added.id);
      return { ...sourceFacts(added), uploadPath: kind === 'sftp' ? districts.uploadPath(deps.vendor, added) : null };
    },

    async sources() {
      return (await districts.sourcesOf(db)).map((source) => ({
        ...sourceFacts(source),
        uploadPath: source.kind === 'sftp' ? districts.uploadPath(deps.vendor, source) : null,
      }));
    },
  };
}

type NewSource = {
  kind?: districts.SourceKind;
  name?: string;
  format?: string;
  profile?: Profile;
  mode?: SourceMode;
  trustFirst?: boolean;
};

const sourceFacts = ({
  id,
  kind,
  name,
  format,
  profile,
  mode,
  trustFirst,
  needsFull,
  district,
  product,
}: districts.SourceRow) => ({
  id,
  kind,
  name,
  format,
  profile,
  mode,
  trustFirst,
  needsFull,
  district: district.siteCode,
  districtName: district.name,
  product: product.slug,
});
