/** Acts that hand a roster out: as a file of OneRoster CSV, now or as it was. */
import { isAbsolute } from 'node:path';
import { Refusal } from '../core/refusal.ts';
import type { Version } from '../core/tables.ts';
import { exportRoster } from '../sync/export.ts';
import { type ActsDeps, noted } from './deps.ts';
import { pairOf, rosterOf, type Which } from './lookups.ts';
import { momentOf } from './moment.ts';

export type ExportFormat = 'oneroster-csv-1.1' | 'oneroster-csv-1.2';
const versions: Record<ExportFormat, Version> = { 'oneroster-csv-1.1': '1.1', 'oneroster-csv-1.2': '1.2' };

export function exportActs(deps: ActsDeps) {
  const { db } = deps;
  return {
    /**
     * Writes the active records of a roster as a zip on this machine's disk.
     * @throws Refusal `path`, `time`, `format`, `nothing-to-export`, `only-1.2`.
     */
    async exportRoster({ out, at, to, ...which }: Which & { out: string; at?: string; to?: ExportFormat }) {
      if (!isAbsolute(out) || !out.endsWith('.zip')) {
        throw new Refusal('path', 400, `The path must be absolute and end in .zip: ${out}`);
      }
      const version = to === undefined ? undefined : versions[to];
      if (to !== undefined && version === undefined) {
        throw new Refusal('format', 400, `There is no format ${to}. Formats: ${Object.keys(versions).join(', ')}.`);
      }
      const { district, product } = await pairOf(db, which);
      const roster = await rosterOf(db, which);
      const now = deps.now();
      const moment = at === undefined ? null : momentOf(at, district.timeZone, now);
      const exported = await exportRoster(db, {
        at: { rosterId: roster.id, until: moment?.until ?? null },
        ...(version ? { to: version } : {}),
        systemName: `${district.name}, ${product.name}`,
        out,
        now,
      });
      const { rows, leftOut } = exported;
      await noted(db, 'roster exported', roster.id, {
        at: moment?.until.toISOString() ?? 'now',
        version: exported.version,
        rows,
      });
      return { out, at: moment?.words ?? null, version: exported.version, rows, leftOut };
    },
  };
}
