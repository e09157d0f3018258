/**
 * The crash run: `npm run test:crash -- [--kills 200] [--seed N] [--no-disk]`. The story of story.ts is lived through again and again on
 * fresh data folders, and its processes and databases are killed, until there were so many kills. Then the disk is filled (disk-full.ts).
 */

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeStoryFiles } from './files.ts';
import { calmly, type Hit, type Kill, killedAgainAndAgain } from './lane.ts';
import { dealer } from './plan.ts';
import { story } from './story.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    'no-disk': { type: 'boolean', default: false },
  },
});
const wanted = Number(values.kills);
const seed = Number(values.seed);
if (!Number.isInteger(wanted) || wanted < 1 || !Number.isInteger(seed)) {
  throw new Error('--kills and --seed are whole numbers, and there is at least one kill.');
}

const folder = await mkdtemp(join(tmpdir(), 'hr-crash-'));
const tally = new Map<string, number>();
let done = 0;
try {
  const files = await writeStoryFiles(join(folder, 'files'));
  console.log(`${story.length} steps, at least ${wanted} kills, seed ${seed}`);
  const calm = await calmly(join(folder, 'calm'), files);
  const deal = dealer(seed);
  for (let round = 1; done < wanted; round++) {
    const data = join(folder, `round-${round}`);
    // After two kills in a step it is let through, and the one after it is hit.
    let last = -1;
    let inStep = 0;
    const next = (step: number): Kill | undefined => {
      inStep = step === last ? inStep + 1 : 0;
      last = step;
      return done < wanted ? { ...deal(step), later: inStep >= 2 ? 1 : 0 } : undefined;
    };
    await killedAgainAndAgain(data, files, calm, next, count);
    await rm(data, { recursive: true, force: true });
    console.log(`round ${round}: ${done} kills so far, and everything as in a calm run`);
  }
  console.log(
    [...tally]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${times} × ${what}`)
      .join('\n'),
  );
  console.log(`${done} kills, seed ${seed}: nothing lost, nothing half, nothing twice.`);
} catch (error) {
  console.error(`After ${done} kills, seed ${seed} (the folder is ${folder}):`);
  throw error;
}
await rm(folder, { recursive: true, force: true });
if (!values['no-disk']) {
  const script = fileURLToPath(new URL('./disk-full.ts', import.meta.url));
  process.exitCode = spawnSync(process.execPath, [script], { stdio: 'inherit' }).status ?? 1;
}

function count({ victim, at, after }: Hit): void {
  done++;
  if (done % 10 === 0) console.log(`${done} kills`);
  const what = at
    ? `${victim}, at ${at}`
    : `${victim}, by chance after the ${after} of ${after === 'begin' ? 'a step' : 'the process'}`;
  tally.set(what, (tally.get(what) ?? 0) + 1);
}
