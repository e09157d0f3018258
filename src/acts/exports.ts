/** Acts that hand a roster out: as a file of OneRoster CSV, now or as it was. */
import { isAbsolute } from 'node:path';
import { Refusal } from '../core/refusal.ts';
import { deliveredFile, writeDelivered } from '../sync/delivered.ts';
import { type ExportFormat, exportAsked } from '../sync/export-asked.ts';
import { type ActsDeps, operator } from './deps.ts';
import { pairOf, rosterOf, type Which } from './lookups.ts';

export function exportActs({ db, archive, now }: ActsDeps) {
  return {
    /**
     * Writes the active records of a roster as a zip on this machine's disk.
     * @throws Refusal `path`, `time`, `format`, `nothing-to-export`, `only-1.2`.
     */
    async exportRoster({ out, at, to, ...which }: Which & { out: string; at?: string; to?: ExportFormat }) {
      if (!isAbsolute(out) || !out.endsWith('.zip')) {
        throw new Refusal('path', 400, `The path must be absolute and end in .zip: ${out}`);
      }
      const { district, product } = await pairOf(db, which);
      const { id: rosterId } = await rosterOf(db, which);
      const of = { rosterId, district, product, at, to, out, now: now() };
      return { out, ...(await exportAsked(db, of, { by: operator })) };
    },

    /** Writes a delivery as it was received. @throws Refusal `path`, and as `deliveredFile` */
    async delivered({ sync, out }: { sync: string; out: string }) {
      if (!isAbsolute(out)) throw new Refusal('path', 400, `The path must be absolute: ${out}`);
      const { name, bytes, sizeBytes } = await deliveredFile({ db, archive }, sync, { by: operator });
      await writeDelivered(bytes, out);
      return { out, name, sizeBytes };
    },
  };
}
