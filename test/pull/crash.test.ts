/** A few kills in the middle of pulls; `npm run test:pull` deals many. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killPulls } from './crash.ts';
import { openHarness } from './harness.ts';

const harness = await openHarness();

const kills = Number(process.env.PULL_KILLS ?? 4);
const seed = Number(process.env.PULL_SEED ?? 5);

test('a pull that is killed goes on, and ends with the right roster', async () => {
  const hits = await killPulls(harness, { kills, seed });
  assert.ok([...hits.values()].reduce((sum, count) => sum + count, 0) >= kills);
  console.log([...hits].map(([where, count]) => `${count} × ${where}`).join(', '));
});
