import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate } from '../../sample/generate.ts';
import { memoryBundle } from '../bundle.ts';
import { baseDelivery, deltaDelivery } from '../rules/base-delivery.ts';
import { type Comparison, compare, type RecordChange } from './compare.ts';

type Files = Record<string, string>;
const now = new Date('2025-10-01T12:00:00Z');

async function compared(older: Files, newer: Files): Promise<{ done: Comparison; changes: RecordChange[] }> {
  const changes: RecordChange[] = [];
  const done = await compare(memoryBundle(older), memoryBundle(newer), { profile: 'default', now }, (one) =>
    changes.push(one),
  );
  return { done, changes };
}
function changed(files: Files, file: string, from: string | RegExp, to: string): Files {
  const text = (files[file] ?? '').replace(from, to);
  assert.notEqual(text, files[file]);
  return { ...files, [file]: text };
}
const kindOf = ({ kinds }: Comparison, kind: string) => kinds.find((one) => one.kind === kind);
const base = baseDelivery('1.1');

test('a delivery changes nothing against itself, in whatever order its rows come', async () => {
  const turned = Object.fromEntries(
    Object.entries(base).map(([name, text]) => {
      const [header, ...rows] = text.trimEnd().split('\r\n');
      return [name, `${[header, ...(name === 'manifest.csv' ? rows : rows.reverse())].join('\r\n')}\r\n`];
    }),
  );
  const { done, changes } = await compared(base, turned);
  assert.deepEqual(changes, []);
  assert.deepEqual(done.schools, []);
  assert.equal(kindOf(done, 'users')?.unchanged, 7);
});

test('fields before and after, with the school; blank is absent', async () => {
  const newer = changed(
    base,
    'users.csv',
    /^(stu-1,.*),Tomi,Adeyemi,,000451,tomi\.adeyemi@example\.org,/m,
    '$1,Tomi,Stone,Lee,000451,,',
  );
  const { done, changes } = await compared(base, newer);
  assert.deepEqual(changes, [
    {
      kind: 'users',
      sourcedId: 'stu-1',
      action: 'changed',
      school: 'org-10',
      fields: {
        familyName: { from: 'Adeyemi', to: 'Stone' },
        middleName: { to: 'Lee' },
        email: { from: 'tomi.adeyemi@example.org' },
      },
    },
  ]);
  assert.deepEqual(done.schools, [
    { kind: 'users', school: 'org-10', added: 0, changed: 1, removed: 0, name: 'Cedar Elementary School' },
  ]);
});

test('added and removed records carry what they hold', async () => {
  const newer = changed(base, 'enrollments.csv', /^enr-6,(.*)$/m, 'enr-7,$1');
  const { changes } = await compared(base, newer);
  assert.deepEqual(changes.map(({ action, sourcedId, school }) => [action, sourcedId, school]).sort(), [
    ['added', 'enr-7', 'org-20'],
    ['removed', 'enr-6', 'org-20'],
  ]);
  assert.deepEqual(changes.find(({ action }) => action === 'removed')?.fields.role, { from: 'student' });
  assert.deepEqual(changes.find(({ action }) => action === 'added')?.fields.role, { to: 'student' });
});

test('a kind that is absent stays, a faulty record stays, and what needs it', async () => {
  const { 'demographics.csv': _, ...rest } = changed(base, 'manifest.csv', 'demographics,bulk', 'demographics,absent');
  const newer = changed(rest, 'users.csv', 'stu-3,,,true', 'stu-3,,,maybe');
  const { done, changes } = await compared(base, newer);
  assert.deepEqual(changes, []);
  assert.equal(kindOf(done, 'demographics'), undefined);
  assert.equal(kindOf(done, 'users')?.leftAlone, 1);
  assert.equal(kindOf(done, 'enrollments')?.leftAlone, 1);
});

test('while a row does not say which record it is, nothing of its kind is removed', async () => {
  const newer = changed(base, 'enrollments.csv', /^enr-6,/m, ',');
  const { done, changes } = await compared(base, newer);
  assert.deepEqual(changes, []);
  assert.equal(kindOf(done, 'enrollments')?.removalsSuspended, true);
  assert.equal(kindOf(done, 'enrollments')?.leftAlone, 1);
});

test('a delta changes what it lists and nothing else', async () => {
  const delta = deltaDelivery('1.1');
  const [header = '', ...rows] = (delta['enrollments.csv'] ?? '').trimEnd().split('\r\n');
  const manifest = [...(delta['manifest.csv'] ?? '').matchAll(/^(.*),(.*)$/gm)].map(([line, name]) =>
    line.trimEnd().endsWith(',delta') && name !== 'file.enrollments' ? `${name},absent` : line.trimEnd(),
  );
  const newer = {
    'manifest.csv': `${manifest.join('\r\n')}\r\n`,
    'enrollments.csv': `${[header, rows[0]?.replace(',active,', ',tobedeleted,'), rows[1]?.replace(',student,', ',teacher,')].join('\r\n')}\r\n`,
  };
  const { done, changes } = await compared(base, newer);
  assert.deepEqual(
    changes.map(({ action, sourcedId, fields }) => [action, sourcedId, action === 'changed' ? fields : {}]),
    [
      ['removed', 'enr-1', {}],
      ['changed', 'enr-2', { role: { from: 'student', to: 'teacher' } }],
    ],
  );
  assert.equal(kindOf(done, 'enrollments')?.unchanged, 4);
});

test('passwords are compared and never shown', async () => {
  const withPassword = (password: string) => changed(base, 'users.csv', /^(stu-3,.*,)$/m, `$1${password}`);
  const { changes } = await compared(withPassword('first-word'), withPassword('other-word'));
  assert.deepEqual(
    changes.map(({ fields }) => fields),
    [{ password: { from: '(hidden)', to: '(hidden)' } }],
  );
});

/** The same question, answered by sets of whole lines. */
function bySets(older: Files, newer: Files, file: string): Record<'added' | 'changed' | 'removed', string[]> {
  const records = (text = '') =>
    new Map(
      text
        .trimEnd()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => [line.slice(0, line.indexOf(',')), line]),
    );
  const [a, b] = [records(older[file]), records(newer[file])];
  return {
    added: [...b.keys()].filter((id) => !a.has(id)).sort(),
    changed: [...b.keys()].filter((id) => a.has(id) && a.get(id) !== b.get(id)).sort(),
    removed: [...a.keys()].filter((id) => !b.has(id)).sort(),
  };
}

test('a district after a year of changes: equal to a comparison of whole lines', async () => {
  const [older, newer] = [0, 3].map((generation) =>
    Object.fromEntries(
      generate({ students: 400, seed: 5, churn: 0.08, generation }).files.map((one) => [
        one.name,
        [...one.text()].join(''),
      ]),
    ),
  ) as [Files, Files];
  const { done, changes } = await compared(older, newer);
  for (const { kind, added, changed: altered, removed } of done.kinds) {
    const ids = (action: string) =>
      changes.filter((one) => one.kind === kind && one.action === action).map((one) => one.sourcedId);
    const expected = bySets(older, newer, `${kind}.csv`);
    for (const action of ['added', 'changed', 'removed'] as const)
      assert.deepEqual(ids(action).sort(), expected[action], `${kind} ${action}`);
    assert.deepEqual(
      [added, altered, removed],
      [expected.added.length, expected.changed.length, expected.removed.length],
    );
  }
  assert.ok(changes.length > 100);
});
