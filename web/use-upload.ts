/** Sends the files of a delivery in pieces, goes on where it stopped, and says how far it is. */

import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiTrouble, sendPiece } from './api.ts';
import { setUpApi, type UploadOf } from './set-up-api.ts';

const KiB = 1024;
const firstPieceBytes = 256 * KiB;
/** A piece grows until it takes about so long. */
const pieceMs = 4_000;
const retries = 4;
const pauseMs = 1_000;

export type UploadState =
  | { step: 'idle' }
  | { step: 'sending'; sentBytes: number[] }
  /** `canGoOn`: what has arrived is still there. */
  | { step: 'failed'; sentBytes: number[]; error: Error; canGoOn: boolean }
  | { step: 'done'; sync: string; number: number };

type Sending = { of: UploadOf; pieceLimitBytes: number; files: File[]; name: string; isTest: boolean; sent: number[] };

export function useUpload(sourceId: string) {
  const [state, setState] = useState<UploadState>({ step: 'idle' });
  const sending = useRef<Sending | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const run = useCallback(async (begin: () => Promise<Sending>) => {
    stop.current?.abort();
    const own = new AbortController();
    stop.current = own;
    try {
      const current = await begin();
      sending.current = current;
      await sendAll(current, own.signal, (sentBytes) => {
        if (!own.signal.aborted) setState({ step: 'sending', sentBytes });
      });
      const { of, name, isTest } = current;
      const done = await setUpApi.finishUpload(of, { name, isTest });
      if (!own.signal.aborted) setState({ step: 'done', ...done });
    } catch (error) {
      if (own.signal.aborted) return;
      const canGoOn = sending.current !== null && !(error instanceof ApiTrouble && error.code === 'upload-gone');
      setState({ step: 'failed', sentBytes: sending.current?.sent ?? [], error: error as Error, canGoOn });
    }
  }, []);

  const send = useCallback(
    (files: File[], name: string, isTest: boolean) => {
      sending.current = null;
      setState({ step: 'sending', sentBytes: files.map(() => 0) });
      return run(async () => {
        const announced = files.map((file) => ({ name: file.name, sizeBytes: file.size }));
        const { id: upload, pieceLimitBytes } = await setUpApi.beginUpload(sourceId, announced);
        const of = { id: sourceId, upload };
        return { of, pieceLimitBytes, files, name, isTest, sent: files.map(() => 0) };
      });
    },
    [run, sourceId],
  );
  const goOn = useCallback(() => {
    const current = sending.current;
    if (!current) return;
    setState({ step: 'sending', sentBytes: [...current.sent] });
    void run(async () => current);
  }, [run]);
  const cancel = useCallback(() => {
    stop.current?.abort();
    if (sending.current) void setUpApi.cancelUpload(sending.current.of).catch(() => undefined);
    sending.current = null;
    setState({ step: 'idle' });
  }, []);
  return { state, send, goOn, cancel };
}

async function sendAll(sending: Sending, signal: AbortSignal, onProgress: (sent: number[]) => void): Promise<void> {
  const { of, pieceLimitBytes, files, sent } = sending;
  let pieceBytes = firstPieceBytes;
  for (const [at, file] of files.entries()) {
    for (let offset = sent[at] ?? 0; offset < file.size; offset = sent[at] ?? 0) {
      const piece = file.slice(offset, offset + pieceBytes);
      const began = performance.now();
      sent[at] = (await tried(() => sendPiece({ ...of, file: at, offset }, piece, signal), signal)).receivedBytes;
      onProgress([...sent]);
      const tookMs = performance.now() - began;
      if (tookMs < pieceMs / 2) pieceBytes = Math.min(pieceBytes * 2, pieceLimitBytes);
      else if (tookMs > pieceMs * 2) pieceBytes = Math.max(pieceBytes / 2, firstPieceBytes / 4);
    }
  }
}

/** A network that was away for a moment costs a moment; refusals are final. */
async function tried<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const isPassing = error instanceof ApiTrouble && (error.status === 0 || error.status >= 500);
      if (signal.aborted || !isPassing || tries > retries || error.code === 'disk-full') throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * 2 ** (tries - 1)));
    }
  }
}
