/** A whole house that pulls: a source is set up, everything and changes arrive, what deltas missed is told, failing is told once. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { readConfig } from '../../src/config.ts';
import { type House, openHouse } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { giveCluster } from '../cluster.ts';
import { isAtRest, settled, tempFolder, which } from '../sync/district.ts';
import { type Json, rosterOf, sampleFiles } from './roster.ts';
import { type Sis, startSis } from './server.ts';
import { clientId, secret } from './way.ts';

const folder = await tempFolder();
after(folder.remove);
const files = sampleFiles(30);

const houseFor = async (name: string, now: () => Date): Promise<House> => {
  const data = join(folder.path, name);
  await giveCluster(data);
  return openHouse(
    readConfig({
      HOMEROOM_DATA: data,
      HOMEROOM_PULL_NETWORKS: '127.0.0.0/8',
      HOMEROOM_HTTP_PORT: '0',
      HOMEROOM_SFTP_PORT: '0',
    }),
    createLog('error'),
    { doors: false, retrySeconds: 1, now, pulling: { timing: { backoffMs: 1, silenceMs: 5000, totalMs: 20_000 } } },
  );
};

async function setUp(house: House, sis: Sis, settings: Record<string, unknown> = {}): Promise<void> {
  await house.acts.addProduct({ slug: which.product, name: 'Literacy' });
  await house.acts.addDistrict({ siteCode: which.district, name: 'Lakeview Unified', slug: 'lakeview' });
  const connection = { address: sis.url, tokenUrl: sis.tokenUrl, clientId, settings: { pageSize: 50, ...settings } };
  await house.acts.addApi({ ...which, trustFirst: true, connection, secret });
}

async function pulled(house: House, options: { full?: boolean } = {}) {
  const { pull } = await house.acts.pull({ ...which, ...options });
  for (;;) {
    const now = await house.acts.followPull({ pull });
    if (now.state === 'failed' || now.nextAt !== null) return { pull: now, sync: undefined };
    if (now.state === 'done') return { pull: now, sync: await settled(house, now.sync as string, isAtRest) };
    await sleep(20);
  }
}

const live = async (house: House, kind: string) =>
  (
    await house.db.query<{ id: string; given: string | null }>(
      sql`select sourced_id as id, given_name as given from users where status = 'active' and ${kind} = 'users'`,
    )
  )
    .map(({ id, given }) => `${id} ${given}`)
    .sort();
const expected = (sis: Sis) =>
  (sis.roster.collections.get('users') ?? [])
    .filter(({ status }) => status === 'active')
    .map(({ sourcedId, givenName }) => `${sourcedId} ${givenName}`)
    .sort();

const change = (sis: Sis, id: number, by: Json) => Object.assign(sis.roster.collections.get('users')?.[id] as Json, by);

/** Nobody has changed anything since long ago, but one of each. */
function settle(sis: Sis): void {
  for (const rows of sis.roster.collections.values()) {
    for (const row of rows) row.dateLastModified = '2025-09-01T00:00:00.000Z';
    (rows[0] as Json).dateLastModified = '2026-03-01T00:00:00.000Z';
  }
}

for (const version of ['1.1', '1.2'] as const) {
  test(`${version}: all, then changes, then all again, with what the changes kept back`, async (t) => {
    let at = new Date('2026-03-02T09:00:00Z');
    const sis = await startSis(rosterOf(files, version));
    sis.before = () => {};
    const house = await houseFor(`v${version}`, () => at);
    t.after(async () => {
      await house.close();
      await sis.close();
    });
    await setUp(house, sis);
    settle(sis);
    const first = await pulled(house);
    assert.equal(first.sync?.state, 'applied', JSON.stringify([first.pull.trouble, first.sync?.rules]));
    assert.equal(first.pull.scope, 'full');
    assert.deepEqual(await live(house, 'users'), expected(sis));

    at = new Date('2026-03-03T09:00:00Z');
    const later = '2026-03-02T20:00:00.000Z';
    change(sis, 3, { givenName: 'Renamed', dateLastModified: later });
    const former = sis.roster.collections.get('users')?.[4]?.roles as Json[] | undefined;
    const role = former ? { roles: [{ ...former[0], role: 'relative' }] } : {};
    change(sis, 4, { givenName: 'Again', dateLastModified: later, ...role });
    const second = await pulled(house);
    assert.equal(second.pull.scope, 'changes');
    assert.equal(second.sync?.state, 'applied', JSON.stringify(second.sync?.rules));
    assert.equal(second.pull.counts?.users, 3, 'the two, and the newest of before');
    assert.deepEqual(await live(house, 'users'), expected(sis));
    if (version === '1.2') {
      const roles = await house.db.query<{ role: string }>(
        sql`select role from roles where status = 'active' and user_sourced_id = ${String(sis.roster.collections.get('users')?.[4]?.sourcedId)}`,
      );
      assert.deepEqual(
        roles.map((each) => each.role),
        ['relative'],
        'the former role is gone',
      );
    }

    at = new Date('2026-03-04T09:00:00Z');
    const nothing = await pulled(house);
    assert.deepEqual([nothing.pull.scope, nothing.sync?.state], ['changes', 'unchanged']);

    // A change without a date, and a person who has left without a word.
    at = new Date('2026-03-05T09:00:00Z');
    change(sis, 5, { givenName: 'Unsaid' });
    const gone = sis.roster.collections.get('demographics')?.pop();
    assert.ok(gone);
    const third = await pulled(house);
    assert.equal(third.sync?.state, 'unchanged');
    const fourth = await pulled(house, { full: true });
    assert.equal(fourth.pull.scope, 'full');
    assert.equal(fourth.sync?.state, 'applied', JSON.stringify(fourth.sync));
    const rules = Object.fromEntries((fourth.sync?.rules ?? []).map(({ rule, severity }) => [rule, severity]));
    assert.equal(rules['api-changes-missed'], 'warning');
    assert.equal(rules['api-removals-untold'], 'info');
    assert.deepEqual(await live(house, 'users'), expected(sis));
    at = new Date('2026-03-06T09:00:00Z');
    assert.equal((await pulled(house)).pull.scope, 'full', 'changes are not trusted for a week');
  });
}

