import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addExtent, cutExtents, type Extents, prefixOf } from './extents.ts';

const piece = fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 12 }));
const step = fc.oneof(
  piece.map(([start, length]) => ({ start, end: start + length })),
  fc.nat({ max: 70 }).map((size) => ({ size })),
);

test('extents know exactly the bytes that were written, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const extents: Extents = [];
      const written = new Set<number>();
      for (const one of steps) {
        if ('size' in one) {
          cutExtents(extents, one.size);
          for (const at of written) if (at >= one.size) written.delete(at);
        } else {
          addExtent(extents, one.start, one.end);
          for (let at = one.start; at < one.end; at++) written.add(at);
        }
      }
      const known = extents.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i));
      assert.deepEqual(
        known,
        [...written].sort((a, b) => a - b),
      );
      let prefix = 0;
      while (written.has(prefix)) prefix++;
      assert.equal(prefixOf(extents), prefix);
    }),
    { numRuns: 2000 },
  );
});
