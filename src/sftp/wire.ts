/** The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02): requests read from bytes, answers written as bytes. */

import type { Attributes, Entry } from './listing.ts';

/** What a request carries besides its number, by its type. Paths are text as the client sent it; nothing is resolved. */
export type Request =
  | { type: 'open'; path: string; flags: number }
  | { type: 'write'; handle: Uint8Array; offset: number; pieces: Uint8Array[]; lengthBytes: number }
  | { type: 'read'; handle: Uint8Array; offset: number; lengthBytes: number }
  | { type: 'close' | 'fstat' | 'readdir'; handle: Uint8Array }
  | { type: 'stat' | 'lstat' | 'opendir' | 'remove' | 'mkdir' | 'rmdir' | 'realpath' | 'readlink'; path: string }
  | { type: 'setstat'; path: string; attrs: SetAttributes }
  | { type: 'fsetstat'; handle: Uint8Array; attrs: SetAttributes }
  | { type: 'rename' | 'symlink'; from: string; to: string }
  | { type: 'extended'; name: string; data: Uint8Array }
  /** A type that no version 3 has: answered, as the draft asks. */
  | { type: 'unknown' };

/** What a client may set; the rest of what it sends is read over. */
export type SetAttributes = { sizeBytes?: number; modifiedAt?: Date };

/** Raised for bytes that are no packet; the session cannot go on, as nobody knows where the next one begins. */
export class WireError extends Error {}
/** A packet whose fields are cut off: it alone is refused. */
export class FieldError extends Error {}

/** As OpenSSH's server; its client sends pieces of this size when it is told that it may. */
export const packetLimitBytes = 256 * 1024;
/** Largest piece of a file in one request or answer, with room for the fields around it. */
export const pieceLimitBytes = packetLimitBytes - 1024;

const inType = { init: 1, open: 3, close: 4, read: 5, write: 6, lstat: 7, fstat: 8, setstat: 9, fsetstat: 10 } as const;
const named: Readonly<
  Record<number, 'opendir' | 'remove' | 'mkdir' | 'rmdir' | 'realpath' | 'stat' | 'readlink' | 'lstat'>
> = { 7: 'lstat', 11: 'opendir', 13: 'remove', 14: 'mkdir', 15: 'rmdir', 16: 'realpath', 17: 'stat', 19: 'readlink' };
const piecesLimit = 64;
const readdirType = 12;
const renameType = 18;
const symlinkType = 20;
const extendedType = 200;

/** Takes the bytes of a channel as they come and calls back for each packet that is whole. */
export class PacketReader {
  #pieces: Uint8Array[] = [];
  #heldBytes = 0;
  /** Of the packet that is being read, after its length; undefined while the length is not known. */
  #wantedBytes: number | undefined;

