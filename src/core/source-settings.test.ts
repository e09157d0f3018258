import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeSource, type ForATime, refuseBeyond } from './source-change.ts';
import {
  defaultThresholds,
  modeOn,
  type StoredSource,
  settingsOf,
  sourceSettings,
  thresholdsOn,
} from './source-settings.ts';
import { viewOf } from './source-view.ts';

const plain: StoredSource = { mode: 'active', trustFirst: false, format: 'auto', profile: 'default', settings: {} };
const today = '2026-08-01';
const context = { day: today, by: 'ana@vendor.example', at: new Date('2026-08-01T15:00:00Z') };
const set = (changes: Record<string, unknown>, source = plain, forATime?: ForATime) =>
  changeSource(source, changes, context, forATime).source;
const refused = (changes: Record<string, unknown>, words: RegExp, forATime?: ForATime) =>
  assert.throws(
    () => set(changes, plain, forATime),
    (error: Error & { code: string; status: number }) => {
      assert.deepEqual([error.code, error.status], ['source-setting', 400]);
      assert.match(error.message, words);
      return true;
    },
  );

test('the defaults are those of the rules of the product', () => {
  assert.deepEqual(defaultThresholds, {
    removedShare: 0.1,
    removedAtLeast: 20,
    schoolRemovedShare: 0.1,
    schoolRemovedAtLeast: 20,
    leftOutShare: 0.05,
    shrunkenShare: 0.25,
    shrunkenAtLeast: 20,
    identityChanges: 20,
  });
  assert.deepEqual(thresholdsOn(plain, today), { ...defaultThresholds, kinds: {} });
  assert.equal(settingsOf(plain).holdOnlyRemovals, false);
});

test('each default is a value of its own form, and survives being typed', () => {
  for (const [name, { form, default: fallback }] of Object.entries(sourceSettings)) {
    const { read, show } = form as { read(given: unknown, name: string): unknown; show(value: unknown): string };
    assert.deepEqual(read(fallback, name), fallback, name);
    if (name !== 'calendar') assert.deepEqual(read(show(fallback), name), fallback, name);
  }
});

test('values are typed in several ways, and kept in one', () => {
  const next = set({ removedShare: '20 %', 'removedShare.users': '0.3', removedAtLeast: '5', mode: 'dry run' });
  assert.deepEqual(next.settings, { removedShare: 0.2, 'removedShare.users': 0.3, removedAtLeast: 5 });
  assert.equal(next.mode, 'dry run');
  assert.deepEqual(thresholdsOn(next, today), {
    ...defaultThresholds,
    removedShare: 0.2,
    removedAtLeast: 5,
    kinds: { users: { removedShare: 0.3 } },
  });
  assert.deepEqual(set({ removedShare: 'default', 'removedShare.users': null, mode: null }, next).settings, {
    removedAtLeast: 5,
  });
  assert.equal(set({ removedShare: '0%' }).settings.removedShare, 0);
  assert.equal(set({ removedShare: '100%' }).settings.removedShare, 1);
  assert.equal(set({ removedShare: '0.5%' }).settings.removedShare, 0.005);
  assert.equal(set({ profile: 'default' }).profile, 'default');
  assert.deepEqual(set({ administratorsMay: 'mode, decide' }).settings.administratorsMay, ['decide', 'mode']);
  assert.deepEqual(set({ administratorsMay: 'none' }).settings.administratorsMay, []);
});

test('nonsense is refused, and nothing of the rest is set', () => {
  refused({ removedShare: '101%' }, /^removedShare cannot be "101%": it takes a share from 0% to 100%\.$/);
  refused({ removedShare: '20' }, /cannot be "20"/);
  refused({ removedShare: '1' }, /cannot be "1"/);
  refused({ removedShare: -0.1 }, /cannot be "-0.1"/);
  refused({ removedShare: Number.NaN }, /it takes a share/);
  refused({ removedAtLeast: 1.5 }, /a whole number from 0 to 10,000,000/);
  refused({ identityChanges: 0 }, /a whole number from 1/);
  refused({ mode: 'pause' }, /Did you mean paused\?/);
  refused({ removedshares: 1 }, /Did you mean removedShare\?/);
  refused({ 'removedShare.user': 1 }, /Did you mean removedShare.users\?/);
  refused({ 'leftOutShare.demographics': 1 }, /Kinds: orgs, classes, users, enrollments\./);
  refused({ 'mode.users': 'paused' }, /^mode is the same for all kinds\.$/);
  refused({ constructor: 1 }, /There is no setting "constructor"/);
  refused({ 'removedShare.users.x': 1 }, /./);
  refused({ loosened: [] }, /There is no setting/);
  refused({}, /^Say what to set/);
  refused({ holdOnlyRemovals: 'perhaps' }, /yes or no/);
  refused({ administratorsMay: 'everything' }, /one of decide/);
});

test('a change says what was before; what is as before is none', () => {
  const { changes } = changeSource(plain, { removedShare: '20%', removedAtLeast: 20, mode: 'paused' }, context);
  assert.deepEqual(changes, [
    { name: 'removedShare', from: '10%', to: '20%' },
    { name: 'mode', from: 'active', to: 'paused' },
  ]);
  const own = set({ 'removedShare.users': '30%' });
  assert.deepEqual(changeSource(own, { 'removedShare.users': null }, context).changes, [
    { name: 'removedShare.users', from: '30%', to: 'as removedShare' },
  ]);
});

