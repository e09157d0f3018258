/** What is kept as a list while it is short is told just the same when it is long. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from './bytes.ts';
import { Links } from './links.ts';
import { Items } from './lists.ts';

test('links are found, whether they are few or many', () => {
  for (const count of [1, 2, 16, 17, 18, 500]) {
    const links = new Links();
    for (let to = 0; to < count; to++) links.add(7, to * 3);
    for (let to = 0; to < count; to++) assert.ok(links.includes(7, to * 3), `${to} of ${count}`);
    assert.ok(!links.includes(7, 1));
    assert.ok(!links.includes(7, count * 3));
    assert.ok(!links.has(6));
  }
});

test('an item that occurs twice is found, however long the list is', () => {
  const items = new Items();
  for (const count of [2, 32, 33, 5000]) {
    const unlike = Array.from({ length: count }, (_, at) => `item-${at}`);
    const bytes = encode(unlike.join(', '));
    assert.equal(items.cut(bytes, 0, bytes.length).hasDuplicate(bytes), false);
    for (const twin of [0, count - 2]) {
      const alike = encode([...unlike.slice(0, -1), unlike[twin]].join(','));
      assert.equal(items.cut(alike, 0, alike.length).hasDuplicate(alike), true);
    }
  }
});
