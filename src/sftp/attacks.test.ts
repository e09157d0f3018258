import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import ssh2 from 'ssh2';
import { denied, failed, missing, packet, rawChannel, type Sftp, sftpOf, signedIn } from '../../test/sftp-client.ts';
import { type Door, folder, openDoor, other, shutDoor, until } from '../../test/sftp-door.ts';

const hill = '/imagine/7654321-hill county/literacy plus';
const hello = packet(1, 3);
const gone = (client: ssh2.Client) => new Promise<void>((resolve) => client.on('close', () => resolve()));

describe('a person who is in', () => {
  let door: Door;
  let sftp: Sftp;
  before(async () => {
    door = await openDoor();
    sftp = await signedIn(door);
  });
  after(async () => {
    sftp.end();
    await shutDoor(door);
  });

  test('gets out of the own folders by no path, in no request', async () => {
    const bo = await signedIn(door, other);
    await bo.put(`${hill}/theirs.part`, 'names of children');
    const ways = [
      `${folder}/../..`,
      `${folder}/reports/../../..`,
      `${folder}/test/../../../../imagine`,
      '//imagine///./',
      '../../../imagine',
      `${folder}/./a/../../..`,
    ].map((way) => `${way}/7654321-hill county/literacy plus`);
    for (const way of [...ways, hill]) {
      const path = `${way}/theirs.part`;
      const requests: [string, Promise<unknown>][] = [
        ['open to read', sftp.open(path, 'r')],
        ['open to write', sftp.open(path, 'w')],
        ['open to go on', sftp.open(path, 'r+')],
        ['open to append', sftp.open(path, 'a')],
        ['open something new', sftp.open(`${way}/new.zip`, 'wx')],
        ['opendir', sftp.list(way)],
        ['stat', sftp.stat(path)],
        ['lstat', sftp.lstat(path)],
        ['setstat', sftp.setstat(path, { mtime: 1, atime: 1 })],
        ['remove', sftp.remove(path)],
        ['rename from', sftp.rename(path, `${folder}/mine.part`)],
        ['mkdir', sftp.mkdir(`${way}/new`)],
        ['rmdir', sftp.rmdir(way)],
        ['readlink', sftp.readlink(path)],
        ['symlink to', sftp.symlink(path, `${folder}/link`)],
        ['symlink from', sftp.symlink(`${folder}/x`, `${way}/link`)],
      ];
      for (const [what, request] of requests) await assert.rejects(request, denied, `${what} ${way}`);
      await sftp.put(`${folder}/own.part`, 'x');
      await assert.rejects(sftp.rename(`${folder}/own.part`, `${way}/new.zip`), denied, `rename to ${way}`);
      const posix = new Promise((resolve, reject) => {
        sftp.raw.ext_openssh_rename(`${folder}/own.part`, path, (error) => (error ? reject(error) : resolve(true)));
      });
      await assert.rejects(posix, denied, `posix-rename to ${way}`);
    }
    assert.equal(await sftp.realpath(`${folder}/../../../../../etc/passwd`), '/etc/passwd', 'it is a name, no more');
    assert.equal((await bo.get(`${hill}/theirs.part`)).toString(), 'names of children');
    assert.deepEqual(await sftp.names('/imagine'), ['.', '..', '1234567-lakeview'].slice(2));
    bo.end();
    await sftp.remove(`${folder}/own.part`);
  });

  test('makes no link, by no name of a link, and finds none', async () => {
    for (const target of ['/etc/passwd', '../../../../etc/passwd', `${hill}/theirs.part`, 'a.zip'])
      await assert.rejects(sftp.symlink(target, `${folder}/link`), denied);
    await assert.rejects(sftp.stat(`${folder}/link`), missing);
    const { client, channel } = await rawChannel(door);
    const answered = new Promise<Buffer>((resolve) => {
      let bytes = Buffer.alloc(0);
      channel.on('data', (data: Buffer) => {
        bytes = Buffer.concat([bytes, data]);
        if (bytes.includes('This server does not do that')) resolve(bytes);
      });
    });
    channel.write(hello);
    channel.write(packet(200, 1, 'hardlink@openssh.com', '/etc/passwd', `${folder}/link`));
    await answered;
    client.end();
    await assert.rejects(sftp.stat(`${folder}/link`), missing);
  });

  test('puts nothing under a name that is another than it shows, that is no text, or that has a NUL', async () => {
    const names = [
      'a\u202epiz.zip',
      '\u2066a.zip',
      'a\u200f.zip',
      'a\0.zip',
      'a\u2028b.zip',
      '\ufeffa.zip',
      'a\u0085.zip',
    ];
    for (const name of names) {
      const put = sftp.put(`${folder}/${name}`, 'x');
      await assert.rejects(put, (error) => failed(error as Error) || denied(error as Error), JSON.stringify(name));
    }
    const { client, channel } = await rawChannel(door);
    const notText = Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff, 0xfe]), Buffer.from('.zip')]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(notText.length);
    const answered = new Promise<Buffer>((resolve) => {
      let bytes = Buffer.alloc(0);
      channel.on('data', (data: Buffer) => {
        bytes = Buffer.concat([bytes, data]);
        if (bytes.includes('cannot have this name')) resolve(bytes);
      });
    });
    channel.write(hello);
    channel.write(packet(3, 1, length, notText, 2 | 8, 0));
    await answered;
    client.end();
    assert.equal(door.deliveries.length, 0);
    // Composed and decomposed letters are one name, so that no second file stands behind the first.
    await sftp.put(`${folder}/\u00e9.part`, 'one');
    await sftp.put(`${folder}/e\u0301.part`, 'two');
    assert.deepEqual(
      (await sftp.names(folder)).filter((name) => name.endsWith('.part')),
      ['\u00e9.part'],
    );
    await sftp.remove(`${folder}/e\u0301.part`);
  });

  test('opens nothing by the handles of another session, of another person or the own', async () => {
    const bo = await signedIn(door, other);
    const theirs = await bo.open(`${hill}/open.zip`, 'w');
    await bo.write(theirs, Buffer.from('half'), 0);
    const list = await new Promise<Buffer>((resolve, reject) =>
      bo.raw.opendir(hill, (error, handle) => (error ? reject(error) : resolve(handle))),
    );
    const mine = await sftpOf(sftp.client);
    const own = await mine.open(`${folder}/mine.part`, 'w');
    // Each session counts from a number of its own, so that one handle is hardly ever the handle of another as well.
    assert.notDeepEqual(own, theirs);
    for (const session of [sftp, mine]) {
      for (const handle of [theirs, list]) {
        await assert.rejects(session.write(handle, Buffer.from('evil'), 0), failed);
        await assert.rejects(session.fstat(handle), failed);
        await assert.rejects(session.fsetstat(handle, { size: 0 }), failed);
        await assert.rejects(session.close(handle), failed);
        await assert.rejects(
          new Promise((resolve, reject) =>
            session.raw.read(handle, Buffer.alloc(4), 0, 4, 0, (error) => (error ? reject(error) : resolve(1))),
          ),
          failed,
        );
      }
    }
    await assert.rejects(sftp.write(own, Buffer.from('x'), 0), failed, 'another session of the same connection');
    await bo.write(theirs, Buffer.from(' and half'), 4);
    await bo.close(theirs);
    assert.equal(door.deliveries.at(-1)?.files[0]?.bytes.toString(), 'half and half');
    await mine.close(own);
    await sftp.remove(`${folder}/mine.part`);
    bo.end();
  });

  test('who opens thousands of files has 64, on eight sessions, and takes none away from others', async () => {
    const bo = await signedIn(door, other);
    const session = await sftpOf(bo.client);
    const asked = Array.from({ length: 3000 }, (_, at) =>
      session.open(at % 2 ? hill : `${hill}/${at % 150}.part`, 'w'),
    );
    const opened = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled').length;
    assert.ok(opened <= 64, `${opened}`);
    const lists = Array.from(
      { length: 3000 },
      () => new Promise((resolve) => session.raw.opendir(hill, (error) => resolve(error ? 0 : 1))),
    );
    assert.ok((await Promise.all(lists)).filter((each) => each === 1).length + opened <= 64);
    await sftp.put(`${folder}/others.zip`, 'x');
    bo.end();
    await gone(bo.client);
    await until(async () => (await readdir(join(door.dir, 'staging', 'hill'))).length <= 2);
  });
});

