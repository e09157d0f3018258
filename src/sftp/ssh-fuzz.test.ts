import assert from 'node:assert/strict';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { signedIn } from '../../test/sftp-client.ts';
import { type Door, folder, openDoor, person, shutDoor } from '../../test/sftp-door.ts';

/** What happens to the bytes of a client on their way: at an offset of all that it sends. */
type Damage = { at: number } & (
  | { kind: 'cut' }
  | { kind: 'flip'; bit: number }
  | { kind: 'insert'; bytes: Uint8Array }
  | { kind: 'drop'; count: number }
  | { kind: 'again'; count: number }
);

const signInMs = 700;

describe('bytes that are no SSH, or are none any more', () => {
  let door: Door;
  before(async () => {
    door = await openDoor({ limits: { signInMs, idleMs: signInMs, newConnectionsPerMinute: 100_000 } });
  });
  after(() => shutDoor(door));

  /** The door works, for somebody else. */
  async function works(): Promise<void> {
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/well.part`, 'x');
    await sftp.remove(`${folder}/well.part`);
    sftp.end();
  }

  /** Sends bytes and then nothing. @returns how many bytes were taken until the door hung up. */
  function send(bytes: Iterable<Buffer>): Promise<number> {
    const socket = connectSocket(door.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    return new Promise((resolve) => {
      const rest = bytes[Symbol.iterator]();
      const more = () => {
        for (let next = rest.next(); !next.done; next = rest.next()) if (!socket.write(next.value)) return;
      };
      socket.on('connect', more).on('drain', more);
      socket.on('close', () => resolve(socket.bytesWritten - socket.writableLength));
    });
  }

  test('a real conversation, damaged anywhere: the door hangs up in time and serves the next', async () => {
    const damage: fc.Arbitrary<Damage> = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('flip' as const), at: where(), bit: fc.nat(7) }) },
      fc.record({ kind: fc.constant('cut' as const), at: where() }),
      fc.record({
        kind: fc.constant('insert' as const),
        at: where(),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      }),
      fc.record({ kind: fc.constant('drop' as const), at: where(), count: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ kind: fc.constant('again' as const), at: where(), count: fc.integer({ min: 1, max: 60 }) }),
    );
    const several = fc.array(fc.tuple(damage, fc.boolean()), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(several, async (each) => {
        const cipherOf = (gcm: boolean) => (gcm ? 'aes128-gcm@openssh.com' : 'aes128-ctr');
        await Promise.all(each.map(([one, gcm]) => converse(door.port, one, cipherOf(gcm))));
      }),
      { numRuns: 15, endOnFailure: true },
    );
    await works();
  });

  test('greetings without end, of many lines, of other versions, and none', async () => {
    const line = Buffer.alloc(64 * 1024, 'x');
    const endless = function* () {
      for (let count = 0; count < 1024; count++) yield line;
    };
    assert.ok((await send(endless())) < 16 * 1024 * 1024, 'what has no end is not waited for');
    const lines = function* () {
      for (let count = 0; count < 20_000; count++) yield Buffer.from(`line ${count}\r\n`);
    };
    await send(lines());
    for (const greeting of [
      'SSH-1.5-old\r\n',
      'SSH-2.0\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      '\0'.repeat(300),
      'SSH-2.0-a\0b\r\n',
    ])
      await send([Buffer.from(greeting)]);
    await works();
  });

  test('lengths that nothing has, before and after keys are agreed on', async () => {
    for (const length of [0, 1, 4, 35_001, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
      const head = Buffer.alloc(6);
      head.writeUInt32BE(length);
      head[4] = 4;
      head[5] = 20;
      const flood = function* () {
        yield Buffer.from('SSH-2.0-x\r\n');
        yield head;
        for (let count = 0; count < 512; count++) yield Buffer.alloc(64 * 1024);
      };
      assert.ok((await send(flood())) < 16 * 1024 * 1024, `${length}`);
    }
    await works();
  });

  test('the lists of a key exchange cut off, empty, without end, or with nothing in common', async () => {
    const names = ['', 'none', 'x'.repeat(30_000), ','.repeat(20_000), 'curve25519-sha256', '\0', 'é'];
    for (const name of names) {
      for (const count of [0, 1, 9, 10, 11]) {
        const lists = Array.from({ length: count }, () => text(name.slice(0, Math.floor(30_000 / count))));
        await send([
          Buffer.from('SSH-2.0-x\r\n'),
          sshPacket(Buffer.concat([Buffer.of(20), Buffer.alloc(16), ...lists])),
        ]);
      }
    }
    // Every message that belongs to later, without any keys.
    for (let type = 0; type < 256; type += 3)
      await send([Buffer.from('SSH-2.0-x\r\n'), sshPacket(Buffer.concat([Buffer.of(type), text('ssh-userauth')]))]);
    await works();
  });

  test('all of that leaves no connection and no memory behind', async () => {
    // Those that were cut off and said nothing more are sent away in time.
    await new Promise((resolve) => setTimeout(resolve, signInMs * 3));
    const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): { localPort?: number }[] };
    assert.deepEqual(
      handles().filter(({ localPort }) => localPort === door.port),
      [],
    );
    assert.ok(process.memoryUsage().rss < 1024 ** 3);
    assert.equal(
      door.logged.some((line) => /"level":(50|60)/.test(line)),
      false,
      'nothing of it is a fault of ours',
    );
  });
});

/** Most of it in the part that is read before anybody is known. */
const where = () => fc.oneof(fc.nat({ max: 2600 }), fc.nat({ max: 9000 }));

/** A client of npm signs in and puts a file, while its bytes are damaged on their way; ends when the door has hung up. */
async function converse(port: number, damage: Damage, cipher: string): Promise<void> {
  const proxy: Server = createServer((near) => {
    const far = connectSocket(port, '127.0.0.1');
    near.on('error', () => {}).on('close', () => far.end());
    far.on('error', () => {}).on('close', () => near.destroy());
    far.pipe(near);
    damaging(near, far, damage);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const client = new ssh2.Client();
  const over = new Promise<void>((resolve) => client.on('close', () => resolve()));
  client.on('error', () => {});
  client.on('ready', () =>
    client.sftp((error, sftp) => {
      if (error) return client.end();
      sftp.on('error', () => {});
      sftp.writeFile(`${folder}/fuzz.part`, Buffer.alloc(3000, 'x'), () => client.end());
    }),
  );
  const { port: proxyPort } = proxy.address() as { port: number };
  client.connect({
    host: '127.0.0.1',
    port: proxyPort,
    ...person,
    readyTimeout: 0,
    algorithms: { cipher: [cipher as ssh2.CipherAlgorithm] },
  });
  await over;
  await new Promise((resolve) => proxy.close(resolve));
}

function damaging(near: Socket, far: Socket, damage: Damage): void {
  let sent = 0;
  let isDone = false;
  near.on('data', (data: Buffer) => {
    const from = damage.at - sent;
    sent += data.length;
    if (isDone || from < 0 || from >= data.length) return void far.write(data);
    isDone = true;
    const [head, tail] = [data.subarray(0, from), data.subarray(from)];
    switch (damage.kind) {
      case 'cut':
        far.end(head);
        break;
      case 'flip': {
        const changed = Buffer.from(data);
        changed[from] = (changed[from] as number) ^ (1 << damage.bit);
        far.write(changed);
        break;
      }
      case 'insert':
        far.write(Buffer.concat([head, damage.bytes, tail]));
        break;
      case 'drop':
        far.write(Buffer.concat([head, tail.subarray(damage.count)]));
        break;
      case 'again':
        far.write(Buffer.concat([head, tail.subarray(0, damage.count), tail]));
    }
  });
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A packet of SSH before keys are agreed on. */
function sshPacket(payload: Buffer): Buffer {
  const padding = 8 - ((payload.length + 5) % 8) + 8;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + padding + 1);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}
