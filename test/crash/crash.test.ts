/** A process that is killed at any step of a sync leaves nothing that the next one cannot put right. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tempFolder } from '../sync/district.ts';
import type { KillAt } from './child.ts';
import { writeStoryFiles } from './files.ts';
import { calmly, type Hit, type Kill, killedAgainAndAgain, kills } from './lane.ts';
import { story } from './story.ts';

const folder = await tempFolder();
after(folder.remove);

/** As much of the story as has every moment of a sync; `npm run test:crash` goes through the whole of it. */
const steps = 24;
/** What is done by hand has these moments alone. */
const byHand: KillAt[] = ['received', 'rest'];

test('whoever is killed at any named moment, all ends as if nothing had happened', async () => {
  const files = await writeStoryFiles(join(folder.path, 'files'));
  const calm = await calmly(join(folder.path, 'calm'), files, steps);
  const ofSyncs = kills.filter((at) => !byHand.includes(at));
  const missing: Kill[] = [...ofSyncs, ...byHand].map((at) => ({ victim: 'process', at }));
  missing.unshift({ victim: 'database', at: 'staged' }, { victim: 'process and database', at: 'applying' });
  const fits = (kill: Kill, step: number) =>
    !story[step]?.say.startsWith('by hand') || ('at' in kill && byHand.includes(kill.at));
  let wanted: Kill | undefined;
  /** A step goes on after a kill before anything can be killed again in it; what it does not have is looked for in the next one. */
  const next = (step: number): Kill | undefined => {
    for (let at = step + 1; at < steps; at++) {
      wanted = missing.find((kill) => fits(kill, at));
      if (wanted) return { ...wanted, later: at - step };
    }
    return undefined;
  };
  const onHit = ({ at }: Hit) => {
    if (wanted && 'at' in wanted && wanted.at === at) missing.splice(missing.indexOf(wanted), 1);
  };
  await killedAgainAndAgain(join(folder.path, 'killed'), files, calm, next, onHit);
  assert.deepEqual(missing, [], 'each of them came about');
});
