/** The lines of packed rows, whatever pieces their bytes come in. */
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import { linesIn, Packer } from './packed.ts';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('lines come out of pieces of any length as they went in, and nothing else does', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ' ', '😀') });
  const row = fc.record({ id: cell, cells: fc.array(cell, { minLength: 1, maxLength: 3 }), hasMore: fc.boolean() });
  const blocks = fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 4 });
  const packer = new Packer();
  await fc.assert(
    fc.asyncProperty(blocks, fc.integer({ min: 1, max: 400 }), async (given, size) => {
      const bytes = given.map((rows) => {
        for (const { id, cells, hasMore } of rows)
          packer.add({
            sourcedId: id,
            isDeleted: false,
            changedAt: Number.NaN,
            cells,
            attached: hasMore ? [{ kind: 'roles', sourcedId: `${id}.1`, cells: ['x', id] }] : [],
            metadata: hasMore ? { 'metadata.more': id } : undefined,
          });
        return packer.take();
      });
      const written = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
      const lines = given.flat().map(({ id, cells }) => `${written(id)},,,${cells.map(written).join(',')}\r\n`);
      const found = await buffer(linesIn(cut(Buffer.concat(bytes), size)));
      assert.equal(found.toString(), lines.join(''));
    }),
  );
});
