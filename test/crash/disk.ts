/** A small file system that a test fills to the brim, and keeps full for a time. */

import assert from 'node:assert/strict';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

export type Disk = ReturnType<typeof fillable>;

/** What the database gives back while it is kept full is taken again. */
export function fillable(folder: string) {
  const ballast = join(folder, 'ballast');
  let isFilling = false;
  let filling = Promise.resolve();
  const top = async () => {
    for (const piece of [1 << 20, 1 << 12]) {
      const file = await open(ballast, 'a');
      try {
        for (;;) await file.write(Buffer.alloc(piece));
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      } finally {
        await file.close();
      }
    }
  };
  const keepFull = async () => {
    while (isFilling) {
      await sleep(50);
      await top();
    }
  };
  const stop = async () => {
    isFilling = false;
    await filling;
  };
  const disk = {
    /** Resolves when nothing more can be written. */
    async fill(): Promise<void> {
      await top();
      isFilling = true;
      filling = keepFull();
    },
    /** Nothing is left but so many bytes, once; it is not kept so. */
    async leave(bytes: number): Promise<void> {
      await stop();
      await top();
      const file = await open(ballast, 'r+');
      const { size } = await file.stat();
      await file.truncate(Math.max(0, size - bytes));
      await file.close();
    },
    async empty(): Promise<void> {
      await stop();
      await rm(ballast, { force: true });
    },
    /** @param why asked when that takes too long. */
    async untilFull(why: () => Promise<unknown>): Promise<void> {
      for (let tries = 0; !isFilling; tries++) {
        if (tries === 2400) assert.fail(`the moment did not come: ${JSON.stringify(await why())}`);
        await sleep(50);
      }
    },
    /** As much as a look needs, and full again. */
    async makeRoomFor(look: () => Promise<void>): Promise<void> {
      await disk.leave(20 * 2 ** 20);
      await look();
      await disk.fill();
    },
  };
  return disk;
}
