/** A second thread changes nothing of what is found in files of declared formats, and of what is made of them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom } from '../../test/differential/faults.ts';
import { localAhead } from '../../test/fuzz/local-ahead.ts';
import { type Ahead, FILE_AHEAD_FROM_BYTES } from '../core/ahead/block.ts';
import { EntryFault, memoryBundle } from '../core/bundle.ts';
import { check } from '../core/check.ts';
import { finding } from '../core/finding.ts';
import { contentHash } from '../core/hash.ts';
import type { Entry, Finding, Sink } from '../core/record.ts';
import { fieldNames, type Kind } from '../core/tables.ts';
import { openAhead } from './ahead.ts';

const students = 3500;
const classes = 400;
const two = (number: number) => String(number).padStart(2, '0');

/** What districts do to rows, each of it to every so many. */
const damages: ((line: string, number: number) => string)[] = [
  (line) => `${line},`,
  (line) => `${line}\n${line}`,
  (line) => line.replace(/C\d+/, 'C9999'),
  (line) => line.replace(/(C\d+);/, '$1;$1;'),
  (line) => line.replace(/(C\d+);/, '$1:'),
  (line) => line.replace(/C(\d+)/, 'c$1'),
  (line) => line.replace(/,English/, ',Elvish'),
  (line) => line.replace(/,English/, ',es'),
  (line) => line.replace(/,\d\d,/, ',Grade 3;4,'),
  (line) => line.replace(/,\d\d,/, ',99,'),
  (line) => line.replace(/^[^,]*/, ''),
  (line) => line.replace(/^[^,]*/, (id) => `${id} é/*`),
  (line) => line.replace(/^([^,]*),[^,]*/, (_, id) => `${id},"Jo ""J"" Ann"`),
  (line) => line.replace(/^([^,]*),[^,]*/, (_, id) => `${id},Jo "J`),
  (line) => line.replace(/^([^,]*),[^,]*/, (_, id) => `${id},\u00a0Zoë\u200b`),
  (line) => line.replace(/^([^,]*),[^,]*/, (_, id) => `${id},=cmd`),
  (line) => line.replace(/,(\d{4}),/, ',7777,'),
  (line) => line.replace(/^([^,]*),[^,]*/, (_, id) => `${id},${'x'.repeat(60_000)}`),
  (line, number) => line.replace(/(C\d+;)/, Array.from({ length: 900 }, (_, at) => `X${number}${at};`).join('')),
  (line, number) => line.replace(/^[^,]*/, `S${number - 5}`),
];

function spoilt(lines: string[], step: number): string {
  for (let at = step, which = 0; at < lines.length; at += step, which++) {
    const damage = damages[which % damages.length] as (typeof damages)[number];
    lines[at] = damage(lines[at] as string, at);
  }
  return `${lines.join('\n')}\n`;
}

function traditional(mark: string, step: number): Record<string, string> {
  const school = (number: number) => `01${two(number % 12)}`;
  const of = (count: number, line: (number: number) => string) =>
    Array.from({ length: count }, (_, at) => `${line(at)}${mark && ','}`);
  return {
    'Organization.csv': `OrganizationNumber,OrganizationName${mark}\n${of(12, (at) => `${school(at)},School ${at}`).join('\n')}\n`,
    'Class.csv': `ClassNumber,ClassName,OrganizationNumber,UserNumber${mark}\n${of(classes, (at) => `C${at},Room ${at},${school(at)},T${at % 90}`).join('\n')}\n`,
    'User.csv': `UserNumber,FirstName,LastName,Username,Role,OrganizationNumber,ClassNumber${mark}\n${of(90, (at) => `T${at},Ana,Ruiz,t${at}@school.example,Teacher,${school(at)},C${at};C${at + 1}`).join('\n')}\n`,
    'Student.csv': `StudentNumber,FirstName,LastName,Username,GradeLevel,OrganizationNumber,ClassNumber,FirstLanguage,Password,MiddleName${mark}\n${spoilt(
      of(
        students,
        (at) =>
          `S${at},Mia,Stone${at},mia.stone${at},${two(1 + (at % 12))},${school(at)},C${at % classes};C${(at * 7) % classes};C${(at * 11) % classes},English,lake${at},Jo`,
      ),
      step,
    )}`,
  };
}

