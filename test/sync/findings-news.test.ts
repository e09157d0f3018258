/** What the pages about a sync ask of a whole house: which findings are new, a search in them, changes at one school, and who decides first. */

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RecordChange } from '../../src/core/changes.ts';
import { checkedBefore, findFindings, firstNew, newsSince } from '../../src/db/findings.ts';
import { findingsOf, ruleCountsOf, syncById } from '../../src/db/syncs.ts';
import { findingDeps } from '../../src/doors/findings.ts';
import type { House } from '../../src/house.ts';
import { generate } from '../../src/sample/generate.ts';
import { writeSample } from '../../src/sample/write.ts';
import { looks } from '../../src/sync/look.ts';
import { houseOn, put, sampleZip, setUp, tempFolder } from './district.ts';

const folder = await tempFolder();
let house: House;
before(async () => {
  house = await houseOn(join(folder.path, 'data'));
  await setUp(house);
});
after(async () => {
  await house?.close();
  await folder.remove();
});

const page = { limit: 10_000, offset: 0 };
const syncOf = async (id: string) => {
  const sync = await syncById(house.db, id);
  assert.ok(sync);
  return sync;
};

test('a finding is new when the delivery before had not the same fault of the same record', async () => {
  const clean = await syncOf((await put(house, await sampleZip(folder.path, 'clean'))).id);
  assert.equal(await checkedBefore(house.db, clean), undefined, 'there is none before the first');
  const first = await syncOf((await put(house, await sampleZip(folder.path, 'faulty', { faults: true }))).id);
  const sinceClean = await checkedBefore(house.db, first);
  assert.equal(sinceClean?.number, clean.number);
  const counts = await ruleCountsOf(house.db, first.id);
  const ofClean = (await ruleCountsOf(house.db, clean.id)).map(({ rule }) => rule);
  const news = await newsSince(house.db, first, sinceClean as NonNullable<typeof sinceClean>);
  for (const { rule, count } of counts) if (!ofClean.includes(rule)) assert.equal(news.added[rule], count, rule);

  const again = await sampleZip(folder.path, 'again', { faults: true, generation: 1 });
  const second = await syncOf((await put(house, again)).id);
  const since = await checkedBefore(house.db, second);
  assert.ok(since);
  const identity = (f: { rule: string; file?: string; column?: string; key?: string; value?: string }) =>
    JSON.stringify([f.rule, f.file, f.column, f.key, f.value]);
  const then = new Set((await findingsOf(house.db, first.id, page)).map(identity));
  const fresh = (await findingsOf(house.db, second.id, page)).filter((each) => !then.has(identity(each)));
  const found = await findFindings(house.db, { ...second, before: since }, { onlyNew: true }, page);
  assert.deepEqual(found.rows.map(identity).sort(), fresh.map(identity).sort());
  assert.equal(found.total, fresh.length);
  const added = Object.values((await newsSince(house.db, second, since)).added).reduce((sum, count) => sum + count, 0);
  assert.equal(added, fresh.length);
  const rules = [...new Set(fresh.map(({ rule }) => rule))];
  const firsts = await firstNew(house.db, second, since, rules, 2);
  assert.deepEqual([...new Set(firsts.map(({ rule }) => rule))].sort(), rules.sort());
  assert.ok(firsts.every((each) => !then.has(identity(each))));
});

test('what could not be read has fixed nothing, and is nothing to compare with', async () => {
  const { findingNews } = findingDeps(house.db);
  const path = join(folder.path, 'no-manifest');
  await mkdir(path);
  await writeFile(join(path, 'orgs.csv'), 'sourcedId,name,type\r\nS1,Hill,school\r\n');
  const rejected = await put(house, path);
  assert.equal(rejected.state, 'rejected');
  assert.deepEqual((await findingNews(rejected.id))?.fixed, []);
  const next = await syncOf(
    (await put(house, await sampleZip(folder.path, 'next', { faults: true, generation: 2 }))).id,
  );
  const since = await checkedBefore(house.db, next);
  assert.ok(since && since.number < rejected.number);
  const cleaned = await put(house, await sampleZip(folder.path, 'cleaned'));
  assert.ok(((await findingNews(cleaned.id))?.fixed.length ?? 0) > 0);
});

test('a search looks everywhere, or at places alone, and takes its words as they are', async () => {
  const id = (await put(house, await sampleZip(folder.path, 'searched', { faults: true, generation: 3 }))).id;
  const sync = { ...(await syncOf(id)), before: undefined };
  const all = await findingsOf(house.db, id, page);
  const key = all.find((each) => each.key && !each.file?.includes(each.key))?.key as string;
  const search = { words: key.toUpperCase(), rules: [], placesOnly: false };
  const found = await findFindings(house.db, sync, { search }, page);
  assert.ok(found.rows.some((each) => each.key === key));
  assert.ok(found.rows.every((each) => JSON.stringify(each).toLowerCase().includes(key.toLowerCase())));
  const hidden = await findFindings(house.db, sync, { search: { ...search, placesOnly: true } }, page);
  assert.equal(hidden.total, 0);
  const places = await findFindings(
    house.db,
    sync,
    { search: { words: 'users.csv', rules: [], placesOnly: true } },
    page,
  );
  assert.equal(places.total, all.filter(({ file }) => file === 'users.csv').length);
  const percent = await findFindings(house.db, sync, { search: { words: '%', rules: [], placesOnly: false } }, page);
  assert.equal(percent.total, all.filter((each) => JSON.stringify(each).includes('%')).length);
});

test('changes at one school are those that name it, planned and done alike', async () => {
  const half = join(folder.path, 'half.zip');
  await writeSample(generate({ students: 60, seed: 99, generation: 0, churn: 0 }), half);
  const held = await put(house, half);
  assert.equal(held.state, 'held');
  const { bySchool, changes, all } = looks(house.db);
  const school = (await bySchool(held.id)).find(({ kind, archive }) => kind === 'enrollments' && archive > 0);
  assert.ok(school);
  const everything = [] as RecordChange[];
  for await (const page of all(held.id, {})) everything.push(...page);
  const names = ({ before: was, after: is, action }: RecordChange) => {
    const values = action === 'archive' ? was : is;
    const { schoolSourcedId, orgSourcedIds, primaryOrgSourcedId, orgSourcedId } = (values ?? {}) as Record<
      string,
      string
    >;
    return [schoolSourcedId, orgSourcedIds, primaryOrgSourcedId, orgSourcedId]
      .join(',')
      .split(',')
      .includes(school.school);
  };
  const expected = everything.filter(names).map(({ kind, sourcedId }) => `${kind}/${sourcedId}`);
  const at = { school: school.school, limit: 1000 };
  const planned = await changes(held.id, at);
  assert.deepEqual(
    planned.changes.map(({ kind, sourcedId }) => `${kind}/${sourcedId}`),
    expected,
  );
  assert.ok(expected.length > 0 && expected.length < everything.length);
  const removed = await changes(held.id, { ...at, kind: 'enrollments', action: 'archive' });
  assert.equal(removed.changes.length, school.archive);

  const [one, two] = await Promise.allSettled([
    house.acts.decide({ sync: held.id, choice: 'apply all' }),
    house.acts.decide({ sync: held.id, choice: 'discard' }),
  ]);
  const refused = [one, two].filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  assert.equal(refused.length, 1, 'of two people who decide at once one is first');
  assert.match(refused[0]?.reason.message, /was first and|only a held one can be decided|cannot become/);
});
