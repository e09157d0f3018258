/** Keeps what was received, byte for byte: found by the hash of its content, encrypted at rest, durable when `put` returns. */

import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { KeyRing } from '../vault.ts';
import { openSealingThread } from './following.ts';
import {
  ArchiveError,
  chunkBytes,
  chunkBytesOf,
  damaged,
  headerBytes,
  objectKey,
  Sealer,
  tagBytes,
  unsealed,
} from './sealing.ts';

export type Kept = { key: string; sha256: string; sizeBytes: number };

export type Archive = {
  /**
   * Stores a file (by its path) or a stream, whose parts nobody changes any more. The bytes and their directory entry are
   * on disk when this resolves.
   */
  put(source: string | AsyncIterable<Uint8Array>): Promise<Kept>;
  /** Begins to store a file that still grows, so that little is left to do when it is whole. */
  follow(path: string): Following;
  /** The plain bytes. The stream fails with an ArchiveError when the object was changed, cut, or is not there. */
  get(key: string): Readable;
  /** The plain bytes as a private temporary file, for readers that jump about; `close` removes it. */
  openFile(key: string): Promise<{ path: string; close(): Promise<void> }>;
  remove(key: string): Promise<void>;
  /** Removes an object, but not one that was put at this moment or later, even if that happens meanwhile. */
  removeOlder(key: string, than: Date): Promise<boolean>;
  /** The names of all objects. */
  keys(): Promise<string[]>;
  /** When the object was last put; undefined when it is not there. */
  putAt(key: string): Promise<Date | undefined>;
  /**
   * Encrypts with the current key what another one of the ring has encrypted. May be ended at any moment and called
   * again; what is put, read or removed meanwhile stays whole.
   * @returns how many objects were encrypted anew.
   */
  reencrypt(): Promise<number>;
  /** Ends its thread; what is being followed is given up. */
  close(): Promise<void>;
};

/** A file on its way into the archive. One of the two ends it. */
export type Following = {
  /** So many bytes from the start are in the file, and do not change any more. */
  upTo(sizeBytes: number): void;
  /** The file has this size, and is whole. As `put`. */
  finish(sizeBytes: number): Promise<Kept>;
  giveUp(): void;
};

