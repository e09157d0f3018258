/** What can go wrong with somebody else's server: a code, a sentence for people, and whether trying again makes sense. */

export type TroubleCode =
  | 'not-reachable'
  | 'not-public'
  | 'tls'
  | 'timeout'
  | 'server-error'
  | 'busy'
  | 'too-large'
  | 'not-authorised'
  | 'forbidden'
  | 'not-found'
  | 'bad-request'
  | 'redirect'
  | 'no-token'
  | 'not-json'
  | 'not-utf8'
  | 'failure-status'
  | 'key-missing'
  | 'paging'
  | 'unstable'
  | 'too-many'
  | 'empty'
  | 'changes';

export class PullTrouble extends Error {
  readonly code: TroubleCode;
  /** HTTP status of the answer, where there was one. */
  readonly status: number | undefined;
  /** What the server said, bounded and without control characters; never shown in logs or mails. */
  readonly said: string | undefined;

  constructor(code: TroubleCode, sentence: string, more: { status?: number; said?: string | undefined } = {}) {
    super(sentence);
    this.name = 'PullTrouble';
    this.code = code;
    this.status = more.status;
    this.said = more.said;
  }
}

/** Troubles after which a smaller page may come through. */
export const mayBeSize = (trouble: unknown): boolean =>
  trouble instanceof PullTrouble && ['too-large', 'timeout', 'server-error', 'not-reachable'].includes(trouble.code);
