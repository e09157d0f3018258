/** A record's timeline, why somebody is in a class, and the roster as a file: what is asked of the house, and what is refused. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pino from 'pino';
import { fakeHouse } from '../../test/browser/fake-house.ts';
import type { FakeRosters } from '../../test/browser/fake-rosters.ts';
import { startHttp } from './server.ts';

const house = fakeHouse();
const rosters = house.deps.rosters as FakeRosters;
const options = {
  host: '127.0.0.1',
  port: 0,
  publicUrl: '',
  consoleDir: join(import.meta.dirname, 'none'),
  administratorsDecide: true,
};
const server = await startHttp(house.deps, { ...options, log: pino({ level: 'silent' }) });
after(() => server.close());

type Person = keyof typeof house.people;
async function get(as: Person, path: string): Promise<Response> {
  const cookie = `homeroom=${await house.deps.createSession(house.people[as].id)}`;
  return fetch(`${server.url}/api/console${path}`, { headers: { cookie } });
}
async function post(as: Person, path: string, body: unknown): Promise<Response> {
  const cookie = `homeroom=${await house.deps.createSession(house.people[as].id)}`;
  return fetch(`${server.url}/api/console${path}`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', origin: server.url, 'x-homeroom-console': '1' },
    body: JSON.stringify(body),
  });
}
const rosterId = `roster-${house.people.administrator.districtId}`;
const own = `/rosters/${rosterId}`;

test('a timeline names the record, the moment and how many changes to leave out', async () => {
  const now = (await (await get('administrator', `${own}/records/users/u%2F1/history?skip=20`)).json()) as {
    record: { readOnly: string };
    history: { cause: string; changed: unknown }[];
    more: boolean;
  };
  assert.deepEqual(rosters.asked.at(-1), { what: 'timeline', rosterId, kind: 'users', sourcedId: 'u/1', skip: 20 });
  assert.match(now.record.readOnly, /^Managed by the SIS: the source SFTP/);
  assert.equal(now.history[0]?.cause, 'delivery 4 (night-4.zip, source SFTP)');
  assert.deepEqual(now.history[0]?.changed, { givenName: { from: 'Ida', to: 'Ada' } });
  const then = (await (await get('owner', `${own}/records/users/u1/history?at=2026-01-02`)).json()) as {
    record: null;
    at: string;
    was: { fields: unknown };
  };
  assert.equal(rosters.asked.at(-1)?.at, '2026-01-02');
  assert.deepEqual([then.record, then.at], [null, '2026-01-02 (America/Denver)']);
  assert.deepEqual(then.was.fields, { sourcedId: 'u1', givenName: 'Ada' });
  for (const query of ['skip=-1', 'skip=x', `at=${'1'.repeat(41)}`])
    assert.equal((await get('owner', `${own}/records/users/u1/history?${query}`)).status, 400, query);
  assert.equal((await get('owner', `${own}/records/robots/u1/history`)).status, 404);
});

test('why takes a person and a class', async () => {
  const answer = await post('administrator', `${own}/why`, { user: 'ada@pine.example', class: 'Room 1' });
  assert.deepEqual(rosters.asked.at(-1), { what: 'why', rosterId, user: 'ada@pine.example', class: 'Room 1' });
  const said = (await answer.json()) as { isIn: boolean; sentences: string[] };
  assert.equal(said.isIn, false);
  assert.match(said.sentences[0] as string, /is not any more/);
  for (const body of [{ user: 'a' }, { class: 'b' }, { user: '', class: 'b' }, { user: 'a'.repeat(501), class: 'b' }])
    assert.equal((await post('owner', `${own}/why`, body)).status, 400, JSON.stringify(body));
});

test('an export comes as a file, is noted with who had it, and is gone afterwards', async () => {
  const answer = await get('administrator', `${own}/export.zip?at=2026-01-02&format=oneroster-csv-1.2`);
  assert.equal(await answer.text(), 'PKabc');
  assert.equal(answer.headers.get('content-type'), 'application/zip');
  assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="roster-1234567-literacy.zip"');
  assert.deepEqual([answer.headers.get('content-length'), answer.headers.get('x-homeroom-left-out')], ['5', '2']);
  const { at, to, accountId } = rosters.asked.at(-1) as Record<string, unknown>;
  assert.deepEqual([at, to, accountId], ['2026-01-02', 'oneroster-csv-1.2', house.people.administrator.id]);
  assert.ok(rosters.files.every(({ closed }) => closed));
  assert.equal((await get('owner', `${own}/export.zip?format=xlsx`)).status, 400);
});

test('viewers and people of other districts get nothing of it', async () => {
  const asked = rosters.asked.length;
  for (const path of ['records/users/u1/history', 'export.zip']) {
    assert.equal((await get('viewer', `${own}/${path}`)).status, 403, path);
    assert.equal((await get('administrator', `/rosters/roster-other/${path}`)).status, 404, path);
  }
  const pair = { user: 'a', class: 'b' };
  assert.equal((await post('viewer', `${own}/why`, pair)).status, 403);
  assert.equal((await post('administrator', '/rosters/roster-other/why', pair)).status, 404);
  assert.equal(rosters.asked.length, asked);
});
