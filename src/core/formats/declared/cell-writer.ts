/** Collects the bytes of a record's cells, as text or as the text of an id. */

import { encode, isIdText } from '../../bytes.ts';
import { SCRATCH_BYTES } from '../../csv.ts';
import { decode } from '../../record.ts';

/** By byte: what it is in an id, or 0 where an id cannot have it. */
const AS_THEY_ARE = Uint8Array.from({ length: 256 }, (_, byte) => (isIdText(Uint8Array.of(byte), 0, 1) ? byte : 0));
const CAPITALS = AS_THEY_ARE.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte));
/** As `isIdText`. */
const isId = /^[\w./@-]*$/;
const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

export class CellWriter {
  /** The first bytes are left free for the repairs of whoever judges the record. */
  bytes = new Uint8Array(SCRATCH_BYTES + (1 << 14));
  length = SCRATCH_BYTES;
  /** Some byte since `clear` is above 127 or a control character. */
  unusual = false;

  clear(): void {
    this.length = SCRATCH_BYTES;
    this.unusual = false;
  }

  byte(byte: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** A number of 32 bits, which is no text. */
  number(value: number): void {
    this.#reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.bytes[this.length++] = value >>> shift;
  }

  copy(from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const { bytes } = this;
    let at = this.length;
    for (let read = start; read < end; read++) {
      const byte = from[read] as number;
      if (byte > 126 || byte < 32) this.unusual = true;
      bytes[at++] = byte;
    }
    this.length = at;
  }

  text(text: string): void {
    const bytes = encode(text);
    this.copy(bytes, 0, bytes.length);
  }

  /**
   * A value as a part of an id: characters that an id cannot have become `_` and their bytes in hexadecimal, so that
   * two values never become one.
   */
  id(from: Uint8Array, start: number, end: number, ignoreCase: boolean): void {
    this.#reserve(end - start);
    const { bytes } = this;
    const idBytes = ignoreCase ? CAPITALS : AS_THEY_ARE;
    let at = this.length;
    for (let read = start; read < end; read++) {
      const byte = idBytes[from[read] as number] as number;
      if (byte === 0) return this.text(escapedId(decode(from, start, end), ignoreCase));
      bytes[at++] = byte;
    }
    this.length = at;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

/** The same for text. */
export function escapedId(value: string, ignoreCase: boolean): string {
  // Nearly every value is one.
  if (isId.test(value)) return ignoreCase ? value.toUpperCase() : value;
  const text = ignoreCase ? value.normalize('NFC').toUpperCase() : value;
  const bytes = encode(text);
  let id = '';
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    id += isIdText(bytes, at, at + 1) ? String.fromCharCode(byte) : `_${hex(byte)}`;
  }
  return id;
}
