/**
 * Records follow each other that differ in their values alone: of one that is written as the one before it, only the values
 * that are other ones have to be looked at, and where the bytes are the same, four are compared at once.
 */
import { type Cursor, failed } from './cursor.ts';

/** What a stretch of a record is, whose bytes may be others in the next one. */
export const roles = {
  /** A text that is not taken over. */
  passed: 0,
  /** The text of a field. */
  value: 1,
  /** The id of a reference. */
  reference: 2,
  /** The only one of a list of these. */
  only: 3,
  /** The only item of a list. */
  item: 4,
  /** Not a text: in another record it is the same, or that record is not alike. */
  word: 5,
} as const;
export type Role = (typeof roles)[keyof typeof roles];

/** @returns whether bytes[start .. end) may stand there. */
export type Judge = (role: Role, start: number, end: number, field: number) => boolean;

const stretchesLimit = 64;

export class Alike {
  #cursor: Cursor;
  #bytes: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Of the record before: where it begins and ends, and its stretches; -1 where nothing can be alike. */
  #from = failed;
  #end = failed;
  #count = 0;
  #roles = new Uint8Array(stretchesLimit);
  #fields = new Uint8Array(stretchesLimit);
  #starts = new Int32Array(stretchesLimit);
  #ends = new Int32Array(stretchesLimit);

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** Reads on in these bytes. */
  begin(bytes: Buffer): void {
    if (this.#bytes === bytes) return;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#from = failed;
  }

  /** A record begins that is read in the plain way; its stretches are told in their order. */
  note(): void {
    this.#from = failed;
    this.#count = 0;
  }

  add(role: Role, start: number, end: number, field: number): void {
    const at = this.#count++;
    if (at >= stretchesLimit) return;
    this.#roles[at] = role;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#fields[at] = field;
  }

  /** This one holds what the next one would have to be looked at for as a whole. */
  giveUp(): void {
    this.#count = stretchesLimit + 1;
  }

  /** That record was plain, and stands here. */
  learn(from: number, end: number): void {
    if (this.#count > stretchesLimit) return;
    this.#from = from;
    this.#end = end;
  }

  /**
   * Reads the record that begins here as the one before, and puts its values in their places.
   * @returns the place behind it; less than 0 where it is not alike, and then whatever was put in places is of no use.
   */
  read(from: number, starts: Int32Array, ends: Int32Array, judge: Judge): number {
    const cursor = this.#cursor;
    let before = this.#from;
    if (before < 0) return failed;
    this.#from = failed;
    let at = from;
    for (let stretch = 0; stretch < this.#count; stretch++) {
      const start = this.#starts[stretch] as number;
      const end = this.#ends[stretch] as number;
      const same = this.#sameUpTo(before, at, end + 1);
      if (same < start) return failed;
      const own = at + start - before;
      const role = this.#roles[stretch] as Role;
      const field = this.#fields[stretch] as number;
      let ownEnd = own + end - start;
      if (same <= end) {
        ownEnd = cursor.text(at + same - before);
        if (ownEnd < 0 || !judge(role, own, ownEnd, field)) return failed;
      }
      if (role !== roles.passed) {
        starts[field] = own;
        ends[field] = ownEnd;
      }
      this.#starts[stretch] = own;
      this.#ends[stretch] = ownEnd;
      before = end;
      at = ownEnd;
    }
    if (this.#sameUpTo(before, at, this.#end) < this.#end) return failed;
    const next = at + this.#end - before;
    if (next > cursor.end) return failed;
    this.#from = from;
    this.#end = next;
    return next;
  }

  /** Up to where the bytes from `before` on are those from `at` on; `limit` when all are. */
  #sameUpTo(before: number, at: number, limit: number): number {
    const view = this.#view;
    const shift = at - before;
    let place = before;
    const last = Math.min(limit, view.byteLength - shift) - 4;
    while (place <= last && view.getInt32(place, true) === view.getInt32(place + shift, true)) place += 4;
    const { bytes } = this.#cursor;
    while (place < limit && bytes[place] === bytes[place + shift]) place++;
    return place;
  }
}
