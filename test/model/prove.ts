/** Draws histories and lives through them, a fresh database for each few hundred; on a failure, the shortest is looked for. */

import { join } from 'node:path';
import fc from 'fast-check';
import { testDb } from '../postgres.ts';
import { type History, historyOf, told } from './history.ts';
import { openReal, type Real } from './house.ts';
import { liveThrough } from './live.ts';

const perDatabase = 250;

/** @throws Error with the shortest failing history in words, what differs, and the seed. */
export async function proveModel(options: {
  histories: number;
  seed: number;
  folder: string;
  tell?: (line: string) => void;
}): Promise<void> {
  const { histories, seed, folder, tell = () => {} } = options;
  let lived = 0;
  const begun = performance.now();
  let goneWrong = false;
  const live = async (real: Real, history: History) => {
    try {
      await liveThrough(real, history);
    } catch (error) {
      if (!goneWrong)
        tell(
          `One goes wrong (seed ${seed}), and a shorter one is looked for. ${(error as Error).message}\n${told(history)}`,
        );
      goneWrong = true;
      throw error;
    }
    if (goneWrong) return;
    lived++;
    const perSecond = (lived / (performance.now() - begun)) * 1000;
    if (lived % 50 === 0) tell(`${lived} histories, ${perSecond.toFixed(1)} a second, all as the rules say`);
  };
  for (let done = 0; done < histories; done += perDatabase) {
    const db = await testDb();
    const real = await openReal(db, join(folder, String(done)));
    const numRuns = Math.min(perDatabase, histories - done);
    const property = fc.asyncProperty(historyOf, (history) => live(real, history));
    const result = await fc.check(property, { seed: seed + done, numRuns, endOnFailure: false });
    await db.close();
    if (result.failed) throw failure(result);
  }
}

function failure({
  counterexample,
  errorInstance,
  seed,
  counterexamplePath,
  numShrinks,
}: fc.RunDetails<[History]>): Error {
  const [history] = counterexample ?? [];
  const cause = errorInstance as Error | undefined;
  const words = history ? told(history) : '';
  return new Error(`${cause?.message}\n\nThe shortest history (after ${numShrinks} shorter ones):\n${words}\nseed ${seed}, path ${counterexamplePath}`, { cause }); // biome-ignore format: one line is easier to read
}
