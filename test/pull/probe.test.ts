/** What a district pastes is enough: a probe finds where an API lies and how it lets in, and a pull by its setting is right. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedConnection, type PullConnection } from '../../src/core/pull-connection.ts';
import { addPull, type PullRow, pullById, saveConnection } from '../../src/db/pulls.ts';
import { type ProbeReport, probe } from '../../src/pull/probe.ts';
import { runPull } from '../../src/pull/pull.ts';
import { openHarness } from './harness.ts';
import { rosterOf, sampleFiles } from './roster.ts';
import { type Sis, startSis } from './server.ts';
import type { SwitchName } from './switches.ts';
import { clientId, secret, type Way } from './way.ts';

const files = sampleFiles(24);
const harness = await openHarness();
const v11 = '/ims/oneroster/v1p1';
const v12 = '/ims/oneroster/rostering/v1p2';

type Given = { address?: (origin: string) => string; tokenUrl?: (origin: string) => string; settings?: object };

async function probed(sis: Sis, { address, tokenUrl, settings }: Given = {}, id = clientId): Promise<ProbeReport> {
  const { origin } = new URL(sis.url);
  const input = {
    address: address?.(origin) ?? sis.url,
    clientId: id,
    secret: sis.way.bearer ?? secret,
    ...(tokenUrl ? { tokenUrl: tokenUrl(origin) } : {}),
    ...(settings ? { settings: { ...settings } } : {}),
  };
  const { dialer } = harness.deps;
  const bounds = { dialer, silenceMs: 3000, totalMs: 5000 };
  return probe(input, { bounds, now: () => new Date(), backoffMs: 1 }, new AbortController().signal);
}

/** A source with this setting pulls a whole roster. */
async function pulls(sis: Sis, connection: PullConnection): Promise<void> {
  const { db, deps } = harness;
  const source = await harness.source(sis);
  const key = sis.way.bearer ?? secret;
  await saveConnection(db, source.id, connection, deps.vault.seal(key, `pull:${source.id}`), new Date());
  const { id: sourceId, rosterId } = source;
  const added = (await addPull(db, { sourceId, rosterId, scope: 'full', at: new Date() })) as PullRow;
  await runPull(added.id, deps, new AbortController().signal);
  const pull = (await pullById(db, added.id)) as PullRow;
  assert.equal(pull.state, 'done', JSON.stringify(pull.trouble));
  const { users, enrollments } = pull.facts.counts as Record<string, number>;
  assert.deepEqual([users, enrollments], [files.get('users')?.length, files.get('enrollments')?.length]);
}

async function withSis(way: Way, on: SwitchName[], version: '1.1' | '1.2', work: (sis: Sis) => Promise<void>) {
  const sis = await startSis(rosterOf(files, version), on, 1, way);
  try {
    await work(sis);
  } finally {
    await sis.close();
  }
}

const pasted: [string, Way, '1.1' | '1.2', (origin: string) => string][] = [
  ['the address of the API', {}, '1.1', (origin) => `${origin}${v11}`],
  ['with spaces and slashes at its end', {}, '1.1', (origin) => `  ${origin}${v11}//  `],
  ['that of a collection, with a query', {}, '1.1', (origin) => `${origin}${v11}/orgs?limit=100`],
  ['the server alone', {}, '1.1', (origin) => origin],
  ['without the version', {}, '1.1', (origin) => `${origin}/ims/oneroster`],
  ['that of the other version', {}, '1.1', (origin) => `${origin}${v12}`],
  ['the server alone, of 1.2', { prefix: v12 }, '1.2', (origin) => `${origin}/`],
  ['1.1 where there is 1.2', { prefix: v12 }, '1.2', (origin) => `${origin}${v11}`],
  ['1.2 without a service', { prefix: '/ims/oneroster/v1p2' }, '1.2', (origin) => `${origin}/ims/oneroster`],
  ['a folder in front', { prefix: `/tenant%2F7${v11}` }, '1.1', (origin) => `${origin}/tenant%2F7/ims/oneroster`],
  ['the path of the other payload', { prefix: v11 }, '1.2', (origin) => `${origin}${v11}`],
];

for (const [name, way, version, address] of pasted) {
  test(`an address is found: ${name}`, () =>
    withSis(way, [], version, async (sis) => {
      const report = await probed(sis, { address });
      assert.equal(report.trouble, null);
      assert.equal(report.isReady, true);
      assert.equal(report.connection?.address, sis.url);
      assert.equal(report.version, version);
      const count = (kind: string) => report.collections.find(({ name: own }) => own === kind)?.count;
      assert.deepEqual(
        ['orgs', 'users', 'enrollments'].map(count),
        ['orgs', 'users', 'enrollments'].map((kind) => files.get(kind)?.length),
      );
      await pulls(sis, report.connection as PullConnection);
    }));
}

