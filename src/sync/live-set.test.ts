import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LiveSet } from './live-set.ts';

const piece = (records: { hash: bigint; id: string }[]) => {
  const hashes = Buffer.alloc(records.length * 8);
  for (const [index, { hash }] of records.entries()) hashes.writeBigInt64BE(hash, index * 8);
  return { hashes, ids: records.map(({ id }) => id).join('\n') };
};

test('finds what is there and names what was not seen, like a Map', () => {
  const hash = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const near = fc.bigInt({ min: -3n, max: 3n });
  const record = fc.record({
    hash: fc.oneof(hash, near),
    id: fc.string({ minLength: 1 }).map((id) => id.replaceAll('\n', '_')),
  });
  const pieces = fc.array(fc.array(record, { minLength: 1, maxLength: 30 }), { maxLength: 5 });
  fc.assert(
    fc.property(pieces, fc.array(fc.oneof(hash, near)), (given, asked) => {
      const set = new LiveSet(given.map(piece));
      const first = new Map<bigint, string>();
      for (const { hash, id } of given.flat()) if (!first.has(hash)) first.set(hash, id);
      for (const each of asked) assert.equal(see(set, each), first.has(each));
      const expected = [...first].filter(([each]) => !asked.includes(each)).map(([, id]) => id);
      assert.deepEqual([...set.unseen()].sort(), expected.sort());
    }),
  );
});

test('takes a hash as the 64 bits that it is, signed or not', () => {
  const set = new LiveSet([piece([{ hash: -1n, id: 'a' }])]);
  assert.equal(see(set, 2n ** 64n - 1n), true);
  assert.deepEqual([...set.unseen()], []);
});

test('is empty when nothing is live', () => {
  const set = new LiveSet([]);
  assert.equal(see(set, 0n), false);
  assert.deepEqual([...set.unseen()], []);
});

/** A hash as the reader of rows tells it: two halves of 32 bits. */
const see = (set: LiveSet, hash: bigint): boolean =>
  set.see(Number(BigInt.asIntN(32, hash >> 32n)), Number(BigInt.asIntN(32, hash)));