test('a server that ignores the question about changes is pulled in full', async (t) => {
  let at = new Date('2026-03-02T09:00:00Z');
  const sis = await startSis(rosterOf(files, '1.1'));
  const house = await houseFor('ignored', () => at);
  t.after(async () => {
    await house.close();
    await sis.close();
  });
  await setUp(house, sis, { overlapMinutes: 0 });
  settle(sis);
  assert.equal((await pulled(house)).sync?.state, 'applied');
  at = new Date('2026-03-03T09:00:00Z');
  sis.on.add('sort ignored');
  sis.ignoresFilter = true;
  const second = await pulled(house);
  assert.deepEqual([second.pull.scope, second.sync?.state], ['full', 'unchanged']);
});

test('the schedule pulls before the due time, a failure is told once, and the next success closes it', async (t) => {
  let at = new Date('2026-03-02T04:00:00Z');
  const sis = await startSis(rosterOf(files, '1.1'), ['token refused']);
  const house = await houseFor('schedule', () => at);
  t.after(async () => {
    await house.close();
    await sis.close();
  });
  await setUp(house, sis);
  const opened = async () =>
    house.db.query<{ kind: string; open: boolean }>(
      sql`select kind, resolved_at is null as open from alerts where kind = 'pull failing'`,
    );
  await house.db.query(sql`update sources set created_at = ${at}`);
  // Due at 03:00 in Denver, which is 10:00 UTC; two hours before that it begins.
  at = new Date('2026-03-02T07:59:00Z');
  assert.deepEqual(await house.duePulls(), 0);
  at = new Date('2026-03-02T08:00:30Z');
  assert.deepEqual(await house.duePulls(), 1);
  for (let tries = 0; (await opened()).length === 0 && tries < 500; tries++) await sleep(20);
  assert.deepEqual(await opened(), [{ kind: 'pull failing', open: true }]);
  const [failed] = await house.acts.pulls(which);
  assert.equal(failed?.state, 'failed');
  assert.match(failed?.trouble?.sentence ?? '', /gives no token/);
  assert.equal(await house.duePulls(), 0, 'once a night');
  sis.on.clear();
  const again = await pulled(house);
  assert.equal(again.sync?.state, 'applied');
  assert.deepEqual(await opened(), [{ kind: 'pull failing', open: false }]);
});

test('the secret is nowhere in the clear, and is asked for again when the server changes', async (t) => {
  const sis = await startSis(rosterOf(files, '1.1'));
  const house = await houseFor('secret', () => new Date());
  t.after(async () => {
    await house.close();
    await sis.close();
  });
  await setUp(house, sis);
  assert.ok(!JSON.stringify(await house.acts.api(which)).includes(secret));
  const dump = await house.db.query(sql`select * from pull_connections, audit`);
  assert.ok(!JSON.stringify(dump).includes(secret));
  const elsewhere = { ...which, connection: { address: 'https://elsewhere.example/ims/oneroster/v1p1' } };
  await assert.rejects(house.acts.setApi(elsewhere), { code: 'api-secret' });
  await house.acts.setApi({ ...elsewhere, secret: 'another' });
  await house.acts.setApi({ ...which, connection: { settings: { pageSize: 70 } } });
  await assert.rejects(
    house.acts.setApi({ ...which, connection: { settings: { pageSise: 70 } } }),
    /Did you mean pageSize/,
  );
});
