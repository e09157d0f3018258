/**
 * A rollback against the sync that it takes back, in a whole house on one private PostgreSQL: a nightly sync with 1 % churn
 * of a district of 100,000 students (860,000 rows), its rollback, and the rollback of the first load; with the peak memory
 * of this process while the rollbacks run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../src/config.ts';
import { type House, openHouse } from '../src/house.ts';
import { createLog } from '../src/log.ts';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';

const students = Number(process.env.BENCH_STUDENTS ?? 100_000);
const which = { district: '1', product: 'literacy' };

export default async function bench(): Promise<Record<string, number>> {
  const home = await mkdtemp(join(tmpdir(), 'homeroom-bench-undo-'));
  const config = readConfig({ HOMEROOM_DATA: join(home, 'data'), HOMEROOM_UPLOAD_LIMIT_BYTES: String(2 ** 32) });
  const house = await openHouse(config, createLog('error'), { doors: false });
  try {
    await house.acts.addProduct({ slug: which.product, name: 'Literacy' });
    await house.acts.addDistrict({ siteCode: which.district, name: 'Lakeview' });
    await house.acts.addSource({ ...which, kind: 'upload', trustFirst: true });
    const first = await timed(house, async () => house.acts.sync({ path: await night(home, 0), ...which }));
    const nightly = await timed(house, async () => house.acts.sync({ path: await night(home, 1), ...which }));
    const peak = watchMemory();
    const undone = await timed(house, () => rollback(house, nightly.sync));
    const again = await timed(house, () => rollback(house, undone.sync));
    await timed(house, () => rollback(house, again.sync));
    const emptied = await timed(house, () => rollback(house, first.sync));
    const peakMiB = peak();
    const back = await timed(house, () => rollback(house, emptied.sync));
    return {
      rollbackToNightly: ratio(undone.ms, nightly.ms),
      undoneRollbackToNightly: ratio(again.ms, nightly.ms),
      firstLoadRollbackToFirstLoad: ratio(emptied.ms, first.ms),
      firstLoadBackToFirstLoad: ratio(back.ms, first.ms),
      peakMiB,
      firstLoadMs: Math.round(first.ms),
      nightlyMs: Math.round(nightly.ms),
      rollbackMs: Math.round(undone.ms),
      firstLoadRollbackMs: Math.round(emptied.ms),
      changes: undone.changes,
    };
  } finally {
    await house.close();
    await rm(home, { recursive: true, force: true });
  }
}

async function night(home: string, generation: number): Promise<string> {
  const path = join(home, `night-${generation}.zip`);
  await writeSample(generate({ students, seed: 1, churn: 0.01, generation }), path);
  return path;
}

/** With the counts that a person would have seen; looking at them is not measured. */
async function rollback(house: House, sync: string) {
  const { counts } = await house.acts.previewRollback({ sync });
  return house.acts.rollback({ sync, counts });
}

/** From the moment that a sync is begun to its outcome, as its own times say. */
async function timed(house: House, ask: () => Promise<{ sync: string }>) {
  const { sync } = await ask();
  for (;;) {
    const now = await house.acts.follow({ sync });
    const done = now.steps.some(({ step, finishedAt }) => step === 'published' && finishedAt !== null);
    if (done && now.state !== 'applied')
      throw new Error(`sync ${now.number} is ${now.state}: ${now.reasons.join(' ')}`);
    if (done) {
      const begun = Math.min(...now.steps.map(({ startedAt }) => startedAt.getTime()).filter((at) => at > 0));
      const ended = Math.max(...now.steps.map(({ finishedAt }) => finishedAt?.getTime() ?? 0));
      const { added, changed, removed } = now.counts;
      return { sync, ms: ended - begun, changes: added + changed + removed };
    }
    await sleep(20);
  }
}

function watchMemory(): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  return () => {
    clearInterval(timer);
    return Math.round(peak / 1024 ** 2);
  };
}

const ratio = (ms: number, of: number): number => Math.round((100 * ms) / of) / 100;
