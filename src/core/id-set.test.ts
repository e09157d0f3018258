import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode } from './bytes.ts';
import { IdSet } from './id-set.ts';
import { decode } from './record.ts';

test('holds what a Map would hold, through growth, with any seed', () => {
  const ids = fc.array(fc.string({ unit: fc.constantFrom('a', 'A', 'b', '-', '1', 'é'), maxLength: 6 }), {
    maxLength: 3000,
  });
  fc.assert(
    fc.property(ids, fc.integer(), (texts, seed) => {
      const set = new IdSet(seed);
      const map = new Map<string, number>();
      for (const [line, text] of texts.entries()) {
        const bytes = encode(text);
        const index = set.add(bytes, 0, bytes.length, line);
        const before = map.get(text);
        if (before === undefined) map.set(text, index);
        assert.equal(index, before === undefined ? map.size - 1 : -1 - before);
      }
      assert.equal(set.size, map.size);
      for (const [text, index] of map) {
        const bytes = encode(`xx${text}y`);
        assert.equal(set.find(bytes, 2, bytes.length - 1), index);
        const own = set.bytesOf(index);
        assert.equal(decode(own, 0, own.length), text);
        assert.equal(set.lines[index], texts.indexOf(text));
      }
    }),
    { numRuns: 60 },
  );
});

test('an id that differs by case alone is found as a variant', () => {
  const set = new IdSet();
  const add = (text: string) => set.add(encode(text), 0, text.length, 1);
  const find = (text: string) => set.find(encode(text), 0, text.length);
  add('S-001a');
  assert.equal(find('s-001A'), -1);
  assert.equal(set.variant, 0);
  assert.equal(find('s-002A'), -1);
  assert.equal(set.variant, -1);
  // Bytes that differ by the same bit but are no letters are not variants: @ and `, - and CR.
  add('a@b');
  assert.equal(find('a`b'), -1);
  assert.equal(set.variant, -1);
});
