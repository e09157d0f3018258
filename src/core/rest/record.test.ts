/** A server's own words for roles become those that a district says they mean, and a remark tells it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedPullSettings } from '../pull-settings.ts';
import { columnsOf, type Version } from '../tables.ts';
import { type ReadContext, readRecord } from './record.ts';

const head = { sourcedId: '7', status: 'active', dateLastModified: '2026-01-15T08:30:00.000Z' };
const org = { sourcedId: 'o-1', type: 'org', href: 'x' };

function read(kind: 'users' | 'enrollments', version: Version, row: object, words?: [string, string][]) {
  const notes: string[] = [];
  const context: ReadContext = {
    version,
    now: Date.parse('2026-02-01'),
    localAsSchool: false,
    note: (rule, field) => notes.push(`${rule} ${field}`),
    ...(words ? { roleWords: new Map(words) } : {}),
  };
  const found = readRecord(kind, { ...head, ...row }, context);
  const cell = (name: string) => found?.cells[columnsOf(kind, version).slice(3).indexOf(name)];
  return { cell, roles: found?.attached.map(({ cells }) => cells[2]), notes };
}

const words: [string, string][] = [
  ['staff', 'administrator'],
  ['mentor', 'relative'],
  ['head of year', 'siteAdministrator'],
];

test('1.1: the role of a user and of an enrollment', () => {
  const user = { username: 'ada', enabledUser: 'true', orgs: [org] };
  const plain = read('users', '1.1', { ...user, role: 'Staff' });
  assert.deepEqual([plain.cell('role'), plain.notes], ['Staff', []], 'what is not set is for the check to judge');
  const meant = read('users', '1.1', { ...user, role: 'Staff' }, words);
  assert.deepEqual([meant.cell('role'), meant.notes], ['administrator', ['api-word-spelling role']]);
  const known = read('users', '1.1', { ...user, role: 'student' }, [['student', 'teacher']]);
  assert.deepEqual([known.cell('role'), known.notes], ['student', []], 'a word of OneRoster means what it says');
  const enrollment = { user: { sourcedId: 'u' }, class: { sourcedId: 'c' }, school: org, role: 'MENTOR' };
  assert.equal(read('enrollments', '1.1', enrollment, words).cell('role'), 'relative');
});

test('1.2: each of the roles, and that of a server of mixed versions', () => {
  const user = { username: 'ada', enabledUser: 'true' };
  const roles = [
    { roleType: 'primary', role: 'head of year', org },
    { roleType: 'secondary', role: 'teacher', org },
  ];
  assert.deepEqual(read('users', '1.2', { ...user, roles }, words).roles, ['siteAdministrator', 'teacher']);
  assert.deepEqual(read('users', '1.2', { ...user, role: 'mentor', orgs: [org] }, words).roles, ['relative']);
});

test('the setting takes roles alone', () => {
  const given = 'staff=administrator&head of year=siteAdministrator';
  assert.deepEqual(changedPullSettings({}, { roleWords: given }), { roleWords: given });
  for (const wrong of ['staff', 'staff=boss', '=teacher'])
    assert.throws(() => changedPullSettings({}, { roleWords: wrong }), { code: 'source-setting' });
});
