/** Who may read which mail over HTTP. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import pino from 'pino';
import { fakeMails } from '../../test/browser/fake-alerts.ts';
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

async function get(path: string, account: { id: string }) {
  const cookie = `homeroom=${await house.deps.createSession(account.id)}`;
  const answer = await fetch(`${server.url}/api/console${path}`, { headers: { cookie } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('the outbox is for people of the vendor, and its list holds no texts', async () => {
  for (const person of [house.people.administrator, house.people.viewer]) {
    assert.equal((await get('/mails', person)).status, 403);
    assert.equal((await get(`/mails/${fakeMails[1]!.id}`, person)).status, 403);
  }
  const { status, body } = await get('/mails', house.people.owner);
  assert.equal(status, 200);
  assert.deepEqual(
    (body.rows as { subject: string }[]).map(({ subject }) => subject),
    fakeMails.map(({ subject }) => subject),
  );
  assert.ok(!JSON.stringify(body).includes('token'));
  assert.equal((await get('/mails?state=nonsense', house.people.owner)).status, 400);
  assert.equal((await fetch(`${server.url}/api/console/mails`)).status, 401);
});

test('a mail that lets somebody in is read by owners only, and that is noted', async () => {
  const [invitation, ordinary] = fakeMails as [(typeof fakeMails)[0], (typeof fakeMails)[0]];
  const operator = { ...house.people.owner, id: 'a-operator', role: 'operator' as const };
  Object.assign(house.people, { operator });
  const asOperator = await get(`/mails/${invitation.id}`, operator);
  assert.deepEqual(
    [asOperator.body.text, asOperator.body.hidden],
    [null, 'It lets somebody in, so only owners may read it.'],
  );
  assert.equal((await get(`/mails/${ordinary.id}`, operator)).body.text, ordinary.text);
  assert.deepEqual(house.audits, []);
  assert.equal((await get(`/mails/${invitation.id}`, house.people.owner)).body.text, invitation.text);
  assert.deepEqual(
    house.audits.map(({ accountId, act, object }) => [accountId, act, object]),
    [[house.people.owner.id, 'mail read', invitation.id]],
  );
  assert.equal((await get('/mails/nothing', house.people.owner)).status, 404);
});
