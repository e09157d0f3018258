/** A process that is killed at any step of a sync leaves nothing that the next one cannot put right. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tempFolder } from '../sync/district.ts';
import { writeStoryFiles } from './files.ts';
import { calmly, type Kill, killedAgainAndAgain, kills } from './lane.ts';

const folder = await tempFolder();
after(folder.remove);

test('whoever is killed at any named moment, all ends as if nothing had happened', async () => {
  const files = await writeStoryFiles(join(folder.path, 'files'));
  const calm = await calmly(join(folder.path, 'calm'), files);
  const list: Kill[] = kills.map((at) => ({ victim: 'process', at }));
  list.push({ victim: 'database', at: 'staged' }, { victim: 'process and database', at: 'applying' });
  const dealt = [...list];
  const hit: string[] = [];
  // The first steps set up, and send what is applied whole.
  const next = (step: number) => (step === 0 ? undefined : dealt.shift());
  await killedAgainAndAgain(join(folder.path, 'killed'), files, calm, next, ({ victim, at }) =>
    hit.push(`${victim} ${at}`),
  );
  assert.equal(hit.length, list.length);
});
