/** Who may see which alerts, choose what they get, and set up webhooks over HTTP. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import pino from 'pino';
import { type FakeHouse, fakeHouse } from '../../test/browser/fake-house.ts';
import { type HttpServer, startHttp } from './server.ts';

let house: FakeHouse;
let server: HttpServer;
beforeEach(async () => {
  house = fakeHouse();
  const log = pino({ level: 'silent' });
  const options = {
    host: '127.0.0.1',
    port: 0,
    publicUrl: '',
    consoleDir: '/nowhere',
    administratorsDecide: true,
    log,
  };
  server = await startHttp(house.deps, options);
});
afterEach(() => server.close());

/** What was done; what was refused is noted too, by the door. */
const noted = () => house.audits.filter(({ act }) => act !== 'denied');

type Answer = { status: number; body: Record<string, never> & { rows?: Record<string, unknown>[] } };

async function ask(method: string, path: string, account: { id: string }, body?: unknown): Promise<Answer> {
  const cookie = `homeroom=${await house.deps.createSession(account.id)}`;
  const own = { 'content-type': 'application/json', origin: server.url, 'x-homeroom-console': '1' };
  const answer = await fetch(`${server.url}/api/console${path}`, {
    method,
    headers: { cookie, ...(method === 'GET' ? {} : own) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

test('people of a district see its alerts, and those of no other', async () => {
  const { administrator, owner } = house.people;
  const kinds = async (person: { id: string }, query = '') =>
    (await ask('GET', `/alerts${query}`, person)).body.rows?.map(({ id }) => String(id).slice(-2));
  assert.deepEqual(await kinds(administrator), ['11']);
  assert.deepEqual(await kinds(administrator, '?all=yes'), ['11']);
  assert.deepEqual(await kinds(owner, '?all=yes'), ['11', '12', '13', '10']);
  const foreign = '0195562f-0000-7000-8000-000000000099';
  assert.equal((await ask('GET', `/alerts?district=${foreign}`, administrator)).status, 404);
  assert.equal((await ask('GET', '/alerts?all=maybe', owner)).status, 400);
});

test('each person chooses for themselves, within what they may see', async () => {
  const { viewer, owner } = house.people;
  const chosen = await ask('POST', '/alerts/choices', viewer, { kind: 'held', wanted: false });
  assert.deepEqual(chosen.body.choices, [{ scope: 'all', kind: 'held', wanted: false }]);
  assert.deepEqual((await ask('GET', '/alerts/choices', owner)).body.choices, []);
  const taken = await ask('POST', '/alerts/choices', viewer, { kind: 'held', wanted: null });
  assert.deepEqual(taken.body.choices, []);
  const foreign = '0195562f-0000-7000-8000-000000000099';
  for (const place of [{ district: foreign }, { source: foreign }]) {
    assert.equal((await ask('POST', '/alerts/choices', viewer, { kind: 'held', wanted: true, ...place })).status, 404);
  }
  assert.deepEqual(
    noted().map(({ accountId, act }) => [accountId, act]),
    Array(2).fill([viewer.id, 'alerts chosen']),
  );
});

test('webhooks are for people of the vendor, and a secret is answered once', async () => {
  const { administrator, viewer, owner } = house.people;
  const url = 'https://hooks.example.org/';
  for (const person of [administrator, viewer]) {
    assert.equal((await ask('GET', '/webhooks', person)).status, 403);
    assert.equal((await ask('POST', '/webhooks', person, { url })).status, 403);
  }
  const added = await ask('POST', '/webhooks', owner, { url, events: ['sync.held'] });
  assert.equal(added.status, 201);
  assert.match(String(added.body.secret), /^whsec_/);
  const { id } = added.body as unknown as { id: string };
  const list = await ask('GET', '/webhooks', owner);
  assert.deepEqual(
    list.body.rows?.map((row) => [row.id, row.url]),
    [[id, url]],
  );
  assert.ok(!JSON.stringify(list.body).includes('whsec_'));
  for (const [method, path, body] of [
    ['POST', `/webhooks/${id}/test`, {}],
    ['POST', `/webhooks/${id}/state`, { state: 'stopped' }],
    ['GET', `/webhooks/${id}/log`, undefined],
    ['DELETE', `/webhooks/${id}`, undefined],
  ] as const) {
    assert.equal((await ask(method, path, administrator, body)).status, 403, path);
    assert.equal((await ask(method, path, owner, body)).status, 200, path);
  }
  assert.equal((await ask('DELETE', `/webhooks/${id}`, owner)).status, 404);
  assert.deepEqual(
    noted().map(({ act, object }) => [act, object]),
    ['webhook added', 'webhook tested', 'webhook stopped', 'webhook removed'].map((act) => [act, id]),
  );
});
