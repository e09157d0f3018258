/** What is live of a kind, by content hash, in typed arrays; remembers what was seen and can name the rest. */

/** Records that stand together: 8 bytes of content hash for each (big-endian), and their sourcedIds, one a line. */
export type LivePiece = { hashes: Buffer; ids: string };

/** Words of a slot: the low and the high half of a hash, and its record, counted from 1. They stand together for the cache. */
const WIDTH = 3;
/** Set in the word of a record that was seen. */
const SEEN = 1 << 31;

export class LiveSet {
  #pieces: LivePiece[];
  #count: number;
  /** The third word of a free slot is 0. */
  #slots: Int32Array;
  #mask: number;
  /** Records with the hash of an earlier one. */
  #twins: number[] = [];

  constructor(pieces: LivePiece[]) {
    this.#pieces = pieces;
    this.#count = pieces.reduce((sum, piece) => sum + piece.hashes.length / HASH_BYTES, 0);
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, this.#count * 1.5)));
    this.#slots = new Int32Array(slots * WIDTH);
    this.#mask = slots - 1;
    let record = 0;
    for (const { hashes } of pieces) {
      for (let at = 0; at < hashes.length; at += HASH_BYTES) {
        this.#add(wordAt(hashes, at), wordAt(hashes, at + 4), ++record);
      }
    }
  }

  /** Whether a record of this content, told by the halves of its hash, is live; from then on it counts as seen. */
  see(high: number, low: number): boolean {
    const at = this.#find(high, low) + 2;
    const record = this.#slots[at] as number;
    if (record === 0) return false;
    if (record > 0) this.#slots[at] = record | SEEN;
    return true;
  }

  /** The sourcedIds of records that were not seen. */
  *unseen(): Generator<string> {
    const seen = this.#seen();
    let record = 0;
    for (const { hashes, ids } of this.#pieces) {
      let from = 0;
      for (const last = record + hashes.length / HASH_BYTES; record < last; ) {
        const line = ids.indexOf('\n', from);
        const to = line < 0 ? ids.length : line;
        if (seen[++record] === 0) yield ids.slice(from, to);
        from = to + 1;
      }
    }
  }

  #seen(): Uint8Array {
    const seen = new Uint8Array(this.#count + 1);
    for (let at = 2; at < this.#slots.length; at += WIDTH) {
      const record = this.#slots[at] as number;
      if (record < 0) seen[record & ~SEEN] = 1;
    }
    // Two records of one hash cannot be told apart: the second never counts as absent.
    for (const twin of this.#twins) seen[twin] = 1;
    return seen;
  }

  #add(high: number, low: number, record: number): void {
    const at = this.#find(high, low);
    if (this.#slots[at + 2] !== 0) {
      this.#twins.push(record);
      return;
    }
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#slots[at + 2] = record;
  }

  /** Where the slot of a hash begins, or the free one where it belongs. */
  #find(high: number, low: number): number {
    const slots = this.#slots;
    let slot = (low ^ (high >>> 7)) & this.#mask;
    for (;;) {
      const at = slot * WIDTH;
      if (slots[at + 2] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }
}

const HASH_BYTES = 8;

const wordAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 24) |
  ((bytes[at + 1] as number) << 16) |
  ((bytes[at + 2] as number) << 8) |
  (bytes[at + 3] as number);
