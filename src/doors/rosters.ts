/** Fits the routes about a roster as a whole to those who do the work; what takes long is not done many times at once. */
import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Limits } from '../core/bundle.ts';
import { Refusal } from '../core/refusal.ts';
import type { Pool } from '../db/db.ts';
import { districtOfRoster } from '../db/districts.ts';
import type { ExportFile, RosterDeps } from '../http/roster-deps.ts';
import type { Archive } from '../sync/archive.ts';
import { exportAsked } from '../sync/export-asked.ts';
import { timelineOf } from '../sync/timeline.ts';
import { answerWhy } from '../sync/why-answer.ts';

type Wanted = {
  db: Pool;
  archive: Archive;
  limits: Limits;
  /** Private folder for what is being worked on. */
  tempDir: string;
  now(): Date;
};

/** Exports, and questions that read kept files, that run at once. */
const mostAtOnce = 2;

export function httpRosters({ db, archive, limits, tempDir, now }: Wanted): RosterDeps {
  let running = 0;
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= mostAtOnce)
      throw new Refusal('busy', 429, 'Others are asking for as much just now. Try again in a minute.');
    running++;
    try {
      return await work();
    } finally {
      running--;
    }
  }
  const facts = async (rosterId: string) => {
    const found = await districtOfRoster(db, rosterId);
    if (!found) throw new Refusal('roster-unknown', 404, 'There is no such roster.');
    return found;
  };
  return {
    async timeline(of) {
      const { district } = await facts(of.rosterId);
      return timelineOf(db, of, district.timeZone, now());
    },
    async why(of) {
      const { district } = await facts(of.rosterId);
      return inTurn(() => answerWhy({ db, archive, limits }, of, district.timeZone));
    },
    async exported(of, by) {
      const { district, product } = await facts(of.rosterId);
      const out = join(tempDir, `export-${randomUUID()}.zip`);
      const name = `roster-${district.siteCode}-${product.slug}${of.at ? `-${of.at.replace(/[^0-9A-Za-z]+/g, '-')}` : ''}.zip`;
      return inTurn(async () => {
        const { leftOut } = await exportAsked(db, { ...of, district, product, out, now: now() }, by);
        return waiting(out, name, leftOut);
      });
    },
  };
}

/** The file loses its name at once, so that nothing of it stays when this process ends. */
async function waiting(path: string, name: string, leftOut: { count: number }[]): Promise<ExportFile> {
  const file = await open(path, 'r');
  await rm(path);
  return {
    name,
    sizeBytes: (await file.stat()).size,
    leftOut: leftOut.reduce((sum, { count }) => sum + count, 0),
    pieces: () => file.createReadStream({ autoClose: false, highWaterMark: 1 << 18 }),
    close: () => file.close(),
  };
}
