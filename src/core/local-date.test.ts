import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayInWords, isLocalDate, localDateOf } from './local-date.ts';

test('the day is that of the place, on both sides of its midnight', () => {
  // Denver is 7 hours behind in winter, 6 in summer.
  const cases: [string, string, string][] = [
    ['2026-01-15T06:59:59.999Z', 'America/Denver', '2026-01-14'],
    ['2026-01-15T07:00:00Z', 'America/Denver', '2026-01-15'],
    ['2026-07-15T05:59:59.999Z', 'America/Denver', '2026-07-14'],
    ['2026-07-15T06:00:00Z', 'America/Denver', '2026-07-15'],
    ['2026-07-15T23:30:00Z', 'UTC', '2026-07-15'],
    ['2026-07-15T12:00:00Z', 'Pacific/Auckland', '2026-07-16'],
  ];
  for (const [at, zone, day] of cases) assert.equal(localDateOf(new Date(at), zone), day, `${at} ${zone}`);
});

test('days of 23 and 25 hours, and days that begin at 01:00, are days', () => {
  const cases: [string, string, string][] = [
    // 8 March 2026: 02:00 becomes 03:00. 1 November: 02:00 becomes 01:00.
    ['2026-03-08T07:00:00Z', 'America/Denver', '2026-03-08'],
    ['2026-03-09T05:59:59Z', 'America/Denver', '2026-03-08'],
    ['2026-03-09T06:00:00Z', 'America/Denver', '2026-03-09'],
    ['2026-11-01T06:00:00Z', 'America/Denver', '2026-11-01'],
    ['2026-11-02T06:59:59Z', 'America/Denver', '2026-11-01'],
    ['2026-11-02T07:00:00Z', 'America/Denver', '2026-11-02'],
    // In Havana midnight itself is left out: 00:00 becomes 01:00 on 8 March 2026.
    ['2026-03-08T04:59:59Z', 'America/Havana', '2026-03-07'],
    ['2026-03-08T05:00:00Z', 'America/Havana', '2026-03-08'],
  ];
  for (const [at, zone, day] of cases) assert.equal(localDateOf(new Date(at), zone), day, `${at} ${zone}`);
});

test('a day is one that there is', () => {
  for (const day of ['2026-02-28', '2028-02-29', '2026-12-31']) assert.equal(isLocalDate(day), true, day);
  for (const day of ['2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01T00:00', '', 'tomorrow'])
    assert.equal(isLocalDate(day), false, day);
  assert.equal(dayInWords('2026-08-09'), '9 Aug 2026');
});
