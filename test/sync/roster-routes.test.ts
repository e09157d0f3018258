/** The console's download and timeline of a real house: what comes is the roster, now and as it was. */

import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { addAccount } from '../../src/db/accounts.ts';
import { auditRows } from '../../src/db/audit.ts';
import { createSession } from '../../src/people/sessions.ts';
import { houseOn, put, sampleZip, setUp, tempFolder } from './district.ts';
import { readDelivery } from './read-delivery.ts';

const folder = await tempFolder();
const data = join(folder.path, 'data');
const house = await houseOn(data, { doors: ['http'] });
after(async () => {
  await house.close();
  await folder.remove();
});

const who = { email: 'kim@vendor.example', role: 'operator', districtId: null } as const;
let cookie = '';
async function get(path: string): Promise<Response> {
  const roster = await house.db.one<{ id: string }>(sql`select id from rosters`);
  return fetch(`${house.http?.url}/api/console/rosters/${roster?.id}/${path}`, { headers: { cookie } });
}
async function download(query: string) {
  const answer = await get(`export.zip${query}`);
  assert.equal(answer.status, 200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(Number(answer.headers.get('content-length')), bytes.length);
  const path = join(folder.path, 'download.zip');
  await writeFile(path, bytes);
  return { rows: await readDelivery(path), name: answer.headers.get('content-disposition') };
}

test('what is downloaded is the roster as it is, and as it was', async () => {
  await setUp(house);
  const account = await addAccount(house.db, who);
  cookie = `homeroom=${await createSession(house.db, account.id)}`;
  const nights = [await sampleZip(folder.path, 'first'), await sampleZip(folder.path, 'second', { generation: 1 })];
  assert.equal((await put(house, nights[0] as string)).state, 'applied');
  const between = new Date().toISOString();
  assert.equal((await put(house, nights[1] as string)).state, 'applied');
  const now = await download('');
  assert.deepEqual(now.rows, await readDelivery(nights[1] as string));
  assert.equal(now.name, 'attachment; filename="roster-1234567-literacy.zip"');
  const then = await download(`?at=${between}`);
  assert.deepEqual(then.rows, await readDelivery(nights[0] as string));
  assert.notDeepEqual(then.rows, now.rows);
  const left = (await readdir(data, { recursive: true })).filter((name) => name.includes('export-'));
  assert.deepEqual(left, [], 'nothing of it stays on the disk');
  const noted = await auditRows(house.db, { act: 'roster exported', limit: 10 });
  assert.deepEqual(
    noted.map(({ accountId }) => accountId),
    [account.id, account.id],
  );
  assert.equal((await get('export.zip?at=2999-01-01')).status, 400);
});

test('a timeline tells what each delivery changed', async () => {
  const changed = await house.db.one<{ id: string }>(sql`
    select sourced_id as id from changes where kind = 'users' and action = 'update' limit 1`);
  const told = (await (await get(`records/users/${changed?.id}/history`)).json()) as {
    history: { action: string; cause: string }[];
    more: boolean;
  };
  assert.deepEqual(
    told.history.map(({ action, cause }) => [action, cause]),
    [
      ['update', 'delivery 2 (second.zip, source SFTP)'],
      ['create', 'delivery 1 (first.zip, source SFTP)'],
    ],
  );
  assert.equal(told.more, false);
});
