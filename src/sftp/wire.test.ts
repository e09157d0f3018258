import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { packet } from '../../test/sftp-client.ts';
import {
  FieldError,
  PacketReader,
  packetLimitBytes,
  packets,
  type Request,
  readHello,
  readRequest,
  WireError,
} from './wire.ts';

/** Reads all packets of some bytes that come in pieces of the given sizes. */
function read(bytes: Buffer, sizes: readonly number[] = [bytes.length]): string[] {
  const reader = new PacketReader();
  const found: string[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    reader.push(bytes.subarray(at, at + size), (pieces, length) => found.push(shown(pieces, length)));
    at += size;
  }
  return found;
}

function shown(pieces: Uint8Array[], length: number): string {
  const { id, read: body } = readRequest(pieces, length);
  const request = body();
  const bytes = (parts: Uint8Array[]) => Buffer.concat(parts).toString('hex');
  const plain = Object.entries(request).map(([name, value]) =>
    Array.isArray(value)
      ? `${name} ${bytes(value)}`
      : value instanceof Uint8Array
        ? `${name} ${bytes([value])}`
        : `${name} ${JSON.stringify(value)}`,
  );
  return [id, ...plain].join(', ');
}

const one = (bytes: Buffer): { id: number; request: Request } => {
  const { id, read: body } = readRequest([bytes.subarray(4)], bytes.length - 4);
  return { id, request: body() };
};
const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

describe('requests, as the draft lays them out', () => {
  const cases: [bytes: Buffer, request: Request][] = [
    [packet(3, 7, '/a b', 26, 0), { type: 'open', path: '/a b', flags: 26 }],
    [packet(4, 7, 'h'), { type: 'close', handle: Buffer.from('h') }],
    [
      packet(5, 7, 'h', u64(2n ** 32n + 5n), 99),
      { type: 'read', handle: Buffer.from('h'), offset: 2 ** 32 + 5, lengthBytes: 99 },
    ],
    [packet(7, 7, 'x'), { type: 'lstat', path: 'x' }],
    [packet(8, 7, 'h'), { type: 'fstat', handle: Buffer.from('h') }],
    [
      packet(9, 7, 'x', 0xd, u64(9n), 0o644, 1, 60),
      { type: 'setstat', path: 'x', attrs: { sizeBytes: 9, modifiedAt: new Date(60_000) } },
    ],
    [packet(9, 7, 'x', 2, 0, 0), { type: 'setstat', path: 'x', attrs: {} }],
    [packet(10, 7, 'h', 1, u64(9n)), { type: 'fsetstat', handle: Buffer.from('h'), attrs: { sizeBytes: 9 } }],
    [packet(11, 7, 'x'), { type: 'opendir', path: 'x' }],
    [packet(12, 7, 'h'), { type: 'readdir', handle: Buffer.from('h') }],
    [packet(13, 7, 'x'), { type: 'remove', path: 'x' }],
    [packet(14, 7, 'x', 0), { type: 'mkdir', path: 'x' }],
    [packet(15, 7, 'x'), { type: 'rmdir', path: 'x' }],
    [packet(16, 7, '.'), { type: 'realpath', path: '.' }],
    [packet(17, 7, 'ü'), { type: 'stat', path: 'ü' }],
    [packet(18, 7, 'a', 'b'), { type: 'rename', from: 'a', to: 'b' }],
    [packet(19, 7, 'x'), { type: 'readlink', path: 'x' }],
    [packet(20, 7, 'target', 'link'), { type: 'symlink', from: 'target', to: 'link' }],
    [packet(200, 7, 'x@y', 'z'), { type: 'extended', name: 'x@y', data: packet(0, 'z').subarray(5) }],
    [packet(99, 7), { type: 'unknown' }],
  ];
  for (const [bytes, request] of cases) {
    test(`${request.type} (${bytes[4]})`, () => {
      const found = one(bytes);
      assert.equal(found.id, 7);
      assert.deepEqual(JSON.parse(JSON.stringify(found.request)), JSON.parse(JSON.stringify(request)));
    });
  }

  test('a write keeps its data in the pieces in which it came', () => {
    const bytes = packet(6, 7, 'h', u64(3n), 'data!');
    const { id, read: body } = readRequest([bytes.subarray(4, 23), bytes.subarray(23)], bytes.length - 4);
    const request = body();
    assert.ok(request.type === 'write');
    assert.deepEqual([id, request.offset, request.lengthBytes], [7, 3, 5]);
    assert.equal(Buffer.concat(request.pieces).toString(), 'data!');
  });

  test('cut off anywhere, each is refused by itself, and none is read beyond its end', () => {
    for (const [bytes, { type }] of [...cases, [packet(6, 7, 'h', u64(3n), 'data!'), { type: 'write' }] as const]) {
      for (let length = 5; length < bytes.length - 4; length++) {
        const cut = bytes.subarray(4, 4 + length);
        try {
          readRequest([cut], length).read();
        } catch (error) {
          assert.ok(error instanceof FieldError, `${type} cut to ${length}`);
          continue;
        }
        // What stands behind the last field that is needed is read over.
        assert.ok(['open', 'mkdir', 'extended', 'unknown'].includes(type), `${type} cut to ${length}`);
      }
    }
  });

  test('no number, a second greeting, or no greeting: nobody knows what comes next', () => {
    assert.throws(() => readRequest([Buffer.from([3, 0, 0])], 3), WireError);
    assert.throws(() => one(packet(1, 3)), WireError);
    assert.throws(() => readHello([Buffer.from([3, 0, 0, 0, 3])], 5), WireError);
    assert.throws(() => readHello([Buffer.from([1, 0])], 2), WireError);
    assert.equal(readHello([packet(1, 3).subarray(4)], 5), 3);
  });
});

