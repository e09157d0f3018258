/** A zip on this machine's disk, as the zip reader wants it: read at any place, inflated and summed by zlib. */

import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { chunkBytes, type Unpack, type ZipSource } from '../package/zip.ts';

/** The handle stays open as long as entries are read; whoever opened it closes it. */
export async function zipOf(handle: FileHandle): Promise<ZipSource> {
  const { size } = await handle.stat();
  return {
    sizeBytes: size,
    async read(at, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    },
    ...unpack,
  };
}

/** How this machine unpacks and sums. */
export const unpack: Unpack = {
  inflate: (raw) =>
    pipeline(Readable.from(raw), createInflateRaw({ chunkSize: chunkBytes }), () => {}) as AsyncIterable<Uint8Array>,
  crc32,
  isBroken: (error) =>
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_'),
};
