/**
 * A set of ids as bytes in typed arrays: ten million of them fit where a Set of strings would not, and each keeps a
 * line number and flags. Exact: a hash match is confirmed on the bytes.
 */

import type { Heap, Place } from './heap.ts';

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

/** Of a record whose id has not been put into its set ahead. */
export const NOT_ADDED = -0x80000000;

const OTHER = 0;
const SAME = 1;
const SAME_BUT_CASE = 2;
/** No more room than this is made before there are ids to fill it: a delivery may lie about its size. */
const RESERVED_IDS = 1 << 20;
const RESERVED_BYTES = 1 << 25;
/** The same in a heap, where room that is not filled takes no memory. */
const HEAPED_IDS = 1 << 24;
const HEAPED_BYTES = 1 << 29;

/** Where the ids of a set stand in its heap. */
export type IdPlaces = { slots: Place; offsets: Place; bytes: Place };
/** What the kernel has to know of a set. */
export type IdView = IdPlaces & { seed: number; size: number };

const isLetter = (byte: number) => (byte | 0x20) >= 97 && (byte | 0x20) <= 122;

export class IdSet {
  size = 0;
  /** By index: flags, and the line on which the id stands. */
  flags = new Uint8Array(256);
  lines = new Int32Array(256);
  /** After `find` or `add`: an id that differs from the one asked for in upper and lower case alone, or -1. */
  variant = -1;

  readonly seed: number;
  #heap: Heap | undefined;
  /** Where they stand in the heap. */
  #places: Partial<IdPlaces> = {};
  #at = -1;
  #slot = 0;
  /** In the low bits of a slot the index + 1, in the bits that are left the highest of the hash; 0: the slot is free. */
  #slots: Uint32Array;
  #bits = 10;
  #offsets: Uint32Array;
  #bytes: Uint8Array;

  /**
   * @param seed makes the hash differ from run to run, so that nobody can prepare ids that collide.
   * @param heap keeps the ids where the kernel can look at them, and add some.
   */
  constructor(seed = 0x2545f491, heap?: Heap) {
    this.seed = seed;
    this.#heap = heap;
    this.#slots = this.#words('slots', 1024);
    this.#offsets = this.#words('offsets', 257);
    this.#offsets[0] = 0;
    this.#bytes = this.#room(4096);
  }

  /** The ids as the kernel can look them up; undefined where they do not stand in its memory. */
  view(): IdView | undefined {
    if (!this.#heap) return undefined;
    return { ...(this.#places as IdPlaces), seed: this.seed, size: this.size };
  }

  /** Takes the places where the kernel has put the ids, with those that it has added; each of these has to be told by `enter`. */
  adopt(places: IdPlaces): void {
    const heap = this.#heap as Heap;
    this.#places = places;
    this.#slots = heap.words(places.slots);
    this.#bits = Math.log2(places.slots.length);
    this.#offsets = heap.words(places.offsets);
    this.#bytes = heap.bytes(places.bytes);
  }

  /** Notes the next id that the kernel has added. */
  enter(index: number, line: number, flags: number): void {
    this.size = index + 1;
    if (this.size > this.lines.length) this.#growNotes(this.lines.length * 2);
    this.lines[index] = line;
    this.flags[index] = flags;
  }

  /** Makes room for so many ids and bytes of them, so that it need not be made again and again. */
  reserve(expected: number, expectedBytes: number): void {
    const count = Math.min(expected, this.#heap ? HEAPED_IDS : RESERVED_IDS);
    const sizeBytes = Math.min(expectedBytes, this.#heap ? HEAPED_BYTES : RESERVED_BYTES);
    if (count > this.lines.length) this.#growNotes(Math.min(count, RESERVED_IDS));
    if (count >= this.#offsets.length) this.#growOffsets(count + 1);
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
    if (this.size > this.lines.length) this.#growNotes(this.lines.length * 2);
    if (this.size >= this.#offsets.length) this.#growOffsets(this.#offsets.length * 2);
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
        // The kernel may be ahead: what it has added is not there before it has been told.
        const likeness = index < this.size ? this.#likeness(index, buffer, start, end) : OTHER;
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

  #growNotes(length: number): void {
    this.flags = grown(new Uint8Array(length), this.flags);
    this.lines = grown(new Int32Array(length), this.lines);
  }

  #growOffsets(length: number): void {
    const offsets = this.#words('offsets', length);
    offsets.set(this.#offsets.subarray(0, this.size + 1));
    this.#offsets = offsets;
  }

  #growBytes(length: number): void {
    this.#bytes = grown(this.#room(length), this.#bytes);
  }

  #growSlots(length: number): void {
    const slots = this.#words('slots', length);
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

  /** Memory for one of the arrays: of the heap, while it has some. */
  #words(which: 'slots' | 'offsets', length: number): Uint32Array {
    const place = this.#take(which, length, length * 4, which === 'slots');
    return place ? (this.#heap as Heap).words(place) : new Uint32Array(length);
  }

  #room(length: number): Uint8Array {
    const place = this.#take('bytes', length, length, false);
    return place ? (this.#heap as Heap).bytes(place) : new Uint8Array(length);
  }

  #take(which: keyof IdPlaces, length: number, sizeBytes: number, isZero: boolean): Place | undefined {
    const at = this.#heap?.take(sizeBytes, isZero);
    if (at === undefined) {
      this.#heap = undefined;
      return undefined;
    }
    const place = { at, length };
    this.#places = { ...this.#places, [which]: place };
    return place;
  }
}

/** The hash of an id, in which case does not count; four bytes at once. */
export function idHash(buffer: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const four =
      (buffer[at] as number) |
      ((buffer[at + 1] as number) << 8) |
      ((buffer[at + 2] as number) << 16) |
      ((buffer[at + 3] as number) << 24);
    hash = Math.imul(hash ^ (four | 0x20202020), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ ((buffer[at] as number) | 0x20), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function grown<T extends Uint8Array | Int32Array | Uint32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
