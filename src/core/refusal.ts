/** A refusal is a request that is understood and not granted: a code for programs, a status for HTTP, a sentence for people. */
export class Refusal extends Error {
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(code: string, status: number, sentence: string) {
    super(sentence);
    this.code = code;
    this.status = status;
  }
}
