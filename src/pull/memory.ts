/** What was pulled last, as hashes: with it a full pull tells what the nightly changes have not told. */
import type { Kind } from '../core/tables.ts';

/** Of one kind: a hash of each id and of what the record says, in any order. */
export type Remembered = { ids: Float64Array; contents: Float64Array };
/** Parts of users: whose they are, and both halves of the fingerprint that their ids end in. */
export type RememberedParts = { owners: Float64Array; high: Uint32Array; low: Uint32Array };
export type Memory = { kinds: Map<Kind, Remembered>; parts: Map<Kind, RememberedParts> };

export const emptyMemory = (): Memory => ({ kinds: new Map(), parts: new Map() });

/** 53 bits of bytes[start .. end). @param before a hash of what stands before them. */
export function hashOf(bytes: Uint8Array, start: number, end: number, before = 0): number {
  let a = 0x9747b28c ^ before;
  let b = 0x85ebca6b ^ (before / 0x200000);
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x5bd1e995);
    b ^= b >>> 15;
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
  b = Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  return ((a ^ (a >>> 13)) >>> 0) * 0x200000 + ((b ^ (b >>> 16)) >>> 11);
}

/** Finds the place of an id among remembered ones. */
export class Places {
  #slots: Int32Array;
  #ids: Float64Array;
  #mask: number;

  constructor(ids: Float64Array) {
    let size = 16;
    while (size < ids.length * 2) size *= 2;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#ids = ids;
    for (let at = 0; at < ids.length; at++) {
      let slot = this.#slotOf(ids[at] as number);
      while (this.#slots[slot]) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = at + 1;
    }
  }

  /** -1 when it is not there. */
  of(id: number): number {
    for (let slot = this.#slotOf(id); ; slot = (slot + 1) & this.#mask) {
      const at = (this.#slots[slot] as number) - 1;
      if (at < 0 || this.#ids[at] === id) return at;
    }
  }

  #slotOf = (id: number): number => (id % 0x3ffffffb) & this.#mask;
}

/** As bytes, in pieces: a head in JSON, and the arrays one behind the other, not copied. */
export function memoryBytes({ kinds, parts }: Memory): Buffer[] {
  const arrays: (Float64Array | Uint32Array)[] = [];
  const head = {
    kinds: [...kinds].map(([kind, { ids, contents }]) => {
      arrays.push(ids, contents);
      return { kind, count: ids.length };
    }),
    parts: [...parts].map(([kind, { owners, high, low }]) => {
      arrays.push(owners, high, low);
      return { kind, count: owners.length };
    }),
  };
  const text = Buffer.from(JSON.stringify(head));
  // The arrays begin at a multiple of eight.
  const length = Buffer.alloc(8);
  length.writeUInt32LE(text.length);
  const gap = Buffer.alloc((8 - (text.length % 8)) % 8);
  return [length, text, gap, ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))];
}

export function memoryOf(bytes: Buffer): Memory {
  const length = bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    'kinds' | 'parts',
    { kind: Kind; count: number }[]
  >;
  let at = 8 + length + ((8 - (length % 8)) % 8);
  const cut = (sizeBytes: number) => {
    const copy = new Uint8Array(sizeBytes);
    copy.set(bytes.subarray(at, at + sizeBytes));
    at += sizeBytes;
    return copy.buffer;
  };
  const memory = emptyMemory();
  for (const { kind, count } of head.kinds)
    memory.kinds.set(kind, { ids: new Float64Array(cut(count * 8)), contents: new Float64Array(cut(count * 8)) });
  for (const { kind, count } of head.parts) {
    const owners = new Float64Array(cut(count * 8));
    memory.parts.set(kind, { owners, high: new Uint32Array(cut(count * 4)), low: new Uint32Array(cut(count * 4)) });
  }
  return memory;
}

/** What is remembered after changes: records that came again as they are now, without those that have left. */
export function changedMemory(
  before: Remembered | undefined,
  changed: Remembered,
  removed: ReadonlySet<number>,
): Remembered {
  if (!before) return changed;
  const places = new Places(changed.ids);
  const kept: number[] = [];
  for (let at = 0; at < before.ids.length; at++) {
    const id = before.ids[at] as number;
    if (!removed.has(id) && places.of(id) < 0) kept.push(at);
  }
  const ids = new Float64Array(kept.length + changed.ids.length);
  const contents = new Float64Array(ids.length);
  for (const [to, from] of kept.entries()) {
    ids[to] = before.ids[from] as number;
    contents[to] = before.contents[from] as number;
  }
  ids.set(changed.ids, kept.length);
  contents.set(changed.contents, kept.length);
  return { ids, contents };
}
