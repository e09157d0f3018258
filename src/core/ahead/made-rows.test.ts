import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../../../test/differential/faults.ts';
import { localAhead } from '../../../test/fuzz/local-ahead.ts';
import { encode } from '../bytes.ts';
import { SCRATCH_BYTES } from '../csv.ts';
import type { RowVisitor } from '../formats/format.ts';
import { Row } from '../record.ts';
import { textsOf } from '../row-texts.ts';
import { fieldNames } from '../tables.ts';
import { Tally } from '../tally.ts';
import { MadeRows } from './made-rows.ts';

const names = fieldNames('users');
const fields = Int32Array.of(0, names.indexOf('givenName'), names.indexOf('username'));

test('records, broken ones and findings come out as they went in, and in that order, however long they are', () => {
  const random = randomFrom(5);
  const sent: unknown[] = [];
  const taken: unknown[] = [];
  const tally = new Tally('default', ({ rule, line }) => taken.push(['said', rule, line]));
  let expected = 0;
  const visitor: RowVisitor = {
    columns() {},
    row: (row) => void taken.push(['row', row.line, textsOf(row), row.metadata, row.mayRepeat, row.unusual]),
    broken: (buffer, start, end, line) => void taken.push(['broken', String(buffer.subarray(start, end)), line]),
    expect: (rows) => {
      expected = rows;
    },
    drain() {},
  };
  let at = 0;
  const rows = { kind: 'users', version: '1.1', fields, present: names.map(() => true), hashes: true } as const;
  const known = { ...rows, seed: 1, ids: undefined, references: [], texts: [] };
  const made = new MadeRows(localAhead(random), known, visitor, tally, () => at / 3000);
  const row = new Row('users');
  for (; at < 3000; at++) {
    const what = random(20);
    if (what === 0) {
      made.saying.add('csv-blank-row', { line: at });
      sent.push(['said', 'csv-blank-row', at]);
    } else if (what === 1) {
      const id = encode(`id-${at}`);
      made.broken(id, 1, id.length, at);
      sent.push(['broken', String(id.subarray(1)), at]);
    } else {
      // Longer ones than can be told in halves of a word too.
      const length = random(200) === 0 ? 65_000 + random(2000) : random(30);
      const texts = [`id-${at}`, 'é'.repeat(random(3)), 'x'.repeat(length)];
      write(row, texts);
      row.line = at;
      row.unusual = texts[1] !== '';
      row.mayRepeat = random(2) === 0;
      row.metadata = random(3) === 0 ? { 'metadata.x': String(at) } : undefined;
      made.row(row);
      const filled = Object.fromEntries(
        texts.flatMap((text, cell) => (text ? [[names[fields[cell] ?? 0], text]] : [])),
      );
      sent.push(['row', at, filled, row.metadata, row.mayRepeat, row.unusual]);
      row.buffer.fill(0);
    }
  }
  made.finish();
  assert.deepEqual(taken, sent);
  assert.ok(expected > 1500 && expected < 6000, `${expected} were expected`);
});

function write(row: Row, texts: string[]): void {
  const bytes = texts.map(encode);
  row.buffer = new Uint8Array(bytes.reduce((sum, each) => sum + each.length, SCRATCH_BYTES));
  let at = SCRATCH_BYTES;
  for (const [cell, each] of bytes.entries()) {
    const field = fields[cell] as number;
    row.start[field] = at;
    row.buffer.set(each, at);
    at += each.length;
    row.end[field] = at;
  }
}
