/** Files that a person chose or dropped, as deliveries: read piece by piece, never as a whole. */

import CRC32 from 'crc-32';
import type { Limits } from '../../src/core/bundle.ts';
import type { Bundle } from '../../src/core/record.ts';
import { type LooseFile, looseFiles, openFile } from '../../src/package/open.ts';
import { chunkBytes, type Unpack, type ZipSource } from '../../src/package/zip.ts';

/** So little at once goes into the unpacker that what comes out of it (at most 1,032 times as much) stays bounded. */
const packedBytes = 32 * 1024;

/** One file alone may be a zip; several are the files of one set. */
export function openFiles(files: readonly File[], name: string, limits: Limits): Promise<Bundle> {
  const [first] = files;
  if (files.length === 1 && first) return openFile({ ...looseFile(first), name }, limits);
  return Promise.resolve(looseFiles(name, files.map(looseFile), limits, unpack));
}

const looseFile = (file: File): LooseFile => ({
  name: file.name,
  sizeBytes: file.size,
  head: (length) => bytesOf(file, 0, length),
  zip: () => Promise.resolve(zipOf(file)),
  unpack,
  async *bytes() {
    for (let at = 0; at < file.size; at += chunkBytes) yield await bytesOf(file, at, chunkBytes);
  },
});

async function bytesOf(file: Blob, at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(at, at + length).arrayBuffer());
}

/** A zip as the browser reads, unpacks and sums it. */
export const zipOf = (file: Blob): ZipSource => ({
  sizeBytes: file.size,
  read: (at, length) => bytesOf(file, at, length),
  ...unpack,
});

class BrokenData extends Error {}

/** How browsers unpack and sum. */
const unpack: Unpack = {
  inflate,
  crc32: (bytes, before) => CRC32.buf(bytes, before) >>> 0,
  isBroken: (error) => error instanceof BrokenData,
};

/** In the words of Chromium and Node, Firefox, and Safari. All has been unpacked then; the checksum judges it. */
const isAfterEnd = (error: unknown): boolean =>
  error instanceof TypeError && /junk|after the end|past the end/i.test(error.message);

async function* inflate(raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream('deflate-raw');
  const fed = feed(raw, writable);
  // Whoever waits for what comes out hears of it.
  fed.catch(() => {});
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(async (error: unknown) => {
        await fed;
        if (isAfterEnd(error)) return { done: true, value: undefined };
        throw new BrokenData('The data cannot be inflated.', { cause: error });
      });
      if (done || !value) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Fails only when the file cannot be read: then there is nobody who could hear of broken data. */
async function feed(raw: AsyncIterable<Uint8Array>, writable: WritableStream<BufferSource>): Promise<void> {
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  try {
    for await (const bytes of raw) {
      for (let at = 0; at < bytes.length; at += packedBytes) {
        const taken = await write(writer, bytes.subarray(at, at + packedBytes));
        if (!taken) return;
      }
    }
    await writer.close().catch(() => {});
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

async function write(writer: WritableStreamDefaultWriter<BufferSource>, bytes: Uint8Array): Promise<boolean> {
  return writer.write(bytes as Uint8Array<ArrayBuffer>).then(
    () => true,
    () => false,
  );
}