describe('the stream of packets', () => {
  test('cutting it anywhere changes nothing', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const request = fc.oneof(
      fc.tuple(fc.constantFrom(7, 11, 13, 16, 17, 19), text).map(([type, path]) => packet(type, 1, path)),
      fc.tuple(text, text).map(([from, to]) => packet(18, 2, from, to)),
      fc
        .tuple(text, fc.bigInt(0n, 2n ** 53n), fc.uint8Array({ maxLength: 700 }))
        .map(([handle, offset, data]) => packet(6, 3, handle, u64(offset), data.length, Buffer.from(data))),
    );
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }),
        (all, sizes) => {
          const bytes = Buffer.concat(all);
          assert.deepEqual(read(bytes, sizes), read(bytes));
        },
      ),
    );
  });

  test('a length that no packet has is found before its bytes are waited for', () => {
    for (const length of [0, packetLimitBytes + 1, 2 ** 31, 2 ** 32 - 1]) {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(length);
      assert.throws(() => new PacketReader().push(head, () => assert.fail()), WireError);
    }
  });

  test('a byte at a time costs a few pieces, not one for each', () => {
    const reader = new PacketReader();
    const bytes = packet(6, 3, 'h', u64(0n), 100_000, Buffer.alloc(100_000));
    for (const byte of bytes.subarray(0, -1)) reader.push(Uint8Array.of(byte), () => assert.fail());
    assert.equal(reader.heldBytes, bytes.length - 5);
    let found = 0;
    reader.push(bytes.subarray(-1), (pieces, length) => {
      found = length;
      assert.ok(pieces.length <= 65);
    });
    assert.equal(found, bytes.length - 4);
  });

  test('any bytes at all are packets, or a WireError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          new PacketReader().push(bytes, (pieces, length) => {
            try {
              readRequest(pieces, length).read();
            } catch (error) {
              if (!(error instanceof FieldError)) throw error;
            }
          });
        } catch (error) {
          assert.ok(error instanceof WireError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('answers, as the draft lays them out', () => {
  assert.deepEqual(packets.version([['a@b', '1']]), packet(2, 3, 'a@b', '1'));
  assert.deepEqual(packets.status(7, 4, 'No.'), packet(101, 7, 4, 'No.', 'en'));
  assert.deepEqual(packets.handle(7, Buffer.from('h')), packet(102, 7, 'h'));
  assert.deepEqual(packets.data(7, Buffer.from('data')), packet(103, 7, 'data'));
  const attrs = { mode: 0o100600, sizeBytes: 2 ** 33, modifiedAt: new Date(60_000) };
  const block = [0xf, u64(2n ** 33n), 0, 0, 0o100600, 60, 60] as const;
  assert.deepEqual(packets.attrs(7, attrs), packet(105, 7, ...block));
  assert.deepEqual(packets.names(7, [{ name: 'ü', line: '-rw ü', attrs }]), packet(104, 7, 1, 'ü', '-rw ü', ...block));
  assert.deepEqual(packets.extended(7, Buffer.from('x')), packet(201, 7, Buffer.from('x')));
});
