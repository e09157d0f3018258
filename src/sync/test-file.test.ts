/** What is sent for a test is told in a report, and leaves nothing else behind. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { buildZip } from '../../test/zip.ts';
import { usualLimits } from '../core/bundle.ts';
import { baseDelivery, deltaDelivery } from '../core/rules/base-delivery.ts';
import type { Kind } from '../core/tables.ts';
import { addDistrict, addProduct, addSource, ensureRoster } from '../db/districts.ts';
import { createLog } from '../log.ts';
import { addRecord } from './by-hand.ts';
import { openTestDesk, type TestDeskDeps } from './test-file.ts';

const root = await mkdtemp(join(tmpdir(), 'homeroom-test-file-'));
after(() => rm(root, { recursive: true, force: true }));
const start = new Date('2025-10-01T12:00:00Z');
let sent = 0;

async function house(limits: () => TestDeskDeps['limits'] = () => usualLimits) {
  const dir = await mkdtemp(join(root, 'house-'));
  const db = await testDb();
  const product = await addProduct(db, { slug: 'literacy', name: 'Literacy' });
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const { id: rosterId } = await ensureRoster(db, district.id, product.id);
  const { id: sourceId } = await addSource(db, { rosterId, kind: 'sftp', name: 'SFTP' });
  const tempDir = join(dir, 'work');
  const reports = join(dir, 'reports');
  await mkdir(tempDir);
  const clock = { now: start };
  const deps = {
    db,
    tempDir,
    get limits() {
      return limits();
    },
    reportsDir: () => reports,
    now: () => clock.now,
    log: createLog('silent'),
  };
  const desk = openTestDesk(deps);
  return {
    db,
    rosterId,
    tempDir,
    reports,
    desk,
    clock,
    /** Sends files under their names; answers where they lay. */
    async send(files: Record<string, string | Uint8Array>, name = Object.keys(files)[0] as string) {
      const paths: { name: string; path: string }[] = [];
      for (const [each, content] of Object.entries(files)) {
        const path = join(dir, `sent-${++sent}`);
        await writeFile(path, content);
        paths.push({ name: each, path });
      }
      await desk.take({ sourceId, name, files: paths });
      return paths.map(({ path }) => path);
    },
    /** The names in the folder of reports, when so many reports are there and nothing is under way. */
    async told(count: number): Promise<string[]> {
      for (let tries = 0; ; tries++) {
        const names = existsSync(reports) ? (await readdir(reports)).sort() : [];
        const isOver = (await readdir(tempDir)).length === 0;
        if (isOver && names.filter((name) => name.endsWith('report.txt')).length >= count) return names;
        assert.ok(tries < 1000, `${names.length} files in the folder of reports`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    read: (name: string) => readFile(join(reports, name), 'utf8'),
    async add(kind: Kind, values: Record<string, string>) {
      await addRecord(db, { rosterId, kind, accountId: null, by: 'a person', at: start }, values);
    },
  };
}

const zipOf = (files: Record<string, string>): Buffer =>
  buildZip(Object.entries(files).map(([name, data]) => ({ name, data })));
const clean = zipOf(baseDelivery('1.1'));
const faulty = zipOf({
  ...baseDelivery('1.1'),
  'users.csv': (baseDelivery('1.1')['users.csv'] as string).replace(',Noah,', ',,'),
});

test('a delivery without a fault: one report that says so, and no delivery, sync or file is left', async () => {
  const { db, send, told, read, tempDir } = await house();
  const [path] = await send({ 'OneRoster.zip': clean });
  assert.deepEqual(await told(1), ['test 2025-10-01 120000 report.txt']);
  const lines = (await read('test 2025-10-01 120000 report.txt')).split('\n');
  assert.deepEqual(lines.slice(0, 2), [
    'Lakeview, Literacy',
    'Test file: OneRoster.zip, received 2025-10-01 12:00 UTC',
  ]);
  assert.match(lines[3] as string, /^This was a test: .*nothing of it was taken/);
  assert.equal(lines.at(-2), 'Ready to send: 0 errors, 0 warnings.');
  assert.deepEqual([existsSync(path as string), await readdir(tempDir)], [false, []]);
  for (const table of [sql`deliveries`, sql`syncs`, sql`users`, sql`sync_findings`])
    assert.deepEqual(await db.query(sql`select 1 from ${table}`), []);
});

test('faults: the first of each rule in the report, all of them in a CSV file beside it', async () => {
  const { send, told, read } = await house();
  await send({ 'OneRoster.zip': faulty });
  const base = 'test 2025-10-01 120000';
  assert.deepEqual(await told(1), [`${base} findings.csv`, `${base} report.txt`]);
  const [header, ...findings] = (await read(`${base} findings.csv`)).trimEnd().split('\r\n');
  assert.match(header as string, /^rule,severity,file,line,column,/);
  // The student, and what hangs on them.
  assert.deepEqual(
    findings.map((line) => line.split(',').slice(0, 3).join(' ')),
    [
      'required-value-missing error users.csv',
      'reference-cascade info demographics.csv',
      'reference-cascade info enrollments.csv',
    ],
  );
  const report = await read(`${base} report.txt`);
  assert.match(report, /users\.csv line 8: givenName/);
  assert.match(report, /^Not ready to send: 1 error, 0 warnings; 3 of \d+ records would be left out\.$/m);
});

test('loose files of a set are one test, whatever their names try', async () => {
  const { send, told, read } = await house();
  const files = baseDelivery('1.1');
  await send({ ...files, '../../notes.txt': 'no roster' }, 'loose files');
  const names = await told(1);
  assert.ok(names.includes('test 2025-10-01 120000 report.txt'), names.join());
  assert.match(await read('test 2025-10-01 120000 report.txt'), /^Ready to send: 0 errors/m);
  assert.ok(!existsSync(join(root, 'notes.txt')));
});

test('what is no delivery at all is told too', async () => {
  const { send, told, read } = await house();
  await send({ 'OneRoster.zip': 'PK\u0003\u0004 this is cut off' });
  await told(1);
  assert.match(await read('test 2025-10-01 120000 report.txt'), /Not ready to send: nothing of this delivery/);
});

test('it says what a delivery would be told: references lead into the roster, also to what people keep there', async () => {
  const { send, told, read, add, clock } = await house();
  const changes = deltaDelivery('1.1');
  const users = (changes['users.csv'] as string).replaceAll('org-10', 'S-1');
  const sends = { ...changes, 'users.csv': users };
  const full = baseDelivery('1.1');
  full['users.csv'] = (full['users.csv'] as string).replaceAll('org-20', 'S-1');
  await send({ 'changes.zip': zipOf(sends) });
  clock.now = new Date(start.getTime() + 60_000);
  await send({ 'all.zip': zipOf(full) });
  await told(2);
  assert.match(await read('test 2025-10-01 120100 report.txt'), /reference-not-found/);
  await add('orgs', { sourcedId: 'S-1', name: 'Hill School', type: 'school' });
  clock.now = new Date(start.getTime() + 120_000);
  await send({ 'changes.zip': zipOf(sends) });
  clock.now = new Date(start.getTime() + 180_000);
  await send({ 'all.zip': zipOf(full) });
  await told(4);
  for (const name of ['test 2025-10-01 120200 report.txt', 'test 2025-10-01 120300 report.txt'])
    assert.doesNotMatch(await read(name), /reference-not-found/, name);
});

test('two tests of one second have a report each, and findings stand beside their own', async () => {
  const { send, told, read } = await house();
  await Promise.all([send({ 'faulty.zip': faulty }), send({ 'clean.zip': clean })]);
  const names = await told(2);
  assert.equal(names.length, 3);
  const csv = names.find((name) => name.endsWith('.csv')) as string;
  const [own, other] = ['test 2025-10-01 120000', 'test 2025-10-01 120001'].sort((base) =>
    csv.startsWith(base) ? -1 : 1,
  );
  assert.match(await read(`${own} report.txt`), /^Test file: faulty\.zip/m);
  assert.match(await read(`${other} report.txt`), /^Test file: clean\.zip/m);
});

test('the reports of the last five tests are kept, and nobody else’s file is touched', async () => {
  const { send, told, reports, clock } = await house();
  await mkdir(reports);
  await writeFile(join(reports, '000001 2025-09-30 report.txt'), 'of a delivery');
  for (let count = 0; count < 7; count++) {
    clock.now = new Date(start.getTime() + count * 60_000);
    await send({ 'OneRoster.zip': faulty });
  }
  for (let tries = 0; !(await told(6)).some((name) => name.startsWith('test 2025-10-01 120600')); tries++)
    assert.ok(tries < 100, 'the last one is told');
  const minutes = [2, 3, 4, 5, 6].map((minute) => `test 2025-10-01 120${minute}00`);
  assert.deepEqual(await told(6), [
    '000001 2025-09-30 report.txt',
    ...minutes.flatMap((base) => [`${base} findings.csv`, `${base} report.txt`]),
  ]);
});

test('a fault of ours is told without a word of it, and the next one has its turn', async () => {
  let times = 0;
  const { send, told, read, clock } = await house(() => {
    if (times++ > 0) return usualLimits;
    throw new Error('secret words');
  });
  await send({ 'first.zip': clean });
  clock.now = new Date(start.getTime() + 60_000);
  await send({ 'second.zip': clean });
  await told(2);
  const first = await read('test 2025-10-01 120000 report.txt');
  assert.match(first, /the fault is ours/);
  assert.doesNotMatch(first, /secret/);
  assert.match(await read('test 2025-10-01 120100 report.txt'), /Ready to send/);
});

test('when many wait, one more is refused and stays where it is; closing forgets those that wait', async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { send, desk, reports, tempDir, db } = await house();
  // The first one waits for the database, and the others for the first.
  const { query } = db;
  Object.assign(db, { query: async (...args: Parameters<typeof query>) => gate.then(() => query(...args)) });
  for (let count = 0; count < 21; count++) await send({ 'OneRoster.zip': clean });
  const path = join(tempDir, '..', 'one more');
  await writeFile(path, clean);
  const one = { sourceId: 'any', name: 'one more', files: [{ name: 'one more', path }] };
  await assert.rejects(desk.take(one), { code: 'busy', status: 503 });
  assert.ok(existsSync(path));
  const closed = desk.close();
  go();
  await closed;
  assert.deepEqual(await readdir(tempDir), []);
  assert.equal((await readdir(reports)).length, 1, 'the one under way was told');
});

test('a file that cannot be taken away leaves nothing half', async () => {
  const { desk, tempDir } = await house();
  const one = { sourceId: 'any', name: 'gone.zip', files: [{ name: 'gone.zip', path: join(root, 'gone') }] };
  await assert.rejects(desk.take(one), { code: 'ENOENT' });
  assert.deepEqual(await readdir(tempDir), []);
});
