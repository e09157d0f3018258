/** Acts on what is set up: products, districts and sources. */
import type { SourceMode } from '../core/calendar.ts';
import { localDateOf } from '../core/local-date.ts';
import type { ProductChange } from '../core/product-settings.ts';
import type { Profile } from '../core/rules/rule.ts';
import { schedules } from '../core/schedule.ts';
import { modeOn, settingsOf } from '../core/source-settings.ts';
import * as districts from '../db/districts.ts';
import { recentSyncs } from '../db/queries.ts';
import * as setUp from '../people/set-up.ts';
import { lateSources } from '../sync/lateness.ts';
import { type ActsDeps, operator } from './deps.ts';
import { districtOf, pairOf, productOf, type Which } from './lookups.ts';

export function setUpActs(deps: ActsDeps) {
  const { db } = deps;
  return {
    async status() {
      return deps.status();
    },

    async products() {
      return districts.listProducts(db);
    },

    async addProduct(product: districts.NewProduct) {
      return setUp.addProduct(deps.people, operator, product);
    },

    async setProduct({ slug, ...change }: { slug: string; name?: string } & ProductChange) {
      const found = await productOf(db, slug);
      return setUp.changeProduct(deps.people, operator, { id: found.id, ...change });
    },

    async addDistrict(district: districts.NewDistrict) {
      return setUp.addDistrict(deps.people, operator, district);
    },

    async addSource(source: Which & NewSource) {
      const { district, product } = await pairOf(db, source);
      const { kind, name, format, profile, mode, trustFirst } = source;
      const given = Object.fromEntries(
        Object.entries({ kind, name, format, profile, mode, trustFirst }).filter(([, value]) => value !== undefined),
      );
      const place = { districtId: district.id, productId: product.id };
      const added = await setUp.addSource(deps.people, operator, { ...place, ...given });
      return {
        ...sourceFacts(added),
        uploadPath: added.kind === 'sftp' ? districts.uploadPath(deps.vendor, added) : null,
      };
    },

    async sources({ district }: { district?: string } = {}) {
      const scope = district === undefined ? {} : { districtId: (await districtOf(db, district)).id };
      const sources = await districts.sourcesOf(db, scope);
      const now = deps.now();
      const late = await lateSources(db, sources, now, scope);
      const last = await recentSyncs(
        db,
        sources.map(({ id }) => id),
        1,
        'delivery',
      );
      return sources.map((source) => ({
        ...sourceFacts(source),
        modeToday: modeOn(source, localDateOf(now, source.district.timeZone)),
        due: schedules.show(settingsOf(source).schedule),
        lastState: last.get(source.id)?.[0]?.state ?? null,
        lastAt: last.get(source.id)?.[0]?.delivery?.receivedAt ?? null,
        late: late.get(source.id) ?? null,
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
