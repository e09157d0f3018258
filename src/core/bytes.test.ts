import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode, isCommonText, isIdText, isUtf8, judgeDate, judgeDateTime, Tokens } from './bytes.ts';
import { isMojibake } from './cell-forms.ts';
import { hasInvisible } from './show.ts';

const date = (text: string) => {
  const bytes = encode(text);
  return judgeDate(bytes, 0, bytes.length);
};

test('every day from 1899 to 2101 is one, and no other is', () => {
  for (let year = 1899; year <= 2101; year++) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const real = new Date(Date.UTC(year, month - 1, day));
        const exists = real.getUTCMonth() === month - 1 && real.getUTCDate() === day && month > 0 && month < 13;
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        assert.equal(date(text), exists ? 'ok' : 'impossible', text);
      }
    }
  }
});

test('other ways to write a date are told by their form', () => {
  for (const text of [
    '8/27/2018',
    '2018-8-27',
    '27-Aug-18',
    '2018-08-27T00:00',
    '20180827',
    '2018/08/27',
    '２０１８-08-27',
    '',
  ]) {
    assert.equal(date(text), 'format', text);
  }
});

test('times are told apart by zone and milliseconds', () => {
  assert.equal(judgeDateTime('2012-04-23T18:25:43.511Z'), 'ok');
  assert.equal(judgeDateTime('2012-04-23T18:25:43Z'), 'no-milliseconds');
  assert.equal(judgeDateTime('2012-04-23T18:25:43.511+02:00'), 'not-utc');
  assert.equal(judgeDateTime('2012-04-23T18:25:43.511'), 'not-utc');
  for (const text of ['2012-04-23', '2012-04-23 18:25:43', '2012-13-23T18:25:43Z', '2012-04-23T24:25:43Z', 'now']) {
    assert.equal(judgeDateTime(text), 'format', text);
  }
});

test('UTF-8 is judged as the platform judges it', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decodes = (bytes: Uint8Array) => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const continuation = fc.constantFrom(0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x41);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.array(continuation, { maxLength: 6 }).map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      assert.equal(isUtf8(input, 0, input.length), decodes(input));
    }),
    { numRuns: 5000 },
  );
});

test('ids have the characters that the standard lists', () => {
  const allowed = /^[0-9A-Za-z._/@-]*$/;
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      const bytes = encode(text);
      assert.equal(isIdText(bytes, 0, bytes.length), allowed.test(text));
    }),
  );
});

test('tokens are found whole and in their own case', () => {
  const tokens = new Tokens(['teacher', 'student', 'aide']);
  const has = (text: string) => tokens.has(encode(text), 0, encode(text).length);
  assert.deepEqual(['teacher', 'student', 'aide'].map(has), [true, true, true]);
  assert.deepEqual(['Teacher', 'teach', 'teachers', '', 'aids'].map(has), [false, false, false, false, false]);
});

test('common text has nothing invisible and no trace of a double encoding', () => {
  const character = fc.oneof(
    fc.constantFrom(
      ...'aZé 9ÂÃâ€™œ“”˜ñØЖλ',
      '\u0000',
      '\u001f',
      '\u007f',
      '\u0080',
      '\u00a0',
      '\u00ad',
      '\u200b',
      '\ufeff',
      '\u2060',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  const text = fc.array(character, { maxLength: 8 }).map((each) => each.join(''));
  fc.assert(
    fc.property(text, (each) => {
      const bytes = encode(each);
      if (isCommonText(bytes, 0, bytes.length))
        assert.ok(!hasInvisible(each) && !isMojibake(each), JSON.stringify(each));
    }),
    { numRuns: 3000 },
  );
  for (const each of ['', 'Ana-Lucía O’Neil'.replace('’', "'"), 'Gómez', 'Øystein', 'Жанна', 'λ'])
    assert.ok(isCommonText(encode(each), 0, encode(each).length), each);
  for (const each of ['JosÃ©', 'a\u00a0b', 'a\tb', 'it’s', '東京'])
    assert.ok(!isCommonText(encode(each), 0, encode(each).length), each);
  // A cell that ends within a letter, and one whose letter does not go on.
  assert.ok(!isCommonText(encode('Gó'), 0, 2));
  assert.ok(!isCommonText(new Uint8Array([0xc5, 0x41]), 0, 2));
});