/** Rows of these files are made into records as they are read. */
function clever(step: number): Record<string, string> {
  const lines = Array.from(
    { length: 14_000 },
    (_, at) => `101,C${(at + Math.floor(at / 2000)) % classes},S${at % 2000},x,English,01,`,
  );
  return {
    'schools.csv': 'School_id,School_name,School_number\n101,Hill Elementary,0101\n',
    'students.csv': `School_id,Student_id,Last_name,First_name,Grade\n${Array.from({ length: 2000 }, (_, at) => `101,S${at},Stone,Mia,3`).join('\n')}\n`,
    'teachers.csv': 'School_id,Teacher_id,Teacher_email,First_name,Last_name\n101,7,ana@lake.example,Ana,Ruiz\n',
    'sections.csv': `School_id,Section_id,Teacher_id,Name\n${Array.from({ length: classes }, (_, at) => `101,C${at},7,Room ${at}`).join('\n')}\n`,
    'enrollments.csv': `School_id,Section_id,Student_id,A,B,C,D\n${spoilt(lines, step)}`,
  };
}

/** `cut`: a file that breaks off in its middle. */
type Delivery = { title: string; files: Record<string, string>; live?: boolean; cut?: string };
const deliveries: Delivery[] = [
  { title: 'a complete Traditional delivery', files: traditional(',<DeleteUnlistedRecords>', 61) },
  { title: 'changes of a Traditional delivery', files: traditional('', 83), live: true },
  { title: 'files of Clever', files: clever(79) },
  { title: 'files of Clever, of which one breaks off', files: clever(79), cut: 'enrollments.csv' },
];

for (const { title, files, live = false, cut } of deliveries)
  test(`${title}: a second thread changes nothing`, async () => {
    const alone = await seen(files, live, undefined, cut);
    assert.ok(alone.found.length > 60 && alone.records.length > (cut ? 5000 : 9000), `${alone.found.length} findings`);
    const ahead = openAhead();
    try {
      while (!ahead.isUp) await pause(5);
      // The second time the thread is warm, and ahead of the check sooner.
      for (let round = 0; round < 2; round++) same(await seen(files, live, ahead, cut), alone);
      assert.ok(ahead.rest(), 'the thread is good for the next check');
    } finally {
      await ahead.close();
    }
    same(await seen(files, live, localAhead(randomFrom(7)), cut), alone);
    // A thread that never comes up: all is judged here.
    const never = openAhead();
    await never.close();
    same(await seen(files, live, never, cut), alone);
  });

test('a thread that is gone before it judges anything leaves all to the check', async () => {
  const ahead = openAhead();
  while (!ahead.isUp) await pause(5);
  const { judge } = ahead;
  let begun = 0;
  const dying: Ahead = {
    ...ahead,
    judge(rows) {
      begun++;
      const stream = judge(rows);
      void ahead.close();
      return stream;
    },
  };
  const files = traditional(',<DeleteUnlistedRecords>', 997);
  const found = await seen(files, false, dying);
  assert.ok(begun > 0);
  same(found, await seen(files, false));
});

type Seen = { found: Finding[]; records: unknown[]; result: unknown };

async function seen(files: Record<string, string>, live: boolean, ahead?: Ahead, cut?: string): Promise<Seen> {
  const found: Finding[] = [];
  const records: unknown[] = [];
  const sink: Sink = {
    table() {},
    row: (row) =>
      void records.push([
        row.kind,
        row.line,
        fieldNames(row.kind).map((_, at) => row.text(at)),
        row.metadata,
        contentHash(row),
      ]),
    leftOut: (...what) => void records.push(what),
    drain() {},
    tableDone() {},
  };
  const bundle = memoryBundle(files);
  // Of large files alone the second thread is told.
  const entries = bundle.entries.map((entry) => ({
    ...entry,
    sizeBytes: FILE_AHEAD_FROM_BYTES,
    ...(entry.name === cut ? { bytes: () => brokenOff(entry) } : {}),
  }));
  const result = await check(
    { ...bundle, entries },
    {
      profile: 'default',
      now: new Date('2026-10-01T12:00:00Z'),
      sink,
      report: (one) => found.push(one),
      ...(live ? { live: liveIds } : {}),
      ...(ahead ? { ahead } : {}),
    },
  );
  return { found, records, result };
}

async function* brokenOff(entry: Entry): AsyncGenerator<Uint8Array> {
  let left = entry.sizeBytes * 0.6;
  for await (const piece of entry.bytes())
    for (let at = 0; at < piece.length; at += 50_000) {
      if (left <= 0) throw new EntryFault(finding('zip-upload-incomplete', { file: entry.name }));
      yield piece.subarray(at, at + 50_000);
      left -= 50_000;
    }
}

/** Enrollments that are live: of students in the delivery, of whom some have left a class since. */
function liveIds(kind: Kind): string[] | undefined {
  if (kind !== 'enrollments') return undefined;
  return Array.from({ length: 5000 }, (_, at) => `C${at % (classes + 50)}.student-S${at % students}`);
}

/** Compares as text, which is fast; only what differs is compared in full. */
function same(one: Seen, other: Seen): void {
  const text = (value: unknown) => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
  for (const part of ['found', 'records', 'result'] as const)
    if (text(one[part]) !== text(other[part])) assert.deepEqual(one[part], other[part]);
}
