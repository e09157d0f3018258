/** A set of 64-bit hashes in typed arrays that remembers which of them were seen. */
export class HashSet {
  readonly size: number;
  /** Slot i holds the low half in halves[2i] and the high half in halves[2i + 1]. */
  #halves: Uint32Array;
  #state: Uint8Array;
  #mask: number;
  #wide = new BigInt64Array(1);
  #narrow = new Uint32Array(this.#wide.buffer);

  /** @param pieces hashes of 8 bytes each, big-endian. */
  constructor(pieces: Buffer[]) {
    const count = pieces.reduce((sum, piece) => sum + piece.length / 8, 0);
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, count * 1.5)));
    this.#halves = new Uint32Array(slots * 2);
    this.#state = new Uint8Array(slots);
    this.#mask = slots - 1;
    let size = 0;
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += 8) {
        const high = piece.readUInt32BE(at);
        const low = piece.readUInt32BE(at + 4);
        const slot = this.#find(low, high);
        if (this.#state[slot] !== FREE) continue;
        this.#state[slot] = HELD;
        this.#halves[slot * 2] = low;
        this.#halves[slot * 2 + 1] = high;
        size++;
      }
    }
    this.size = size;
  }

  /** Whether the hash is in the set; from then on it counts as seen. */
  see(hash: bigint): boolean {
    this.#wide[0] = hash;
    const slot = this.#find(this.#narrow[0] as number, this.#narrow[1] as number);
    if (this.#state[slot] === FREE) return false;
    this.#state[slot] = SEEN;
    return true;
  }

  /** The hashes that were not seen, as signed 64-bit numbers. */
  *unseen(): Generator<bigint> {
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#state[slot] !== HELD) continue;
      this.#narrow[0] = this.#halves[slot * 2] as number;
      this.#narrow[1] = this.#halves[slot * 2 + 1] as number;
      yield this.#wide[0] as bigint;
    }
  }

  #find(low: number, high: number): number {
    let slot = (low ^ (high >>> 7)) & this.#mask;
    while (this.#state[slot] !== FREE && (this.#halves[slot * 2] !== low || this.#halves[slot * 2 + 1] !== high)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}

const FREE = 0;
const HELD = 1;
const SEEN = 2;
