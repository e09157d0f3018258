/** Keeps a long list of texts in a file rather than in memory, until what stands before it is known. */
import { randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export type Spool = { add(text: string): void; print(): Promise<void>; close(): void };

/** Readable by this user alone, and gone when it is closed. */
export function openSpool(): Spool {
  const path = join(tmpdir(), `homeroom-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  let waiting = '';
  const flush = () => {
    writeSync(file, waiting);
    waiting = '';
  };
  return {
    add(text) {
      waiting += text;
      if (waiting.length > 1 << 18) flush();
    },
    async print() {
      flush();
      await pipeline(createReadStream(path), process.stdout, { end: false });
    },
    close() {
      closeSync(file);
      rmSync(path);
    },
  };
}
