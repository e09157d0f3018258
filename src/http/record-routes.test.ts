/** Who may read and change records over HTTP, and that an edit names the state that was seen. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pino from 'pino';
import { fakeHouse } from '../../test/browser/fake-house.ts';
import { type fakeRecords, seenAt } from '../../test/browser/fake-records.ts';
import { startHttp } from './server.ts';

const house = fakeHouse();
const records = house.deps.records as ReturnType<typeof fakeRecords>;
const server = await startHttp(house.deps, {
  host: '127.0.0.1',
  port: 0,
  publicUrl: '',
  consoleDir: join(import.meta.dirname, 'none'),
  administratorsDecide: true,
  log: pino({ level: 'silent' }),
});
after(() => server.close());

type Person = keyof typeof house.people;
type Call = { as: Person; method?: string; path: string; body?: unknown; headers?: Record<string, string> };
async function call({ as, method = 'GET', path, body, headers = {} }: Call) {
  const cookie = `homeroom=${await house.deps.createSession(house.people[as].id)}`;
  const own = { cookie, origin: server.url, 'x-homeroom-console': '1', 'content-type': 'application/json', ...headers };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}/api/console${path}`, { method, headers: own, ...sent });
  return {
    status: answer.status,
    said: (await answer.json()) as Record<string, unknown> & { error: { code: string } },
  };
}
const own = `/rosters/roster-${house.people.administrator.districtId}/records`;
const seen = seenAt.toISOString();

test('the people of the vendor and administrators of the district add, edit, archive, reactivate, release and hand back', async () => {
  const values = { givenName: 'Ada', 'metadata.note': 'x' };
  for (const as of ['owner', 'administrator'] satisfies Person[]) {
    const added = await call({ as, method: 'POST', path: `${own}/users`, body: { values } });
    assert.deepEqual([added.status, added.said.remarks], [201, ['A remark.']]);
    const { act, kind, accountId, values: given } = records.asked.at(-1) as Record<string, unknown>;
    assert.deepEqual([act, kind, accountId, given], ['add', 'users', house.people[as].id, values]);
  }
  const one = `${own}/users/${encodeURIComponent('m/1 é')}`;
  await call({ as: 'owner', method: 'PATCH', path: one, body: { values, seen } });
  for (const act of ['archive', 'release'])
    await call({ as: 'owner', method: 'POST', path: `${one}/${act}`, body: { seen } });
  for (const act of ['reactivate', 'hand-back']) await call({ as: 'owner', method: 'POST', path: `${one}/${act}` });
  assert.deepEqual(
    records.asked.slice(-5).map(({ act, sourcedId }) => [act, sourcedId]),
    ['edit', 'archive', 'release', 'reactivate', 'handBack'].map((act) => [act, 'm/1 é']),
  );
});

test('an edit of another state than the one that was seen is refused, and one that names none', async () => {
  const edit = (body: unknown) => call({ as: 'owner', method: 'PATCH', path: `${own}/users/m1`, body });
  assert.equal((await edit({ values: {}, seen: '2026-01-05T06:00:00.000Z' })).status, 409);
  assert.equal((await edit({ values: {} })).status, 400);
  assert.equal((await edit({ values: {}, seen: 'yesterday' })).status, 400);
  assert.equal((await edit({ values: { givenName: 'a'.repeat(4001) }, seen })).status, 400);
  assert.equal((await edit({ values: { givenName: 'a\u0000' }, seen })).status, 400);
  assert.equal((await call({ as: 'owner', method: 'POST', path: `${own}/users/m1/archive`, body: {} })).status, 400);
});

test('a viewer sees no record, nobody sees one of another district, and a foreign page changes none', async () => {
  const asked = records.asked.length;
  const path = `${own}/users/m1`;
  assert.equal((await call({ as: 'viewer', path })).status, 403);
  assert.equal((await call({ as: 'viewer', method: 'POST', path: `${own}/users`, body: { values: {} } })).status, 403);
  assert.equal((await call({ as: 'administrator', path: '/rosters/roster-other/records/users/m1' })).status, 404);
  assert.equal(
    (
      await call({
        as: 'administrator',
        method: 'POST',
        path: '/rosters/roster-other/records/users',
        body: { values: {} },
      })
    ).status,
    404,
  );
  assert.equal((await call({ as: 'owner', path: '/rosters/nothing/records/users/m1' })).status, 404);
  assert.equal((await call({ as: 'owner', path: `${own}/lineItems/m1` })).status, 404);
  const foreign = { origin: 'https://elsewhere.example' };
  const crossed = await call({
    as: 'owner',
    method: 'POST',
    path: `${own}/users`,
    body: { values: {} },
    headers: foreign,
  });
  assert.deepEqual([crossed.status, crossed.said.error.code], [403, 'foreign-origin']);
  assert.equal(records.asked.length, asked);
});

test('a record says who manages it, why it is read only, and what it points to that has left', async () => {
  const manual = await call({ as: 'administrator', path: `${own}/users/m1` });
  assert.deepEqual(
    [manual.said.owner, manual.said.readOnly, manual.said.pointsToArchived],
    ['manual', null, [{ field: 'orgSourcedIds', sourcedId: 'gone' }]],
  );
  const synced = await call({ as: 'administrator', path: `${own}/users/sis-1` });
  assert.match(synced.said.readOnly as string, /^Managed by the SIS: the source SFTP sends it/);
  assert.equal((await call({ as: 'owner', path: `${own}/users/nobody` })).status, 404);
});
