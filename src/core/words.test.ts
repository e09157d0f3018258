import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSentence, counted, countedKind, limitPercent, percent, thousands } from './words.ts';

test('thousands are separated', () => {
  assert.deepEqual([0, 7, 999, 1000, 2940, 1_234_567].map(thousands), ['0', '7', '999', '1,000', '2,940', '1,234,567']);
});

test('words become a sentence, and names of files stay as they are spelt', () => {
  assert.equal(asSentence('this is the first delivery'), 'This is the first delivery.');
  assert.equal(asSentence('users.csv holds a header and no rows'), 'users.csv holds a header and no rows.');
});

test('singular and plural', () => {
  assert.deepEqual(
    [counted(0, 'row'), counted(1, 'row'), counted(2, 'row'), counted(2, 'class', 'classes')],
    ['0 rows', '1 row', '2 rows', '2 classes'],
  );
  assert.deepEqual(
    [countedKind(1, 'classes'), countedKind(2940, 'enrollments'), countedKind(1, 'categories')],
    ['1 class', '2,940 enrollments', '1 category'],
  );
});

test('percent: whole from ten up, one decimal below, never nothing for something', () => {
  assert.deepEqual(
    [percent(412, 2940), percent(51, 1000), percent(1, 20), percent(1, 100_000), percent(0, 5), percent(3, 0)],
    ['14 %', '5.1 %', '5 %', '0.1 %', '0 %', '0 %'],
  );
});

test('what is above a limit is never shown as the limit', () => {
  assert.deepEqual(
    [percent(100, 1000, 0.1), percent(101, 1000, 0.1), percent(10_001, 100_000, 0.1), percent(50_001, 1_000_000, 0.05)],
    ['10 %', '10.1 %', '10.1 %', '5.1 %'],
  );
});

test('limits', () => {
  assert.deepEqual([limitPercent(0.1), limitPercent(0.07), limitPercent(0.125)], ['10 %', '7 %', '12.5 %']);
});
