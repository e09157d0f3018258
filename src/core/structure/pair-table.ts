/** From two numbers to a third, in one typed array: what a Map with a text of both as its key would be, at 20 bytes each. */

const WIDTH = 3;

export class PairTable {
  size = 0;
  /** For each slot: the two numbers, and the value + 1; 0 there means that the slot is free. */
  #slots = new Int32Array(1024 * WIDTH);
  #mask = 1023;

  /** The value of a pair, or -1. */
  get(a: number, b: number): number {
    return (this.#slots[this.#slotOf(a, b) + 2] as number) - 1;
  }

  /** Gives a pair a value (0 or more) unless it has one. Returns the one that it had, or -1. */
  add(a: number, b: number, value: number): number {
    let slot = this.#slotOf(a, b);
    const before = this.#slots[slot + 2] as number;
    if (before > 0) return before - 1;
    if (++this.size * 4 > (this.#mask + 1) * 3) {
      this.#grow();
      slot = this.#slotOf(a, b);
    }
    this.#slots[slot] = a;
    this.#slots[slot + 1] = b;
    this.#slots[slot + 2] = value + 1;
    return -1;
  }

  /** Replaces the value of a pair that is there. */
  replace(a: number, b: number, value: number): void {
    this.#slots[this.#slotOf(a, b) + 2] = value + 1;
  }

  /** Where the pair stands, or the free slot where it belongs. */
  #slotOf(a: number, b: number): number {
    let hash = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) ^ Math.imul(b, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x297a2d39);
    hash ^= hash >>> 13;
    const slots = this.#slots;
    const mask = this.#mask;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = at * WIDTH;
      if (slots[slot + 2] === 0 || (slots[slot] === a && slots[slot + 1] === b)) return slot;
    }
  }

  #grow(): void {
    const before = this.#slots;
    // Small tables grow fast: moving what is there costs more than the room.
    this.#mask = this.#mask < 1 << 19 ? this.#mask * 4 + 3 : this.#mask * 2 + 1;
    this.#slots = new Int32Array((this.#mask + 1) * WIDTH);
    for (let from = 0; from < before.length; from += WIDTH) {
      if (before[from + 2] === 0) continue;
      const slot = this.#slotOf(before[from] as number, before[from + 1] as number);
      this.#slots[slot] = before[from] as number;
      this.#slots[slot + 1] = before[from + 1] as number;
      this.#slots[slot + 2] = before[from + 2] as number;
    }
  }
}
