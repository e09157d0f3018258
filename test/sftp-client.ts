/** The npm client of SFTP with promises, and a way to send packets that no client would send. */

import type ssh2 from 'ssh2';
import type { FileEntry, InputAttributes, SFTPWrapper, Stats } from 'ssh2';
import { connect, person } from './sftp-door.ts';

type Callback<T> = (error: Error | null | undefined, value: T) => void;

const promised = <T>(call: (done: Callback<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

export type Sftp = ReturnType<typeof wrap>;

export async function sftpOf(client: ssh2.Client): Promise<Sftp> {
  return wrap(await promised<SFTPWrapper>((done) => client.sftp(done)), client);
}

export async function signedIn(door: { port: number }, who = person): Promise<Sftp> {
  return sftpOf(await connect(door, who));
}

function wrap(raw: SFTPWrapper, client: ssh2.Client) {
  return {
    raw,
    client,
    put: (path: string, bytes: Uint8Array | string) =>
      promised<void>((done) => raw.writeFile(path, Buffer.from(bytes), done as (error?: Error | null) => void)),
    get: (path: string) => promised<Buffer>((done) => raw.readFile(path, done)),
    open: (path: string, flags: string | number) =>
      promised<Buffer>((done) => raw.open(path, flags as 'w', done as Callback<Buffer>)),
    write: (handle: Buffer, bytes: Buffer, at: number) =>
      promised<void>((done) => raw.write(handle, bytes, 0, bytes.length, at, done as (error?: Error | null) => void)),
    close: (handle: Buffer) => promised<void>((done) => raw.close(handle, done as (error?: Error | null) => void)),
    stat: (path: string) => promised<Stats>((done) => raw.stat(path, done as Callback<Stats>)),
    lstat: (path: string) => promised<Stats>((done) => raw.lstat(path, done as Callback<Stats>)),
    fstat: (handle: Buffer) => promised<Stats>((done) => raw.fstat(handle, done as Callback<Stats>)),
    setstat: (path: string, attributes: InputAttributes) =>
      promised<void>((done) => raw.setstat(path, attributes, done as (error?: Error | null) => void)),
    fsetstat: (handle: Buffer, attributes: InputAttributes) =>
      promised<void>((done) => raw.fsetstat(handle, attributes, done as (error?: Error | null) => void)),
    list: (path: string) => promised<FileEntry[]>((done) => raw.readdir(path, done as Callback<FileEntry[]>)),
    names: async (path: string) =>
      (await promised<FileEntry[]>((done) => raw.readdir(path, done as Callback<FileEntry[]>))).map(
        ({ filename }) => filename,
      ),
    realpath: (path: string) => promised<string>((done) => raw.realpath(path, done as Callback<string>)),
    rename: (from: string, to: string) =>
      promised<void>((done) => raw.rename(from, to, done as (error?: Error | null) => void)),
    remove: (path: string) => promised<void>((done) => raw.unlink(path, done as (error?: Error | null) => void)),
    mkdir: (path: string) => promised<void>((done) => raw.mkdir(path, done as (error?: Error | null) => void)),
    rmdir: (path: string) => promised<void>((done) => raw.rmdir(path, done as (error?: Error | null) => void)),
    symlink: (target: string, path: string) =>
      promised<void>((done) => raw.symlink(target, path, done as (error?: Error | null) => void)),
    readlink: (path: string) => promised<string>((done) => raw.readlink(path, done as Callback<string>)),
    end: () => client.end(),
  };
}

/** A channel of the `sftp` subsystem without the SFTP client on it, for packets that no client would send. */
export async function rawChannel(door: {
  port: number;
}): Promise<{ client: ssh2.Client; channel: ssh2.ClientChannel }> {
  const client = await connect(door);
  const channel = await promised<ssh2.ClientChannel>((done) =>
    client.subsys('sftp', done as Callback<ssh2.ClientChannel>),
  );
  return { client, channel };
}

/** Frames a packet: length, type, payload. */
export function packet(type: number, ...parts: (Buffer | number | string)[]): Buffer {
  const body = Buffer.concat(parts.map(field));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length + 1);
  head[4] = type;
  return Buffer.concat([head, body]);
}

/** A number becomes uint32, text a string of SFTP, bytes stay as they are. */
function field(part: Buffer | number | string): Buffer {
  if (Buffer.isBuffer(part)) return part;
  const number = Buffer.alloc(4);
  if (typeof part === 'number') {
    number.writeUInt32BE(part);
    return number;
  }
  number.writeUInt32BE(Buffer.byteLength(part));
  return Buffer.concat([number, Buffer.from(part)]);
}

/** What is asked of an SFTP error: its code, as the protocol numbers them. */
export const code = (number: number) => (error: Error & { code?: number }) => error.code === number;
export const missing = code(2);
export const denied = code(3);
export const failed = code(4);
