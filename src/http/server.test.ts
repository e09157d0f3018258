/** The HTTP door as a stranger and as people of each kind meet it. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import pino from 'pino';
import { type FakeHouse, fakeHouse, named, password } from '../../test/browser/fake-house.ts';
import type { HttpDeps, HttpOptions } from './deps.ts';
import { type HttpServer, startHttp } from './server.ts';

const consoleDir = mkdtempSync(join(tmpdir(), 'homeroom-http-'));
writeFileSync(join(consoleDir, 'index.html'), '<meta name="nonce" content="__NONCE__"><div id="root"></div>');
writeFileSync(join(consoleDir, 'colour.js'), '1');
after(() => rmSync(consoleDir, { recursive: true }));

let house: FakeHouse;
let server: HttpServer;
let asked: string[];

beforeEach(async () => {
  house = fakeHouse();
  asked = [];
  server = await start();
});
afterEach(() => server.close());

function start(more: Partial<HttpOptions> = {}): Promise<HttpServer> {
  const log = pino({ level: 'silent' });
  const options = { host: '127.0.0.1', port: 0, publicUrl: '', consoleDir, administratorsDecide: false, log, ...more };
  return startHttp(noting(house.deps), options);
}

/** Notes the district that each list was asked for. */
function noting(deps: HttpDeps): HttpDeps {
  const note =
    <S extends { districtId?: string }, T>(name: string, list: (scope: S) => T) =>
    (scope: S) => {
      asked.push(`${name} ${scope.districtId ?? 'all'}`);
      return list(scope);
    };
  return {
    ...deps,
    sources: note('sources', deps.sources),
    districts: note('districts', deps.districts),
    newest: note('newest', deps.newest),
    syncs: note('syncs', deps.syncs),
  };
}

type Person = keyof FakeHouse['people'];

async function get(path: string, as?: Person): Promise<Response> {
  const headers = as ? { cookie: `homeroom=${await house.deps.createSession(house.people[as].id)}` } : {};
  return fetch(server.url + path, { headers });
}

