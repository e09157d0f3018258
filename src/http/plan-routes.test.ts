/** The plan of a sync over HTTP: counts for everybody, changes by page and as CSV for those who may see pupil data. */

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
beforeEach(() => {
  house = fakeHouse();
  const syncs = [...house.syncs.values()];
  own = syncs.find(({ districtId }) => districtId === 'd-lakeview')?.id as string;
  foreign = syncs.find(({ districtId }) => districtId !== 'd-lakeview')?.id as string;
});

async function get(path: string, as: keyof FakeHouse['people']): Promise<Response> {
  const options = { host: '127.0.0.1', port: 0, publicUrl: '', consoleDir, administratorsDecide: true };
  const app = httpApp(house.deps, { ...options, log: pino({ level: 'silent' }) });
  const headers = { cookie: `homeroom=${await house.deps.createSession(house.people[as].id)}`, host: '127.0.0.1' };
  return app.request(
    `http://127.0.0.1/api/console/syncs/${path}`,
    { headers },
    { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
  );
}
type Page = { from: string; changes: { sourcedId: string; changed: object }[]; next: string | null };
const page = async (query: string) => (await (await get(`${own}/changes${query}`, 'administrator')).json()) as Page;

test('changes come page by page, each once', async () => {
  const first = await page('');
  assert.deepEqual([first.from, first.changes.length], ['plan', 50]);
  const leaving = first.changes.find(({ sourcedId }) => sourcedId === 'U0');
  assert.deepEqual(leaving?.changed, { status: { from: 'active', to: 'tobedeleted' } });
  const second = await page(`?after=${encodeURIComponent(first.next as string)}`);
  const third = await page(`?after=${encodeURIComponent(second.next as string)}`);
  assert.equal(third.next, null);
  const ids = [first, second, third].flatMap(({ changes }) => changes.map(({ sourcedId }) => sourcedId));
  assert.deepEqual([ids.length, new Set(ids).size], [126, 126]);
  assert.deepEqual((await page('?action=update&limit=5')).changes.length, 3);
});

test('what is no page, kind or limit is refused', async () => {
  for (const query of [
    '?limit=0',
    '?limit=201',
    '?kind=pupils',
    '?action=remove',
    '?after=nowhere',
    `?after=${'x'.repeat(501)}`,
  ]) {
    assert.equal((await get(`${own}/changes${query}`, 'administrator')).status, 400, query);
  }
});

test('the CSV holds a line for each field, runs no formula, and is noted', async () => {
  const answer = await get(`${own}/changes.csv`, 'administrator');
  assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="changes-of-sync-\d+\.csv"$/);
  const lines = (await answer.text()).split('\r\n');
  assert.equal(lines[0], 'kind,sourcedId,about,action,field,before,after');
  assert.equal(lines[1], 'classes,C-12,"Room 12, Ruiz",update,title,Room 12,"Room 12, Ruiz"');
  assert.ok(lines.includes('users,U0,Kim0 Stone (student),archive,status,active,tobedeleted'));
  assert.equal(lines.at(-2), `users,U200,'=1+1 Stone (student),update,givenName,Kim200,'=1+1`);
  assert.equal(lines.filter((line) => line.startsWith('users,U')).length, 121);
  const { act, object, accountId } = house.audits.at(-1) as { act: string; object: string; accountId: string };
  assert.deepEqual([act, object, accountId], ['changes exported', own, house.people.administrator.id]);
});

test('a viewer sees counts, and nothing of a pupil', async () => {
  const plan = (await (await get(`${own}/plan`, 'viewer')).json()) as {
    schools: { name: string }[];
    mayNotSee: string;
  };
  assert.equal(plan.schools[0]?.name, 'Hill Elementary');
  assert.match(plan.mayNotSee, /counts/);
  const held = await get(`${own}/plan`, 'administrator');
  assert.equal(((await held.json()) as { mayNotSee: string | null }).mayNotSee, null);
  for (const path of [`${own}/changes`, `${own}/changes.csv`]) {
    const refused = await get(path, 'viewer');
    assert.equal(refused.status, 403);
    assert.doesNotMatch(await refused.text(), /Kim|U1/);
  }
  assert.equal(house.audits.filter(({ act }) => act === 'changes exported').length, 0);
});

test('a sync of another district is not there', async () => {
  for (const path of ['plan', 'changes', 'changes.csv'])
    assert.equal((await get(`${foreign}/${path}`, 'administrator')).status, 404);
  assert.equal((await get(`${foreign}/plan`, 'owner')).status, 200);
});