test('a threshold for a time holds to the end of its day, and ends by itself', () => {
  const source = set({ 'removedShare.users': '60%', removedAtLeast: 100 }, plain, {
    until: '2026-08-15',
    why: 'Rezoning',
  });
  assert.deepEqual(thresholdsOn(source, '2026-08-15').kinds, { users: { removedShare: 0.6 } });
  assert.equal(thresholdsOn(source, '2026-08-15').removedAtLeast, 100);
  assert.deepEqual(thresholdsOn(source, '2026-08-16'), { ...defaultThresholds, kinds: {} });
  assert.deepEqual(
    viewOf(source, '2026-08-10').forATime.map(({ name, shown, until, by, why, at }) => [
      name,
      shown,
      until,
      by,
      why,
      at,
    ]),
    [
      ['removedShare.users', '60%', '2026-08-15', 'ana@vendor.example', 'Rezoning', '2026-08-01T15:00:00.000Z'],
      ['removedAtLeast', '100', '2026-08-15', 'ana@vendor.example', 'Rezoning', '2026-08-01T15:00:00.000Z'],
    ],
  );
  assert.deepEqual(viewOf(source, '2026-08-16').forATime, []);
  // The value without an end stays what it was, and may be changed meanwhile.
  const both = set({ removedAtLeast: 30 }, set({ removedAtLeast: 25 }, plain));
  assert.equal(thresholdsOn(both, today).removedAtLeast, 30);
  assert.equal(
    thresholdsOn(set({ removedAtLeast: 40 }, source), today).removedAtLeast,
    40,
    'set without an end, it holds at once',
  );
});

test('a value for a time needs an end and a reason', () => {
  const change = { removedShare: '60%' };
  refused(change, /Say why/, { until: '2026-08-15', why: ' ' });
  refused(change, /31 Jul 2026 is over already/, { until: '2026-07-31', why: 'x' });
  refused(change, /more than a year away/, { until: '2027-08-03', why: 'x' });
  refused(change, /days? such as/, { until: 'soon', why: 'x' });
  refused({ mode: 'paused' }, /there is the calendar/, { until: '2026-08-15', why: 'x' });
  assert.doesNotThrow(() => set(change, plain, { until: today, why: 'x' }));
});

test('administrators of the district change what the vendor allows', () => {
  const may = (names: string[], source = plain) => refuseBeyond(source, names);
  may(['mode', 'calendar', 'holdOnlyRemovals']);
  for (const name of ['removedShare', 'removedShare.users', 'trustFirst', 'format', 'profile', 'administratorsMay'])
    assert.throws(() => may([name]), { code: 'not-allowed', status: 403 }, name);
  may(['removedShare.users'], set({ administratorsMay: 'thresholds' }));
  assert.throws(
    () => may(['administratorsMay'], set({ administratorsMay: sourceSettings.administratorsMay.default })),
    {
      code: 'not-allowed',
    },
  );
  assert.throws(() => may(['mode'], set({ mode: 'dry run' })), /your vendor ends that/);
});

test('what another version has stored does not stop a source', () => {
  const odd = { ...plain, settings: { removedShare: 'much', calendar: 7, later: true, loosened: 'x' } };
  assert.deepEqual(thresholdsOn(odd, today), { ...defaultThresholds, kinds: {} });
  assert.equal(modeOn(odd, today), 'active');
  assert.equal(settingsOf(odd).holdOnlyRemovals, false);
});

test('while no schedule is set, a delivery is due when the window of the product ends', () => {
  const receiving = { from: '20:00', to: '04:30', days: [1, 2, 3, 4, 5] };
  const source = {
    mode: 'active',
    trustFirst: false,
    format: 'auto',
    profile: 'default',
    settings: {},
    product: { receiving },
  } as const;
  const due = { days: [1, 2, 3, 4, 5], time: '04:30', timeZone: null };
  assert.deepEqual(settingsOf(source).schedule, due);
  const view = viewOf(source, '2026-11-22').settings.find(({ name }) => name === 'schedule');
  assert.deepEqual(
    [view?.shown, view?.default, view?.isSet],
    ['Mon,Tue,Wed,Thu,Fri 04:30', 'Mon,Tue,Wed,Thu,Fri 04:30', false],
  );
  const own = { ...source, settings: { schedule: { days: [7], time: '01:00', timeZone: null } } };
  assert.equal(settingsOf(own).schedule.time, '01:00', 'what is set for the source counts');
  assert.equal(viewOf(own, '2026-11-22').settings.find(({ name }) => name === 'schedule')?.isSet, true);
  assert.equal(
    settingsOf({ ...source, settings: { schedule: { days: [], time: '03:00', timeZone: null } } }).schedule.days.length,
    0,
  );
  for (const product of [{ receiving: null }, {}, undefined])
    assert.equal(settingsOf({ ...source, ...(product ? { product } : { product: {} }) }).schedule.time, '03:00');
});
