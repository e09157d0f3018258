/** A process that is killed at any step of a sync leaves nothing that the next one cannot put right. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tempFolder } from '../sync/district.ts';
import { writeStoryFiles } from './files.ts';
import { calmly, type Hit, type Kill, killedAgainAndAgain, kills } from './lane.ts';

const folder = await tempFolder();
after(folder.remove);

test('whoever is killed at any named moment, all ends as if nothing had happened', async () => {
  const files = await writeStoryFiles(join(folder.path, 'files'));
  const calm = await calmly(join(folder.path, 'calm'), files);
  const wanted: Kill[] = kills.map((at) => ({ victim: 'process', at }));
  wanted.push({ victim: 'database', at: 'staged' }, { victim: 'process and database', at: 'applying' });
  const missing = [...wanted];
  let last = 0;
  let inStep = 0;
  // A moment that a step does not have is looked for in the next one.
  const next = (step: number): Kill | undefined => {
    inStep = step === last ? inStep + 1 : 0;
    last = step;
    return missing[0] && { ...missing[0], later: step === 0 || inStep >= 2 };
  };
  const onHit = ({ at }: Hit) => {
    if (missing[0] && 'at' in missing[0] && missing[0].at === at) missing.shift();
  };
  await killedAgainAndAgain(join(folder.path, 'killed'), files, calm, next, onHit);
  assert.deepEqual(missing, [], 'each of them came about');
});
