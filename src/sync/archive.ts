/** Keeps what was received, byte for byte: found by the hash of its content, encrypted at rest, durable when `put` returns. */

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { KeyRing } from '../vault.ts';

export type Kept = { key: string; sha256: string; sizeBytes: number };

export type Archive = {
  /** Stores a file (by its path) or a stream. The bytes and their directory entry are on disk when this resolves. */
  put(source: string | AsyncIterable<Uint8Array>): Promise<Kept>;
  /** The plain bytes. The stream fails with an ArchiveError when the object was changed, cut, or is not there. */
  get(key: string): Readable;
  /** The plain bytes as a private temporary file, for readers that jump about; `close` removes it. */
  openFile(key: string): Promise<{ path: string; close(): Promise<void> }>;
  remove(key: string): Promise<void>;
  /** When the object was last put; undefined when it is not there. */
  putAt(key: string): Promise<Date | undefined>;
  /**
   * Encrypts with the current key what another one of the ring has encrypted. May be ended at any moment and called
   * again; what is put, read or removed meanwhile stays whole.
   * @returns how many objects were encrypted anew.
   */
  reencrypt(): Promise<number>;
};

/** What is kept cannot be read back: gone, cut, changed, or encrypted with another key. */
export class ArchiveError extends Error {}

const magic = Buffer.from('HRA1');
const saltBytes = 32;
const headerBytes = magic.length + 4 + saltBytes;
const tagBytes = 16;
const chunkBytes = 256 * 1024;
const chunkLimitBytes = 16 * 1024 * 1024;

/**
 * Opens the archive in `dir`; temporary files are made in `tempDir`. Leftovers of a process that died are removed, so
 * only one process may have an archive open.
 *
 * An object is a header (magic, chunk size, salt) and chunks of AES-256-GCM. The key of an object derives from the
 * archive's key and the salt; a chunk's nonce is its number and whether it is the last, so that chunks cannot be
 * changed, moved, left out or cut off unseen; the hash that names the object is compared at the end.
 *
 * @param options.key 32 bytes, or a ring of such keys, of which the first encrypts.
 */
