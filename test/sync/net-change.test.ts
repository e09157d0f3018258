/** Five successive exports of a public sample, synced in order: the roster changes by what differs between them, and no more. */

import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sourcesOf } from '../../src/db/districts.ts';
import { type Change, changesOf } from '../../src/db/history.ts';
import { countsOf, danglingReferences } from '../../src/db/roster.ts';
import { type Followed, houseOn, put, setUp, tempFolder } from './district.ts';

const samples = fileURLToPath(new URL('../fixtures/rosters/oneroster-net-change-steps', import.meta.url));
const steps = ['Step0-Baseline', 'Step1-UpdateCourse', 'Step2-AddCourse', 'Step3-DeleteCourse', 'Step4-AddClass'];
const folder = await tempFolder();
const house = await houseOn(join(folder.path, 'data'));
after(async () => {
  await house.close();
  await folder.remove();
});

const header: Record<string, string> = {
  academicSessions: 'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear',
  classes:
    'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds',
  courses: 'sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,orgSourcedId',
  enrollments: 'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role',
  orgs: 'sourcedId,status,dateLastModified,name,type,identifier',
  users:
    'sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,middleName,password,email',
};

/**
 * Every mend that the findings ask for, the same in each step and none of what differs between them: a manifest, blank
 * mode columns, rows that have ended not listed, dates by year, yes and no in small letters, and references that lead
 * somewhere (the exports write one school and one session in two ways, and put a class into a district).
 */
function mended(kind: string, text: string): string {
  const [, ...rows] = text.trimEnd().split(/\r?\n/);
  const kept = rows
    .filter((row) => !/^[^,]*,(inactive|toBeDeleted),/.test(row))
    .map((row) => row.replace(/^([^,]*),active,[^,]*,/, '$1,,,'))
    .map((row) => row.replace(/\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/g, (_, m, d, y) => `${y}-${two(m)}-${two(d)}`))
    .map((row) => row.replace(/,(TRUE|FALSE),/g, (all) => all.toLowerCase()))
    .map((row) => row.replaceAll('Sch_S00002', 'Sch_000002').replaceAll('267_FYT_2019', '001_FYT_2019'))
    .map((row) => (kind === 'classes' ? row.replace(',Summit,001', ',Sch_000002,001') : row.replace(/,,,$/, '')));
  const year = kind === 'academicSessions' ? ['2019,,,2018-19,schoolYear,2018-08-27,2019-05-31,,2019'] : [];
  return `${[header[kind], ...year, ...kept].join('\r\n')}\r\n`;
}
const inHeaders = ['header-missing-column', 'header-out-of-order'];
const two = (text: string) => text.padStart(2, '0');

const absent = ['categories', 'classResources', 'courseResources', 'demographics', 'lineItems', 'resources', 'results'];
const manifest = [
  'propertyName,value',
  'manifest.version,1.0',
  'oneroster.version,1.1',
  ...Object.keys(header).map((kind) => `file.${kind},bulk`),
  ...absent.map((kind) => `file.${kind},absent`),
].join('\r\n');

async function mendedStep(step: string): Promise<string> {
  const path = join(folder.path, step);
  await mkdir(path);
  await writeFile(join(path, 'manifest.csv'), `${manifest}\r\n`);
  for (const name of await readdir(join(samples, step))) {
    const kind = name.replace('.csv', '');
    await writeFile(join(path, name), mended(kind, await readFile(join(samples, step, name), 'utf8')));
  }
  return path;
}

async function rosterOf(product: string): Promise<string> {
  const source = (await sourcesOf(house.db)).find((each) => each.product.slug === product);
  return source?.rosterId as string;
}

async function changesBy(sync: Followed, product = 'mended'): Promise<string[]> {
  const changes = await changesOf(house.db, await rosterOf(product), sync.id, { limit: 1000 });
  return changes.map(({ action, kind, sourcedId }: Change) => `${action} ${kind} ${sourcedId}`);
}

test('as they are, without a manifest and with references to nothing, all five are rejected and nothing changes', async () => {
  await setUp(house, { product: 'raw' });
  for (const step of steps) {
    const path = join(folder.path, `raw ${step}`);
    await cp(join(samples, step), path, { recursive: true });
    const sync = await put(house, path, 'raw');
    assert.equal(sync.state, 'rejected', step);
    assert.ok(sync.rules.some(({ rule }) => rule === 'manifest-missing'));
    assert.deepEqual(await changesBy(sync, 'raw'), []);
  }
  assert.deepEqual(
    Object.values(await countsOf(house.db, await rosterOf('raw'))).filter((count) => count > 0),
    [],
  );
});

test('mended as the findings say, each gives the changes that its name says', async () => {
  await setUp(house, { product: 'mended' });
  const made: Record<string, string[]> = {};
  for (const step of steps) {
    const sync = await put(house, await mendedStep(step), 'mended');
    // What is left of the faults is in the headers, and costs no record.
    const errors = sync.rules.filter(({ rule, severity }) => severity === 'error' && !inHeaders.includes(rule));
    assert.deepEqual(errors, [], step);
    assert.deepEqual(
      sync.tables?.filter(({ leftOut, unidentified }) => leftOut + unidentified > 0),
      [],
    );
    assert.deepEqual(sync.reasons, []);
    made[step] = await changesBy(sync);
    assert.equal(sync.state, made[step].length > 0 ? 'applied' : 'unchanged', step);
  }
  const created = (kind: string, ...ids: string[]) => ids.map((id) => `create ${kind} ${id}`);
  assert.deepEqual(made['Step0-Baseline'], [
    ...created('orgs', 'Sch_000001', 'Sch_000002', 'Summit'),
    ...created('academicSessions', '001_FYT_2019', '001_S1_2019', '001_S2_2019', '2019'),
    ...created('courses', '10005', '10006', '10007', '10008'),
    // A fourth class is in all five, as one that has ended.
    ...created('classes', '3221301', '3221314', '3221342'),
    ...created('users', '14043', '14058', '15474', '15514'),
    ...created('enrollments', '123456789_student', '234658901_student', '234658902_student'),
  ]);
  // What differs here is course 10009, which is sent as inactive: it is not live yet, and no other course is touched.
  assert.deepEqual(made['Step1-UpdateCourse'], []);
  assert.deepEqual(made['Step2-AddCourse'], ['create courses 10009']);
  assert.deepEqual(made['Step3-DeleteCourse'], ['archive courses 10009']);
  assert.deepEqual(made['Step4-AddClass'], ['create classes 3221847']);

  const roster = await rosterOf('mended');
  const { orgs, academicSessions, courses, classes, users, enrollments } = await countsOf(house.db, roster);
  assert.deepEqual([orgs, academicSessions, courses, classes, users, enrollments], [3, 4, 4, 4, 4, 3]);
  assert.deepEqual(await danglingReferences(house.db, roster), []);
});

test('and the same five again: what is there already changes nothing, what came and went does so again', async () => {
  const made: string[][] = [];
  for (const step of steps) made.push(await changesBy(await put(house, join(folder.path, step), 'mended')));
  assert.deepEqual(made, [
    ['archive classes 3221847'],
    [],
    ['reactivate courses 10009'],
    ['archive courses 10009'],
    ['reactivate classes 3221847'],
  ]);
});
