/** The form in which the archive keeps bytes: a header and chunks of AES-256-GCM; here they are sealed and unsealed. */

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** What is kept cannot be read back: gone, cut, changed, or encrypted with another key. */
export class ArchiveError extends Error {}

const magic = Buffer.from('HRA1');
const saltBytes = 32;
export const headerBytes = magic.length + 4 + saltBytes;
export const tagBytes = 16;
/** Plain bytes of every chunk but the last. */
export const chunkBytes = 256 * 1024;
const chunkLimitBytes = 16 * 1024 * 1024;

/** Seals one object, chunk after chunk, and knows its hash when the last one is through. */
export class Sealer {
  readonly header: Buffer;
  sizeBytes = 0;
  #key: Buffer;
  #hash = createHash('sha256');
  #index = 0;

  /** @param master 32 bytes; the key of the object derives from it and a random salt. */
  constructor(master: Uint8Array) {
    this.header = Buffer.concat([magic, Buffer.alloc(4), randomBytes(saltBytes)]);
    this.header.writeUInt32BE(chunkBytes, magic.length);
    this.#key = objectKey(master, this.header);
  }

  /**
   * @param plain a chunk in one or more parts: `chunkBytes` long, or shorter when it is the last.
   * @returns what is to be written.
   */
  chunk(plain: readonly Uint8Array[], last: boolean): Uint8Array[] {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce(this.#index++, last));
    cipher.setAAD(this.header);
    const sealed: Uint8Array[] = [];
    for (const part of plain) {
      this.#hash.update(part);
      this.sizeBytes += part.length;
      sealed.push(cipher.update(part));
    }
    return [...sealed, cipher.final(), cipher.getAuthTag()].filter((part) => part.length > 0);
  }

  /** After the last chunk: the name of the object. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

/** @throws ArchiveError when the chunk is not what was sealed there. */
export function unsealed(key: Buffer, header: Buffer, index: number, last: boolean, chunk: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(index, last), { authTagLength: tagBytes });
  decipher.setAAD(header);
  decipher.setAuthTag(chunk.subarray(chunk.length - tagBytes));
  const plain = decipher.update(chunk.subarray(0, chunk.length - tagBytes));
  try {
    decipher.final();
  } catch {
    throw damaged();
  }
  return plain;
}

/** @returns the plain bytes of a chunk by its header. @throws ArchiveError for what is no header. */
export function chunkBytesOf(header: Buffer): number {
  if (header.length !== headerBytes || !header.subarray(0, magic.length).equals(magic)) throw damaged();
  const found = header.readUInt32BE(magic.length);
  if (found < 1 || found > chunkLimitBytes) throw damaged();
  return found;
}

export const objectKey = (master: Uint8Array, header: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', master, header.subarray(magic.length + 4), 'homeroom archive 1', 32));

export const damaged = (): ArchiveError =>
  new ArchiveError('The archived file is damaged, was changed, or was encrypted with another key. It is not used.');

function nonce(index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes[0] = last ? 1 : 0;
  bytes.writeBigUInt64BE(BigInt(index), 4);
  return bytes;
}
