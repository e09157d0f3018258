/** A full disk is nobody's fault: it uses up no try, and what waits for room goes on by itself. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import type { House } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { isDiskFull, saysDiskFull } from '../../src/sync/disk-full.ts';
import { houseOn, put, sampleZip, setUp, tempFolder } from './district.ts';

const folder = await tempFolder();
after(folder.remove);
const coded = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });

test('what says that there is no room: the system, a quota, PostgreSQL, and whoever passes it on', async () => {
  for (const code of ['ENOSPC', 'EDQUOT', '53100']) assert.ok(saysDiskFull(coded(code)), code);
  assert.ok(saysDiskFull(new Error('writing', { cause: coded('ENOSPC') })));
  assert.ok(!saysDiskFull(coded('EIO')));
  assert.equal(await isDiskFull(coded('57P02'), folder.path), false, 'there is room where the tests run');
  assert.equal(await isDiskFull(coded('57P02'), join(folder.path, 'nowhere')), false);
});

for (const [code, state] of [
  ['ENOSPC', 'applied'],
  ['EIO', 'failed'],
] as const) {
  test(`after five tries, a sync that meets ${code} once more is ${state}`, async () => {
    let times = 0;
    let house: House | undefined;
    const at = async (moment: string) => {
      if (moment !== 'staged' || times++ > 0) return;
      await house?.db.query(sql`update syncs set attempts = 6`);
      throw coded(code);
    };
    house = await houseOn(join(folder.path, code), { at, retrySeconds: 1 }, createLog('silent'));
    try {
      await setUp(house);
      const sync = await put(house, await sampleZip(folder.path, code, { students: 20 }));
      assert.equal(sync.state, state);
      assert.equal(times, state === 'applied' ? 2 : 1);
      assert.equal(sync.fault === null, state === 'applied');
    } finally {
      await house.close();
    }
  });
}
