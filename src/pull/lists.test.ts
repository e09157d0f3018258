/** Whatever JSON an answer is, cutting it and parsing the pieces says what parsing it as a whole says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { collections, rowsIn } from '../core/rest/collections.ts';
import { rowsOf } from './answer.ts';
import { cutLists } from './lists.ts';

const answered = (text: string, type = 'application/json') =>
  rowsOf({ status: 200, headers: { 'content-type': type }, cookies: [], body: Buffer.from(text) }, collections.users);

test('rows come out as they went in, however the answer is written', () => {
  const ref = fc.record({ sourcedId: fc.string({ unit: 'grapheme' }), type: fc.constant('org') });
  const row = fc.record({ sourcedId: fc.string(), orgs: fc.array(ref, { maxLength: 3 }), name: fc.jsonValue() });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), fc.boolean(), fc.boolean(), (rows, isSpaced, hasMore) => {
      const json = hasMore ? { x: [rows[0] ?? 1], users: rows, statusInfoSet: [{ a: [1] }] } : { users: rows };
      const text = JSON.stringify(json, null, isSpaced ? 2 : 0);
      assert.deepEqual(answered(text).rows, JSON.parse(text).users);
    }),
  );
});

test('pieces end where entries end, and what only looks like the beginning of one makes no row', () => {
  const rows = Array.from({ length: 300 }, (_, at) => ({
    sourcedId: `u-${at}`,
    orgs: [{ sourcedId: 'a' }, { sourcedId: 'b' }],
    note: '},{"sourcedId":"no row"}, "quoted \\" ]',
    text: 'x'.repeat(1000),
  }));
  const text = JSON.stringify({ users: rows });
  assert.deepEqual(answered(text).rows, rows);
  const { lists } = cutLists(Buffer.from(text), 1000, true);
  const own = lists[0]?.flatMap(({ start, end }) => JSON.parse(`[${text.slice(start, end)}]`));
  assert.deepEqual(own, rows);
  assert.ok((lists[0]?.length ?? 0) > 100, 'in many pieces');
});

test('what is no JSON is refused wherever it is cut', () => {
  const good = JSON.stringify({
    users: Array.from({ length: 90 }, (_, at) => ({ sourcedId: `u-${at}`, text: 'x'.repeat(900) })),
  });
  assert.equal(answered(good).rows.length, 90);
  const second = good.indexOf('{"sourcedId":"u-50"');
  for (const bad of [
    good.slice(0, -1),
    good.slice(0, -2),
    `${good}}`,
    good.replace('},{"sourcedId":"u-50"', '},,{"sourcedId":"u-50"'),
    good.replace(']}', ',]}'),
    good.replace('[{', '[,{'),
    `${good.slice(0, second)}]${good.slice(second)}`,
    good.replace('"u-70"', '"u-70'),
  ])
    assert.throws(() => answered(bad), { code: 'not-json' });
});

test('a name that comes twice counts as the last one, as it does for any reader', () => {
  const text = '{"users":[{"sourcedId":"1"}],"users":[{"sourcedId":"2"}]}';
  assert.deepEqual(answered(text).rows, rowsIn(JSON.parse(text), collections.users).rows);
});

test('text that is not in its charset is refused within rows too', () => {
  const body = Buffer.from('{"users":[{"sourcedId":"1","familyName":"Mu\u00f1oz"}]}', 'latin1');
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body };
  assert.throws(() => rowsOf(answer, collections.users), { code: 'not-utf8' });
});
