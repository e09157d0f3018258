/** Words of numbers, times and values. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paths, safeNext } from './paths.ts';
import { age, counted, pieces, size, span } from './words.ts';

test('counts are singular or plural, with thousands separated', () => {
  assert.equal(counted(1, 'row', 'rows'), '1 row');
  assert.equal(counted(2940, 'row', 'rows'), '2,940 rows');
});

test('an age is short', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  assert.equal(age('2026-11-21T11:59:40Z', now), 'now');
  assert.equal(age('2026-11-21T11:40:00Z', now), '20 min');
  assert.equal(age('2026-11-21T06:00:00Z', now), '6 h');
  assert.equal(age('2026-11-20T10:00:00Z', now), '26 h');
  assert.equal(age('2026-11-19T11:00:00Z', now), '2 d');
});

test('spans and sizes carry their unit', () => {
  assert.equal(span(9_400), '9.4 s');
  assert.equal(span(185_000), '3 min 05 s');
  assert.equal(span(20), 'at once');
  assert.equal(size(999), '999 bytes');
  assert.equal(size(1_482_113), '1.5 MB');
});

test('what the eye cannot see in a value is named', () => {
  assert.deepEqual(pieces('active '), [{ text: 'active' }, { mark: 'space' }]);
  assert.deepEqual(pieces('  A  B\u00a0'), [
    { mark: '2 spaces' },
    { text: 'A' },
    { mark: '2 spaces' },
    { text: 'B' },
    { mark: 'no-break space' },
  ]);
  assert.deepEqual(pieces('\ufeffid\r\n'), [
    { mark: 'byte order mark' },
    { text: 'id' },
    { mark: 'line break' },
    { mark: 'line break' },
  ]);
  assert.deepEqual(pieces('Hill Elementary'), [{ text: 'Hill Elementary' }]);
  assert.deepEqual(pieces('a\u200b\t b'), [
    { text: 'a' },
    { mark: 'zero-width space' },
    { mark: 'tab' },
    { text: ' b' },
  ]);
  assert.deepEqual(pieces(' '), [{ mark: 'space' }]);
  assert.deepEqual(pieces(''), []);
});

test('an address carries only what is filled', () => {
  assert.equal(paths.overview({ state: undefined, q: 'hill', page: 2 }), '/?q=hill&page=2');
  assert.equal(paths.sync('a/b'), '/syncs/a%2Fb');
});

test('signing in leads only to addresses of this console', () => {
  assert.equal(safeNext('/syncs/1?rule=x'), '/syncs/1?rule=x');
  for (const foreign of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '',
    null,
  ]) {
    assert.equal(safeNext(foreign), '/');
  }
});
