/** One file being written by a client: many positional writes under way at once, in the order they came. */

import { type FileHandle, open } from 'node:fs/promises';
import { type Answer, answerOf, failure } from './answers.ts';
import type { Following } from './deps.ts';
import { addExtent, cutExtents, type Extents, prefixOf } from './extents.ts';

type Piece = {
  at: number;
  parts: readonly Uint8Array[];
  lengthBytes: number;
  /** Nothing is written: the file ends at `at`. */
  isCut?: true;
  done(): void;
  failed(error: unknown): void;
};

export type UploadOptions = {
  /** Largest file. */
  limitBytes: number;
  /** How large this file may become now, beside all others of its folder. */
  room(): number;
  /** Whether every write goes to the end, whatever offset the client names. */
  append: boolean;
  /** Called once the file is large enough to be kept while it still comes. */
  follow?: ((path: string) => Following) | undefined;
};

/** How far a file may grow before its room is asked for again. */
const roomStepBytes = 1024 * 1024;
const runBytes = 4 * 1024 * 1024;
/** Parts of one write; the system takes 1,024 at once. */
const runParts = 512;
const scatterLimit = 4096;
/** A file is followed from this size on, and told about in steps of it. */
const followStepBytes = 1024 * 1024;

export class OpenUpload {
  /** Everything after `end` cannot be there: the largest offset written so far. */
  #endBytes: number;
  #extents: Extents;
  #path: string;
  #file: FileHandle;
  #options: UploadOptions;
  #grantedBytes = 0;
  #queue: Piece[] = [];
  #writing: Promise<void> | undefined;
  #failure: unknown;
  #spoilt = false;
  #closing: Promise<unknown> | undefined;
  #following: Following | undefined;
  #followedBytes = 0;
  /** Bytes that are followed have changed: the file is kept when it is whole. */
  #isUnfollowed = false;

  private constructor(path: string, file: FileHandle, sizeBytes: number, options: UploadOptions) {
    this.#path = path;
    this.#file = file;
    this.#endBytes = sizeBytes;
    this.#extents = sizeBytes > 0 ? [[0, sizeBytes]] : [];
    this.#options = options;
  }

  /** @param sizeBytes what the file holds already; 0 makes a new one, and fails if there is one. */
  static async open(path: string, sizeBytes: number, options: UploadOptions) {
    return new OpenUpload(path, await open(path, sizeBytes > 0 ? 'r+' : 'wx+', 0o600), sizeBytes, options);
  }

  get sizeBytes(): number {
    return this.#endBytes;
  }

  /** Why this upload cannot become a file any more. */
  get failure(): unknown {
    return this.#failure;
  }

  /** What the house has begun to keep of it, for whoever receives the file or gives it up. */
  get following(): Following | undefined {
    return this.#following;
  }

  /** Settles when a close under way is through. */
  get closing(): Promise<unknown> | undefined {
    return this.#closing;
  }

