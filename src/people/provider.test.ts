/** Sign-in with an OpenID Connect provider: a real one on loopback, and what it must not be able to do. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import Provider from 'oidc-provider';
import pino from 'pino';
import { testDb } from '../../test/postgres.ts';
import { SettingError } from '../config.ts';
import { addAccount, disableAccount } from '../db/accounts.ts';
import { auditRows } from '../db/audit.ts';
import type { Pool } from '../db/db.ts';
import { addDistrict } from '../db/districts.ts';
import { setAddress } from '../db/people.ts';
import { openVault } from '../vault.ts';
import { createProvider, type ProviderOptions } from './provider.ts';

const consoleUrl = 'https://rosters.example';
const returnUrl = `${consoleUrl}/api/console/sign-in/provider/return`;
const secret = 'a secret that the provider has given';
type Person = { email: string; email_verified: boolean };
/** Whom the provider knows, by subject; and who sits before the browser. */
const known = new Map<string, Person>();
let sitting = 'olga';
let server: Server;
let issuer: string;

before(async () => {
  server = createServer((request, response) => void handle(request, response));
  let handle: ReturnType<Provider['callback']> = async () => {};
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'homeroom', client_secret: secret, redirect_uris: [returnUrl] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ sub, ...known.get(sub) }) }),
    cookies: { keys: ['of the test'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/as/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
  });
  const callback = provider.callback();
  handle = async (request, response) => {
    if (!request.url?.startsWith('/as/')) return callback(request, response);
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: sitting, clientId: params.client_id as string });
    grant.addOIDCScope('openid email');
    const result = { login: { accountId: sitting }, consent: { grantId: await grant.save() } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** All that was logged, and all codes and states that came by. */
const logged: string[] = [];
const passedBy: string[] = [];
const log = pino({ level: 'trace' }, { write: (line: string) => logged.push(line) });
let clock = Date.now();
let db: Pool;

async function house(change: Partial<ProviderOptions> = {}) {
  db = await testDb();
  clock = Date.now();
  known.clear();
  known.set('olga', { email: 'Olga@vendor.example', email_verified: true });
  sitting = 'olga';
  const olga = await addAccount(db, { email: 'olga@vendor.example', role: 'owner' });
  const vault = openVault(randomBytes(32));
  const options = { db, vault, issuer, clientId: 'homeroom', clientSecret: secret, name: 'Vendor', log };
  const door = createProvider({ ...options, consoleUrl: () => consoleUrl, now: () => new Date(clock), ...change });
  assert.ok(door);
  return { door, olga };
}

/** What a browser does at the provider, until it is sent back to us. */
async function browse(url: string): Promise<URLSearchParams> {
  const jar = new Map<string, string>();
  let at = url;
  for (let steps = 0; steps < 10; steps++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(at, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const next = new URL(answer.headers.get('location') ?? assert.fail(`${answer.status} ${await answer.text()}`), at);
    if (next.href.startsWith(returnUrl)) {
      passedBy.push(...next.searchParams.values());
      return next.searchParams;
    }
    at = next.href;
  }
  return assert.fail('it went in circles');
}

const address = '192.0.2.7';

test('the vendor’s people come in, with PKCE, state and nonce, and go on where they were', async () => {
  const { door, olga } = await house();
  const { url, cookie } = await door.begin('/syncs/1');
  const asked = new URL(url).searchParams;
  assert.deepEqual(
    [asked.get('redirect_uri'), asked.get('code_challenge_method'), asked.get('response_type')],
    [returnUrl, 'S256', 'code'],
  );
  for (const name of ['state', 'nonce', 'code_challenge']) assert.ok((asked.get(name)?.length ?? 0) >= 40, name);
  for (const name of ['state', 'nonce']) assert.equal(cookie.includes(asked.get(name) as string), false, 'sealed');
  const { account, next } = await door.finish(await browse(url), cookie, address);
  assert.deepEqual([account.id, next], [olga.id, '/syncs/1']);
});

test('a return is good once, with its own cookie, with its own state, and for ten minutes', async () => {
  const { door } = await house();
  const one = await door.begin('/');
  const other = await door.begin('/');
  const query = await browse(one.url);
  await assert.rejects(door.finish(query, other.cookie, address), { code: 'provider-failed' });
  await assert.rejects(door.finish(query, '', address), { code: 'provider-expired' });
  await assert.rejects(door.finish(query, `${one.cookie.slice(0, -4)}AAAA`, address), { code: 'provider-expired' });
  const forged = new URLSearchParams(query);
  forged.set('state', 'x'.repeat(43));
  await assert.rejects(door.finish(forged, one.cookie, address), { code: 'provider-failed' });
  await door.finish(query, one.cookie, address);
  await assert.rejects(door.finish(query, one.cookie, address), { code: 'provider-failed' });
  const late = await door.begin('/');
  const back = await browse(late.url);
  clock += 10 * 60_000 + 1;
  await assert.rejects(door.finish(back, late.cookie, address), { code: 'provider-expired' });
});

test('nobody gets in whom the provider does not vouch for, or who has no account of the vendor', async () => {
  const { door } = await house();
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  await addAccount(db, { email: 'lee@lakeview.example', role: 'administrator', districtId: district.id });
  const otto = await addAccount(db, { email: 'otto@vendor.example', role: 'operator' });
  await disableAccount(db, otto.id, new Date());
  known.set('nobody', { email: 'nobody@vendor.example', email_verified: true });
  known.set('lee', { email: 'lee@lakeview.example', email_verified: true });
  known.set('otto', { email: 'otto@vendor.example', email_verified: true });
  known.set('liar', { email: 'olga@vendor.example', email_verified: false });
  known.set('twisted', { email: 'olga@vendor.example', email_verified: 'true' as unknown as boolean });
  const refusals = { nobody: 'unknown', lee: 'unknown', otto: 'unknown', liar: 'unverified', twisted: 'unverified' };
  for (const [who, why] of Object.entries(refusals)) {
    sitting = who;
    const { url, cookie } = await door.begin('/');
    await assert.rejects(
      door.finish(await browse(url), cookie, address),
      { code: `provider-${why}`, status: 403 },
      who,
    );
  }
  const noted = await auditRows(db, { act: 'sign in refused', limit: 10 });
  assert.equal(noted.length, 5);
});

test('an address that the provider gives to somebody else does not let them in', async () => {
  const { door, olga } = await house();
  const enter = async () => {
    const { url, cookie } = await door.begin('/');
    return (await door.finish(await browse(url), cookie, address)).account.id;
  };
  assert.equal(await enter(), olga.id);
  known.set('successor', { email: 'olga@vendor.example', email_verified: true });
  sitting = 'successor';
  await assert.rejects(enter(), { code: 'provider-unknown' });
  sitting = 'olga';
  known.set('olga', { email: 'olga.stone@vendor.example', email_verified: true });
  await assert.rejects(enter(), { code: 'provider-unknown' }, 'the address here is another');
  await setAddress(db, olga.id, 'olga.stone@vendor.example');
  assert.equal(await enter(), olga.id);
});

test('a provider that is away is asked again the next time', async () => {
  const { door } = await house({ issuer: 'http://127.0.0.1:9' });
  await assert.rejects(door.begin('/'), { code: 'provider-unreachable', status: 502 });
  await assert.rejects(door.begin('/'), { code: 'provider-unreachable' });
  const wrong = await house({ clientSecret: 'another secret' });
  const { url, cookie } = await wrong.door.begin('/');
  await assert.rejects(wrong.door.finish(await browse(url), cookie, address), { code: 'provider-failed' });
});

test('settings that cannot be used are said at the start', async () => {
  assert.equal(createProvider({ issuer: '' } as ProviderOptions), null);
  for (const wrong of ['http://login.example', 'ftp://login.example', 'login.example']) {
    assert.throws(() => createProvider({ issuer: wrong, clientId: 'x' } as ProviderOptions), SettingError, wrong);
  }
  const unnamed = { issuer: 'https://login.example', clientId: '' } as ProviderOptions;
  assert.throws(() => createProvider(unnamed), /HOMEROOM_OIDC_CLIENT_ID is missing/);
});

test('a secret that the provider does not take lets nobody in; no secret, code, state or address is in the log', async () => {
  const other = 'a secret of another time';
  const { door } = await house({ clientSecret: other });
  const { url, cookie } = await door.begin('/');
  await assert.rejects(door.finish(await browse(url), cookie, address), { code: 'provider-failed' });
  assert.match(logged.at(-1) ?? '', /a sign-in with the provider failed/);
  const hidden = [secret, other, 'olga@vendor.example', cookie, ...passedBy.filter((text) => text !== issuer)];
  assert.ok(hidden.length > 10);
  for (const line of logged) {
    for (const text of hidden) {
      for (const form of [text, encodeURIComponent(text), Buffer.from(text).toString('base64')])
        assert.equal(line.includes(form), false, form);
    }
  }
});
