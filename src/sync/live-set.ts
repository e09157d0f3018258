/** What is live of a kind, by content hash, in typed arrays; remembers what was seen and can name the rest. */

/** Records that stand together: 8 bytes of content hash for each (big-endian), and their sourcedIds, one a line. */
export type LivePiece = { hashes: Buffer; ids: string };

export class LiveSet {
  #pieces: LivePiece[];
  /** Slot i holds the low half of a hash in halves[2i] and the high half in halves[2i + 1]. */
  #halves: Uint32Array;
  /** Slot to record, counted from 1; 0: the slot is free. */
  #records: Uint32Array;
  #seen: Uint8Array;
  #mask: number;

  constructor(pieces: LivePiece[]) {
    this.#pieces = pieces;
    const count = pieces.reduce((sum, piece) => sum + piece.hashes.length / HASH_BYTES, 0);
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, count * 1.5)));
    this.#halves = new Uint32Array(slots * 2);
    this.#records = new Uint32Array(slots);
    this.#seen = new Uint8Array(count + 1);
    this.#mask = slots - 1;
    let record = 0;
    for (const { hashes } of pieces) {
      for (let at = 0; at < hashes.length; at += HASH_BYTES) {
        this.#add(wordAt(hashes, at + 4), wordAt(hashes, at), ++record);
      }
    }
  }

  /** Whether a record of this content, told by the halves of its hash, is live; from then on it counts as seen. */
  see(high: number, low: number): boolean {
    const record = this.#records[this.#find(low >>> 0, high >>> 0)] as number;
    this.#seen[record] = 1;
    return record !== 0;
  }

  /** The sourcedIds of records that were not seen. */
  *unseen(): Generator<string> {
    let record = 0;
    for (const { hashes, ids } of this.#pieces) {
      let from = 0;
      for (const last = record + hashes.length / HASH_BYTES; record < last; ) {
        const line = ids.indexOf('\n', from);
        const to = line < 0 ? ids.length : line;
        if (this.#seen[++record] === 0) yield ids.slice(from, to);
        from = to + 1;
      }
    }
  }

  #add(low: number, high: number, record: number): void {
    const slot = this.#find(low, high);
    // Two records of one hash cannot be told apart: the second never counts as absent.
    if (this.#records[slot] !== 0) this.#seen[record] = 1;
    else {
      this.#records[slot] = record;
      this.#halves[slot * 2] = low;
      this.#halves[slot * 2 + 1] = high;
    }
  }

  #find(low: number, high: number): number {
    let slot = (low ^ (high >>> 7)) & this.#mask;
    while (this.#records[slot] !== 0 && (this.#halves[slot * 2] !== low || this.#halves[slot * 2 + 1] !== high)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}

const HASH_BYTES = 8;

const wordAt = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)) >>>
  0;
