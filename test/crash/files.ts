/** The files of the crash story: a small invented district that changes, loses pupils, sends faults and mere changes. */

import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateFaulty } from '../../src/sample/faults.ts';
import { type Edit, generate, type Sample } from '../../src/sample/generate.ts';
import { writeSample } from '../../src/sample/write.ts';
import { buildZip } from '../zip.ts';

/** Stands in the name of every person of the story, so that it can be looked for where names have no place. */
export const mark = 'Xanthippe77';

const names = ['first', 'later', 'faulty', 'fewer', 'folder', 'third', 'delta', 'other delta', 'broken'] as const;
export type FileName = (typeof names)[number];
export type StoryFiles = Record<FileName, string>;

const drawn = { students: 60, seed: 7, churn: 0.02 };

/** Writes them into a folder; where each is. */
export async function writeStoryFiles(folder: string): Promise<StoryFiles> {
  await mkdir(folder, { recursive: true });
  const files = Object.fromEntries(
    names.map((name) => [name, join(folder, name === 'folder' ? name : `${name}.zip`)]),
  ) as StoryFiles;
  await writeSample(district({ generation: 0 }), files.first);
  await writeSample(district({ generation: 1 }), files.later);
  await writeSample(markedFaults({ generation: 1 }), files.faulty);
  await writeSample(district({ generation: 1 }, withoutThird), files.fewer);
  await writeSample(district({ generation: 2 }), files.folder);
  await writeSample(district({ generation: 3 }), files.third);
  await writeFile(files.delta, delta('2026-02-01T00:00:00.000Z', 'Renamed', ['S-0100004', 'S-0100006']));
  await writeFile(files['other delta'], delta('2026-02-02T00:00:00.000Z', 'Again', ['S-0100000']));
  // Large enough for the thread that seals large files.
  await writeFile(files.broken, Buffer.concat([Buffer.from('PK\u0003\u0004 this is cut off'), randomBytes(3_000_000)]));
  return files;
}

const district = (more: { generation: number }, edit: Edit = asItIs): Sample =>
  generate({ ...drawn, ...more }, (kind, columns, rows) => marked(kind, columns, edit(kind, columns, rows)));

/** The faults are planted by an edit of their own, so the mark is put into the text. */
function markedFaults(more: { generation: number }): Sample {
  const sample = generateFaulty({ ...drawn, ...more });
  const files = sample.files.map(({ name, text }) => ({
    name,
    text: () =>
      name === 'users.csv'
        ? [[...text()].join('').replace(/^((?:[^,\r\n]*,){8})([A-Z]\w+),/gm, `$1$2${mark},`)]
        : text(),
  }));
  return { ...sample, files };
}

const asItIs: Edit = (_kind, _columns, rows) => rows;

const marked: Edit = function* (kind, columns, rows) {
  const at = columns.indexOf('givenName');
  for (const row of rows) yield kind === 'users' ? row.with(at, `${row[at]}${mark}`) : row;
};

/** A third of the pupils is gone, and what hangs on them. */
const withoutThird: Edit = function* (kind, columns, rows) {
  const at = columns.indexOf(kind === 'enrollments' ? 'userSourcedId' : 'sourcedId');
  const isAboutPeople = kind === 'users' || kind === 'demographics' || kind === 'enrollments';
  for (const row of rows) if (!isAboutPeople || !/^[SG]-.*[0369]$/.test(String(row[at]))) yield row;
};

const absent = ['academicSessions', 'classes', 'courses', 'demographics', 'orgs', 'categories', 'classResources', 'courseResources', 'lineItems', 'resources', 'results']; // biome-ignore format: a list

/** Users and enrollments as changes: one who is new, one who is renamed, and enrollments that end. */
function delta(at: string, name: string, pupils: string[]): Buffer {
  const user = (id: string, login: string, given: string) =>
    `${id},active,${at},true,0101,student,${login},,${given}${mark},Stone,,,,,,,03,`;
  const users = [
    'sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password',
    ...pupils.map((id) => user(id, `login${id}`, name)),
    user(`N-${name}`, `new${name}`, 'Newcomer'),
  ];
  const enrollments = [
    'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
    `N-${name}-C00001,active,${at},C00001,0101,N-${name},student,,,`,
    `001004-C00001,tobedeleted,${at},C00001,0101,T-001004,teacher,,,`,
  ];
  const manifest = [
    'propertyName,value',
    'manifest.version,1.0',
    'oneroster.version,1.1',
    'file.users,delta',
    'file.enrollments,delta',
    ...absent.map((kind) => `file.${kind},absent`),
  ];
  const csv = (lines: string[]) => `${lines.join('\r\n')}\r\n`;
  return buildZip([
    { name: 'manifest.csv', data: csv(manifest) },
    { name: 'users.csv', data: csv(users) },
    { name: 'enrollments.csv', data: csv(enrollments) },
  ]);
}
