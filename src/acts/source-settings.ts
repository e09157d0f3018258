/** Acts on the settings of a source: read them, change them. */
import { localDateOf } from '../core/local-date.ts';
import { Refusal } from '../core/refusal.ts';
import type { SettingChanges } from '../core/source-change.ts';
import { viewOf } from '../core/source-view.ts';
import * as districts from '../db/districts.ts';
import { setSourceSettings } from '../sync/set-source.ts';
import { type ActsDeps, operator } from './deps.ts';
import { chooseSource, rosterOf, type Which } from './lookups.ts';

type WhichSource = Which & { source?: string };

export function sourceSettingActs(deps: ActsDeps) {
  const { db } = deps;
  /** Only what is there: naming a roster must not make one. */
  const sourceOf = async ({ source, ...which }: WhichSource) => {
    const roster = await rosterOf(db, which);
    const [any] = await districts.sourcesOf(db, { rosterId: roster.id });
    if (!any)
      throw new Refusal('source-unknown', 404, 'This roster has no source yet. Add it with: homeroom add source');
    return chooseSource(db, which, source);
  };
  const seen = (source: districts.SourceRow) => ({
    id: source.id,
    name: source.name,
    district: source.district.siteCode,
    districtName: source.district.name,
    product: source.product.slug,
    needsFull: source.needsFull,
    ...viewOf(source, localDateOf(deps.now(), source.district.timeZone)),
  });
  return {
    async sourceSettings(which: WhichSource) {
      return seen(await sourceOf(which));
    },

    /** Values by name, null for the default; with `until` and `why` thresholds hold for a time only. */
    async setSource(
      given: WhichSource & {
        changes: SettingChanges;
        until?: string;
        why?: string;
        addWindows?: string[];
        removeWindows?: string[];
      },
    ) {
      const { changes, until, why = '', addWindows = [], removeWindows = [], ...which } = given;
      const { id: sourceId, rosterId } = await sourceOf(which);
      const forATime = until === undefined ? {} : { forATime: { until, why } };
      const change = { sourceId, changes, addWindows, removeWindows, accountId: null, by: operator, ...forATime };
      const done = await setSourceSettings(db, change, deps.now());
      await deps.enqueue(rosterId);
      return { ...seen(done.source), changes: done.changes };
    },
  };
}