describe('who takes all the time there is', () => {
  test('has so long to say hello, to agree on keys, and to sign in', async () => {
    const door = await openDoor({ limits: { signInMs: 400 } });
    for (const first of ['', 'SSH-2.0-slow', 'SSH-2.0-slow\r\n', 'SSH-2.0-slow\r\n\0\0\u0001']) {
      const socket = connectSocket(door.port, '127.0.0.1');
      socket.on('error', () => {}).resume();
      socket.write(first);
      // A byte now and then keeps nobody in.
      const drip = setInterval(() => socket.write('\0'), 50);
      await new Promise<void>((resolve) => socket.on('close', () => resolve()));
      clearInterval(drip);
    }
    // Agreed on keys, and then no attempt to sign in.
    const silent = new ssh2.Client();
    silent.on('error', () => {});
    const sentAway = gone(silent);
    silent.connect({ host: '127.0.0.1', port: door.port, username: 'x', authHandler: () => {} } as ssh2.ConnectConfig);
    await sentAway;
    (await signedIn(door)).end();
    await shutDoor(door);
  });

  test('a request that comes a byte at a time does not count as one', async () => {
    const door = await openDoor({ limits: { idleMs: 500 } });
    const { client, channel } = await rawChannel(door);
    channel.on('error', () => {});
    channel.write(hello);
    channel.write(packet(3, 1, `${folder}/slow.part`, 2 | 8, 0));
    const head = Buffer.alloc(4);
    head.writeUInt32BE(200_000);
    channel.write(head);
    const drip = setInterval(() => channel.write('\0'), 30);
    await gone(client);
    clearInterval(drip);
    await shutDoor(door);
  });

  test('who sends slowly, but sends, may go on', async () => {
    const door = await openDoor({ limits: { idleMs: 400 } });
    const sftp = await signedIn(door);
    const handle = await sftp.open(`${folder}/slow.zip`, 'w');
    for (let at = 0; at < 10; at++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await sftp.write(handle, Buffer.from([at]), at);
    }
    await sftp.close(handle);
    assert.equal(door.deliveries[0]?.files[0]?.bytes.length, 10);
    sftp.end();
    await shutDoor(door);
  });
});
