/** Memory that the kernel can look at too: what is taken of it is given back only as a whole. */

const PAGE_BYTES = 1 << 16;
const LIMIT_BYTES = 2 ** 32;

/** Where something stands in the memory of a heap, and how many numbers or bytes it has. */
export type Place = { at: number; length: number };

export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly at: number;
  /** How far the memory has been taken; another thread may take of it too. */
  #end: Uint32Array;
  /** What lies before this has been used before, and may hold anything. */
  #usedTo = 0;

  /** @param at a multiple of 16; the first bytes there are the heap's own. */
  constructor(memory: WebAssembly.Memory, at: number) {
    this.memory = memory;
    this.at = at;
    this.#end = new Uint32Array(memory.buffer, at, 1);
    Atomics.compareExchange(this.#end, 0, 0, at + 16);
  }

  /**
   * So many bytes; undefined where the memory has not so many left. They are all 0 if that is asked for: what is not
   * filled is not touched, for it takes memory then.
   */
  take(sizeBytes: number, isZero = false): number | undefined {
    const needed = Math.ceil(sizeBytes / 16) * 16;
    const at = Atomics.add(this.#end, 0, needed);
    if (at + needed + PAGE_BYTES > LIMIT_BYTES) {
      Atomics.sub(this.#end, 0, needed);
      return undefined;
    }
    // The kernel looks at 16 bytes at once.
    const missing = at + needed + 16 - this.memory.buffer.byteLength;
    try {
      if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch {
      return undefined;
    }
    if (isZero && at < this.#usedTo)
      new Uint8Array(this.memory.buffer, at, Math.min(needed, this.#usedTo - at)).fill(0);
    return at;
  }

  words({ at, length }: Place): Uint32Array {
    return new Uint32Array(this.memory.buffer, at, length);
  }

  bytes({ at, length }: Place): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  /** Gives all of it back. */
  clear(): void {
    this.#usedTo = Math.max(this.#usedTo, Atomics.exchange(this.#end, 0, this.at + 16));
  }
}
