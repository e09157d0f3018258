/** Looks at the bytes of JSON: where a text ends, whether it is this word, which day it names; and makes cells of lists. */

import { behindBlanks } from '../lists.ts';

/** In the place of a place. */
export const failed = -1;

const [space, quote, comma, colon, hyphen, backslash] = [0x20, 0x22, 0x2c, 0x3a, 0x2d, 0x5c];
const [openObject, closeObject] = [0x7b, 0x7d];

/**
 * Bytes that are taken as they are: no escapes, no characters that cannot be seen. Beyond ASCII all but those that may
 * begin a mark of byte order.
 */
const plain = new Uint8Array(256).map((_, byte) =>
  byte >= space && byte !== quote && byte !== backslash && byte !== 0x7f && byte !== 0xef ? 1 : 0,
);
/** February of a year that a hundred divides is left to the parser. */
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** What would not come through within a list of pairs. */
const separators = new Uint8Array(256);
for (const byte of [openObject, closeObject, colon, comma]) separators[byte] = 1;

export class Cursor {
  bytes: Buffer = Buffer.alloc(0);
  end = 0;
  /** Cells of this record that stand nowhere as they are. */
  made = Buffer.allocUnsafeSlow(1 << 14);
  madeBytes = 0;
  /** Of the last member. */
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  valueEnd = 0;

  begin(bytes: Buffer, end: number): void {
    this.bytes = bytes;
    this.end = end;
  }

  /** The end of a text that begins here; less than 0 where it is not plain. */
  text(from: number): number {
    const { bytes } = this;
    let at = from;
    while (plain[bytes[at] as number] === 1) at++;
    return bytes[at] === quote && at < this.end ? at : failed;
  }

  /** Behind a name that ends here: where its value begins. */
  value(nameEnd: number): number {
    const at = this.skip(nameEnd + 1);
    return this.bytes[at] === colon ? this.skip(at + 1) : failed;
  }

  skip(from: number): number {
    return behindBlanks(this.bytes, from, this.end);
  }

  /** A name and a text that begin here; their places are kept. @returns false where they are not plain. */
  member(at: number): boolean {
    if (this.bytes[at] !== quote) return false;
    this.nameStart = at + 1;
    this.nameEnd = this.text(this.nameStart);
    const value = this.nameEnd < 0 ? failed : this.value(this.nameEnd);
    if (value < 0 || this.bytes[value] !== quote) return false;
    this.valueStart = value + 1;
    this.valueEnd = this.text(this.valueStart);
    return this.valueEnd >= 0;
  }

  isNamed(name: Buffer): boolean {
    return this.same(this.nameStart, this.nameEnd, name);
  }

  same(start: number, end: number, text: Buffer): boolean {
    if (end - start !== text.length) return false;
    for (let at = 0; at < text.length; at++) if (this.bytes[start + at] !== text[at]) return false;
    return true;
  }

  begins(at: number, word: Buffer): boolean {
    return at + word.length <= this.end && this.same(at, at + word.length, word);
  }

  /** Nothing at its ends would be taken off; beyond ASCII that is not looked at. */
  isTrim(start: number, end: number): boolean {
    const [first, last] = [this.bytes[start] as number, this.bytes[end - 1] as number];
    return end > start && first > space && first < 0x7f && last > space && last < 0x7f;
  }

  /** It can be told from its neighbours in a list. */
  isItem(start: number, end: number): boolean {
    if (!this.isTrim(start, end)) return false;
    for (let at = start; at < end; at++) if (separators[this.bytes[at] as number] === 1) return false;
    return true;
  }

  /** These bytes hold no comma, and are no entry of the list that is made from this place on. */
  isNew(made: number, start: number, end: number): boolean {
    for (let at = start; at < end; at++) if (this.bytes[at] === comma) return false;
    for (let from = made; from < this.madeBytes; ) {
      let at = from;
      while (at < this.madeBytes && this.made[at] !== comma) at++;
      let isSame = at - from === end - start;
      for (let place = 0; isSame && place < end - start; place++)
        isSame = this.made[from + place] === this.bytes[start + place];
      if (isSame) return false;
      from = at + 1;
    }
    return true;
  }

  /** Adds a copy to the cell that is made. @returns false when there is no room. */
  make(start: number, end: number): boolean {
    if (this.madeBytes + end - start > this.made.length) return false;
    for (let at = start; at < end; at++) this.made[this.madeBytes++] = this.bytes[at] as number;
    return true;
  }

  makeByte(byte: number): boolean {
    if (this.madeBytes === this.made.length) return false;
    this.made[this.madeBytes++] = byte;
    return true;
  }

  /** `{type:identifier}`. @returns false when one is missing, or there is no room. */
  makePair(typeStart: number, typeEnd: number, idStart: number, idEnd: number): boolean {
    return (
      typeEnd > 0 &&
      idEnd > 0 &&
      this.makeByte(openObject) &&
      this.make(typeStart, typeEnd) &&
      this.makeByte(colon) &&
      this.make(idStart, idEnd) &&
      this.makeByte(closeObject)
    );
  }

  /** `2026-01-15` as days of the epoch; NaN for anything else, and for days that no calendar has. */
  day(at: number): number {
    const year = this.#number(at, 4);
    const month = this.#number(at + 5, 2);
    const day = this.#number(at + 8, 2);
    const isDay = this.bytes[at + 4] === hyphen && this.bytes[at + 7] === hyphen;
    const last = month === 2 && year % 4 === 0 && year % 100 !== 0 ? 29 : (monthDays[month - 1] ?? 0);
    return isDay && year > 1970 && year < 2200 && day >= 1 && day <= last
      ? Date.UTC(year, month - 1, day) / 86_400_000
      : Number.NaN;
  }

  /** `2026-01-15T08:30:00.000Z` in milliseconds; NaN for any other form. */
  time(start: number, end: number): number {
    const { bytes } = this;
    const isForm =
      end - start === 24 &&
      bytes[start + 10] === 0x54 &&
      bytes[start + 13] === colon &&
      bytes[start + 16] === colon &&
      bytes[start + 19] === 0x2e &&
      bytes[start + 23] === 0x5a;
    if (!isForm) return Number.NaN;
    const hours = this.#number(start + 11, 2);
    const minutes = this.#number(start + 14, 2);
    const seconds = this.#number(start + 17, 2);
    if (!(hours < 24 && minutes < 60 && seconds < 60)) return Number.NaN;
    const ofDay = ((hours * 60 + minutes) * 60 + seconds) * 1000 + this.#number(start + 20, 3);
    return this.day(start) * 86_400_000 + ofDay;
  }

  #number(start: number, digits: number): number {
    let value = 0;
    for (let at = start; at < start + digits; at++) {
      const digit = (this.bytes[at] as number) - 0x30;
      if (!(digit >= 0 && digit <= 9)) return Number.NaN;
      value = value * 10 + digit;
    }
    return value;
  }
}
