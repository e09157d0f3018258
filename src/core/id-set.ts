/**
 * A set of ids as bytes in typed arrays: ten million of them fit where a Set of strings would not, and each keeps a
 * line number and flags. Exact: a hash match is confirmed on the bytes.
 */

/** The record is present in the delivery but not taken. */
export const LEFT_OUT = 1;
/** The record is known from the live roster, not from the delivery. */
export const KNOWN = 2;
/** The delivery says tobedeleted. */
export const DELETED = 4;
/** The record has the type that some references ask for (a school; a schoolYear). */
export const OF_TYPE = 8;
/** The record's type is an `ext:` value, which any reference may point to. */
export const EXT_TYPE = 16;
/** The record is in the delivery, and in the live roster too. */
export const LIVE = 32;

const OTHER = 0;
const SAME = 1;
const SAME_BUT_CASE = 2;
/** No more room than this is made before there are ids to fill it: a delivery may lie about its size. */
const RESERVED_IDS = 1 << 20;
const RESERVED_BYTES = 1 << 25;

/** What a set knows, in memory that threads share. */
export type IdView = { seed: number; size: number; slots: Uint32Array; offsets: Uint32Array; bytes: Uint8Array };

const isLetter = (byte: number) => (byte | 0x20) >= 97 && (byte | 0x20) <= 122;

export class IdSet {
  size = 0;
  /** By index: flags, and the line on which the id stands. */
  flags = new Uint8Array(256);
  lines = new Int32Array(256);
  /** After `find` or `add`: an id that differs from the one asked for in upper and lower case alone, or -1. */
  variant = -1;

  readonly seed: number;
  #isShared: boolean;
  #at = -1;
  #slot = 0;
  /** In the low bits of a slot the index + 1, in the bits that are left the highest of the hash; 0: the slot is free. */
  #slots: Uint32Array = new Uint32Array(1024);
  #bits = 10;
  #offsets: Uint32Array = new Uint32Array(257);
  #bytes: Uint8Array = new Uint8Array(4096);

  /**
   * @param seed makes the hash differ from run to run, so that nobody can prepare ids that collide.
   * @param isShared keeps the ids in memory that another thread can be shown by `view`.
   */
  constructor(seed = 0x2545f491, isShared = false) {
    this.seed = seed;
    this.#isShared = isShared;
  }

