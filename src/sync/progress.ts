/** Tells how far a check has come, at a rate that people can follow and the database does not feel. */

import type { Bundle, Sink } from '../core/record.ts';

export type Progress = {
  /** The kind that is being read, when records have come. */
  kind: string | null;
  /** Records read so far, over all kinds. */
  rows: number;
  rowsPerSecond: number;
  /** Bytes of the unpacked files; what is read twice counts once. */
  readBytes: number;
  totalBytes: number;
};

const pauseMs = 500;

/**
 * Wraps a bundle and a sink so that they count what passes, and calls `tell` at most twice a second from `drain`.
 * `drain` throws when the signal is aborted: that is where a check can be broken off.
 *
 * @param clock milliseconds that only grow.
 */
export function watchProgress(options: {
  bundle: Bundle;
  sink: Sink;
  signal: AbortSignal;
  clock(): number;
  tell(progress: Progress): Promise<void>;
}): { bundle: Bundle; sink: Sink; now(): Progress } {
  const { sink, clock } = options;
  const startedAt = clock();
  let toldAt = startedAt;
  let kind: string | null = null;
  let rows = 0;
  const read = new Map<string, number>();
  const totalBytes = options.bundle.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);

  const now = (): Progress => ({
    kind,
    rows,
    rowsPerSecond: Math.round((rows * 1000) / Math.max(1, clock() - startedAt)),
    readBytes: Math.min(
      totalBytes,
      [...read.values()].reduce((sum, bytes) => sum + bytes, 0),
    ),
    totalBytes,
  });
  const entries = options.bundle.entries.map((entry) => ({
    ...entry,
    async *bytes() {
      let bytes = 0;
      for await (const part of entry.bytes()) {
        bytes += part.length;
        if (bytes > (read.get(entry.name) ?? 0)) read.set(entry.name, bytes);
        yield part;
      }
    },
  }));
  return {
    now,
    bundle: { ...options.bundle, entries },
    sink: {
      table(next, mode) {
        kind = next;
        return sink.table(next, mode);
      },
      row(row) {
        rows++;
        sink.row(row);
      },
      leftOut: (of, sourcedId) => sink.leftOut(of, sourcedId),
      takeOver: (of, sourcedId, former) => sink.takeOver?.(of, sourcedId, former),
      async drain() {
        options.signal.throwIfAborted();
        if (clock() - toldAt >= pauseMs) {
          toldAt = clock();
          await options.tell(now());
        }
        await sink.drain();
      },
      tableDone: (done) => sink.tableDone(done),
    },
  };
}
