/** Settings of a source through the acts of operators: stored, shown, refused, and noted in the audit log. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { auditRows } from '../../src/db/audit.ts';
import { houseOn, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
const house = await houseOn(join(folder.path, 'data'));
after(async () => {
  await house.close();
  await folder.remove();
});

test('what a person sets is stored whole or not at all, and the audit log says what it was before', async () => {
  await setUp(house);
  const set = await house.acts.setSource({ ...which, changes: { removedShare: '20%', mode: 'paused' } });
  assert.deepEqual(set.changes, [
    { name: 'removedShare', from: '10%', to: '20%' },
    { name: 'mode', from: 'active', to: 'paused' },
  ]);
  await assert.rejects(house.acts.setSource({ ...which, changes: { removedAtLeast: 3, removedShare: 'x' } }), {
    code: 'source-setting',
  });
  const shown = await house.acts.sourceSettings(which);
  const value = (name: string) => shown.settings.find((each) => each.name === name)?.shown;
  assert.deepEqual([value('removedShare'), value('removedAtLeast'), shown.mode], ['20%', '20', 'paused']);
  const [row, ...more] = (await auditRows(house.db, { limit: 50 })).filter(({ act }) => act === 'source set');
  assert.deepEqual([row?.object, row?.detail, more], [shown.id, { by: 'command line', changes: set.changes }, []]);
});

test('windows are added to the calendar and taken out of it', async () => {
  const add = (window: string) => house.acts.setSource({ ...which, changes: {}, addWindows: [window] });
  await add('2099-06-12..2099-08-09 paused Summer break');
  const two = await add('2099-01-01..2099-01-06 additions only');
  assert.match(two.changes[0]?.to ?? '', /^2099-01-01..2099-01-06 additions only; 2099-06-12/);
  await assert.rejects(add('2099-08-09..2099-08-10 active'), /share days/);
  const one = await house.acts.setSource({ ...which, changes: {}, removeWindows: ['2099-01-01'] });
  assert.equal(one.changes[0]?.to, '2099-06-12..2099-08-09 paused Summer break');
  await assert.rejects(house.acts.setSource({ ...which, changes: {}, removeWindows: ['2099-01-01'] }), /no window/);
});

test('a roster or source that is not there is not made by asking for its settings', async () => {
  await house.acts.addProduct({ slug: 'math', name: 'Math' });
  await assert.rejects(house.acts.sourceSettings({ ...which, product: 'math' }), { code: 'roster-unknown' });
  await assert.rejects(house.acts.setSource({ ...which, source: 'x', changes: { mode: 'active' } }), {
    code: 'source-unknown',
  });
});
