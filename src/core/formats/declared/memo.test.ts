import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode } from '../../bytes.ts';
import { decode } from '../../record.ts';
import { CellWriter } from './cell-writer.ts';
import { ITEM } from './inputs.ts';
import { Memo } from './memo.ts';
import { SourceRow } from './source-row.ts';

/** A row of two columns and an item. */
function rowOf(cells: readonly string[]): SourceRow {
  const row = new SourceRow(2);
  const bytes = cells.map(encode);
  row.buffer = new Uint8Array(bytes.reduce((sum, each) => sum + each.length, 0));
  const ends: number[] = [];
  let at = 0;
  for (const each of bytes) {
    row.buffer.set(each, at);
    at += each.length;
    ends.push(at);
  }
  const [first = 0, second = 0, third = 0] = ends;
  row.start.set([0, first]);
  row.end.set([first, second]);
  row.itemStart = second;
  row.itemEnd = third;
  return row;
}

function written(memo: Memo, at: number): string {
  const out = new CellWriter();
  const from = out.length;
  memo.write(at, out);
  return decode(out.bytes, from, out.length);
}

test('what is kept for cells is found for the same cells and for no others', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'A', ',', 'é', '\u0001'), maxLength: 3 });
  const cells = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(cells, (rows) => {
      const memo = new Memo([0, ITEM]);
      const known = new Map<string, string>();
      for (const [first, second, item] of rows) {
        const row = rowOf([first, second, item]);
        const at = memo.find(row);
        const key = JSON.stringify([first, item]);
        assert.equal(at >= 0 ? written(memo, at) : undefined, known.get(key));
        if (at >= 0) continue;
        const value = `${first}|${item}|${known.size}`;
        memo.keep(encode(value));
        known.set(key, value);
      }
    }),
    { numRuns: 100 },
  );
});

test('what never comes again is not kept for ever, and long cells are not kept', () => {
  const memo = new Memo([0, 1]);
  const long = rowOf(['x'.repeat(300), '', '']);
  assert.equal(memo.find(long), -1);
  memo.keep(encode('value'));
  assert.equal(memo.find(long), -1);
  const often = rowOf(['often', '', '']);
  memo.find(often);
  memo.keep(encode('kept'));
  assert.equal(written(memo, memo.find(often)), 'kept');
  for (let at = 0; at < 40_000; at++) {
    assert.equal(memo.find(rowOf([`once-${at}`, '', ''])), -1);
    memo.keep(encode(`value ${at}`));
  }
  assert.equal(memo.find(often), -1, 'all was forgotten');
});
