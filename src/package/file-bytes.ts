/** Reads a file piece by piece into the same memory, so that a large file leaves nothing to be cleared away. */

import { closeSync, openSync, read as readFile, readSync } from 'node:fs';
import { promisify } from 'node:util';

const read = promisify(readFile);

/**
 * The first piece is small and read at once: many files are no larger, of others only the head is asked for, and another
 * thread would take longer to be asked than to read it.
 */
const FIRST_BYTES = 1 << 16;

/** Each piece is valid until the next one is asked for; that one is read meanwhile. */
export async function* fileBytes(path: string, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const file = openSync(path, 'r');
  let next: Promise<Uint8Array> | undefined;
  try {
    const first = new Uint8Array(Math.min(FIRST_BYTES, pieceBytes));
    const sizeBytes = readSync(file, first);
    if (sizeBytes === 0) return;
    yield first.subarray(0, sizeBytes);
    const buffers = [new Uint8Array(pieceBytes), new Uint8Array(pieceBytes)] as const;
    next = readInto(file, buffers[0]);
    for (let at = 1; ; at ^= 1) {
      const piece = await next;
      if (piece.length === 0) return;
      next = readInto(file, buffers[at as 0 | 1]);
      yield piece;
    }
  } finally {
    await next?.catch(() => {});
    closeSync(file);
  }
}

/** What fails is told when the piece is asked for. */
function readInto(file: number, buffer: Uint8Array): Promise<Uint8Array> {
  const piece = read(file, buffer, 0, buffer.length, null).then(({ bytesRead }) => buffer.subarray(0, bytesRead));
  piece.catch(() => {});
  return piece;
}
