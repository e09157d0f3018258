import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../bytes.ts';
import { dateText, lastYear, overlap, yearsBetween } from './dates.ts';
import { Enrolled } from './enrolled.ts';
import { PairTable } from './pair-table.ts';
import { TextTable } from './text-table.ts';

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

test('texts are the same in capitals and without, and only then', () => {
  const table = new TextTable(5);
  const add = (text: string, index: number) => table.add(encode(`-${text}-`), 1, encode(text).length + 1, index);
  assert.equal(add('emma.kowalski@example.org', 0), -1);
  assert.equal(add('Emma.KOWALSKI@example.org', 1), 0);
  for (const [at, text] of [
    'emma.kowalski@example.or',
    'emma.kowalski@example.orgg',
    'emma{',
    'emma[',
    'é',
    'e',
    'ee',
  ].entries())
    assert.equal(add(text, 10 + at), -1, text);
  assert.equal(add('EMMA[', 30), 13);
});

test('a hundred thousand texts that differ are told apart', () => {
  const table = new TextTable(1);
  for (let at = 0; at < 100_000; at++) {
    const text = encode(`student${at}`);
    assert.equal(table.add(text, 0, text.length, at), -1);
  }
  for (let at = 0; at < 100_000; at += 97) {
    const text = encode(`Student${at}`);
    assert.equal(table.add(text, 0, text.length, -1), at);
  }
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
