/** Acts on formats: mappings and the changes of products, in versions; what a version would do; which one counts. */

import { listRecords } from '../db/roster.ts';
import {
  addVersion,
  type By,
  type Kept,
  listVersions,
  pagesOf,
  showVersion,
  takeVersion,
  tryVersion,
} from '../sync/formats.ts';
import { type ActsDeps, operator } from './deps.ts';
import { chooseSource, rosterOf, type Which } from './lookups.ts';

export function formatActs(deps: ActsDeps) {
  const { db } = deps;
  const by = (): By => ({ accountId: null, by: operator, at: deps.now() });
  return {
    async formatPages({ product }: { product?: string } = {}) {
      return pagesOf(db, product);
    },

    /** Schools and districts of a roster, for templates that have them filled in. */
    async organizations(which: Which) {
      const { id } = await rosterOf(db, which);
      const orgs = await listRecords(db, id, 'orgs', { limit: 5000 });
      return orgs.map(({ sourcedId, fields }): Record<string, string> => ({ ...fields, sourcedId }));
    },

    async formatVersions(kept: Partial<Kept> = {}) {
      const { format, product } = kept;
      return listVersions(
        db,
        format === undefined ? undefined : { format, ...(product === undefined ? {} : { product }) },
      );
    },

    async showFormat({ version, ...kept }: Kept & { version?: number }) {
      return showVersion(db, kept, version);
    },

    async addFormatVersion(given: Kept & { content: string; note?: string }) {
      return addVersion(db, given, by());
    },

    async useFormatVersion(given: Kept & { version: number }) {
      return takeVersion(db, given, by());
    },

    async tryFormatVersion({
      source: name,
      format,
      version,
      ...which
    }: Which & { source?: string; format?: string; version: number }) {
      const source = await chooseSource(db, which, name);
      return tryVersion(source, { version, ...(format === undefined ? {} : { format }) }, deps);
    },
  };
}