/** Files of this size and more are sealed by a thread of their own. */
const largeBytes = 1024 * 1024;
/** Parts of a chunk that are sealed one by one; more are copied together first. */
const partsLimit = 16;

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
  const thread = openSealingThread();
  const folders = foldersIn(dir);
  const putting = new Set<Promise<unknown>>();
  const noted = async (kept: Promise<Kept>): Promise<Kept> => {
    putting.add(kept);
    try {
      return await kept;
    } finally {
      putting.delete(kept);
    }
  };
  async function put(bytes: AsyncIterable<Uint8Array>, isWanted: (key: string) => Promise<boolean>): Promise<Kept> {
    const temporary = join(writing, randomUUID());
    try {
      const kept = await encrypted(bytes, temporary, masters()[0] as Uint8Array);
      if (await isWanted(kept.key)) await folders.moveInto(temporary, kept.key);
      else await rm(temporary, { force: true });
      return kept;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
  function follow(path: string): Following {
    const temporary = join(writing, randomUUID());
    const master = masters()[0] as Uint8Array;
    const file = thread.begin({ path, target: temporary, master });
    const drop = () => rm(temporary, { force: true });
    async function finish(sizeBytes: number): Promise<Kept> {
      try {
        // The keys have rotated meanwhile.
        if (Buffer.compare(master, masters()[0] as Uint8Array) !== 0) throw new Error('Sealed with a former key.');
        const { sha256 } = await file.end(sizeBytes);
        await folders.moveInto(temporary, sha256);
        return { key: sha256, sha256, sizeBytes };
      } catch {
        file.giveUp();
        await drop();
        // Without the thread it takes longer, and no more than that. A disk that was full may have room by now.
        return put(bytesOf(path), async () => true);
      }
    }
    return {
      upTo: file.upTo,
      finish: (sizeBytes) => noted(finish(sizeBytes)),
      giveUp() {
        file.giveUp();
        drop().catch(() => {});
      },
    };
  }
  return {
    close: thread.close,
    async put(source) {
      if (typeof source !== 'string') return noted(put(source, async () => true));
      const { size } = await stat(source);
      return size < largeBytes ? noted(put(bytesOf(source), async () => true)) : follow(source).finish(size);
    },
    follow,
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
    async removeOlder(key, than) {
      const aside = join(writing, randomUUID());
      if (!(await isOlder(pathOf(dir, key), than))) return false;
      await rename(pathOf(dir, key), aside);
      const isOld = await isOlder(aside, than);
      if (isOld) await rm(aside);
      else await rename(aside, pathOf(dir, key));
      return isOld;
    },
    keys: () => archivedKeys(dir),
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

/** The folders of an archive: each is made when it is needed, and then known. */
function foldersIn(dir: string) {
  const known = new Set<string>();
  return {
    async moveInto(temporary: string, key: string): Promise<void> {
      const folder = join(dir, key.slice(0, 2));
      const isKnown = known.has(folder);
      if (!isKnown) await mkdir(folder, { recursive: true, mode: 0o700 });
      // The same bytes may be there already; the copy just written is known to be whole, so it takes the place.
      await rename(temporary, pathOf(dir, key));
      await Promise.all([syncFolder(folder), isKnown ? undefined : syncFolder(dir)]);
      known.add(folder);
    },
  };
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
  const sealer = new Sealer(master);
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const file = await open(path, 'wx', 0o600);
  // Each chunk is written while the next one is sealed.
  let writing: Promise<void> = Promise.resolve();
  const write = async (last: boolean) => {
    const plain = held.length > partsLimit ? [Buffer.concat(held, heldBytes)] : held;
    const head = sealer.sizeBytes === 0 ? [sealer.header] : [];
    const sealed = [...head, ...sealer.chunk(plain, last)];
    held = [];
    heldBytes = 0;
    await writing;
    writing = writeAll(file, sealed);
    // Told by the next one that awaits it.
    writing.catch(() => {});
  };
  try {
    for await (const part of source) {
      for (let at = 0; at < part.length; ) {
        // A full chunk is written only when more follows, because the last one is marked.
        if (heldBytes === chunkBytes) await write(false);
        const take = Math.min(chunkBytes - heldBytes, part.length - at);
        held.push(part.subarray(at, at + take));
        heldBytes += take;
        at += take;
      }
    }
    await write(true);
    await writing;
    await file.sync();
  } finally {
    await file.close();
  }
  const sha256 = sealer.sha256();
  return { key: sha256, sha256, sizeBytes: sealer.sizeBytes };
}

async function writeAll(file: FileHandle, parts: Uint8Array[]): Promise<void> {
  const { bytesWritten } = await file.writev(parts);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // A short write: mostly a full disk, of which the next one tells.
  if (bytesWritten < length) await file.writeFile(Buffer.concat(parts).subarray(bytesWritten));
}

async function* decrypted(path: string, name: string, masters: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const file = await openObject(path);
  try {
    const { header, size, limit } = await readHeader(file, path);
    const key = objectKey(await masterOf(file, { header, size, limit }, masters), header);
    // Each chunk is read while the one before is worked on.
    const places = [0, 1].map(() => Buffer.allocUnsafe(Math.min(limit + tagBytes, size)));
    const read = (index: number): Promise<Buffer> => {
      const reading = chunkOf(file, places[index % 2] as Buffer, headerBytes + index * (limit + tagBytes), size);
      reading.catch(() => {});
      return reading;
    };
    let reading = read(0);
    for (let index = 0, at = headerBytes; ; index++) {
      const chunk = await reading;
      at += chunk.length;
      const last = at === size;
      if (!last) reading = read(index + 1);
      const plain = unsealed(key, header, index, last, chunk);
      hash.update(plain);
      if (plain.length > 0) yield plain;
      if (last) break;
    }
  } finally {
    await file.close();
  }
  if (hash.digest('hex') !== name) throw damaged();
}

/** The chunk that begins here, as it was sealed. */
async function chunkOf(file: FileHandle, into: Buffer, at: number, size: number): Promise<Buffer> {
  const length = Math.min(into.length, size - at);
  if (length < tagBytes) throw damaged();
  const { bytesRead } = await file.read(into, 0, length, at);
  if (bytesRead !== length) throw damaged();
  return into.subarray(0, length);
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

async function isOlder(path: string, than: Date): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  return facts !== undefined && facts.mtime < than;
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
  if (bytesRead !== headerBytes) throw damaged();
  return { header, size, limit: chunkBytesOf(header) };
}

/** Lists the names of all objects. */
export async function archivedKeys(dir: string): Promise<string[]> {
  const keys: string[] = [];
  for (const folder of await readdir(dir)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of await readdir(join(dir, folder))) keys.push(folder + name);
  }
  return keys.sort();
}
