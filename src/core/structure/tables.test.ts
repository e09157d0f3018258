import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../bytes.ts';
import { Row } from '../record.ts';
import { dateText, lastYear, overlap, yearsBetween } from './dates.ts';
import { Doubles } from './doubles.ts';
import { Enrolled } from './enrolled.ts';
import { Lines } from './lines.ts';
import { PairTable } from './pair-table.ts';

test('a table of pairs says what a Map says', () => {
  const table = new PairTable();
  const map = new Map<string, number>();
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  for (let step = 0; step < 60_000; step++) {
    const [a, b] = [next(300) - 150, next(300) * 7919];
    assert.equal(table.get(a, b), map.get(`${a} ${b}`) ?? -1);
    assert.equal(table.add(a, b, step), map.get(`${a} ${b}`) ?? -1);
    if (!map.has(`${a} ${b}`)) map.set(`${a} ${b}`, step);
  }
  assert.equal(table.size, map.size);
});

test('a set of lines says what a Set says, however large the numbers are', () => {
  const lines = new Lines();
  const set = new Set<number>();
  for (let step = 0; step < 20_000; step++) {
    const line = step % 3 === 0 ? (31 << 26) | (Math.imul(step, 48_271) & 0xffff) : Math.imul(step, 69_621) & 0x3fff;
    assert.equal(lines.add(line), !set.has(line));
    set.add(line);
  }
});

/** `expected`: room is made for so many in the middle of a pair. */
const doublesOf = (texts: string[], seed?: number, expected?: number) => {
  const doubles = new Doubles(seed);
  const row = new Row('orgs');
  for (const [index, text] of texts.entries()) {
    if (expected !== undefined && index === 50_500) doubles.reserve(expected);
    row.buffer = encode(`-${text}-`);
    row.start[3] = 1;
    row.end[3] = row.buffer.length - 1;
    doubles.add(row, 3, index);
  }
  return [...doubles.found()];
};

test('texts are the same in capitals and without, and only then', () => {
  const texts = [
    'emma.kowalski@x.org',
    'Emma.KOWALSKI@x.org',
    'emma.kowalski@x.or',
    'emma{',
    'emma[',
    'é',
    'e',
    'ee',
    'EMMA[',
  ];
  for (const seed of [undefined, 1, 2 ** 31 - 1]) {
    assert.deepEqual(doublesOf(texts, seed), [
      { index: 1, first: 0, text: 'Emma.KOWALSKI@x.org' },
      { index: 8, first: 4, text: 'EMMA[' },
    ]);
  }
});

test('of a hundred thousand texts, those that are there twice are found, and no other', () => {
  const texts = Array.from({ length: 100_000 }, (_, at) => `student${at % 997 === 996 ? at - 500 : at}`);
  const expected = texts.flatMap((text, at) => (at % 997 === 996 ? [{ index: at, first: at - 500, text }] : []));
  assert.equal(expected.length, 100);
  // 50,346 and 50,846 are a pair.
  for (const room of [undefined, 1, 100_000, 1e9]) assert.deepEqual(doublesOf(texts, 1, room), expected);
  assert.deepEqual(doublesOf([]), []);
});

test('who is enrolled is found in short lists and in long ones', () => {
  const enrolled = new Enrolled();
  for (let at = 0; at < 200; at++) assert.equal(enrolled.add(3, at, 0, at), -1);
  for (let at = 0; at < 200; at++) {
    assert.equal(enrolled.add(3, at, 0, 1000 + at), at);
    assert.ok(enrolled.has(3, at, 0));
    assert.ok(!enrolled.has(3, at, 1) && !enrolled.has(2, at, 0));
  }
  enrolled.addLeftOut(2, 7, 1);
  assert.ok(enrolled.has(2, 7, 1));
  assert.equal(enrolled.add(2, 7, 1, 900), -1);
});

test('spans end before their last date, and may be open', () => {
  assert.ok(overlap(20250801, 20250901, 20250831, 0));
  assert.ok(!overlap(20250801, 20250901, 20250901, 0));
  assert.ok(overlap(0, 0, 20250901, 20250902));
  assert.ok(!overlap(20250901, 0, 0, 20250901));
  assert.equal(dateText(20250801), '2025-08-01');
  assert.deepEqual([lastYear(20260613), lastYear(20260101), lastYear(20260102)], [2026, 2025, 2026]);
  assert.deepEqual([yearsBetween(20130527, 20250526), yearsBetween(20130527, 20250527)], [11, 12]);
});
