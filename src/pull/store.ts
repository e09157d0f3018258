/** Keeps pages encrypted on disk until their pull is whole, so that a pull goes on where it was broken off. */
import { join } from 'node:path';
import { type Archive, archivedKeys, openArchive } from '../sync/archive.ts';
import { ArchiveError } from '../sync/sealing.ts';
import type { KeyRing } from '../vault.ts';
import type { Position } from './reading.ts';

export type PageHead = { pull: string; collection: string; number: number; position: Position };

export type PageStore = {
  put(head: PageHead, rows: Buffer): Promise<string>;
  /** Undefined when it is not there any more, or cannot be read. */
  get(key: string): Promise<{ head: PageHead; rows: Buffer } | undefined>;
  /** Its rows piece by piece, in less memory. @returns false when it is not there any more, or cannot be read to its end. */
  pieces(key: string): AsyncGenerator<Buffer, boolean>;
  /** @param pieces that nobody changes any more. */
  putBytes(pieces: Buffer[]): Promise<string>;
  getBytes(key: string): Promise<Buffer | undefined>;
  remove(keys: readonly string[]): Promise<void>;
  /** Removes what nothing refers to: left by a process that ended between writing and noting. */
  sweep(known: ReadonlySet<string>): Promise<number>;
  reencrypt: Archive['reencrypt'];
};

/** @param options.dir a folder of its own, of which only one process may have the store open. */
export async function openPageStore(options: { dir: string; tempDir: string; key: KeyRing }): Promise<PageStore> {
  const archive = await openArchive({ ...options, tempDir: join(options.tempDir, 'pulls') });
  const whole = async (key: string): Promise<Buffer | undefined> => {
    try {
      const pieces: Buffer[] = [];
      for await (const piece of archive.get(key)) pieces.push(piece as Buffer);
      return Buffer.concat(pieces);
    } catch (error) {
      if (error instanceof ArchiveError) return undefined;
      throw error;
    }
  };
  const putBytes = async (pieces: Buffer[]) => (await archive.put(listed(pieces))).key;
  return {
    put(head, rows) {
      const text = Buffer.from(JSON.stringify(head));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      return putBytes([length, text, rows]);
    },
    async get(key) {
      const bytes = await whole(key);
      if (!bytes) return undefined;
      const end = 4 + bytes.readUInt32LE(0);
      return { head: JSON.parse(bytes.toString('utf8', 4, end)), rows: bytes.subarray(end) };
    },
    async *pieces(key) {
      try {
        let head = Buffer.alloc(0);
        let headBytes = Number.NaN;
        for await (const piece of archive.get(key)) {
          if (head.length >= headBytes) yield piece;
          else {
            head = Buffer.concat([head, piece]);
            if (head.length >= 4) headBytes = 4 + head.readUInt32LE(0);
            if (head.length >= headBytes) yield head.subarray(headBytes);
          }
        }
        return true;
      } catch (error) {
        if (error instanceof ArchiveError) return false;
        throw error;
      }
    },
    putBytes,
    getBytes: whole,
    async remove(keys) {
      for (const key of keys) await archive.remove(key);
    },
    async sweep(known) {
      const left = (await archivedKeys(options.dir)).filter((key) => !known.has(key));
      for (const key of left) await archive.remove(key);
      return left.length;
    },
    reencrypt: archive.reencrypt,
  };
}

async function* listed(pieces: Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}
