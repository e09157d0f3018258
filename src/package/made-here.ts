/** Records that the check makes, judged in its own thread: until the second one is up. */

import type { AheadRows, MadeStream } from '../core/ahead/block.ts';
import type { Kernel } from '../core/ahead/kernel.ts';
import { tellKernel } from '../core/ahead/kernel-tables.ts';
import type { RoomBlock } from '../core/ahead/room.ts';

export class MadeHere implements MadeStream {
  waiting = 0;
  readonly isReady = true;
  #kernel: Kernel;
  #isTold: boolean;
  /** The block that is being filled. */
  #at = 0;
  #ended = false;

  constructor(kernel: Kernel, rows: AheadRows) {
    this.#kernel = kernel;
    this.#isTold = tellKernel(kernel.room, { ...rows, ids: undefined }, true);
    if (this.#isTold) kernel.begin();
  }

  get isOver(): boolean {
    return this.#ended && this.waiting === 0;
  }

  get room(): RoomBlock {
    return this.#block(this.#at);
  }

  send(rows: number): void {
    const { bytes, index } = this.room;
    if (this.#isTold) this.#kernel.judge(bytes, index, rows);
    this.#at++;
    this.waiting++;
  }

  take(): RoomBlock {
    return this.#block(this.#at - this.waiting--);
  }

  end(): void {
    this.#ended = true;
  }

  #block(number: number): RoomBlock {
    const { blocks } = this.#kernel.room;
    return blocks[number % blocks.length] as RoomBlock;
  }
}