const ways: [string, Way, Given?][] = [
  ['key and secret in the body', { clientAuth: 'body' }],
  ['in the header alone', { clientAuth: 'basic' }],
  ['scopes with http', { scope: 'http' }],
  ['scopes by their names', { scope: 'bare' }],
  ['no scope', { scope: 'none' }],
  ['in the body, and no scope', { clientAuth: 'body', scope: 'none' }],
  ['a token address below the API', { tokenPath: `${v11}/token` }],
  ['a token address with a slash at its end', { tokenPath: `${v11}/token/` }],
  ['another usual token address', { tokenPath: '/oauth/access_token' }],
  [
    'a token address that was given, query included',
    { tokenPath: '/campus/oauth2/token' },
    { tokenUrl: (origin) => `${origin}/campus/oauth2/token?appName=x` },
  ],
  ['in JSON, as set', { clientAuth: 'json' }, { settings: { clientAuth: 'json' } }],
  ['in the query, as set', { clientAuth: 'query' }, { settings: { clientAuth: 'query' } }],
  ['encoded, as set', { clientAuth: 'basic+urlencode' }, { settings: { clientAuth: 'basic+urlencode' } }],
  [
    'at /login, in words of its own',
    { clientAuth: 'login', tokenPath: '/login', prefix: '/ims/oneroster' },
    { address: (origin) => origin, tokenUrl: (origin) => `${origin}/login` },
  ],
  ['signed by SHA-256', { signed: 'HMAC-SHA256' }],
  ['signed by SHA-1', { signed: 'HMAC-SHA1' }],
];

for (const [name, way, given] of ways) {
  test(`a way in is found: ${name}`, () =>
    withSis(way, [], '1.1', async (sis) => {
      const report = await probed(sis, given);
      assert.deepEqual([report.trouble, report.isReady], [null, true]);
      const { settings, tokenUrl } = report.connection as PullConnection;
      if (way.signed) assert.deepEqual([settings.auth, settings.signature, tokenUrl], ['oauth1', way.signed, null]);
      await pulls(sis, report.connection as PullConnection);
    }));
}

test('a token that was handed out needs no key', () =>
  withSis({ bearer: 'handed-out-token' }, [], '1.1', async (sis) => {
    const report = await probed(sis, {}, '');
    assert.deepEqual([report.trouble, report.connection?.settings.auth], [null, 'bearer']);
    await pulls(sis, report.connection as PullConnection);
  }));

const seen: [SwitchName, (report: ProbeReport) => unknown, unknown][] = [
  ['small pages', ({ abilities, connection }) => [abilities?.pageLimit, connection?.settings.pageSize], [13, 13]],
  ['no total', ({ abilities }) => abilities?.totals, false],
  ['sort ignored', ({ abilities }) => abilities?.sort, 'ignored'],
  ['sort refused', ({ abilities }) => abilities?.sort, 'refused'],
  ['offset ignored', ({ abilities }) => abilities?.offset, 'ignored'],
  ['demographics forbidden', ({ connection, isReady }) => [connection?.settings.demographics, isReady], [false, true]],
  ['404 for what is empty', ({ connection, isReady }) => [connection?.settings.demographics, isReady], [false, true]],
  ['slow offsets without filter', ({ connection }) => connection?.settings.changes, 'off'],
  ['users forbidden', ({ isReady, trouble }) => [isReady, /users/.test(trouble ?? '')], [false, true]],
  ['everything empty', ({ isReady, trouble }) => [isReady, /nothing is shared/.test(trouble ?? '')], [false, true]],
  ['token refused', ({ isReady, trouble }) => [isReady, /gives no token/.test(trouble ?? '')], [false, true]],
  ['moved to another server', ({ isReady, trouble }) => [isReady, /another server/.test(trouble ?? '')], [false, true]],
  ['href of another host', ({ preset, connection }) => [preset?.id, connection?.preset], ['aeries', 'aeries']],
  ['no links', ({ preset, connection }) => [preset, connection?.preset], [null, null]],
  ['capital enums', ({ remarks }) => remarks.some(({ rule }) => rule === 'api-word-spelling'), true],
];

for (const [name, fact, expected] of seen) {
  test(`a probe says so: ${name}`, () =>
    withSis({}, [name], '1.1', async (sis) => {
      const report = await probed(sis);
      assert.deepEqual(fact(report), expected, JSON.stringify([report.trouble, report.steps]));
    }));
}

test('what has an API of its own is told so before a key is sent', async () => {
  const input = { address: 'api.clever.com/v3.0', clientId, secret };
  const { dialer } = harness.deps;
  const asked: ProbeReport = await probe(
    input,
    {
      // Dials nothing at all.
      bounds: { dialer: new Proxy(dialer, { get: () => assert.fail('a request was made') }) },
      now: () => new Date(),
    },
    new AbortController().signal,
  );
  assert.deepEqual([asked.isReady, asked.connection, asked.steps], [false, null, []]);
  assert.match(asked.trouble ?? '', /^The API of Clever is one of its own/);
});

test('nothing of a person and no secret is in a report, and a wrong secret is tried twice at most', () =>
  withSis({}, [], '1.1', async (sis) => {
    const text = JSON.stringify(await probed(sis));
    assert.ok(!text.includes(secret));
    for (const { familyName, email } of files.get('users') ?? [])
      for (const word of [familyName, email]) if (word && word.length > 3) assert.ok(!text.includes(word), word);
    sis.on.add('token refused');
    const before = sis.tokenRequests;
    await probed(sis, { tokenUrl: (origin) => `${origin}/oauth/token` });
    assert.ok(sis.tokenRequests - before <= 2, 'an account would be locked');
  }));

test('a setting that was found is one that can be saved', () =>
  withSis({ clientAuth: 'body', scope: 'none' }, ['small pages'], '1.1', async (sis) => {
    const { connection } = await probed(sis);
    assert.ok(connection);
    assert.deepEqual(changedConnection(undefined, connection), connection);
  }));
