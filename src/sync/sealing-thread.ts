/** The thread that seals large files for the archive, also while they still grow: whoever serves clients is not kept from it. */

import { closeSync, fdatasync, fsync, openSync, readSync, rmSync, writeSync, writevSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { FromSealing, ToSealing } from './following.ts';
import { chunkBytes, Sealer } from './sealing.ts';

type Work = {
  id: number;
  target: string;
  from: number;
  to: number;
  sealer: Sealer;
  /** So far the file is there and does not change any more. */
  safeBytes: number;
  /** Known when it is whole. */
  endBytes: number | undefined;
  unflushedBytes: number;
  /** A file is closed only when the system does nothing with it. */
  flushing: Promise<void>;
  flushError: Error | undefined;
  done: boolean;
};

const port = parentPort;
if (!port) throw new Error('This file is a thread of the archive and runs in no other way.');
const tell = (message: FromSealing) => port.postMessage(message);

/** Chunks of one file before the next has its turn. */
const chunksEach = 4;
/** What was written is sent on its way to the disk meanwhile, so that little is left for the end. */
const flushBytes = 16 * 1024 * 1024;
const working = new Map<number, Work>();
const buffer = Buffer.allocUnsafe(chunkBytes);
let isFlushing = false;
let isScheduled = false;

port.on('message', (message: ToSealing) => {
  if ('begin' in message) return begin(message.id, message.begin);
  const work = working.get(message.id);
  if (!work) return;
  if ('giveUp' in message) return close(work);
  if ('upTo' in message) work.safeBytes = Math.max(work.safeBytes, message.upTo);
  else {
    work.endBytes = message.end;
    work.safeBytes = message.end;
  }
  schedule();
});

function begin(id: number, { path, target, master }: { path: string; target: string; master: Uint8Array }): void {
  let from: number | undefined;
  try {
    from = openSync(path, 'r');
    const to = openSync(target, 'wx', 0o600);
    const sealer = new Sealer(master);
    const flushing = Promise.resolve();
    working.set(id, {
      target,
      id,
      from,
      to,
      sealer,
      safeBytes: 0,
      endBytes: undefined,
      unflushedBytes: 0,
      flushing,
      flushError: undefined,
      done: false,
    });
    writeSync(to, sealer.header);
  } catch (error) {
    const work = working.get(id);
    if (work) close(work);
    else if (from !== undefined) closeSync(from);
    failed(id, error);
  }
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(turn);
}

/** A little of each file, and then whatever has been asked meanwhile. */
function turn(): void {
  isScheduled = false;
  for (const work of [...working.values()]) {
    try {
      for (let count = 0; count < chunksEach && isReady(work); count++) sealNext(work);
      if (work.done) finish(work);
      else if (isReady(work)) schedule();
    } catch (error) {
      close(work);
      failed(work.id, error);
    }
  }
}

/** The last chunk is marked: one that may be it has to wait until that is known. */
const isReady = ({ sealer, safeBytes, endBytes, done }: Work): boolean =>
  !done && (endBytes !== undefined || safeBytes > sealer.sizeBytes + chunkBytes);

function sealNext(work: Work): void {
  const { from, to, sealer, endBytes } = work;
  const at = sealer.sizeBytes;
  const last = endBytes !== undefined && endBytes <= at + chunkBytes;
  const length = last ? endBytes - at : chunkBytes;
  for (let done = 0; done < length; ) {
    const count = readSync(from, buffer, done, length - done, at + done);
    if (count === 0) throw new Error('The file is shorter than was said.');
    done += count;
  }
  const parts = sealer.chunk([buffer.subarray(0, length)], last);
  writeAll(to, parts);
  work.done = last;
  work.unflushedBytes += length;
  if (work.unflushedBytes >= flushBytes && !isFlushing && !last) flush(work);
}

function writeAll(to: number, parts: Uint8Array[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const written = writevSync(to, parts);
  if (written === length) return;
  // A short write: mostly a full disk, of which the next one tells.
  const rest = Buffer.concat(parts).subarray(written);
  for (let at = 0; at < rest.length; ) at += writeSync(to, rest, at);
}

/** A failure is kept: the system tells it once, and the next call would find nothing wrong. */
function flush(work: Work): void {
  isFlushing = true;
  work.unflushedBytes = 0;
  work.flushing = new Promise((resolve) => {
    fdatasync(work.to, (error) => {
      isFlushing = false;
      work.flushError ??= error ?? undefined;
      resolve();
    });
  });
}

function finish(work: Work): void {
  working.delete(work.id);
  closeSync(work.from);
  fsync(work.to, async (error) => {
    await work.flushing;
    closeSync(work.to);
    const failure = work.flushError ?? error;
    if (failure) return failed(work.id, failure);
    tell({ id: work.id, sha256: work.sealer.sha256(), sizeBytes: work.sealer.sizeBytes });
  });
}

/** Nobody wants it any more. */
function close(work: Work): void {
  working.delete(work.id);
  closeSync(work.from);
  rmSync(work.target, { force: true });
  void work.flushing.then(() => closeSync(work.to));
}

function failed(id: number, error: unknown): void {
  tell({ id, failed: { message: (error as Error).message, code: (error as NodeJS.ErrnoException).code } });
}
