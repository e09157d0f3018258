import assert from 'node:assert/strict';
import test from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { fieldNames, rosterKinds } from '../core/tables.ts';
import { newId } from './ids.ts';
import { changeIds, contentFields, liveTable, references, schoolsOf, snake, stageTable } from './roster-sql.ts';

test('the live tables have a column for every field that is declared, and no other', async () => {
  const db = await testDb();
  const house = ['roster_id', 'metadata', 'source_id', 'released_from', 'content_hash', 'created_sync', 'updated_sync'];
  for (const kind of rosterKinds) {
    const rows = await db.query<{ name: string; type: string }>(sql`
      select column_name as name, data_type as type from information_schema.columns
      where table_schema = 'public' and table_name = ${liveTable(kind)}`);
    const found = rows.map(({ name }) => name).sort();
    assert.deepEqual(found, [...house, 'archived_at', ...fieldNames(kind).map(snake)].sort(), kind);
    const text = rows.filter(({ name }) => contentFields(kind).map(snake).includes(name));
    assert.deepEqual(new Set(text.map(({ type }) => type)), new Set(['text']), kind);
  }
});

test('ids are compared by their bytes wherever they are joined', async () => {
  const db = await testDb();
  const rows = await db.query<{ column: string }>(sql`
    select table_name || '.' || column_name as column from information_schema.columns
    where table_schema = 'public' and column_name like '%sourced_id' and collation_name is distinct from 'C'`);
  assert.deepEqual(rows, []);
});

test('references and schools follow from the declarations', () => {
  const names = references('enrollments').map(({ field, to }) => `${field} ${to}`);
  assert.deepEqual(names, ['classSourcedId classes', 'schoolSourcedId orgs', 'userSourcedId users']);
  assert.deepEqual(references('demographics'), [{ field: 'sourcedId', to: 'users', list: false }]);
  assert.equal(schoolsOf('enrollments', 'l'), 'coalesce(l.school_sourced_id)');
  assert.equal(schoolsOf('users', 'l'), 'coalesce(l.org_sourced_ids, l.primary_org_sourced_id)');
  assert.equal(schoolsOf('orgs', 'l'), 'null::text');
});

test('changes of different syncs and kinds do not meet', () => {
  const ids = Array.from({ length: 1000 }, newId);
  const firsts = ids.flatMap((id) => rosterKinds.map((kind) => changeIds(id, kind).first));
  assert.equal(new Set(firsts).size, firsts.length);
  const { first, last } = changeIds(ids[0] as string, 'users');
  assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(first < last && last < changeIds(ids[0] as string, 'enrollments').first);
});

test('nothing but a UUID gets into the name of a table', () => {
  assert.throws(() => stageTable({ syncId: 'x; drop table users' }, 'users'), TypeError);
  assert.match(stageTable({ syncId: newId() }, 'academicSessions'), /^stage\.s[0-9a-f]{32}_academic_sessions$/);
});