  /** Bytes that wait for the rest of their packet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * @param onPacket gets the packet in one or more pieces that may be kept.
   * @throws WireError for a length that no packet has.
   */
  push(data: Uint8Array, onPacket: (pieces: Uint8Array[], lengthBytes: number) => void): void {
    this.#pieces.push(data);
    this.#heldBytes += data.length;
    // A client may send a byte at a time: what it costs to keep them apart is bounded.
    if (this.#pieces.length > piecesLimit) this.#pieces = [Buffer.concat(this.#pieces, this.#heldBytes)];
    for (;;) {
      if (this.#wantedBytes === undefined) {
        if (this.#heldBytes < 4) return;
        const length = uint32(joined(this.#take(4), 4), 0);
        if (length < 1 || length > packetLimitBytes) throw new WireError('A packet of an impossible length.');
        this.#wantedBytes = length;
      }
      const wanted = this.#wantedBytes;
      if (this.#heldBytes < wanted) return;
      this.#wantedBytes = undefined;
      onPacket(this.#take(wanted), wanted);
    }
  }

  #take(lengthBytes: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let missing = lengthBytes;
    while (missing > 0) {
      const first = this.#pieces[0] as Uint8Array;
      if (first.length <= missing) {
        this.#pieces.shift();
        taken.push(first);
        missing -= first.length;
      } else {
        taken.push(first.subarray(0, missing));
        this.#pieces[0] = first.subarray(missing);
        missing = 0;
      }
    }
    this.#heldBytes -= lengthBytes;
    return taken;
  }
}

/** The version that a client greets with. @throws WireError for any other packet. */
export function readHello(pieces: Uint8Array[], lengthBytes: number): number {
  const packet = joined(pieces, lengthBytes);
  if (packet[0] !== inType.init || lengthBytes < 5) throw new WireError('No greeting.');
  return uint32(packet, 1);
}

/** Number and body of a request. @throws WireError without a number, FieldError (with `id`) when a field is cut off. */
export function readRequest(pieces: Uint8Array[], lengthBytes: number): { id: number; read(): Request } {
  const first = pieces[0] as Uint8Array;
  const type = first[0] as number;
  if (lengthBytes < 5) throw new WireError('A request without a number.');
  if (type === inType.init) throw new WireError('A second greeting.');
  if (type === inType.write) return writeRequest(pieces, lengthBytes);
  const packet = joined(pieces, lengthBytes);
  return { id: uint32(packet, 1), read: () => bodyOf(type, new Fields(packet, 5)) };
}

/** The data of a write is not copied together: it stays in the pieces in which it came. */
function writeRequest(pieces: Uint8Array[], lengthBytes: number): { id: number; read(): Request } {
  // Number, handle of up to 256 bytes, offset and length stand before the data.
  const headBytes = Math.min(lengthBytes, 5 + 4 + 256 + 8 + 4);
  const head = new Fields(joined(slice(pieces, 0, headBytes), headBytes), 1);
  const id = head.uint32();
  return {
    id,
    read() {
      const handle = head.bytes();
      const offset = head.uint64();
      const dataBytes = head.uint32();
      if (head.at + dataBytes > lengthBytes) throw new FieldError('Data that is cut off.');
      return {
        type: 'write',
        handle,
        offset,
        lengthBytes: dataBytes,
        pieces: slice(pieces, head.at, head.at + dataBytes),
      };
    },
  };
}

function bodyOf(type: number, fields: Fields): Request {
  const onPath = named[type];
  if (onPath !== undefined) return { type: onPath, path: fields.text() };
  switch (type) {
    case inType.open:
      return { type: 'open', path: fields.text(), flags: fields.uint32() };
    case inType.close:
      return { type: 'close', handle: fields.bytes() };
    case inType.read:
      return { type: 'read', handle: fields.bytes(), offset: fields.uint64(), lengthBytes: fields.uint32() };
    case inType.fstat:
      return { type: 'fstat', handle: fields.bytes() };
    case inType.setstat:
      return { type: 'setstat', path: fields.text(), attrs: fields.attributes() };
    case inType.fsetstat:
      return { type: 'fsetstat', handle: fields.bytes(), attrs: fields.attributes() };
    case readdirType:
      return { type: 'readdir', handle: fields.bytes() };
    case renameType:
      return { type: 'rename', from: fields.text(), to: fields.text() };
    case symlinkType:
      // Clients send the target first, as OpenSSH has always done.
      return { type: 'symlink', from: fields.text(), to: fields.text() };
    case extendedType:
      return { type: 'extended', name: fields.text(), data: fields.rest() };
    default:
      return { type: 'unknown' };
  }
}

const attributeFlag = { size: 1, owner: 2, mode: 4, times: 8 } as const;
const decoder = new TextDecoder();

/** Reads one field after the other, and never beyond the end. */
export class Fields {
  at: number;
  #data: Uint8Array;

  constructor(data: Uint8Array, at = 0) {
    this.#data = data;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at === this.#data.length;
  }

  uint32(): number {
    return uint32(this.#data, this.#skip(4));
  }

  /** Beyond 2^53 it is not exact, and larger than any file all the same. */
  uint64(): number {
    return this.uint32() * 2 ** 32 + this.uint32();
  }

  bytes(): Uint8Array {
    const length = this.uint32();
    const start = this.#skip(length);
    return this.#data.subarray(start, start + length);
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  attributes(): SetAttributes {
    const flags = this.uint32();
    const attrs: SetAttributes = {};
    if (flags & attributeFlag.size) attrs.sizeBytes = this.uint64();
    if (flags & attributeFlag.owner) this.#skip(8);
    if (flags & attributeFlag.mode) this.#skip(4);
    if (flags & attributeFlag.times) {
      this.#skip(4);
      attrs.modifiedAt = new Date(this.uint32() * 1000);
    }
    return attrs;
  }

  rest(): Uint8Array {
    return this.#data.subarray(this.#skip(this.#data.length - this.at));
  }

  #skip(length: number): number {
    const start = this.at;
    if (start + length > this.#data.length) throw new FieldError('A field that is cut off.');
    this.at = start + length;
    return start;
  }
}

export const packets = {
  /** The greeting, with the extensions that are understood. */
  version: (extensions: readonly (readonly [name: string, data: string])[]): Buffer =>
    framed(2, [uint32Bytes(3), ...extensions.flatMap(([name, data]) => [textBytes(name), textBytes(data)])]),
  status: (id: number, code: number, sentence: string): Buffer =>
    framed(101, [uint32Bytes(id), uint32Bytes(code), textBytes(sentence), textBytes('en')]),
  handle: (id: number, handle: Uint8Array): Buffer =>
    framed(102, [uint32Bytes(id), uint32Bytes(handle.length), handle]),
  data: (id: number, data: Uint8Array): Buffer => framed(103, [uint32Bytes(id), uint32Bytes(data.length), data]),
  names: (id: number, entries: readonly Entry[]): Buffer =>
    framed(104, [
      uint32Bytes(id),
      uint32Bytes(entries.length),
      ...entries.flatMap(({ name, line, attrs }) => [textBytes(name), textBytes(line), attributeBytes(attrs)]),
    ]),
  attrs: (id: number, attrs: Attributes): Buffer => framed(105, [uint32Bytes(id), attributeBytes(attrs)]),
  extended: (id: number, data: Uint8Array): Buffer => framed(201, [uint32Bytes(id), data]),
};

export function uint64Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function attributeBytes({ mode, sizeBytes, modifiedAt }: Attributes): Buffer {
  const seconds = Math.max(0, Math.min(0xffff_ffff, Math.floor(modifiedAt.getTime() / 1000)));
  const { size, owner, mode: modes, times } = attributeFlag;
  const fields = [mode, seconds, seconds].map(uint32Bytes);
  return Buffer.concat([uint32Bytes(size | owner | modes | times), uint64Bytes(sizeBytes), Buffer.alloc(8), ...fields]);
}

function framed(type: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  return Buffer.concat([uint32Bytes(length), Uint8Array.of(type), ...parts], length + 4);
}

function uint32Bytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function textBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(4 + Buffer.byteLength(text));
  bytes.writeUInt32BE(bytes.length - 4);
  bytes.write(text, 4);
  return bytes;
}

const uint32 = (data: Uint8Array, at: number): number =>
  (data[at] as number) * 2 ** 24 +
  ((data[at + 1] as number) << 16) +
  ((data[at + 2] as number) << 8) +
  (data[at + 3] as number);

const joined = (pieces: readonly Uint8Array[], lengthBytes: number): Uint8Array =>
  pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces, lengthBytes);

/** A part of what lies in several pieces, without a copy. */
function slice(pieces: readonly Uint8Array[], start: number, end: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  for (const piece of pieces) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, piece.length);
    if (to > from) found.push(piece.subarray(from, to));
    at += piece.length;
    if (at >= end) break;
  }
  return found;
}
