import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeLines, changesHeader, difference, type RecordChange, shownChange } from './changes.ts';

const change = (before: object | null, after: object | null, kind: RecordChange['kind'] = 'users'): RecordChange => ({
  kind,
  sourcedId: 'u-1',
  action: before === null ? 'create' : 'update',
  before: before as RecordChange['before'],
  after: after as RecordChange['after'],
  changed: difference((before ?? {}) as never, (after ?? {}) as never),
});

test('a field that is blank on one side, and an extension column, differ too', () => {
  const before = { givenName: 'Kim', email: 'kim@x.example', metadata: { 'metadata.bus': '4' } };
  const after = { givenName: 'Kim', phone: '1', metadata: { 'metadata.bus': '5', 'metadata.new': 'y' } };
  assert.deepEqual(difference(before, after), {
    email: { from: 'kim@x.example', to: undefined },
    phone: { from: undefined, to: '1' },
    'metadata.bus': { from: '4', to: '5' },
    'metadata.new': { from: undefined, to: 'y' },
  });
  assert.deepEqual(difference(before, structuredClone(before)), {});
});

test('a credential is never shown, and that it changed is', () => {
  const shown = shownChange(change({ password: 'a', role: 'student' }, { password: 'b', role: 'student' }));
  assert.deepEqual(shown.before, { password: '•••', role: 'student' });
  assert.deepEqual(shown.changed, { password: { from: '•••', to: '•••' } });
  const first = shownChange(change(null, { password: 'b' }));
  assert.deepEqual([first.before, first.changed], [null, { password: { from: undefined, to: '•••' } }]);
  assert.doesNotMatch(changeLines(shown), /,a,|,b,/);
});

test('a line for each field, quoted where it has to be, and no formula', () => {
  assert.equal(changesHeader.trimEnd().split(',').length, 7);
  const lines = changeLines(
    change(
      { givenName: 'Kim', familyName: 'Stone, Jr.', role: 'student', phone: '1' },
      {
        givenName: '=HYPERLINK("x")',
        familyName: 'Stone, Jr.',
        role: 'student',
        phone: '+1 555',
        middleName: '-',
        identifier: '@a',
      },
    ),
  ).split('\r\n');
  assert.deepEqual(lines, [
    `users,u-1,"'=HYPERLINK(""x"") Stone, Jr. (student)",update,givenName,Kim,"'=HYPERLINK(""x"")"`,
    `users,u-1,"'=HYPERLINK(""x"") Stone, Jr. (student)",update,phone,1,'+1 555`,
    `users,u-1,"'=HYPERLINK(""x"") Stone, Jr. (student)",update,middleName,,'-`,
    `users,u-1,"'=HYPERLINK(""x"") Stone, Jr. (student)",update,identifier,,'@a`,
    '',
  ]);
  const enrollment = { userSourcedId: 'u', classSourcedId: 'c', role: 'student', status: 'active' };
  assert.equal(
    changeLines(change(enrollment, { ...enrollment, status: 'tobedeleted' }, 'enrollments')),
    'enrollments,u-1,u in c (student),update,status,active,tobedeleted\r\n',
  );
});
