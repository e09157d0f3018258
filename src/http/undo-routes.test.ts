/** Who may see and ask for rollbacks and resets over HTTP, and that it takes the counts that were seen. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pino from 'pino';
import { fakeHouse, named } from '../../test/browser/fake-house.ts';
import { type fakeUndo, undoCounts } from '../../test/browser/fake-undo.ts';
import { startHttp } from './server.ts';

const house = fakeHouse();
const undo = house.deps.undo as ReturnType<typeof fakeUndo>;
const server = await startHttp(house.deps, {
  host: '127.0.0.1',
  port: 0,
  publicUrl: '',
  consoleDir: '/nowhere',
  administratorsDecide: true,
  log: pino({ level: 'silent' }),
});
after(() => server.close());

type Person = keyof typeof house.people;
async function call(
  as: Person,
  path: string,
  body?: unknown,
): Promise<{ status: number; said: Record<string, unknown> }> {
  const cookie = `homeroom=${await house.deps.createSession(house.people[as].id)}`;
  const headers = { cookie, origin: server.url, 'x-homeroom-console': '1', 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}/api/console${path}`, { headers, ...sent });
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> };
}
const districtId = house.people.administrator.districtId;
const own = [...house.syncs.values()].find((sync) => sync.districtId === districtId && sync.state === 'applied');
const ownPath = `/syncs/${own?.id}/rollback`;
const sourcePath = `/sources/${own?.sourceId}/year-reset`;

test("the vendor's people see what a rollback would do, and ask for it with the counts they saw", async () => {
  const preview = await call('owner', `/syncs/${named.applied}/rollback?back=true`);
  assert.equal(preview.status, 200);
  assert.deepEqual(preview.said.counts, undoCounts);
  const path = `/syncs/${named.applied}/rollback`;
  const added = await call('owner', path, { counts: undoCounts, back: true, reason: 'wrong grades' });
  assert.deepEqual(added, { status: 200, said: { sync: 'sync-of-the-act', number: 99 } });
  const { address: _, ...asked } = undo.asked.at(-1) as (typeof undo.asked)[number];
  const { id, email } = house.people.owner;
  assert.deepEqual(asked, {
    syncId: named.applied,
    back: true,
    accountId: id,
    by: email,
    counts: undoCounts,
    reason: 'wrong grades',
  });
  assert.equal((await call('owner', path, { counts: { ...undoCounts, removed: 4 } })).status, 409);
  assert.equal((await call('owner', path, {})).status, 400, 'counts are a must');
  assert.equal((await call('owner', path, { counts: undoCounts, more: 1 })).status, 400);
  assert.equal((await call('owner', '/syncs/nothing/rollback')).status, 404);
});

test('an administrator rolls back where the vendor allows it, and never in another district', async () => {
  assert.equal((await call('administrator', ownPath)).status, 403);
  const settings = house.settings.get(own?.sourceId as string);
  if (settings) settings.settings = { ...settings.settings, administratorsMay: ['rollback'] };
  assert.equal((await call('administrator', ownPath)).status, 200);
  assert.equal((await call('administrator', ownPath, { counts: undoCounts })).status, 200);
  const other = [...house.syncs.values()].find((sync) => sync.districtId !== districtId);
  assert.equal((await call('administrator', `/syncs/${other?.id}/rollback`)).status, 404);
  assert.equal((await call('viewer', ownPath)).status, 403, 'a preview shows data of pupils');
});

test('a school-year reset is for the vendor alone', async () => {
  assert.equal((await call('owner', `${sourcePath}?variant=math`)).status, 200);
  assert.equal((await call('owner', `${sourcePath}?variant=science`)).status, 400);
  assert.equal((await call('owner', sourcePath, { variant: 'literacy', counts: undoCounts })).status, 200);
  assert.equal(undo.asked.at(-1)?.variant, 'literacy');
  for (const person of ['administrator', 'viewer'] as const) {
    assert.equal((await call(person, `${sourcePath}?variant=math`)).status, 403);
    assert.equal((await call(person, sourcePath, { variant: 'math', counts: undoCounts })).status, 403);
  }
});
