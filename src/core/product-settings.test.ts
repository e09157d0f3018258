import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProductSettings, readReceiving, receivingInWords } from './product-settings.ts';

test('a window is typed as it is said', () => {
  const nightly = { from: '20:00', to: '03:00', days: [1, 2, 3, 4, 5, 6, 7] };
  assert.deepEqual(readReceiving('20:00-03:00'), nightly);
  assert.deepEqual(readReceiving(' 00:30-05:00 5,1,5 '), { from: '00:30', to: '05:00', days: [1, 5] });
  assert.equal(readReceiving('any'), null);
  assert.equal(receivingInWords(nightly), 'every day from 20:00 to 03:00');
  assert.equal(receivingInWords({ ...nightly, days: [1, 5] }), 'Mon, Fri from 20:00 to 03:00');
  assert.equal(receivingInWords(null), 'at any time');
  for (const text of ['24:00-03:00', '20:00', '20:00-03:60', '03:00-03:00', '20:00-03:00 8', '20:00-03:00 Mo', '']) {
    assert.throws(() => readReceiving(text), { code: 'product-receiving', status: 400 }, text);
  }
});

test('only profiles, formats and windows that there are', () => {
  checkProductSettings({ profile: 'literacy', formats: ['oneroster-csv'], receiving: null });
  checkProductSettings({ profile: null, formats: [] });
  assert.throws(() => checkProductSettings({ profile: 'chess' }), { message: /Profiles: literacy, math\./ });
  assert.throws(() => checkProductSettings({ formats: ['oneroster-csv', 'pdf'] }), { code: 'product-format' });
  for (const days of [[], [0], [8], [1, 1], ['1']]) {
    const receiving = { from: '20:00', to: '03:00', days: days as number[] };
    assert.throws(() => checkProductSettings({ receiving }), { code: 'product-receiving' });
  }
});