  /**
   * Resolves when the bytes are handed to the file system.
   * @param parts the bytes, in one or more parts that nobody changes any more.
   * @throws Answer
   */
  write(offset: number, parts: readonly Uint8Array[], lengthBytes: number): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#closing) return Promise.reject(failure('This file is closed.'));
    const at = this.#options.append ? this.#endBytes : offset;
    const tooMuch = this.#tooMuch(at + lengthBytes);
    if (tooMuch) return Promise.reject(this.#spoil(tooMuch));
    if (this.#extents.length > scatterLimit)
      return Promise.reject(this.#spoil(failure('This file comes in too many scattered pieces.')));
    this.#endBytes = Math.max(this.#endBytes, at + lengthBytes);
    return new Promise((done, failed) => {
      this.#queue.push({ at, parts, lengthBytes, done, failed });
      this.#writing ??= this.#drain();
    });
  }

  /** Why the file may not reach to there. */
  #tooMuch(endBytes: number): Answer | undefined {
    if (endBytes > this.#options.limitBytes) return tooLarge(this.#options.limitBytes);
    if (endBytes <= this.#grantedBytes || endBytes <= this.#endBytes) return undefined;
    const room = this.#options.room();
    if (endBytes > room)
      return failure('Too much waits in this folder. Remove some of it, or wait until it is processed.');
    this.#grantedBytes = Math.min(room, endBytes + roomStepBytes);
    return undefined;
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(lengthBytes), 0, lengthBytes, offset);
    return buffer.subarray(0, bytesRead);
  }

  /** Makes the file shorter, after what was written before and before what is written after; asking for a longer one changes nothing. */
  cut(sizeBytes: number): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#closing) return Promise.reject(failure('This file is closed.'));
    if (sizeBytes >= this.#endBytes) return Promise.resolve();
    this.#endBytes = sizeBytes;
    return new Promise((done, failed) => {
      this.#queue.push({ at: sizeBytes, parts: [], lengthBytes: 0, isCut: true, done, failed });
      this.#writing ??= this.#drain();
    });
  }

  /** Nothing more is written; whoever still writes hears why. */
  fail<E>(why: E): E {
    this.#failure ??= why;
    this.#following?.giveUp();
    this.#following = undefined;
    this.#isUnfollowed = true;
    return why;
  }

  /**
   * Closes a file that the client says is whole.
   * @param durable whether its bytes are on disk when this resolves; false for what is copied to a safe place at once.
   * @throws Answer when a write had failed, or a piece is missing; the file is closed then too.
   */
  finish(durable = true): Promise<void> {
    if (this.#closing) return Promise.reject(this.#failure ?? failure('This file is closed.'));
    const work = this.#finish(durable);
    this.#closing = work.catch(() => {});
    return work;
  }

  /**
   * Closes a file that was cut off, and takes away everything after the first hole.
   * @returns how many bytes are left, and on disk; 0 when it was closed before.
   */
  async abandon(): Promise<number> {
    if (this.#closing) {
      await this.#closing;
      return 0;
    }
    const work = this.#abandon();
    this.#closing = work.catch(() => {});
    return work;
  }

  async #finish(durable: boolean): Promise<void> {
    await this.#settled();
    try {
      if (this.#failure) throw this.#failure;
      if (prefixOf(this.#extents) !== this.#endBytes)
        throw this.fail(failure('A part of this file is missing. Send it again.'));
      if (durable) await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }

  async #abandon(): Promise<number> {
    this.fail(failure('This upload was ended.'));
    await this.#settled();
    const keptBytes = prefixOf(this.#extents);
    try {
      await this.#file.truncate(keptBytes);
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
    return keptBytes;
  }

  /** Tells how far the file is there without a hole. */
  #follow(): void {
    const { follow } = this.#options;
    const safeBytes = prefixOf(this.#extents);
    if (!follow || this.#isUnfollowed || safeBytes < this.#followedBytes + followStepBytes) return;
    this.#following ??= follow(this.#path);
    this.#following.upTo(safeBytes);
    this.#followedBytes = safeBytes;
  }

  /** What lies at or after `from` is about to change. */
  #unfollow(from: number): void {
    if (from >= this.#followedBytes) return;
    this.#isUnfollowed = true;
    this.#following?.giveUp();
    this.#following = undefined;
    this.#followedBytes = 0;
  }

  async #settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #drain(): Promise<void> {
    // Lets the packets that came in the same breath gather, so that they become one write.
    await new Promise(setImmediate);
    for (let run = this.#nextRun(); run.length > 0; run = this.#nextRun()) {
      try {
        if (this.#failure) throw this.#failure;
        const start = run[0]!.at;
        const end = run.at(-1)!.at + run.at(-1)!.lengthBytes;
        this.#unfollow(start);
        if (run[0]!.isCut) {
          await this.#file.truncate(start);
          cutExtents(this.#extents, start);
        } else {
          await this.#writeRun(run, start, end - start);
          addExtent(this.#extents, start, end);
          this.#follow();
        }
        for (const piece of run) piece.done();
      } catch (error) {
        const why = this.#spoil(answerOf(error) ?? error);
        for (const piece of run) piece.failed(why);
      }
    }
    if (this.#spoilt) await this.#file.truncate(0).catch(() => {});
    this.#writing = undefined;
  }

  /** Fails for good, and gives the room on the disk back at once: the client may take its time to close. */
  #spoil<E>(why: E): E {
    this.#spoilt = true;
    this.#writing ??= this.#drain();
    return this.fail(why);
  }

  /** Takes pieces from the queue as long as each follows the one before. */
  #nextRun(): Piece[] {
    let bytes = 0;
    let parts = 0;
    let count = 0;
    for (const piece of this.#queue) {
      if (count > 0 && (piece.isCut || this.#queue[0]!.isCut)) break;
      if (count > 0 && (piece.at !== this.#queue[0]!.at + bytes || bytes >= runBytes || parts >= runParts)) break;
      bytes += piece.lengthBytes;
      parts += piece.parts.length;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #writeRun(run: Piece[], start: number, lengthBytes: number): Promise<void> {
    const parts = run.flatMap((piece) => piece.parts);
    const { bytesWritten } = await this.#file.writev(parts, start);
    if (bytesWritten === lengthBytes) return;
    // A short write: mostly a full disk, of which the next write tells.
    const rest = Buffer.concat(parts);
    for (let done = bytesWritten; done < lengthBytes; ) {
      const { bytesWritten: more } = await this.#file.write(rest, done, lengthBytes - done, start + done);
      done += more;
    }
  }
}

function tooLarge(limitBytes: number): Answer {
  const mebibytes = limitBytes / 1024 ** 2;
  const limit =
    mebibytes >= 1024 ? `${Math.round((mebibytes / 1024) * 10) / 10} GiB` : `${Math.round(mebibytes * 10) / 10} MiB`;
  return failure(`This file is larger than the server takes (${limit}). Nothing was kept of it.`);
}
