/** No name, address or cell of a roster gets outside the database, the archive and the reports of the people who sent it. */

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, test } from 'node:test';
import pino from 'pino';
import sql from 'sql-template-tag';
import { houseOn, put, settled, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
after(folder.remove);
/** Stands in every cell of the delivery that could name a person. */
const mark = 'Xanthippe77';

async function markedDelivery(): Promise<string> {
  const path = join(folder.path, 'marked');
  await mkdir(path);
  const kinds = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments'];
  const others = [
    'categories',
    'classResources',
    'courseResources',
    'demographics',
    'lineItems',
    'resources',
    'results',
  ];
  const modes = [...kinds.map((kind) => `file.${kind},bulk`), ...others.map((kind) => `file.${kind},absent`)];
  const user = (id: string, more: string) =>
    `${id},,,true,S1,student,${mark}.${id},,${mark},${mark}${more},,${mark},${mark}@example.org,${mark},${mark},,,${mark}`;
  const files: Record<string, string> = {
    'manifest.csv': `propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n${modes.join('\n')}\n`,
    'orgs.csv': `sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nS1,,,${mark},school,,\n`,
    'academicSessions.csv':
      'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\nY1,,,2026,schoolYear,2025-08-01,2026-06-30,,2026\n',
    'courses.csv': `sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\nC1,,,Y1,${mark},,,S1,,\n`,
    'classes.csv': `sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\nK1,,,${mark},,C1,,homeroom,,S1,Y1,,,\n`,
    'users.csv': `sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n${[
      user('P1', ''),
      user('P2', '\0'),
      user(`${mark} P3`, ''),
      user('P1', ' again'),
    ].join('\n')}\n`,
    'enrollments.csv': `sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\nE1,,,K1,S1,P1,student,,,\nE2,,,K1,S1,${mark},student,,,\nE3,,,K1,S1,P1,${mark},,,\n`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return path;
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('a sync of marked names, with faults of theirs and of ours, leaves the mark in no log and no file', async (t) => {
  let logged = '';
  const stream = new Writable({
    write(chunk, _, done) {
      logged += chunk;
      done();
    },
  });
  const data = join(folder.path, 'data');
  let faults = 2;
  const at = async (moment: string) => {
    if (moment !== 'applying' && moment !== 'staged') return;
    if (faults-- > 0)
      throw Object.assign(new Error(`Key (username)=(${mark})`), {
        detail: mark,
        where: `COPY users, line 1: "${mark}"`,
      });
  };
  const house = await houseOn(data, { at }, pino({ level: 'trace' }, stream));
  t.after(() => house.close());
  await setUp(house);
  await house.acts.addContact({ email: 'lee@lakeview.example', district: which.district });
  await house.acts.addWebhook({ url: 'https://hooks.invalid/' });
  const path = await markedDelivery();
  const sync = await put(house, path);
  assert.ok(faults < 0, 'it went through our faults');
  assert.ok((sync.findings?.error ?? 0) >= 3);
  const held = sync.state === 'held' ? sync : undefined;
  if (held) await house.acts.decide({ sync: held.id, choice: 'apply all' });
  const done = await settled(house, sync.id);
  assert.equal(done.state, 'applied');
  const kept = await house.acts.show({ kind: 'users', sourcedId: 'P1', ...which });
  assert.equal(kept.record?.fields.givenName, mark, 'it is in the roster');
  const stages = await house.db.query(sql`select tablename from pg_tables where schemaname = 'stage'`);
  assert.deepEqual(stages, [], 'what was staged is there no more');

  for (const table of [
    'syncs',
    'sync_steps',
    'audit',
    'sources',
    'alerts',
    'mails',
    'webhook_deliveries',
    'homeroom_queue.job',
  ]) {
    const rows = await house.db.query({
      ...sql``,
      text: `select to_jsonb(t)::text as row from ${table} t`,
      values: [],
    } as never);
    assert.equal(JSON.stringify(rows).includes(mark), false, table);
  }
  for (const table of ['mails', 'webhook_deliveries']) {
    const rows = await house.db.query({ text: `select 1 from ${table}`, values: [] } as never);
    assert.ok(rows.length > 0, `something was told: ${table}`);
  }
  await house.close();

  assert.match(logged, /"msg":"a sync failed"/);
  assert.equal(logged.includes(mark), false, 'the log');
  for (const file of await filesBelow(data)) {
    const place = file.slice(data.length + 1);
    if (place.startsWith('postgres/') || place.startsWith('reports/')) continue;
    assert.equal((await readFile(file)).includes(mark), false, place);
  }
});
