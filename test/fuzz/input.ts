/** What the fuzz runs on: the bytes of a zip, or of several files that follow each other in one text. */

import { memoryBundle } from '../../src/core/bundle.ts';
import type { Bundle } from '../../src/core/record.ts';
import { openFile } from '../../src/package/open.ts';
import { unpack } from '../../src/sync/zip-file.ts';

/** `set`: files, each behind a line `=== NAME`; `zip`: a file as it was sent. */
export type InputKind = 'set' | 'zip';

export const limits = { unpackedLimitBytes: 4 << 20, zipRatioLimit: 100, zipEntriesLimit: 60 };

/** Opens an input as a delivery. */
export async function openInput(kind: InputKind, bytes: Uint8Array): Promise<Bundle> {
  return kind === 'set' ? memoryBundle(filesOf(bytes)) : openZipBytes(bytes);
}

const mark = Buffer.from('=== ');

/** The files of a set. A second one of a name takes the place of the first. */
export function filesOf(bytes: Uint8Array): Record<string, Uint8Array> {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files: Record<string, Uint8Array> = {};
  let at = whole.indexOf(mark);
  while (at >= 0) {
    const end = whole.indexOf(10, at);
    if (end < 0) break;
    const name = whole.toString('utf8', at + mark.length, end).trim();
    const next = whole.indexOf(mark, end);
    files[name === '__proto__' ? 'proto' : name] = whole.subarray(end + 1, next < 0 ? whole.length : next);
    at = next;
  }
  return files;
}

export const setOf = (files: Record<string, string>): Buffer =>
  Buffer.from(
    Object.entries(files)
      .map(([name, text]) => `=== ${name}\n${text}`)
      .join(''),
  );

function openZipBytes(bytes: Uint8Array): Promise<Bundle> {
  const entry = {
    name: 'delivery.zip',
    sizeBytes: bytes.length,
    async *bytes() {
      yield bytes;
    },
    head: async (length: number) => bytes.subarray(0, length),
    unpack,
    zip: async () => ({
      ...unpack,
      sizeBytes: bytes.length,
      read: async (at: number, length: number) => bytes.slice(at, at + length),
    }),
  };
  return openFile(entry, limits);
}
