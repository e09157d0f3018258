import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modeAt, unreviewedWindow, type Window, windowInWords, windows } from './calendar.ts';
import { localDateOf } from './local-date.ts';

const summer: Window = { from: '2026-06-12', to: '2026-08-09', mode: 'paused', note: 'Summer break' };
const reset: Window = { from: '2026-08-10', to: '2026-08-20', mode: 'additions only', note: '' };
const read = (given: unknown) => windows.read(given, 'calendar');
const refused = (given: unknown, words: RegExp) =>
  assert.throws(
    () => read(given),
    (error: Error & { code: string }) => {
      assert.equal(error.code, 'source-setting');
      assert.match(error.message, words);
      return true;
    },
  );

test('windows are typed or given as data, and stand in order', () => {
  const text = '2026-08-10..2026-08-20 additions only; 2026-06-12..2026-08-09 paused Summer break';
  assert.deepEqual(read(text), [summer, reset]);
  assert.deepEqual(read([reset, summer]), [summer, reset]);
  assert.deepEqual(read(windows.show([summer, reset])), [summer, reset]);
  assert.deepEqual(read([]), []);
  assert.deepEqual(read(['2026-06-12..2026-08-09 paused Summer break']), [summer]);
});

test('what makes no sense is refused in a sentence', () => {
  refused('in summer', /^calendar cannot be "in summer": it takes windows such as /);
  refused([{ ...summer, to: '2026-06-11' }], /ends on 2026-06-11, before it begins/);
  refused([{ ...summer, to: '2026-06-31' }], /"2026-06-31": it takes days such as/);
  refused([{ ...summer, mode: 'puased' }], /Did you mean paused/);
  refused([{ ...summer, to: '2027-08-01' }], /longer than 400 days/);
  refused([summer, { ...reset, from: '2026-08-09' }], /share days; a day has one mode/);
  refused([{ ...summer, note: 'a\nb' }], /a note of one line/);
  refused([null], /it takes days/);
  refused(
    Array.from({ length: 101 }, () => summer),
    /more than 100/,
  );
});

test('a window holds from the first moment of its first day to the last moment of its last, in the zone of the district', () => {
  const at = (moment: string) => modeAt('active', [summer, reset], localDateOf(new Date(moment), 'America/Denver'));
  assert.equal(at('2026-06-12T05:59:59.999Z'), 'active');
  assert.equal(at('2026-06-12T06:00:00Z'), 'paused');
  assert.equal(at('2026-08-10T05:59:59.999Z'), 'paused');
  assert.equal(at('2026-08-10T06:00:00Z'), 'additions only');
  assert.equal(at('2026-08-21T06:00:00Z'), 'active');
  assert.equal(modeAt('dry run', [summer], '2026-09-01'), 'dry run');
});

test('a window that ends on the night of the change of clocks ends with its day', () => {
  const autumn: Window = { from: '2026-10-25', to: '2026-11-01', mode: 'paused', note: '' };
  const at = (moment: string) => modeAt('active', [autumn], localDateOf(new Date(moment), 'America/Denver'));
  // 01:30 comes twice on 1 November; both belong to it, and so does the 25th hour.
  for (const moment of ['2026-11-01T07:30:00Z', '2026-11-01T08:30:00Z', '2026-11-02T06:59:59Z'])
    assert.equal(at(moment), 'paused', moment);
  assert.equal(at('2026-11-02T07:00:00Z'), 'active');
});

test('after a window somebody looks, once', () => {
  const due = (day: string, reviewed?: string) => unreviewedWindow([summer, reset], day, reviewed);
  assert.equal(due('2026-06-11'), undefined);
  assert.equal(due('2026-08-09', '2026-06-01'), undefined, 'the window is not over');
  assert.equal(due('2026-08-10', '2026-06-01'), summer, 'the next one has begun, and the last is not looked at');
  assert.equal(due('2026-08-10', '2026-08-10'), undefined);
  assert.equal(due('2026-08-21', '2026-08-10'), reset);
  assert.equal(due('2026-08-21', '2026-08-20'), reset, 'what was decided within it does not count');
  assert.equal(due('2026-08-21', '2026-08-21'), undefined);
  assert.equal(due('2026-08-21'), reset);
  assert.equal(windowInWords(summer), 'the window "Summer break" (paused from 12 Jun 2026 to 9 Aug 2026)');
  assert.equal(windowInWords(reset), 'the window (additions only from 10 Aug 2026 to 20 Aug 2026)');
});
