/** Due times against the clock changes of 2026 and 2027, whose moments are written here from the laws, not from luxon. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { schedules } from '../core/schedule.ts';
import { duesBefore, inLocalWords } from './due.ts';

const dues = (schedule: string, zone: string, at: string, most: number) =>
  duesBefore(schedules.read(schedule, 'schedule'), zone, new Date(at), most).map((due) => due.toISOString());
const iso = (...times: string[]) => times.map((time) => new Date(time).toISOString());

test('a due time is reached at its very moment, and not before', () => {
  assert.deepEqual(
    dues('daily 03:00', 'America/Denver', '2026-01-15T10:00:00Z', 2),
    iso('2026-01-15T10:00Z', '2026-01-14T10:00Z'),
  );
  assert.deepEqual(dues('daily 03:00', 'America/Denver', '2026-01-15T09:59:59.999Z', 1), iso('2026-01-14T10:00Z'));
  assert.deepEqual(dues('none', 'America/Denver', '2026-01-15T10:00:00Z', 5), []);
});

// Second Sunday of March and first Sunday of November, at 02:00: 8 Mar and 1 Nov 2026, 14 Mar and 7 Nov 2027.
// Denver is at -07:00, in summer at -06:00.
test('United States: 02:30 is skipped in spring, and is due at 03:30 of the new time', () => {
  assert.deepEqual(
    dues('daily 02:30', 'America/Denver', '2026-03-09T12:00:00Z', 3),
    iso('2026-03-09T02:30-06:00', '2026-03-08T02:30-07:00', '2026-03-07T02:30-07:00'),
  );
  assert.deepEqual(
    dues('daily 02:30', 'America/Denver', '2027-03-15T12:00:00Z', 3),
    iso('2027-03-15T02:30-06:00', '2027-03-14T02:30-07:00', '2027-03-13T02:30-07:00'),
  );
});

test('United States: 01:30 comes twice in autumn, and is due the first time, once', () => {
  assert.deepEqual(
    dues('daily 01:30', 'America/Denver', '2026-11-02T12:00:00Z', 3),
    iso('2026-11-02T01:30-07:00', '2026-11-01T01:30-06:00', '2026-10-31T01:30-06:00'),
  );
  assert.deepEqual(
    dues('daily 01:30', 'America/Denver', '2027-11-08T12:00:00Z', 3),
    iso('2027-11-08T01:30-07:00', '2027-11-07T01:30-06:00', '2027-11-06T01:30-06:00'),
  );
  // Between the first and the second 01:30, the due time of the day is reached already.
  assert.equal(dues('daily 01:30', 'America/Denver', '2026-11-01T08:00:00Z', 1)[0], '2026-11-01T07:30:00.000Z');
});

test('the usual 03:00 is at 10:00 UTC in winter and at 09:00 in summer, on the days of change too', () => {
  assert.deepEqual(
    dues('daily 03:00', 'America/Denver', '2026-03-08T23:00:00Z', 2),
    iso('2026-03-08T09:00Z', '2026-03-07T10:00Z'),
  );
  assert.deepEqual(
    dues('daily 03:00', 'America/Denver', '2026-11-01T23:00:00Z', 2),
    iso('2026-11-01T10:00Z', '2026-10-31T09:00Z'),
  );
});

// European Union: last Sunday of March and October at 01:00 UTC: 29 Mar and 25 Oct 2026, 28 Mar and 31 Oct 2027.
test('Berlin: 02:30 is skipped and comes twice', () => {
  assert.deepEqual(
    dues('daily 02:30', 'Europe/Berlin', '2026-03-29T12:00:00Z', 2),
    iso('2026-03-29T02:30+01:00', '2026-03-28T02:30+01:00'),
  );
  assert.deepEqual(
    dues('daily 02:30', 'Europe/Berlin', '2027-10-31T12:00:00Z', 2),
    iso('2027-10-31T02:30+02:00', '2027-10-30T02:30+02:00'),
  );
});

// Lord Howe Island moves its clocks by half an hour: first Sunday of October 2026 (4 Oct) from +10:30 to +11:00 at 02:00.
test('Lord Howe Island: 02:15 is skipped by half an hour', () => {
  assert.deepEqual(
    dues('daily 02:15', 'Australia/Lord_Howe', '2026-10-04T12:00:00Z', 2),
    iso('2026-10-04T02:15+10:30', '2026-10-03T02:15+10:30'),
  );
});

// Chile skips midnight itself: Sunday, 6 Sep 2026, from -04:00 to -03:00.
test('Santiago: a midnight that is skipped is due an hour later, on its own day', () => {
  assert.deepEqual(
    dues('daily 00:00', 'America/Santiago', '2026-09-07T12:00:00Z', 3),
    iso('2026-09-07T00:00-03:00', '2026-09-06T00:00-04:00', '2026-09-05T00:00-04:00'),
  );
});

test('Arizona, Phoenix, never moves its clocks; the zone of a schedule wins over that of the district', () => {
  assert.deepEqual(
    dues('daily 03:00 America/Phoenix', 'America/Denver', '2026-07-01T12:00:00Z', 1),
    iso('2026-07-01T03:00-07:00'),
  );
});

test('chosen weekdays are days of the zone, not of UTC', () => {
  // Monday, 12 Oct 2026, 22:00 in Honolulu is Tuesday in UTC.
  assert.deepEqual(
    dues('Mon-Fri 22:00', 'Pacific/Honolulu', '2026-10-13T09:00:00Z', 3),
    iso('2026-10-12T22:00-10:00', '2026-10-09T22:00-10:00', '2026-10-08T22:00-10:00'),
  );
  // East of the date line it is Friday when it is still Thursday in UTC.
  assert.deepEqual(dues('Fri 01:00', 'Pacific/Auckland', '2026-06-11T13:00:00Z', 1), iso('2026-06-12T01:00+12:00'));
});

/** The wall clock of a moment, by Intl and not by luxon. */
function wall(at: Date, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' });
  return format.format(at);
}

test('every day has one due time, whatever the clocks do, and the newest is never ahead', () => {
  const zones = ['America/Denver', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Santiago', 'Africa/Cairo', 'UTC'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 1439 }),
      fc.date({ min: new Date('2026-01-05'), max: new Date('2027-12-31'), noInvalidDate: true }),
      (zone, minutes, at) => {
        const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        const found = duesBefore({ days: [1, 2, 3, 4, 5, 6, 7], time, timeZone: null }, zone, at, 4);
        assert.equal(found.length, 4);
        assert.ok((found[0] as Date) <= at && at.getTime() - (found[0] as Date).getTime() <= 26 * 3_600_000);
        for (const [index, due] of found.entries()) {
          const earlier = found[index + 1];
          if (earlier) {
            const hours = (due.getTime() - earlier.getTime()) / 3_600_000;
            assert.ok(hours >= 22 && hours <= 26, `${hours} hours between two due times`);
          }
          const shown = wall(due, zone);
          // A time that was skipped is shown at most an hour later; any other is shown as it was set.
          const later = (Number(shown.slice(0, 2)) * 60 + Number(shown.slice(3)) - minutes + 1440) % 1440;
          assert.ok(later === 0 || later === 30 || later === 60, `${time} in ${zone} became ${shown}`);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('in the words of the place', () => {
  assert.equal(inLocalWords(new Date('2026-10-13T09:00:00Z'), 'America/Denver'), 'Tue 13 Oct at 03:00');
  assert.equal(inLocalWords(new Date('2026-09-30T23:05:00Z'), 'Europe/Berlin'), 'Thu 1 Oct at 01:05');
});