  /** The ids as another thread can look them up, as long as none is added. */
  view(): IdView | undefined {
    if (!this.#isShared) return undefined;
    return { seed: this.seed, size: this.size, slots: this.#slots, offsets: this.#offsets, bytes: this.#bytes };
  }

  /** The set behind a view: ids can be found in it, and not be added; it knows of no lines and flags. */
  static of({ seed, size, slots, offsets, bytes }: IdView): IdSet {
    const ids = new IdSet(seed);
    ids.size = size;
    ids.#slots = slots;
    ids.#bits = Math.log2(slots.length);
    ids.#offsets = offsets;
    ids.#bytes = bytes;
    return ids;
  }

  /** Makes room for so many ids and bytes of them, so that it need not be made again and again. */
  reserve(expected: number, expectedBytes: number): void {
    const count = Math.min(expected, RESERVED_IDS);
    const sizeBytes = Math.min(expectedBytes, RESERVED_BYTES);
    if (count > this.lines.length) this.#growIndex(count);
    const length = 2 ** Math.ceil(Math.log2(count * 1.5));
    if (length > this.#slots.length) this.#growSlots(length);
    if (sizeBytes > this.#bytes.length) this.#growBytes(sizeBytes);
  }

  /** Looks at where ids of these hashes would stand, so that they are at hand when they are asked for one by one. */
  touch(hashes: Int32Array, count: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let sum = 0;
    for (let at = 0; at < count; at++) sum ^= slots[(hashes[at] as number) & mask] as number;
    return sum;
  }

  /** Index of the id, or -1. */
  find(buffer: Uint8Array, start: number, end: number): number {
    return this.findHashed(idHash(buffer, start, end, this.seed), buffer, start, end);
  }

  /** `find`, where the hash has been made before. */
  findHashed(hash: number, buffer: Uint8Array, start: number, end: number): number {
    this.#probe(hash, buffer, start, end);
    return this.#at;
  }

  /** Whether the id at an index is this one. */
  isAt(index: number, buffer: Uint8Array, start: number, end: number): boolean {
    return this.#likeness(index, buffer, start, end) === SAME;
  }

  /** Adds an id. Returns its new index, or -1 - index of the one that is there. */
  add(buffer: Uint8Array, start: number, end: number, line: number, flags = 0): number {
    return this.addHashed(idHash(buffer, start, end, this.seed), buffer, start, end, line, flags);
  }

  /** `add`, where the hash has been made before. */
  addHashed(hash: number, buffer: Uint8Array, start: number, end: number, line: number, flags: number): number {
    this.#probe(hash, buffer, start, end);
    if (this.#at >= 0) return -1 - this.#at;
    const slot = this.#slot;
    const index = this.size++;
    if (this.size > this.lines.length) this.#growIndex(this.lines.length * 2);
    const offset = this.#offsets[index] as number;
    const after = offset + end - start;
    if (after > this.#bytes.length) this.#growBytes(Math.max(after, this.#bytes.length * 2));
    const bytes = this.#bytes;
    for (let at = start, to = offset; at < end; at++, to++) bytes[to] = buffer[at] as number;
    this.#offsets[index + 1] = after;
    this.lines[index] = line;
    this.flags[index] = flags;
    this.#slots[slot] = ((hash >>> this.#bits) << this.#bits) | this.size;
    if (this.size * 3 > this.#slots.length * 2) this.#growSlots(this.#slots.length * 2);
    return index;
  }

  /** The bytes of an id; valid until the next `add`. */
  bytesOf(index: number): Uint8Array {
    return this.#bytes.subarray(this.#offsets[index], this.#offsets[index + 1]);
  }

  /** Sets #at to the index of the id or -1, and #slot to where it stands or belongs. */
  #probe(hash: number, buffer: Uint8Array, start: number, end: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    this.variant = -1;
    this.#at = -1;
    const bits = this.#bits;
    const tag = hash >>> bits;
    for (;;) {
      const entry = slots[slot] as number;
      if (entry === 0) break;
      if (entry >>> bits === tag) {
        const index = (entry & mask) - 1;
        const likeness = this.#likeness(index, buffer, start, end);
        if (likeness === SAME) {
          this.#at = index;
          break;
        }
        if (likeness === SAME_BUT_CASE) this.variant = index;
      }
      slot = (slot + 1) & mask;
    }
    this.#slot = slot;
  }

  #likeness(index: number, buffer: Uint8Array, start: number, end: number): number {
    let at = this.#offsets[index] as number;
    if ((this.#offsets[index + 1] as number) - at !== end - start) return OTHER;
    const bytes = this.#bytes;
    let likeness = SAME;
    for (let other = start; other < end; other++, at++) {
      const a = bytes[at] as number;
      const b = buffer[other] as number;
      if (a === b) continue;
      if ((a | 0x20) !== (b | 0x20) || !isLetter(a)) return OTHER;
      likeness = SAME_BUT_CASE;
    }
    return likeness;
  }

  #growIndex(length: number): void {
    this.flags = grown(new Uint8Array(length), this.flags);
    this.lines = grown(new Int32Array(length), this.lines);
    this.#offsets = grown(new Uint32Array(this.#room((length + 1) * 4)), this.#offsets);
  }

  #growBytes(length: number): void {
    this.#bytes = grown(new Uint8Array(this.#room(length)), this.#bytes);
  }

  #growSlots(length: number): void {
    const slots = new Uint32Array(this.#room(length * 4));
    const mask = length - 1;
    const bits = Math.log2(length);
    for (let index = 0; index < this.size; index++) {
      const hash = idHash(this.#bytes, this.#offsets[index] as number, this.#offsets[index + 1] as number, this.seed);
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = ((hash >>> bits) << bits) | (index + 1);
    }
    this.#slots = slots;
    this.#bits = bits;
  }

  #room(sizeBytes: number): ArrayBufferLike {
    return this.#isShared ? new SharedArrayBuffer(sizeBytes) : new ArrayBuffer(sizeBytes);
  }
}

/** The hash of an id, in which case does not count. */
export function idHash(buffer: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ ((buffer[at] as number) | 0x20), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function grown<T extends Uint8Array | Int32Array | Uint32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
