/** The settings of a source over HTTP: who sees them, who changes what, and what is refused. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import pino from 'pino';
import { type FakeHouse, fakeHouse } from '../../test/browser/fake-house.ts';
import { httpApp } from './server.ts';

const consoleDir = mkdtempSync(join(tmpdir(), 'homeroom-http-'));
after(() => rmSync(consoleDir, { recursive: true }));

let house: FakeHouse;
let own: string;
let foreign: string;
beforeEach(async () => {
  house = fakeHouse();
  const sources = await house.deps.sources({});
  own = sources.find(({ district }) => district.id === 'd-lakeview')?.id as string;
  foreign = sources.find(({ district }) => district.id !== 'd-lakeview')?.id as string;
});

type Person = keyof FakeHouse['people'];
type Answer = {
  mode: string;
  settings: { name: string; shown: string; mayNotChange: string | null }[];
  forATime: { name: string; until: string; by: string }[];
  error: { code: string; message: string };
};

async function call(method: 'GET' | 'PATCH', id: string, as: Person, body?: unknown) {
  const options = { host: '127.0.0.1', port: 0, publicUrl: '', consoleDir, administratorsDecide: true };
  const app = httpApp(house.deps, { ...options, log: pino({ level: 'silent' }) });
  const url = 'http://127.0.0.1';
  const headers = {
    cookie: `homeroom=${await house.deps.createSession(house.people[as].id)}`,
    host: '127.0.0.1',
    'content-type': 'application/json',
    origin: url,
    'x-homeroom-console': '1',
  };
  const answer = await app.request(
    `${url}/api/console/sources/${id}/settings`,
    { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
  );
  return { status: answer.status, body: (await answer.json()) as Answer };
}
const shown = (body: Answer, name: string) => body.settings.find((each) => each.name === name)?.shown;

test('the vendor sets a source; values come back as they are typed', async () => {
  const done = await call('PATCH', own, 'owner', { changes: { removedShare: '20%', mode: 'paused' } });
  assert.equal(done.status, 200);
  assert.equal(shown(done.body, 'removedShare'), '20%');
  assert.equal(done.body.mode, 'paused');
  const read = await call('GET', own, 'owner');
  assert.deepEqual(read.body, done.body);
  const back = await call('PATCH', own, 'owner', { changes: { removedShare: null } });
  assert.equal(shown(back.body, 'removedShare'), '10%');
});

test('a threshold for a time names who gave it', async () => {
  const changes = { 'removedShare.users': '60%' };
  const done = await call('PATCH', own, 'owner', { changes, until: '2026-12-01', why: 'Rezoning' });
  assert.deepEqual(
    done.body.forATime.map(({ name, until, by }) => [name, until, by]),
    [['removedShare.users', '2026-12-01', house.people.owner.email]],
  );
  assert.equal((await call('PATCH', own, 'owner', { changes, until: '2026-12-01' })).status, 400);
});

test('an administrator of the district changes what the vendor allows, and is told why not the rest', async () => {
  assert.equal((await call('PATCH', own, 'administrator', { changes: { mode: 'paused' } })).status, 200);
  const refused = await call('PATCH', own, 'administrator', { changes: { removedShare: '90%', mode: 'active' } });
  assert.equal(refused.status, 403);
  assert.equal(refused.body.error.code, 'not-allowed');
  const { body } = await call('GET', own, 'administrator');
  assert.equal(body.mode, 'paused', 'nothing of a refused change is made');
  const why = Object.fromEntries(body.settings.map(({ name, mayNotChange }) => [name, mayNotChange]));
  assert.deepEqual(
    [why.mode, why.calendar, why.removedShare, why.administratorsMay],
    [null, null, 'Your vendor sets this.', 'Your vendor sets this.'],
  );
  const viewer = await call('PATCH', own, 'viewer', { changes: { mode: 'active' } });
  assert.equal(viewer.status, 403);
});

test('a dry run of the vendor is not ended by the district', async () => {
  await call('PATCH', own, 'owner', { changes: { mode: 'dry run' } });
  const refused = await call('PATCH', own, 'administrator', { changes: { mode: 'active' } });
  assert.deepEqual([refused.status, refused.body.error.code], [403, 'not-allowed']);
});

test('a source of another district is answered like one that does not exist', async () => {
  for (const id of [foreign, 'no-such']) {
    for (const method of ['GET', 'PATCH'] as const) {
      const body = method === 'PATCH' ? { changes: { mode: 'paused' } } : undefined;
      const answer = await call(method, id, 'administrator', body);
      assert.deepEqual([answer.status, answer.body.error.code], [404, 'not-found']);
    }
  }
});

test('a body that is not one is refused', async () => {
  for (const body of [
    {},
    { changes: { mode: 'x' } },
    { changes: [] },
    { changes: {}, also: 1 },
    { changes: { removedShare: 2 } },
  ]) {
    assert.equal((await call('PATCH', own, 'owner', body)).status, 400, JSON.stringify(body));
  }
});
