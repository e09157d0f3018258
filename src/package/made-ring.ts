/**
 * Hands records that the check makes to the second thread, and takes them back in their order, judged or not. Neither
 * has to wait for a message: what both know of a block stands in memory that they share.
 */

import { BLOCKS, type MadeStream } from '../core/ahead/block.ts';
import type { RoomBlock } from '../core/ahead/room.ts';
import type { Shared } from './ahead.ts';

/** States of a block, in the two low bits; in the others the number of the stream, so that no old message is taken for a new one. */
export const QUEUED = 1;
export const JUDGING = 2;
export const JUDGED = 3;
/** Longer than any block takes, also where the machine lets others work. */
const PATIENCE_MS = 60_000;

export class MadeRing implements MadeStream {
  waiting = 0;
  #shared: Shared;
  #blocks: RoomBlock[];
  #serial: number;
  #tell: (block: number) => void;
  /** The block that is being filled. */
  #at = 0;
  #ended = false;

  /** @param serial another one for each stream of a thread. */
  constructor(shared: Shared, blocks: RoomBlock[], serial: number, tell: (block: number) => void) {
    this.#shared = shared;
    this.#blocks = blocks;
    this.#serial = serial;
    this.#tell = tell;
  }

  get isOver(): boolean {
    return this.#ended && this.waiting === 0;
  }

  get room(): RoomBlock {
    return this.#blocks[this.#at] as RoomBlock;
  }

  send(rows: number): void {
    const { states, rowCounts } = this.#shared;
    rowCounts[this.#at] = rows;
    Atomics.store(states, this.#at, this.#state(QUEUED));
    this.#tell(this.#at);
    this.#at = (this.#at + 1) % BLOCKS;
    this.waiting++;
  }

  get isReady(): boolean {
    return Atomics.load(this.#shared.states, this.#oldest) === this.#state(JUDGED);
  }

  take(): RoomBlock {
    const { states } = this.#shared;
    const at = this.#oldest;
    const judging = this.#state(JUDGING);
    // What the thread has not begun is judged where it is needed.
    if (Atomics.compareExchange(states, at, this.#state(QUEUED), 0) === judging) {
      while (Atomics.load(states, at) === judging)
        if (Atomics.wait(states, at, judging, PATIENCE_MS) === 'timed-out')
          throw new Error('The second thread of the check ended before it had judged the records.');
    }
    this.waiting--;
    return this.#blocks[at] as RoomBlock;
  }

  end(): void {
    this.#ended = true;
  }

  get #oldest(): number {
    return (this.#at + BLOCKS - this.waiting) % BLOCKS;
  }

  #state(of: number): number {
    return this.#serial * 4 + of;
  }
}
