/** Exports of whole rosters: read back by the check, synced into an empty roster, and compared with what was sent. */

import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { usualLimits } from '../../src/core/bundle.ts';
import { convert } from '../../src/core/convert/convert.ts';
import { type Kind, rosterKinds } from '../../src/core/tables.ts';
import { auditRows } from '../../src/db/audit.ts';
import { listRecords } from '../../src/db/roster.ts';
import { writeZip } from '../../src/package/write-zip.ts';
import { openDelivery } from '../../src/sync/open.ts';
import { houseOn, put, sampleZip, setUp, tempFolder, which } from './district.ts';
import { type Rows, readDelivery as read } from './read-delivery.ts';

const folder = await tempFolder();
const house = await houseOn(join(folder.path, 'data'));
after(async () => {
  await house.close();
  await folder.remove();
});

async function live(product: string): Promise<Rows> {
  const row = await house.db.one<{ id: string }>(sql`
    select r.id from rosters r join products p on p.id = r.product_id where p.slug = ${product}`);
  const rows: Rows = {};
  for (const kind of rosterKinds as Kind[]) {
    for (const { sourcedId, fields, metadata } of await listRecords(house.db, row?.id as string, kind, {
      limit: 10_000,
    })) {
      const { password: _, ...rest } = fields;
      rows[`${kind}/${sourcedId}`] = { ...rest, ...metadata };
    }
  }
  return rows;
}

const out = (name: string) => join(folder.path, `${name}.zip`);
let between = '';

test('an export of now holds what was sent, and makes the same roster elsewhere', async () => {
  await setUp(house);
  const first = await sampleZip(folder.path, 'night 1', { students: 120 });
  assert.equal((await put(house, first)).state, 'applied');
  await sleep(20);
  between = new Date().toISOString();
  await sleep(20);
  const exported = await house.acts.exportRoster({ ...which, out: out('now 1') });
  assert.deepEqual(exported.leftOut, []);
  assert.equal(exported.version, '1.1');
  assert.deepEqual(await read(out('now 1')), await read(first));
  assert.equal((await stat(out('now 1'))).mode & 0o777, 0o600);

  await setUp(house, { product: 'copy' });
  assert.equal((await put(house, out('now 1'), 'copy')).state, 'applied');
  assert.deepEqual(await live('copy'), await live(which.product));

  const acts = (await auditRows(house.db, { limit: 20 })).map(({ act }) => act);
  assert.ok(acts.includes('roster exported'));
});

test('an export of a past moment is what an export was then', async () => {
  const second = await sampleZip(folder.path, 'night 2', { students: 120, generation: 1 });
  const { state, counts } = await put(house, second);
  assert.equal(state, 'applied');
  assert.ok(counts.added > 0 && counts.changed > 0 && counts.removed > 0);
  assert.deepEqual(
    await read((await house.acts.exportRoster({ ...which, out: out('now 2') })).out),
    await read(second),
  );

  const then = await house.acts.exportRoster({ ...which, at: between, out: out('then') });
  assert.match(then.at ?? '', /\(America\/Denver\)$/);
  assert.deepEqual(await read(out('then')), await read(out('now 1')));
});

test('before anything was applied there is nothing to export, and no moment of the future', async () => {
  const path = out('nothing');
  await assert.rejects(house.acts.exportRoster({ ...which, at: '2020-02-29', out: path }), {
    code: 'nothing-to-export',
  });
  await assert.rejects(house.acts.exportRoster({ ...which, at: '2999-01-01', out: path }), { code: 'time' });
  await assert.rejects(house.acts.exportRoster({ ...which, at: '2026-02-30', out: path }), { code: 'time' });
  await assert.rejects(house.acts.exportRoster({ ...which, out: 'relative.zip' }), { code: 'path' });
  await assert.rejects(stat(path), { code: 'ENOENT' });
});

test('a roster of 1.1 can be had as 1.2, as the converter would write it, and a roster of 1.2 stays as it is', async () => {
  await house.acts.exportRoster({ ...which, to: 'oneroster-csv-1.2', out: out('as 1.2') });
  const bundle = await openDelivery(out('now 2'), usualLimits);
  const converted = await convert(bundle, { to: '1.2', profile: 'default' });
  await writeZip(converted.files, out('converted'));
  await bundle.close();
  assert.deepEqual(await read(out('as 1.2')), await read(out('converted')));

  await setUp(house, { product: 'newer' });
  assert.equal((await put(house, out('converted'), 'newer')).state, 'applied');
  const newer = { district: which.district, product: 'newer' };
  const exported = await house.acts.exportRoster({ ...newer, out: out('newer') });
  assert.equal(exported.version, '1.2');
  assert.deepEqual(await read(out('newer')), await read(out('converted')));
  const as11 = house.acts.exportRoster({ ...newer, to: 'oneroster-csv-1.1', out: out('older') });
  await assert.rejects(as11, { code: 'only-1.2' });
});

test('what would dangle is left out and told', async () => {
  await house.db.query(sql`
    update classes set status = 'tobedeleted', archived_at = now() where sourced_id = (select min(sourced_id) from classes)`);
  const { rows, leftOut } = await house.acts.exportRoster({ ...which, out: out('dangling') });
  assert.ok(leftOut.some(({ kind, count }) => kind === 'enrollments' && count > 0));
  const written = await read(out('dangling'));
  const enrollments = Object.keys(written).filter((key) => key.startsWith('enrollments/')).length;
  assert.equal(rows.enrollments, enrollments);
  const left = leftOut.filter(({ kind }) => kind === 'enrollments').reduce((sum, { count }) => sum + count, 0);
  assert.equal(
    enrollments + left,
    Object.keys(await live(which.product)).filter((key) => key.startsWith('enrollments/')).length,
  );
});

test('show tells a record as it was', async () => {
  const written = await read(out('now 1'));
  const now = await read(out('now 2'));
  const gone = Object.keys(written).find((key) => key.startsWith('enrollments/') && !now[key]) as string;
  const [, sourcedId] = gone.split('/') as [string, string];
  const then = await house.acts.show({ ...which, kind: 'enrollment', sourcedId, at: between });
  assert.deepEqual([then.was?.status, then.was?.fields], ['active', written[gone]]);
  assert.deepEqual(
    then.history.map(({ action }) => action),
    ['create'],
  );
  const today = await house.acts.show({ ...which, kind: 'enrollment', sourcedId });
  assert.equal(today.record?.status, 'tobedeleted');
  const older = await house.acts.show({ ...which, kind: 'enrollment', sourcedId, skip: 1 });
  assert.deepEqual(older.history, today.history.slice(1));
  const never = await house.acts.show({ ...which, kind: 'enrollment', sourcedId, at: '2020-01-01' });
  assert.deepEqual([never.was, never.history], [null, []]);
});
