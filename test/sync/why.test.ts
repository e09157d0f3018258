/** Why somebody is, or is not, in a class: each way in which it happens, and the sentence that says so. */

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { houseOn, put, settled, setUp, tempFolder, which } from './district.ts';
import { type Pupil, schools } from './schools.ts';

const folder = await tempFolder();
const house = await houseOn(join(folder.path, 'data'));
after(async () => {
  await house.close();
  await folder.remove();
});

let sets = 0;
async function onDisk(of: Record<string, string>): Promise<string> {
  const path = join(folder.path, `night-${++sets}`);
  await mkdir(path);
  for (const [name, content] of Object.entries(of)) await writeFile(join(path, name), content);
  return path;
}
const send = async (of: Record<string, string>) => put(house, await onDisk(of));
const why = (user: string, klass = 'KS1') => house.acts.why({ ...which, user, class: klass });
const sentencesOf = async (user: string, klass?: string) => (await why(user, klass)).sentences.join('\n');
const everybody: Pupil[] = [1, 2, 3, 4, 5, 6, 7].map((id) => ({ id }));
const without = (...ids: number[]) => everybody.filter(({ id }) => !ids.includes(id));
const moment = 'on \\d+ \\w+ \\d{4} at \\d\\d:\\d\\d';

const matches = (text: string, ...patterns: string[]) => {
  for (const pattern of patterns) assert.match(text, new RegExp(`^${pattern}$`, 'm'));
};

test('somebody who is there', async () => {
  await setUp(house);
  assert.equal((await send(schools(everybody))).state, 'applied');
  const answer = await why('P1');
  assert.equal(answer.isIn, true);
  assert.equal(answer.sentences[0], 'Kim1 Stone (P1) is in Room S1 (KS1) now.');
  matches(answer.sentences.join('\n'), `Enrollment E1 came ${moment} by delivery 1 \\(night-1.zip, source SFTP\\)\\.`);
  assert.equal((await why('p1', 'room s1')).user.sourcedId, 'P1', 'by username and title');
});

test('absent from the full file, and back', async () => {
  const enrollments = schools(without(2))['enrollments.csv'] as string;
  await send({ ...schools(everybody), 'enrollments.csv': enrollments });
  const gone = await sentencesOf('P2');
  matches(
    gone,
    'Kim2 Stone \\(P2\\) was in Room S1 \\(KS1\\), and is not any more\\.',
    `Enrollment E2 went ${moment} by delivery 2 \\(night-2.zip, source SFTP\\)\\.`,
    'enrollments\\.csv of that delivery is full \\(8 rows\\), and E2 is not in it\\.',
    `The last one, delivery 2 \\(night-2.zip, source SFTP, received ${moment}\\), has no row for this person in this class\\.`,
  );
  assert.doesNotMatch(gone, /itself|went by it too/);
  await send(schools(everybody));
  const back = await why('P2');
  assert.equal(back.isIn, true);
  assert.match(back.sentences[0] as string, /is in Room S1 \(KS1\) now, again\.$/);
  assert.match(back.sentences.at(-1) as string, /^Enrollment E2 came back .* by delivery 3 /);
});

test('sent as tobedeleted by a delta, with the line that says so', async () => {
  const files = schools([], 'delta', ['enrollments']);
  files['enrollments.csv'] +=
    'EX,active,2026-01-05T00:00:00.000Z,KS2,S2,P3,student,,,\nE3,tobedeleted,2026-01-05T00:00:00.000Z,KS1,S1,P3,student,,,\n';
  assert.equal((await send(files)).state, 'applied');
  matches(
    await sentencesOf('P3'),
    'enrollments\\.csv line 3 sends it with status "tobedeleted"\\.',
    'The last one, delivery 4 .* has it on line 3 of enrollments\\.csv \\(E3, status tobedeleted\\)\\.',
  );
  assert.equal((await why('P3', 'KS2')).isIn, true);
});

