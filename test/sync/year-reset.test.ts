/** The school-year reset from beginning to end: who stays, who leaves, and that it can be taken back. */

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sql, { raw } from 'sql-template-tag';
import { countsOf, danglingReferences } from '../../src/db/roster.ts';
import type { House } from '../../src/house.ts';
import { generate } from '../../src/sample/generate.ts';
import { writeSample } from '../../src/sample/write.ts';
import { houseOn, put, sampleZip, settled, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
const house: House = await houseOn(`${folder.path}/data`);
after(async () => {
  await house.close();
  await folder.remove();
});

type User = { id: string; role: string; grades: string | null; status: string; hash: string };
const rosterId = async (product: string): Promise<string> => {
  const row = await house.db.one<{ id: string }>(sql`
    select r.id from rosters r join products p on p.id = r.product_id where p.slug = ${product}`);
  return (row as { id: string }).id;
};
const users = async (product: string) =>
  house.db.query<User>(sql`
    select sourced_id as id, role, grades, status, content_hash::text as hash from users
    where roster_id = ${await rosterId(product)} order by sourced_id`);
const active = async (product: string) => countsOf(house.db, await rosterId(product));
const everything = async (product: string) => {
  const id = await rosterId(product);
  const tables = ['orgs', 'academic_sessions', 'courses', 'classes', 'users', 'enrollments', 'demographics'];
  const rows = tables.map((table) =>
    house.db.query(sql`
      select to_jsonb(t) - 'date_last_modified' as record from ${raw(table)} t where roster_id = ${id} order by sourced_id`),
  );
  return Promise.all(rows);
};
const byHand = async (product: string, kind: string, fields: Record<string, string>) =>
  house.db.query(sql`
    insert into ${raw(kind)} (roster_id, ${raw(Object.keys(fields).join(', '))})
    select ${await rosterId(product)}, ${raw(
      Object.values(fields)
        .map((value) => `'${value}'`)
        .join(', '),
    )}`);

/** What the rule says, written down without the program: one step on, the 12th leaves, before kindergarten nobody moves. */
const next: Record<string, string> = { KG: '01', '01': '02', '02': '03', '03': '04', '04': '05', '05': '06', '06': '07', '07': '08', '08': '09', '09': '10', '10': '11', '11': '12' }; // biome-ignore format: one line is easier to read

test('literacy: students move one grade on, the 12th grade and all classes leave, staff stays', async () => {
  await setUp(house);
  await put(house, await sampleZip(folder.path, 'first', { students: 400 }));
  await byHand('literacy', 'classes', { sourced_id: 'after-school', title: 'Chess', school_sourced_id: 'x' });
  const before = await users('literacy');
  const all = await active('literacy');
  const state = await everything('literacy');
  const input = { ...which, variant: 'literacy' as const };

  const preview = await house.acts.previewReset(input);
  assert.deepEqual(await everything('literacy'), state, 'a preview changes nothing');
  await assert.rejects(house.acts.resetYear(input), { code: 'counts-missing' });
  const { added, changed, removed } = preview.counts;
  await assert.rejects(house.acts.resetYear({ ...input, counts: { added, changed, removed: removed + 1 } }), {
    code: 'plan-changed',
  });
  const seniors = before.filter(({ role, grades }) => role === 'student' && grades === '12');
  const movers = before.filter(({ role, grades }) => role === 'student' && next[grades as string] !== undefined);
  assert.ok(seniors.length > 0 && movers.length > 0);
  assert.equal(preview.kinds.users?.archive, seniors.length);
  assert.equal(preview.kinds.users?.update, movers.length);
  assert.equal(preview.kinds.classes?.archive, all.classes - 1);
  assert.equal(preview.kept.counts['by hand'], 1);
  assert.equal(
    preview.schools.some(({ kind, archive }) => kind === 'classes' && archive > 0),
    true,
  );

  const asked = await house.acts.resetYear({ ...input, counts: preview.counts, reason: 'July' });
  const reset = await settled(house, asked.sync);
  assert.equal(reset.state, 'applied', reset.reasons.join(' '));
  const then = await active('literacy');
  assert.deepEqual(
    [then.orgs, then.courses, then.academicSessions, then.classes, then.enrollments],
    [all.orgs, all.courses, all.academicSessions, 1, 0],
  );
  for (const user of await users('literacy')) {
    const was = before.find(({ id }) => id === user.id) as User;
    const senior = seniors.includes(was);
    assert.equal(user.status, senior ? 'tobedeleted' : 'active');
    assert.equal(
      user.grades,
      was.role === 'student' && !senior ? (next[was.grades as string] ?? was.grades) : was.grades,
    );
    assert.equal(user.hash === was.hash, user.grades === was.grades, 'the hash is that of the new content');
  }
  assert.deepEqual(
    await danglingReferences(house.db, await rosterId('literacy')).then((all) =>
      all.filter(({ sourcedId }) => sourcedId !== 'after-school'),
    ),
    [],
  );

  const undone = await house.acts.rollback({
    sync: asked.sync,
    counts: (await house.acts.previewRollback({ sync: asked.sync })).counts,
  });
  assert.equal((await settled(house, undone.sync)).state, 'applied');
  assert.deepEqual(await everything('literacy'), state);
});

/** The same district, as its SIS sends it in the new year: the grades that the reset has given, and nobody who left. */
async function nextYear(moved: User[]): Promise<string> {
  const path = join(folder.path, 'next year');
  await writeSample(generate({ students: 400, seed: 7, generation: 0, churn: 0.02 }), path);
  const now = new Map(moved.map((user) => [user.id, user]));
  const lines = (await readFile(join(path, 'users.csv'), 'utf8')).trimEnd().split(/\r?\n/);
  const at = (lines[0] as string).split(',').indexOf('grades');
  const rows = lines.slice(1).flatMap((line) => {
    const cells = line.split(',');
    const user = now.get(cells[0] as string) as User;
    cells[at] = user.grades ?? '';
    return user.status === 'active' ? [cells.join(',')] : [];
  });
  await writeFile(join(path, 'users.csv'), [lines[0], ...rows, ''].join('\r\n'));
  for (const file of ['enrollments', 'demographics']) {
    const all = (await readFile(join(path, `${file}.csv`), 'utf8')).trimEnd().split(/\r?\n/);
    const gone = [...now.values()].filter(({ status }) => status !== 'active').map(({ id }) => id);
    const kept = all.filter((line) => !gone.some((id) => line.split(',').includes(id)));
    await writeFile(join(path, `${file}.csv`), [...kept, ''].join('\r\n'));
  }
  return path;
}

test('the first delivery after a reset waits for a person, and knows who has moved on already', async () => {
  const input = { ...which, variant: 'literacy' as const };
  const { counts } = await house.acts.previewReset(input);
  const { sync } = await house.acts.resetYear({ ...input, counts });
  await settled(house, sync);
  const moved = await users('literacy');
  const held = await put(house, await nextYear(moved));
  assert.equal(held.state, 'held');
  assert.match(held.reasons.join(' '), /first delivery of this source since the school-year reset/);
  assert.equal(held.plan?.users?.update, 0, 'who moved on here has moved on there too, and is the same by hash');
  assert.equal(held.plan?.users?.archive, 0);
  await house.acts.decide({ sync: held.id, choice: 'apply all' });
  await settled(house, held.id, ({ state }) => state === 'applied');
  const later = await put(house, await sampleZip(folder.path, 'later', { students: 400, generation: 1 }));
  assert.equal(later.state, 'applied', later.reasons.join(' '));
});

test('math: classes and all students leave with their relatives, organizations and staff stay', async () => {
  await setUp(house, { product: 'math' });
  await put(house, await sampleZip(folder.path, 'math', { students: 200 }), 'math');
  const before = await users('math');
  const all = await active('math');
  const input = { district: which.district, product: 'math', variant: 'math' as const };
  const { counts } = await house.acts.previewReset(input);
  const { sync } = await house.acts.resetYear({ ...input, counts });
  assert.equal((await settled(house, sync)).state, 'applied');
  const then = await active('math');
  const staff = before.filter(({ role }) => !['student', 'parent', 'guardian', 'relative'].includes(role));
  assert.deepEqual([then.orgs, then.users, then.classes, then.enrollments], [all.orgs, staff.length, 0, 0]);
  assert.equal(then.demographics, 0);
});
