/** Reads a file piece by piece into the same memory, so that a large file leaves nothing to be cleared away. */

import { open } from 'node:fs/promises';

/**
 * The first pieces are small, so that whoever reads soon looks up: while a check begins, its second thread starts too.
 * Each is asked of another thread, which takes about as long whatever its size: so they grow.
 */
const FIRST_BYTES = 1 << 17;

/** Each piece is valid until the next one is asked for. */
export async function* fileBytes(path: string, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path);
  try {
    const buffer = new Uint8Array(pieceBytes);
    for (let size = Math.min(FIRST_BYTES, pieceBytes); ; size = Math.min(size * 2, pieceBytes)) {
      const { bytesRead } = await handle.read(buffer, 0, size, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