test('left out for a fault, with the rule and the line', async () => {
  const sent = schools([...everybody, { id: 8, enrolledAs: 'studnet' }]);
  const { state, counts } = await send(sent);
  assert.equal(state, 'held', 'an error share of more than 5 % waits');
  assert.ok(counts.leftOut > 0);
  const [held] = await house.acts.history({ ...which, limit: 1 });
  matches(await sentencesOf('P7'), 'Kim7 Stone \\(P7\\) is in Room S1 \\(KS1\\) now\\.');
  await house.acts.decide({ sync: held?.id as string, choice: 'apply all' });
  await settled(house, held?.id as string, (now) => now.state === 'applied');
  const answer = await why('P8');
  assert.equal(answer.isIn, false);
  matches(
    answer.sentences.join('\n'),
    'Kim8 Stone \\(P8\\) is not in Room S1 \\(KS1\\), and has never been\\.',
    'The last one, delivery 5 .* has it on line 11 of enrollments\\.csv \\(E8\\)\\.',
    'Left out for a fault: enrollments\\.csv line 11: .*studnet.* \\(rule .*\\) What to do: .*',
  );
  assert.deepEqual(
    answer.latest[0]?.findings.map(({ line, key }) => [line, key]),
    [[11, 'E8']],
  );
});

test('moved to another class under the same id', async () => {
  const moved = everybody.map((each) => (each.id === 4 ? { ...each, school: 'S2' } : each));
  assert.equal((await send(schools(moved))).state, 'applied');
  matches(
    await sentencesOf('P4'),
    `Enrollment E4 went ${moment} by delivery 6 .*`,
    'The delivery says that it is an enrollment of P4 in KS2 now\\.',
  );
  matches(
    await sentencesOf('P4', 'KS2'),
    'Kim4 Stone \\(P4\\) is in Room S2 \\(KS2\\) now\\.',
    `Enrollment E4 came ${moment} .*`,
  );
});

test('the person left, the class left', async () => {
  assert.equal((await send(schools(without(4, 5)))).state, 'applied');
  const person = await sentencesOf('P5');
  matches(
    person,
    'The person went by the same delivery\\.',
    `The person itself was removed ${moment} by delivery 7 .*`,
  );
  assert.doesNotMatch(person, /class itself/);

  const files = schools(without(4, 5));
  const lines = (name: string, keep: (line: string) => boolean) => {
    files[name] = (files[name] as string).split('\n').filter(keep).join('\n');
  };
  lines('classes.csv', (line) => !line.startsWith('KS1,'));
  lines('enrollments.csv', (line) => !line.includes(',KS1,'));
  assert.equal((await send(files)).state, 'applied');
  matches(
    await sentencesOf('P1'),
    'The class itself went by the same delivery\\.',
    '5 other enrollments of this class went by it too\\.',
    `The class itself was removed ${moment} by delivery 8 .*`,
  );
});

test('taken back by a rollback, added and removed by hand', async () => {
  const [eighth] = await house.acts.history({ ...which, limit: 1 });
  const { sync } = await house.acts.rollback({ sync: eighth?.id as string });
  assert.equal((await settled(house, sync)).state, 'applied');
  matches(await sentencesOf('P1'), `Enrollment E1 came back ${moment} by sync 9 \\(Rollback of sync 8\\)\\.`);

  const set = { classSourcedId: 'KS2', userSourcedId: 'P1', schoolSourcedId: 'S2', role: 'student' };
  const added = await house.acts.addRecord({ ...which, kind: 'enrollment', set });
  const sourcedId = added.record.sourcedId;
  matches(await sentencesOf('P1', 'KS2'), `Enrollment ${sourcedId} came ${moment} by a person at the command line\\.`);
  await house.acts.archiveRecord({ ...which, kind: 'enrollment', sourcedId });
  const removed = await sentencesOf('P1', 'KS2');
  matches(removed, `Enrollment ${sourcedId} went ${moment} by a person at the command line\\.`);
  assert.doesNotMatch(removed, /by it too|same delivery/);
});

test('who or what is not there, or there several times, is told', async () => {
  await assert.rejects(why('nobody'), { code: 'user-unknown' });
  await assert.rejects(why('P1', 'nowhere'), { code: 'class-unknown' });
  const never = await why('P1', 'KS2');
  assert.equal(never.isIn, false);
});
