import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testDb } from '../../test/postgres.ts';
import { auditRows } from '../db/audit.ts';
import { addDistrict } from '../db/districts.ts';
import { allNetworks, networksOf } from '../db/networks.ts';
import type { Actor, PeopleDeps } from './deps.ts';
import { changeNetworks, isWithin, networksFor, readNetworks } from './networks.ts';

describe('networks', () => {
  test('as people write them', () => {
    assert.deepEqual(
      readNetworks([
        ' 203.0.113.7 ',
        '203.0.113.7/32',
        '198.51.100.0/24',
        '2001:DB8::/48',
        '::ffff:10.0.0.1',
        '::1/128',
      ]),
      ['203.0.113.7', '198.51.100.0/24', '2001:db8::/48', '10.0.0.1', '::1'],
    );
    for (const wrong of [
      '',
      'example.org',
      '203.0.113',
      '203.0.113.7/33',
      '203.0.113.7/',
      '203.0.113.7/-1',
      '203.0.113.7/8/8',
      '1.2.3.4/0x8',
      'fe80::1%eth0',
      '2001:db8::/129',
      '::ffff:10.0.0.1/120',
      '*',
      '10.0.0.1-10.0.0.9',
    ])
      assert.throws(() => readNetworks([wrong]), { code: 'network' }, wrong);
    assert.throws(() => readNetworks(Array.from({ length: 201 }, () => '10.0.0.1')), { code: 'network' });
  });

  test('none is everywhere; else an address lies within one of them, in either spelling', () => {
    assert.ok(isWithin([], '192.0.2.1'));
    const own = ['203.0.113.0/25', '198.51.100.7', '2001:db8:5::/48', '10.1.2.3/8'];
    for (const inside of [
      '203.0.113.0',
      '203.0.113.127',
      '198.51.100.7',
      '::ffff:203.0.113.9',
      '::FFFF:198.51.100.7',
      '2001:db8:5::9',
      '2001:0db8:0005:ffff::',
      '10.250.0.1',
    ])
      assert.ok(isWithin(own, inside), inside);
    for (const outside of [
      '203.0.113.128',
      '198.51.100.8',
      '2001:db8:6::',
      '11.0.0.1',
      '::ffff:198.51.100.8',
      '',
      'nonsense',
      '::198.51.100.7',
    ])
      assert.ok(!isWithin(own, outside), outside);
    assert.ok(isWithin(['0.0.0.0/0'], '192.0.2.1'));
    assert.ok(!isWithin(['0.0.0.0/0'], '2001:db8::1'));
  });
});

test('are set by the vendor and by administrators of the district, and each change is noted', async () => {
  const db = await testDb();
  const own = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const other = await addDistrict(db, { siteCode: '2', name: 'Hill' });
  const deps = { db } as unknown as PeopleDeps;
  const actor = (role: 'owner' | 'operator' | 'administrator' | 'viewer', districtId: string | null): Actor => ({
    id: null as unknown as string,
    role,
    districtId,
    address: '127.0.0.1',
  });
  const set = (who: Actor, networks: string[], district = own.id) => changeNetworks(deps, who, { district, networks });

  assert.deepEqual(await set('command line', ['10.0.0.0/8']), ['10.0.0.0/8']);
  assert.deepEqual(await set(actor('administrator', own.id), ['10.0.0.0/8', '192.0.2.1']), ['10.0.0.0/8', '192.0.2.1']);
  await set(actor('operator', null), ['10.0.0.0/8', '192.0.2.1']);
  await assert.rejects(set(actor('viewer', own.id), []), { code: 'not-allowed' });
  await assert.rejects(set(actor('administrator', other.id), []), { code: 'not-found' });
  await assert.rejects(networksFor(deps, actor('administrator', other.id), own.id), { code: 'not-found' });
  await assert.rejects(set('command line', ['nowhere']), { code: 'network' });
  await assert.rejects(set('command line', [], 'nobody'), { code: 'not-found' });
  assert.deepEqual(await networksFor(deps, actor('viewer', own.id), own.id), ['10.0.0.0/8', '192.0.2.1']);
  assert.deepEqual([...(await allNetworks(db))], [[own.id, ['10.0.0.0/8', '192.0.2.1']]]);
  assert.deepEqual(await networksOf(db, other.id), []);
  const noted = (await auditRows(db, { limit: 10 })).filter(({ act }) => act === 'sftp networks set');
  assert.deepEqual(
    noted.map(({ object, detail }) => [object, detail.from, detail.to]),
    [
      [own.id, ['10.0.0.0/8'], ['10.0.0.0/8', '192.0.2.1']],
      [own.id, [], ['10.0.0.0/8']],
    ],
    'what changes nothing is not noted',
  );
});
