/** Reads a file piece by piece into the same memory, so that a large file leaves nothing to be cleared away. */

import { open } from 'node:fs/promises';

/** Each piece is valid until the next one is asked for. */
export async function* fileBytes(path: string, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path);
  try {
    const buffer = new Uint8Array(pieceBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, pieceBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
