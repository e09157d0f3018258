/** How a request over SFTP ends: a status code for programs and a sentence for people. */

import { Refusal } from '../core/refusal.ts';

/** Status codes of SFTP version 3. */
export const status = { ok: 0, eof: 1, missing: 2, denied: 3, failure: 4, badMessage: 5, unsupported: 8 } as const;

/** A request that is not granted. */
export class Answer extends Error {
  readonly status: number;

  constructor(code: number, sentence: string) {
    super(sentence);
    this.status = code;
  }
}

export const failure = (sentence: string): Answer => new Answer(status.failure, sentence);
export const denied = (sentence: string): Answer => new Answer(status.denied, sentence);
export const missing = (): Answer => new Answer(status.missing, 'There is no such file.');
export const unsupported = (): Answer => new Answer(status.unsupported, 'This server does not do that.');

/** @returns what the client hears of an error; undefined when it is a fault of ours, of which it hears no more than that. */
export function answerOf(error: unknown): Answer | undefined {
  if (error instanceof Answer) return error;
  if (error instanceof Refusal) return failure(error.message);
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return failure('There is no room on the server at the moment. Nothing was kept of this file; send it again later.');
  return undefined;
}
