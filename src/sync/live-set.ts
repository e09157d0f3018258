/** What is live of a kind, by content hash, in typed arrays; remembers what was seen and can name the rest. */
export class LiveSet {
  #pieces: Buffer[];
  /** Slot i holds the low half of a hash in halves[2i] and the high half in halves[2i + 1]. */
  #halves: Uint32Array;
  #state: Uint8Array;
  /** Which piece, and where in it, the record of a slot stands. */
  #piece: Uint32Array;
  #at: Uint32Array;
  #mask: number;
  #wide = new BigInt64Array(1);
  #narrow = new Uint32Array(this.#wide.buffer);

  /** @param pieces for each record: 8 bytes of hash (big-endian), sourcedId, a zero byte. @param count records in all. */
  constructor(pieces: Buffer[], count: number) {
    this.#pieces = pieces;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, count * 1.5)));
    this.#halves = new Uint32Array(slots * 2);
    this.#state = new Uint8Array(slots);
    this.#piece = new Uint32Array(slots);
    this.#at = new Uint32Array(slots);
    this.#mask = slots - 1;
    for (const [index, piece] of pieces.entries()) this.#add(piece, index);
  }

  /** Whether a record of this content is live; from then on it counts as seen. */
  see(hash: bigint): boolean {
    this.#wide[0] = hash;
    const slot = this.#find(this.#narrow[LOW] as number, this.#narrow[HIGH] as number);
    if (this.#state[slot] === FREE) return false;
    this.#state[slot] = SEEN;
    return true;
  }

  /** The sourcedIds of records that were not seen. */
  *unseen(): Generator<string> {
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#state[slot] !== HELD) continue;
      const piece = this.#pieces[this.#piece[slot] as number] as Buffer;
      const from = (this.#at[slot] as number) + HASH_BYTES;
      yield piece.toString('utf8', from, piece.indexOf(0, from));
    }
  }

  #add(piece: Buffer, index: number): void {
    for (let at = 0; at < piece.length; at = piece.indexOf(0, at + HASH_BYTES) + 1) {
      const high = piece.readUInt32BE(at);
      const low = piece.readUInt32BE(at + 4);
      const slot = this.#find(low, high);
      this.#state[slot] = HELD;
      this.#halves[slot * 2] = low;
      this.#halves[slot * 2 + 1] = high;
      this.#piece[slot] = index;
      this.#at[slot] = at;
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
const HASH_BYTES = 8;
/** Where the halves of a 64-bit number stand in memory. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;
