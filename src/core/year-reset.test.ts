import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movedOn } from './year-reset.ts';

test('a grade moves on by one, the 12th leaves, and what nothing follows stays', () => {
  const to = (grades: string) => {
    const moved = movedOn(grades);
    return moved.to === 'grades' ? moved.grades : moved.to;
  };
  assert.deepEqual(['KG', '01', '08', '09', '11'].map(to), ['01', '02', '09', '10', '12']);
  assert.equal(to('TK'), 'KG');
  assert.equal(to('12'), 'leave');
  for (const grade of ['PK', 'PR', 'IT', '13', 'UG', 'PS', 'Other']) assert.equal(to(grade), 'stay');
  for (const grades of ['', ' , ', '3rd', '1', '03,3rd']) assert.equal(to(grades), 'unknown');
  assert.equal(movedOn(undefined).to, 'unknown');
});

test('several grades move on each, and only who is in the 12th alone leaves', () => {
  assert.deepEqual(movedOn('03,04'), { to: 'grades', grades: '04,05' });
  assert.deepEqual(movedOn('11, 12'), { to: 'grades', grades: '12' });
  assert.deepEqual(movedOn('12,UG'), { to: 'grades', grades: 'UG' });
  assert.deepEqual(movedOn('PK,KG'), { to: 'grades', grades: 'PK,01' });
});