export async function openArchive(options: {
  dir: string;
  tempDir: string;
  key: Uint8Array | KeyRing;
}): Promise<Archive> {
  const { dir, tempDir, key } = options;
  const masters = key instanceof Uint8Array ? () => [key] : () => key.all();
  const writing = join(dir, 'writing');
  for (const folder of [writing, tempDir]) await rm(folder, { recursive: true, force: true });
  for (const folder of [dir, writing, tempDir]) await mkdir(folder, { recursive: true, mode: 0o700 });

  const get = (key: string): Readable =>
    Readable.from(decrypted(pathOf(dir, key), key, masters()), { objectMode: false });
  const putting = new Set<Promise<unknown>>();
  async function put(bytes: AsyncIterable<Uint8Array>, isWanted: (key: string) => Promise<boolean>): Promise<Kept> {
    const temporary = join(writing, randomUUID());
    try {
      const kept = await encrypted(bytes, temporary, masters()[0] as Uint8Array);
      if (await isWanted(kept.key)) await moveInto(dir, temporary, kept.key);
      else await rm(temporary, { force: true });
      return kept;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
  return {
    async put(source) {
      const kept = put(typeof source === 'string' ? bytesOf(source) : source, async () => true);
      putting.add(kept);
      try {
        return await kept;
      } finally {
        putting.delete(kept);
      }
    },
    get,
    async openFile(key) {
      const path = join(tempDir, randomUUID());
      const close = () => rm(path, { force: true });
      try {
        await pipeline(get(key), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      } catch (error) {
        await close();
        throw error;
      }
      return { path, close };
    },
    async remove(key) {
      await rm(pathOf(dir, key), { force: true });
    },
    async putAt(key) {
      const facts = await stat(pathOf(dir, key)).catch(() => undefined);
      return facts?.mtime;
    },
    async reencrypt() {
      // What is being put was begun with the key of before.
      await Promise.allSettled([...putting]);
      let count = 0;
      for (const key of await archivedKeys(dir)) {
        const path = pathOf(dir, key);
        if (await isCurrent(path, masters())) continue;
        // It may have expired while it was read.
        const isThere = () => stat(path).then(Boolean, () => false);
        if (!(await isThere())) continue;
        await put(get(key), isThere);
        count++;
      }
      return count;
    },
  };
}

/** Opens the file when it is read, so that an error of opening meets somebody who waits for it. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: chunkBytes });
}

function pathOf(dir: string, key: string): string {
  if (!/^[0-9a-f]{64}$/.test(key)) throw new ArchiveError('This is not the name of an archived file.');
  return join(dir, key.slice(0, 2), key.slice(2));
}

async function moveInto(dir: string, temporary: string, key: string): Promise<void> {
  const target = pathOf(dir, key);
  const folder = join(dir, key.slice(0, 2));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The same bytes may be there already; the copy just written is known to be whole, so it takes the place.
  await rename(temporary, target);
  await syncFolder(folder);
  await syncFolder(dir);
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function encrypted(source: AsyncIterable<Uint8Array>, path: string, master: Uint8Array): Promise<Kept> {
  const header = Buffer.concat([magic, Buffer.alloc(4), randomBytes(saltBytes)]);
  header.writeUInt32BE(chunkBytes, magic.length);
  const key = objectKey(master, header);
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let filled = 0;
  let index = 0;
  let sizeBytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write(header);
    for await (const part of source) {
      hash.update(part);
      sizeBytes += part.length;
      for (let at = 0; at < part.length; ) {
        // A full chunk is written only when more follows, because the last one is marked.
        if (filled === chunkBytes) {
          await file.write(sealed(key, header, index++, false, chunk));
          filled = 0;
        }
        const take = Math.min(chunkBytes - filled, part.length - at);
        chunk.set(part.subarray(at, at + take), filled);
        filled += take;
        at += take;
      }
    }
    await file.write(sealed(key, header, index, true, chunk.subarray(0, filled)));
    await file.sync();
  } finally {
    await file.close();
  }
  const sha256 = hash.digest('hex');
  return { key: sha256, sha256, sizeBytes };
}

async function* decrypted(path: string, name: string, masters: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const file = await openObject(path);
  try {
    const { header, size, limit } = await readHeader(file, path);
    const key = objectKey(await masterOf(file, { header, size, limit }, masters), header);
    const sealedChunk = Buffer.allocUnsafe(limit + tagBytes);
    let at = headerBytes;
    for (let index = 0; ; index++) {
      const length = Math.min(sealedChunk.length, size - at);
      if (length < tagBytes) throw damaged();
      const { bytesRead } = await file.read(sealedChunk, 0, length, at);
      if (bytesRead !== length) throw damaged();
      at += length;
      const last = at === size;
      const plain = unsealed(key, header, index, last, sealedChunk.subarray(0, length));
      hash.update(plain);
      if (plain.length > 0) yield plain;
      if (last) break;
    }
  } finally {
    await file.close();
  }
  if (hash.digest('hex') !== name) throw damaged();
}

type Head = { header: Buffer; size: number; limit: number };

/** The key whose first chunk opens: an object does not say with which one it was encrypted. */
async function masterOf(
  file: FileHandle,
  { header, size, limit }: Head,
  masters: readonly Uint8Array[],
): Promise<Uint8Array> {
  const [only, ...others] = masters;
  if (only !== undefined && others.length === 0) return only;
  const length = Math.min(limit + tagBytes, size - headerBytes);
  if (length < tagBytes) throw damaged();
  const chunk = Buffer.allocUnsafe(length);
  await file.read(chunk, 0, length, headerBytes);
  for (const master of masters) {
    try {
      unsealed(objectKey(master, header), header, 0, headerBytes + length === size, chunk);
      return master;
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
    }
  }
  throw damaged();
}

async function isCurrent(path: string, masters: readonly Uint8Array[]): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return true;
  try {
    const head = await readHeader(file, path);
    return (await masterOf(file, head, [...masters, masters[0] as Uint8Array])) === masters[0];
  } finally {
    await file.close();
  }
}

async function openObject(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ArchiveError('The file is not in the archive any more.');
  }
}

async function readHeader(file: FileHandle, path: string): Promise<Head> {
  const header = Buffer.alloc(headerBytes);
  const { size } = await stat(path);
  const { bytesRead } = await file.read(header, 0, headerBytes, 0);
  const limit = header.readUInt32BE(magic.length);
  if (bytesRead !== headerBytes || !header.subarray(0, magic.length).equals(magic)) throw damaged();
  if (limit < 1 || limit > chunkLimitBytes) throw damaged();
  return { header, size, limit };
}

const objectKey = (master: Uint8Array, header: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', master, header.subarray(magic.length + 4), 'homeroom archive 1', 32));

function nonce(index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes[0] = last ? 1 : 0;
  bytes.writeBigUInt64BE(BigInt(index), 4);
  return bytes;
}

function sealed(key: Buffer, header: Buffer, index: number, last: boolean, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(index, last));
  cipher.setAAD(header);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unsealed(key: Buffer, header: Buffer, index: number, last: boolean, chunk: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(index, last), { authTagLength: tagBytes });
  decipher.setAAD(header);
  decipher.setAuthTag(chunk.subarray(chunk.length - tagBytes));
  const plain = decipher.update(chunk.subarray(0, chunk.length - tagBytes));
  try {
    decipher.final();
  } catch {
    throw damaged();
  }
  return plain;
}

const damaged = () =>
  new ArchiveError('The archived file is damaged, was changed, or was encrypted with another key. It is not used.');

/** Lists the names of all objects. */
export async function archivedKeys(dir: string): Promise<string[]> {
  const keys: string[] = [];
  for (const folder of await readdir(dir)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of await readdir(join(dir, folder))) keys.push(folder + name);
  }
  return keys.sort();
}
