/** Schedules as people type them, as programs give them, and as they are shown again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noSchedule, type Schedule, schedules, usualSchedule } from './schedule.ts';

const read = (given: unknown): Schedule => schedules.read(given, 'schedule');
const week = [1, 2, 3, 4, 5, 6, 7];

test('days, times and zones are typed in several ways, and shown in one', () => {
  const typed: [string, Schedule, string][] = [
    ['daily 03:00', usualSchedule, 'daily 03:00'],
    ['Daily 3:00', usualSchedule, 'daily 03:00'],
    ['mon-fri 05:30', { days: [1, 2, 3, 4, 5], time: '05:30', timeZone: null }, 'Mon,Tue,Wed,Thu,Fri 05:30'],
    ['Wednesday,mon 23:59', { days: [1, 3], time: '23:59', timeZone: null }, 'Mon,Wed 23:59'],
    ['Sat-Sun,Wed 00:00', { days: [3, 6, 7], time: '00:00', timeZone: null }, 'Wed,Sat,Sun 00:00'],
    [
      ' Sun 06:15 America/Chicago ',
      { days: [7], time: '06:15', timeZone: 'America/Chicago' },
      'Sun 06:15 America/Chicago',
    ],
    ['Mon-Sun 03:00', { days: week, time: '03:00', timeZone: null }, 'daily 03:00'],
    ['none', noSchedule, 'none'],
  ];
  for (const [text, schedule, shown] of typed) {
    assert.deepEqual(read(text), schedule, text);
    assert.equal(schedules.show(read(text)), shown);
    assert.deepEqual(read(shown), schedule, 'what is shown can be typed');
    assert.deepEqual(read(JSON.parse(JSON.stringify(schedule))), schedule, 'what is stored can be read');
  }
  assert.deepEqual(read({ days: [5, 1, 5], time: '03:00' }).days, [1, 5]);
});

test('what is none of these is refused with what is taken', () => {
  const bad: unknown[] = [
    '',
    'daily',
    '03:00',
    'daily 24:00',
    'daily 3:60',
    'Fri-Mon 03:00',
    'Mon-Tue-Wed 03:00',
    'Mo 03:00',
    'daily 03:00 America/Denver x',
    { days: [0], time: '03:00' },
    { days: [8], time: '03:00' },
    { days: [1.5], time: '03:00' },
    { days: 'Mon', time: '03:00' },
    { days: [1], time: '3:00' },
    { days: [1], time: '03:00', timeZone: 5 },
    [],
    7,
  ];
  for (const given of bad)
    assert.throws(() => read(given), { code: 'source-setting', message: /^schedule cannot be .*it takes daily 03:00/ });
  assert.throws(() => read('daily 03:00 America/Nowhere'), {
    message: 'schedule names "America/Nowhere", which is no time zone. Use a name such as America/Denver.',
  });
});
