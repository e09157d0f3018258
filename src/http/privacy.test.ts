/** What every answer holds to, route by route: strict headers, cookies that no script reads, and addresses that tell of no pupil. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { type FakeHouse, fakeHouse, password } from '../../test/browser/fake-house.ts';
import { type HttpServer, httpApp, startHttp } from './server.ts';

const web = join(import.meta.dirname, '../../web');
const consoleDir = mkdtempSync(join(tmpdir(), 'homeroom-privacy-'));
let house: FakeHouse;
let server: HttpServer;
let routes: { method: string; path: string }[];

before(async () => {
  writeFileSync(join(consoleDir, 'index.html'), readFileSync(join(web, 'index.html')));
  house = fakeHouse();
  const log = pino({ level: 'silent' });
  const options = { host: '127.0.0.1', port: 0, publicUrl: '', consoleDir, administratorsDecide: false, log };
  routes = httpApp(house.deps, options).routes.filter(({ method }) => method !== 'ALL');
  server = await startHttp(house.deps, options);
});
after(async () => {
  await server.close();
  rmSync(consoleDir, { recursive: true });
});

/** Asks a route as it would be asked from the console; ids in its path are of nothing that is there. */
async function ask({ method, path }: { method: string; path: string }, cookie?: string): Promise<Response> {
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return fetch(server.url + path.replaceAll(/:[a-z]+/gi, 'x').replace('*', ''), {
    method,
    redirect: 'manual',
    headers: {
      ...(cookie ? { cookie } : {}),
      ...(hasBody ? { 'content-type': 'application/json', origin: server.url, 'x-homeroom-console': '1' } : {}),
    },
    ...(hasBody ? { body: '{}' } : {}),
  });
}

test('every route answers with the strict headers, to people and to strangers, whatever becomes of the request', async () => {
  assert.ok(routes.length > 80, `${routes.length} routes`);
  for (const route of routes) {
    // A session for each: one of the routes ends it.
    const session = `homeroom=${await house.deps.createSession(house.people.owner.id)}`;
    for (const cookie of [session, undefined]) {
      const { status, headers } = await ask(route, cookie);
      const name = `${route.method} ${route.path} as ${cookie ? 'owner' : 'stranger'}: ${status}`;
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /^default-src 'none'/, name);
      assert.match(policy, /frame-ancestors 'none'/, name);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/, name);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', name);
      assert.equal(headers.get('x-frame-options'), 'DENY', name);
      assert.equal(headers.get('referrer-policy'), 'no-referrer', name);
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', name);
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', name);
      assert.match(headers.get('cache-control') ?? '', /no-store|immutable/, name);
      for (const given of headers.getSetCookie()) assert.match(given, /; HttpOnly.*; SameSite=Lax/, name);
    }
  }
});

test('signing in hands out one cookie, which no script reads and no foreign page sends along with a write', async () => {
  const answer = await fetch(`${server.url}/api/console/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, 'x-homeroom-console': '1' },
    body: JSON.stringify({ email: house.people.owner.email, password }),
  });
  assert.equal(answer.status, 200);
  const [cookie = '', ...more] = answer.headers.getSetCookie();
  assert.match(cookie, /^homeroom=[^;]+;.*HttpOnly/);
  assert.match(cookie, /SameSite=Lax/);
  assert.deepEqual(more, []);
  assert.doesNotMatch(await answer.text(), /session-/, 'nor does the answer hold it');
});

test('the page of the console has no script, style or handler of its own, and its policy lets none in', async () => {
  const answer = await fetch(`${server.url}/districts/d-lakeview`);
  const page = await answer.text();
  assert.match(page, /<div id="root">/);
  for (const [script] of page.matchAll(/<script\b[\s\S]*?<\/script>/g)) {
    assert.match(script, /^<script( type="module")?( crossorigin)? src="\/[^"]+"><\/script>$/);
  }
  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|javascript:/i);
  const policy = answer.headers.get('content-security-policy') ?? '';
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1];
  assert.equal(scripts, "'self'");
  assert.match(policy, /base-uri 'none'/);
  assert.match(policy, /form-action 'self'/);
});

/**
 * All that stands after a question mark in an address, of a page or of a request. Words that people look for are no part
 * of it, but for names of districts, rules and products (`q`); a new name is to be looked at by whoever adds it here.
 */
const harmless = [
  ...['state', 'product', 'format', 'page', 'q', 'source', 'before', 'after', 'days', 'variant', 'part', 'by', 'only'],
  ...['rule', 'kind', 'action', 'school', 'act', 'person', 'district', 'role', 'at', 'test', 'all', 'mail', 'next'],
  ...[
    'skip',
    'limit',
    'from',
    'until',
    'object',
    'version',
    'severity',
    'token',
    'refused',
    'class',
    'offset',
    'as',
    'complete',
  ],
];

test('no address has a place for the name of a pupil', () => {
  const declared = readFileSync(join(web, 'paths.ts'), 'utf8');
  const inPages = [...declared.matchAll(/(\w+)\?: /g)].map(([, name]) => name as string);
  assert.ok(inPages.includes('school'));
  const here = readdirSync(import.meta.dirname).filter((name) => /-routes\.ts$/.test(name));
  const inRequests = here.flatMap((name) => {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8');
    const shapes = [
      ...text.matchAll(/const (?:\w*[qQ]uery|filter|which|one) = (?:z\.object\()?(\{[\s\S]*?\n?\})\)?;/g),
    ];
    return shapes.flatMap(([, shape = '']) => [...shape.matchAll(/[{,\s](\w+): /g)].map(([, key]) => key as string));
  });
  assert.ok(inRequests.includes('rule'));
  const surplus = [...new Set([...inPages, ...inRequests])].filter((name) => !harmless.includes(name));
  assert.deepEqual(surplus, []);
});
