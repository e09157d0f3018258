/** What a delivery would do, before it is done: held plans and dry runs, page by page, and the same changes afterwards. */

import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { changeLines } from '../../src/core/changes.ts';
import { countsOf } from '../../src/db/roster.ts';
import { type Followed, houseOn, put, settled, setUp, tempFolder, which } from './district.ts';
import { schools as files, type Pupil } from './schools.ts';

const folder = await tempFolder();
const data = join(folder.path, 'data');
const house = await houseOn(data);
after(async () => {
  await house.close();
  await folder.remove();
});

let sets = 0;
async function onDisk(of: Record<string, string>): Promise<string> {
  const path = join(folder.path, `set ${++sets}`);
  await mkdir(path);
  for (const [name, content] of Object.entries(of)) await writeFile(join(path, name), content);
  return path;
}
const pupils = (from: number, to: number): Pupil[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ id: from + i }));
const tryOut = async (path: string): Promise<Followed> => {
  const { sync } = await house.acts.sync({ path, ...which, dryRun: true });
  return settled(house, sync);
};
const rosterId = async () => (await house.db.one<{ id: string }>(sql`select id from rosters`))?.id as string;
const said = (changes: { kind: string; sourcedId: string; action: string; changed: object }[]) =>
  changes.map(({ kind, sourcedId, action, changed }) => [kind, sourcedId, action, changed]);

const termByHand = {
  sourcedId: 'by-hand-term',
  title: 'Summer',
  type: 'term',
  startDate: '2026-07-01',
  endDate: '2026-08-15',
  schoolYear: '2026',
};

/** Follows the pages to their end. */
async function everyPage(sync: string, page: { kind?: string; action?: 'archive'; limit: number }) {
  const found = [];
  for (let after: string | undefined; ; ) {
    const { changes, next, from } = await house.acts.changes({ sync, ...page, ...(after ? { after } : {}) });
    assert.ok(changes.length <= page.limit);
    found.push(...changes.map((change) => ({ ...change, from })));
    if (next === null) return found;
    after = next;
  }
}

test('a held plan is shown change by change, and the same changes stand in the history afterwards', async () => {
  await setUp(house);
  await put(house, await onDisk(files([...pupils(1, 60), { id: 61, school: 'S2' }])));
  const held = await put(
    house,
    await onDisk(files([...pupils(31, 60), { id: 61, name: 'Zoë' }, { id: 70, school: 'S2' }])),
  );
  assert.equal(held.state, 'held');

  const plan = await house.acts.plan({ sync: held.id });
  const { users, enrollments } = plan.kinds;
  assert.deepEqual([users?.create, users?.update, users?.archive], [1, 1, 30]);
  assert.deepEqual([enrollments?.create, enrollments?.update, enrollments?.archive], [1, 1, 30]);
  assert.deepEqual(
    plan.schools.filter(({ kind }) => kind === 'enrollments'),
    [
      { kind: 'enrollments', school: 'S1', name: 'Hill', added: 0, changed: 1, archive: 30, live: 61 },
      { kind: 'enrollments', school: 'S2', name: 'Lake', added: 1, changed: 0, archive: 0, live: 2 },
    ],
  );

  const planned = await everyPage(held.id, { limit: 7 });
  assert.equal(planned.length, 64);
  assert.ok(planned.every(({ from }) => from === 'plan'));
  const gone = [...Array.from({ length: 30 }, (_, n) => n + 1)].map((n) => `P${n}`).sort();
  assert.deepEqual(
    (await everyPage(held.id, { kind: 'users', action: 'archive', limit: 11 })).map(({ sourcedId }) => sourcedId),
    gone,
  );
  const zoe = planned.find(({ kind, sourcedId }) => kind === 'users' && sourcedId === 'P61');
  assert.deepEqual(zoe?.changed, {
    givenName: { from: 'Kim61', to: 'Zoë' },
    orgSourcedIds: { from: 'S2', to: 'S1' },
  });
  assert.deepEqual([zoe?.before?.password, zoe?.after?.password], ['•••', '•••'], 'no credential is shown');
  assert.match(changeLines(zoe as never), /^users,P61,Zoë Stone \(student\),update,orgSourcedIds,S2,S1\r$/m);

  assert.equal((await house.acts.changes({ sync: held.id })).outdated, false);
  await house.acts.addRecord({ ...which, kind: 'academicSessions', set: termByHand });
  const outdated = await house.acts.changes({ sync: held.id, limit: 1000 });
  assert.equal(outdated.outdated, true, 'the roster was changed by hand since');
  assert.deepEqual(said(outdated.changes), said(planned), 'and the changes can still be looked at');

  await house.acts.decide({ sync: held.id, choice: 'apply all' });
  await settled(house, held.id, ({ state }) => state === 'applied');
  const done = await everyPage(held.id, { limit: 9 });
  assert.ok(done.every(({ from }) => from === 'history'));
  assert.deepEqual(said(done), said(planned));
  assert.deepEqual(
    done.map(({ before, after }) => [before, after]),
    planned.map(({ before, after }) => [before, after]),
  );
  assert.deepEqual((await house.acts.plan({ sync: held.id })).schools, plan.schools, 'by school, too');
});

