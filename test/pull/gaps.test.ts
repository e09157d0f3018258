/** What enrollments name and no page has: taken for what it can only mean, asked for, or left for the check to tell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHarness } from './harness.ts';
import { filesOf } from './read-zip.ts';
import { type Json, type Roster, rosterOf, sampleFiles } from './roster.ts';
import { startSis } from './server.ts';

const harness = await openHarness();
const files = sampleFiles(30);

async function pulled(version: '1.1' | '1.2', change: (roster: Roster, rows: (kind: string) => Json[]) => void) {
  const roster = rosterOf(files, version);
  change(roster, (kind) => roster.collections.get(kind) as Json[]);
  const sis = await startSis(roster);
  const own: string[] = [];
  sis.before = (path) => void own.push(path);
  try {
    const { pull, zip, remarks } = await harness.pull(await harness.source(sis));
    assert.equal(pull.state, 'done', JSON.stringify(pull.trouble));
    const rules = new Map(remarks.map(({ rule, message }) => [rule, message]));
    return { got: await filesOf(zip as Buffer), rules, asked: own.filter((path) => path === 'users').length };
  } finally {
    await sis.close();
  }
}

const userOf = (enrollment: Json) => enrollment.user as Json;

test('people of 1.2 without roles get those of their enrollments, and those who left get none', async () => {
  let teacher = '';
  const { got, rules } = await pulled('1.2', (_, rows) => {
    const taught = rows('enrollments').find(({ role }) => role === 'teacher') as Json;
    teacher = userOf(taught).sourcedId as string;
    const found = rows('users').filter(({ sourcedId }) => sourcedId === teacher);
    for (const user of found) user.roles = [];
    Object.assign(rows('users')[0] as Json, { roles: [], status: 'tobedeleted' });
  });
  const roles = (got.get('roles') ?? []).filter(({ userSourcedId }) => userSourcedId === teacher);
  const schools = new Set(
    files.get('enrollments')?.flatMap((row) => (row.userSourcedId === teacher ? [row.schoolSourcedId as string] : [])),
  );
  assert.deepEqual(new Set(roles.map(({ orgSourcedId }) => orgSourcedId)), schools);
  assert.ok(roles.every(({ role, sourcedId }) => role === 'teacher' && sourcedId?.startsWith(`${teacher}.`)));
  assert.equal(roles.filter(({ roleType }) => roleType === 'primary').length, 1);
  assert.match(rules.get('api-role-inferred') ?? '', /^1 person had no role/);
});

test('letters are not mended where two records could be meant, or where the other one is named as it is', async () => {
  const { got, rules } = await pulled('1.1', (_, rows) => {
    const [first, second] = [rows('users')[0], rows('users')[1]] as [Json, Json];
    rows('users').push(
      { ...first, sourcedId: 'ab-1' },
      { ...second, sourcedId: 'AB-1' },
      { ...first, sourcedId: 'cd-2' },
    );
    const [a, b, c] = rows('enrollments') as [Json, Json, Json];
    userOf(a).sourcedId = 'Ab-1';
    userOf(b).sourcedId = 'cd-2';
    userOf(c).sourcedId = 'CD-2';
  });
  const named = (got.get('enrollments') ?? []).map(({ userSourcedId }) => userSourcedId);
  for (const id of ['Ab-1', 'cd-2', 'CD-2']) assert.ok(named.includes(id), `${id} stays as it was sent`);
  assert.ok(!rules.has('api-id-letters'));
});

test('what is not shared is asked for a few times and no more, and is left for the check to tell', async () => {
  const { got, asked } = await pulled('1.1', (_, rows) => {
    for (const [at, enrollment] of rows('enrollments').entries()) if (at % 2) userOf(enrollment).sourcedId = `x-${at}`;
  });
  assert.equal(got.get('enrollments')?.length, files.get('enrollments')?.length);
  const pages = Math.ceil((files.get('users') ?? []).length / 39) + 2;
  assert.ok(asked <= pages + 20, `${asked} requests for users`);
});

test('a server that is too busy to say whether a record is there is asked again later, for the record may be there', async () => {
  for (const [status, state] of [
    [503, 'waiting'],
    [500, 'done'],
    [404, 'done'],
  ] as const) {
    const sis = await startSis(rosterOf(files, '1.1'));
    sis.on.add('a person in no page');
    sis.failsSingly = status;
    try {
      const { pull, zip } = await harness.pull(await harness.source(sis));
      assert.equal(pull.state, state, `${status}: ${JSON.stringify(pull.trouble)}`);
      assert.equal(zip === undefined, state === 'waiting');
      if (state === 'waiting') assert.equal(pull.trouble?.code, 'busy');
    } finally {
      await sis.close();
    }
  }
});
