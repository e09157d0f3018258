import assert from 'node:assert/strict';
import { connect as connectSocket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { packet, rawChannel, signedIn } from '../../test/sftp-client.ts';
import { type Door, folder, openDoor, shutDoor } from '../../test/sftp-door.ts';

const hello = packet(1, 3);
const status = (bytes: Buffer) => bytes.readUInt32BE(9);

/** Sends packets on a channel of its own and collects the answers until as many came, or the channel ended. */
async function ask(door: Door, packets: Buffer[], answers: number): Promise<Buffer[]> {
  const { client, channel } = await rawChannel(door);
  let bytes = Buffer.alloc(0);
  const found: Buffer[] = [];
  await new Promise<void>((resolve) => {
    channel.on('data', (data: Buffer) => {
      bytes = Buffer.concat([bytes, data]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
        const length = 4 + bytes.readUInt32BE();
        found.push(bytes.subarray(0, length));
        bytes = bytes.subarray(length);
      }
      if (found.length >= answers) resolve();
    });
    channel.on('close', () => resolve());
    client.on('close', () => resolve());
    for (const one of packets) channel.write(one);
  });
  client.end();
  return found;
}

describe('packets that no client would send', () => {
  let door: Door;
  before(async () => {
    door = await openDoor({ limits: { newConnectionsPerMinute: 10_000 } });
  });
  after(async () => {
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/still here.zip`, 'PK');
    assert.equal(door.deliveries.at(-1)!.name, 'still here.zip', 'the door works on');
    sftp.end();
    await shutDoor(door);
  });

  test('posix-rename and fsync of OpenSSH are understood, other extensions are not', async () => {
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/a.part`, 'PK');
    const answers = await ask(
      door,
      [
        hello,
        packet(200, 1, 'posix-rename@openssh.com', `${folder}/a.part`, `${folder}/a.zip`),
        packet(200, 2, 'hardlink@openssh.com', '/etc/passwd', `${folder}/a.zip`),
        packet(200, 3, 'fsync@openssh.com', 'no handle'),
        packet(200, 4, 'posix-rename@openssh.com', Buffer.from([0, 0, 255, 255, 1])),
      ],
      5,
    );
    const byId = new Map(answers.slice(1).map((answer) => [answer.readUInt32BE(5), status(answer)]));
    assert.deepEqual([byId.get(1), byId.get(2), byId.get(3), byId.get(4)], [0, 8, 4, 5]);
    assert.equal(door.deliveries.at(-1)!.name, 'a.zip');
    sftp.end();
  });

  test('a path that is cut off in its packet is no path', async () => {
    // The length of the name reaches over the end, and what follows is read as flags and attributes.
    const open = packet(3, 1, Buffer.from([0, 0, 1, 0]), 26, 0);
    const answers = await ask(door, [hello, open], 2);
    assert.ok(answers.length === 1 || status(answers[1]!) !== 0);
  });

  test('requests before the greeting, wrong lengths and unknown types end the session', async () => {
    for (const wrong of [
      packet(3, 1, 'x', 0, 0),
      Buffer.from([0, 0, 0, 0]),
      Buffer.from([255, 255, 255, 255, 1]),
      packet(99, 1),
    ])
      assert.ok((await ask(door, [wrong], 1)).length <= 1);
    assert.ok((await ask(door, [hello, hello], 2)).length <= 1);
  });

  test('handles that were never given are not open', async () => {
    const answers = await ask(
      door,
      [
        hello,
        packet(5, 1, 'abcd', Buffer.alloc(8), 10),
        packet(6, 2, '', Buffer.alloc(8), 'x'),
        packet(4, 3, 'x'.repeat(256)),
      ],
      4,
    );
    assert.deepEqual(answers.slice(1).map(status), [4, 4, 4]);
  });

  test('who asks for more and more and takes nothing is sent away', async () => {
    const sftp = await signedIn(door);
    await sftp.put(`${folder}/big.part`, Buffer.alloc(1024 * 1024));
    sftp.end();
    const { client, channel } = await rawChannel(door);
    channel.write(hello);
    channel.write(packet(3, 1, `${folder}/big.part`, 1, 0));
    let bytes = Buffer.alloc(0);
    const greeting = () => (bytes.length < 4 ? 4 : 4 + bytes.readUInt32BE());
    while (bytes.length < greeting() + 17)
      bytes = Buffer.concat([bytes, await new Promise<Buffer>((done) => channel.once('data', done))]);
    channel.pause();
    const handle = bytes.subarray(-8);
    const gone = new Promise<void>((resolve) => client.on('close', () => resolve()));
    client.on('error', () => {});
    for (let i = 0; i < 1000; i++) channel.write(packet(5, i + 2, handle, Buffer.alloc(8), 65_536));
    await gone;
  });

  test('random packets never bring the door down', async () => {
    const field = fc.oneof(
      fc.nat({ max: 2 ** 32 - 1 }),
      fc.constantFrom(folder, '/', `${folder}/a.zip`, '..', 'posix-rename@openssh.com', '\0\0\0\u0001'),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    );
    const one = fc
      .tuple(
        fc.constantFrom(1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 200, 7, 201),
        fc.array(field, { maxLength: 6 }),
      )
      .map(([type, fields]) => packet(type, ...fields));
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 10 }), async (packets) => {
        const { client, channel } = await rawChannel(door);
        channel.on('error', () => {});
        channel.write(Buffer.concat([hello, ...packets]));
        channel.end();
        await new Promise<void>((resolve) => {
          channel.resume().on('close', () => resolve());
          client.on('close', () => resolve());
        });
        client.end();
      }),
      { numRuns: 150 },
    );
  });

  test('random bytes instead of SSH never bring the door down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, greeted) => {
        const socket = connectSocket(door.port, '127.0.0.1');
        socket.on('error', () => {}).resume();
        socket.write(greeted ? Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), bytes]) : bytes);
        socket.end();
        await new Promise<void>((resolve) => socket.on('close', () => resolve()));
      }),
      { numRuns: 60 },
    );
  });
});