async function post(path: string, body: unknown, options: { as?: Person; headers?: Record<string, string> } = {}) {
  const cookie = options.as
    ? { cookie: `homeroom=${await house.deps.createSession(house.people[options.as].id)}` }
    : {};
  return fetch(`${server.url}/api/console${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: server.url,
      'x-homeroom-console': '1',
      ...cookie,
      ...options.headers,
    },
    body: JSON.stringify(body),
  });
}

const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;
const right = () => ({ email: house.people.owner.email, password });

test('health is 200 only once every door is open', async () => {
  house.deps.ready = () => house.ready;
  await server.close();
  server = await start();
  house.ready = false;
  assert.equal((await get('/healthz')).status, 503);
  house.ready = true;
  assert.equal((await get('/healthz')).status, 200);
});

test('every answer carries the strict headers', async () => {
  for (const path of [
    '/',
    '/sign-in',
    '/colour.js',
    '/api/console/overview',
    '/api/console/person',
    '/api/nothing',
    '/x.js',
  ]) {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe/, path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
    assert.equal(headers.get('strict-transport-security'), null, path);
  }
});

test('the page carries a nonce of its own each time, the same in its policy', async () => {
  const nonces = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const answer = await get('/districts/d-lakeview');
    const nonce = /content="([^"]+)"/.exec(await answer.text())?.[1] as string;
    assert.ok(answer.headers.get('content-security-policy')?.includes(`'nonce-${nonce}'`));
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    nonces.add(nonce);
  }
  assert.equal(nonces.size, 3);
});

test('nothing outside the built folder is served', async () => {
  writeFileSync(join(consoleDir, '..', 'homeroom-secret.txt'), 'secret');
  for (const path of ['/../homeroom-secret.txt', '/%2e%2e/homeroom-secret.txt', '/..%2fhomeroom-secret.txt']) {
    assert.doesNotMatch(await (await get(path)).text(), /secret/);
  }
  rmSync(join(consoleDir, '..', 'homeroom-secret.txt'));
});

test('over https the cookie is bound to the host and the browser is told to stay there', async () => {
  await server.close();
  server = await start({ publicUrl: 'https://rosters.example.org' });
  const answer = await post('/sign-in', right(), { headers: { origin: 'https://rosters.example.org' } });
  assert.equal(answer.status, 200);
  const cookie = answer.headers.get('set-cookie') ?? '';
  assert.match(cookie, /^__Host-homeroom=/);
  for (const part of [/HttpOnly/, /Secure/, /SameSite=Lax/, /Path=\//]) assert.match(cookie, part);
  assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age=\d{8}/);
});

test('without https the cookie is HttpOnly and SameSite=Lax', async () => {
  const cookie = (await post('/sign-in', right())).headers.get('set-cookie') ?? '';
  for (const part of [/^homeroom=/, /HttpOnly/, /SameSite=Lax/]) assert.match(cookie, part);
  assert.doesNotMatch(cookie, /Secure/);
});

test('a write from elsewhere does nothing, whatever it leaves out', async () => {
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: `${server.url}.evil.example` },
    { 'x-homeroom-console': '' },
  ];
  for (const headers of foreign) {
    for (const path of ['/sign-in', '/sign-in/link', '/sign-out', `/syncs/${named.held}/decision`]) {
      const answer = await post(path, { ...right(), token: 'x', choice: 'discard' }, { as: 'owner', headers });
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.equal(await codeOf(answer), 'foreign-origin');
    }
  }
  assert.equal(house.decisions.length, 0);
});

test('a link is used by a POST only, and once', async () => {
  const token = house.newLink(house.people.owner.id);
  for (let i = 0; i < 3; i++) assert.equal((await get(`/sign-in?token=${token}`)).status, 200);
  assert.equal((await fetch(`${server.url}/sign-in?token=${token}`, { method: 'HEAD' })).status, 200);
  const first = await post('/sign-in/link', { token });
  assert.equal(first.status, 200);
  assert.deepEqual(await first.json(), { person: { email: house.people.owner.email, role: 'owner', district: null } });
  const second = await post('/sign-in/link', { token });
  assert.equal(second.status, 410);
  assert.equal(await codeOf(second), 'link-used');
  assert.equal(second.headers.get('set-cookie'), null);
});

test('signing in ends the session that was there, and signing out ends it for good', async () => {
  const former = await house.deps.createSession(house.people.viewer.id);
  const answer = await post('/sign-in', right(), { headers: { cookie: `homeroom=${former}` } });
  assert.equal(house.sessions.has(former), false);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] as string;
  const overview = () => fetch(`${server.url}/api/console/overview`, { headers: { cookie } });
  assert.equal((await overview()).status, 200);
  await post('/sign-out', {}, { headers: { cookie } });
  assert.equal((await overview()).status, 401);
  assert.deepEqual(
    house.audits.map(({ act }) => act),
    ['signed in', 'signed out'],
  );
});

test('nothing is told to who is not signed in', async () => {
  for (const path of [
    '/overview',
    '/districts',
    '/districts/d-lakeview',
    '/districts/d-lakeview/syncs',
    `/syncs/${named.held}`,
    `/syncs/${named.held}/rules`,
    `/syncs/${named.held}/findings?rule=enum-wrong-case`,
    `/syncs/${named.held}/findings.csv`,
    '/whatever',
  ]) {
    const answer = await get(`/api/console${path}`);
    assert.equal(answer.status, 401, path);
    assert.equal(await codeOf(answer), 'signed-out');
  }
});

test('what belongs to another district is answered like what does not exist', async () => {
  for (const as of ['administrator', 'viewer'] as const) {
    for (const [foreign, unknown] of [
      ['/districts/d-bay-city', '/districts/none'],
      ['/districts/d-bay-city/syncs', '/districts/none/syncs'],
      [`/syncs/${named.applied}`, '/syncs/none'],
      [`/syncs/${named.applied}/rules`, '/syncs/none/rules'],
      [`/syncs/${named.applied}/findings?rule=x`, '/syncs/none/findings?rule=x'],
      [`/syncs/${named.applied}/findings.csv`, '/syncs/none/findings.csv'],
    ]) {
      const [one, other] = await Promise.all([get(`/api/console${foreign}`, as), get(`/api/console${unknown}`, as)]);
      assert.equal(one.status, 404, foreign);
      assert.equal(await one.text(), await other.text(), foreign);
    }
    const decision = { choice: 'discard', counts: { added: 0, changed: 0, removed: 0 } };
    assert.equal((await post(`/syncs/${named.applied}/decision`, decision, { as })).status, 404);
  }
});

test('every list is asked for the own district only', async () => {
  for (const path of ['/overview', '/districts', '/districts/d-lakeview', '/districts/d-lakeview/syncs']) {
    asked.length = 0;
    const answer = await get(`/api/console${path}`, 'viewer');
    assert.equal(answer.status, 200, path);
    assert.ok(asked.length > 0);
    for (const each of asked) assert.match(each, / d-lakeview$/, `${path} asked for ${each}`);
    assert.doesNotMatch(await answer.text(), /Bay City/);
  }
});

test('a page of syncs cannot be begun at a sync of another district', async () => {
  const path = '/api/console/districts/d-lakeview/syncs?before=';
  assert.equal((await get(path + named.applied, 'owner')).status, 404);
  assert.equal((await get(path + named.held, 'owner')).status, 200);
});

test('a viewer sees no key, no value and no words that quote them', async () => {
  for (const path of ['/rules', '/findings?rule=sourced-id-duplicate', '/findings.csv']) {
    const shown = await (await get(`/api/console/syncs/${named.held}${path}`, 'viewer')).text();
    assert.doesNotMatch(shown, /000451|STUDENT|H-1A|e-9900/, path);
    const whole = await (await get(`/api/console/syncs/${named.held}${path}`, 'administrator')).text();
    assert.match(whole, /000451/, path);
  }
});

test('all findings come as the file that was kept, and as what the database has when it is gone', async () => {
  const path = `/api/console/syncs/${named.held}/findings.csv`;
  const fromDatabase = await get(path, 'owner');
  assert.equal(fromDatabase.headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.match(
    fromDatabase.headers.get('content-disposition') ?? '',
    /^attachment; filename="findings-of-sync-15\.csv"$/,
  );
  assert.equal((await fromDatabase.text()).trimEnd().split('\r\n').length, 1 + 86);

  await server.close();
  async function* kept() {
    yield new TextEncoder().encode('rule\r\n');
    yield new TextEncoder().encode('000451\r\n');
  }
  house.deps.findingsFile = async () => kept();
  server = await start();
  assert.equal(await (await get(path, 'owner')).text(), 'rule\r\n000451\r\n');
  assert.doesNotMatch(await (await get(path, 'viewer')).text(), /000451/, 'never the file for a viewer');

  await server.close();
  house.deps.findingsFile = async () => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('gone')) }),
  });
  server = await start();
  assert.equal((await (await get(path, 'owner')).text()).trimEnd().split('\r\n').length, 1 + 86);
});

test('only who may decides, about what they saw, and once', async () => {
  const path = `/syncs/${named.held}/decision`;
  const counts = { added: 52, changed: 35, removed: 433 };
  const decision = { choice: 'apply all', counts, reason: ' They moved. ' };
  for (const as of ['administrator', 'viewer'] as const) {
    const answer = await post(path, decision, { as });
    assert.equal(answer.status, 403);
    assert.equal(await codeOf(answer), 'not-allowed');
  }
  const grown = await post(path, { ...decision, counts: { ...counts, removed: 432 } }, { as: 'owner' });
  assert.equal(grown.status, 409);
  assert.equal(await codeOf(grown), 'counts-changed');
  assert.equal((await post(path, decision, { as: 'owner' })).status, 200);
  const again = await post(path, decision, { as: 'owner' });
  assert.equal(again.status, 409);
  assert.equal(await codeOf(again), 'decided');
  const { id: accountId } = house.people.owner;
  assert.deepEqual(house.decisions, [
    { syncId: named.held, choice: 'apply all', counts, reason: 'They moved.', accountId, address: '127.0.0.1' },
  ]);
});

test('an administrator decides about the own district where the vendor lets them', async () => {
  await server.close();
  server = await start({ administratorsDecide: true });
  const counts = { added: 52, changed: 35, removed: 433 };
  const answer = await post(`/syncs/${named.held}/decision`, { choice: 'discard', counts }, { as: 'administrator' });
  assert.equal(answer.status, 200);
  const viewer = await post(`/syncs/${named.held}/decision`, { choice: 'discard', counts }, { as: 'viewer' });
  assert.equal(viewer.status, 403);
});

test('input is bounded and plain', async () => {
  const large = await post('/sign-in', { email: 'a', password: 'x'.repeat(100_000) });
  assert.equal(large.status, 413);
  for (const body of [
    {},
    { email: 1, password: 2 },
    { email: 'a\u0000b', password: 'x' },
    { email: 'a', password: '' },
  ]) {
    assert.equal((await post('/sign-in', body)).status, 400, JSON.stringify(body));
  }
  const broken = await fetch(`${server.url}/api/console/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, 'x-homeroom-console': '1' },
    body: '{',
  });
  assert.equal(broken.status, 400);
  for (const query of ['page=0', 'page=x', 'state=odd', `q=${'x'.repeat(300)}`, 'q=%00']) {
    assert.equal((await get(`/api/console/overview?${query}`, 'owner')).status, 400, query);
  }
});

test('an address behind a proxy counts only when there is a proxy', async () => {
  const seen: string[] = [];
  house.deps.signIn = async ({ address }) => {
    seen.push(address);
    return house.people.owner;
  };
  const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' };
  for (const publicUrl of ['', 'http://rosters.example.org']) {
    await server.close();
    server = await start({ publicUrl });
    await post('/sign-in', right(), { headers });
  }
  assert.deepEqual(seen, ['127.0.0.1', '198.51.100.7']);
});

test('a port in use is told in a sentence that says what to do', async () => {
  await assert.rejects(start({ port: server.port }), {
    message: `Port ${server.port} is in use by another program. Start with --http-port to choose another.`,
  });
});

test('a console that is not built says how to build it', async () => {
  await server.close();
  server = await start({ consoleDir: join(consoleDir, 'none') });
  const answer = await get('/');
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /not built.*npm run/);
});