test('a dry run does everything but apply, and leaves nothing behind', async () => {
  const before = await countsOf(house.db, await rosterId());
  const source = await house.db.one(sql`select * from sources`);
  const reports = async () =>
    (
      await Promise.all((await readdir(join(data, 'reports'))).map((dir) => readdir(join(data, 'reports', dir))))
    ).flat();
  const told = (await reports()).length;

  const small = await tryOut(await onDisk(files([...pupils(31, 61), { id: 71 }])));
  assert.deepEqual([small.state, small.dryRun, small.reasons], ['discarded', true, []]);
  assert.match(
    await house.acts.report({ sync: small.id }),
    /^Dry run: this delivery would be taken, and nothing has been changed/m,
  );
  const { changes } = await house.acts.changes({ sync: small.id, kind: 'users' });
  assert.deepEqual(
    changes.map(({ sourcedId, action }) => [sourcedId, action]),
    [
      ['P61', 'update'],
      ['P70', 'archive'],
      ['P71', 'create'],
    ],
  );
  const large = await tryOut(await onDisk(files(pupils(61, 61))));
  assert.equal(large.state, 'discarded');
  assert.match(large.reasons.join(' '), /remove 31 of 33 users/);
  assert.match(await house.acts.report({ sync: large.id }), /^Dry run: this delivery would be held/m);

  assert.deepEqual(await countsOf(house.db, await rosterId()), before);
  assert.deepEqual(await house.db.one(sql`select * from sources`), source);
  assert.equal((await reports()).length, told, 'the district is told nothing');
  await assert.rejects(house.acts.decide({ sync: large.id, choice: 'apply all' }), { code: 'sync-state' });

  // A change of the roster since is seen: the values before are those of now.
  const again = await house.acts.changes({ sync: small.id, kind: 'users' });
  assert.equal(again.changes.length, 3, 'the changes of a dry run stay, also when another sync has been');
});

test('a dry run takes no place: not of a held delivery, not of the deltas that follow', async () => {
  const held = await put(house, await onDisk(files(pupils(55, 61))));
  assert.equal(held.state, 'held');
  await tryOut(await onDisk(files(pupils(31, 70))));
  assert.equal((await house.acts.follow({ sync: held.id })).state, 'held', 'it is not superseded');
  const delta = await tryOut(await onDisk(files([{ id: 90 }], 'delta', ['users'])));
  assert.deepEqual([delta.state, delta.dryRun, delta.waits], ['discarded', true, false], 'it does not wait either');
  await house.acts.decide({ sync: held.id, choice: 'discard' });
  await settled(house, held.id);

  const broken = join(folder.path, 'broken.zip');
  await writeFile(broken, 'PK\u0003\u0004 cut off');
  assert.equal((await tryOut(broken)).state, 'rejected');
  const after = await put(house, await onDisk(files([{ id: 90 }], 'delta', ['users'])));
  assert.equal(after.state, 'applied', 'no full export is asked for');
});

test('of what changed nothing there is nothing to look at', async () => {
  const [discarded] = (await house.acts.history({ ...which })).filter(({ state }) => state === 'rejected');
  await assert.rejects(house.acts.changes({ sync: discarded?.id as string }), { code: 'no-changes' });
  await assert.rejects(house.acts.changes({ sync: discarded?.id as string, kind: 'pupils' }), { code: 'kind-unknown' });
  const [applied] = (await house.acts.history({ ...which })).filter(({ state }) => state === 'applied');
  await assert.rejects(house.acts.changes({ sync: applied?.id as string, after: 'nowhere/1' }), { code: 'page' });
});
