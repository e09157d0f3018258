/** The one place where refusals, faulty requests and faults become answers: a code, a status and a plain sentence. */

import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ZodError } from 'zod';
import { Refusal } from '../core/refusal.ts';
import type { Log } from '../log.ts';

/** Body of every answer that is not a success. `code` is for programs, `message` for people. */
export type Trouble = { error: { code: string; message: string } };

/**
 * Answers an error: a refusal in its own words, a request that does not fit its schema as 400, anything else as 500
 * with a number that stands in the log, and nothing of the error itself.
 */
export function answerError(error: unknown, c: Context, log: Log): Response {
  if (error instanceof Refusal) return trouble(c, error.status, error.code, error.message);
  if (error instanceof ZodError) return trouble(c, 400, 'bad-request', sentenceOf(error));
  if (error instanceof HTTPException && error.status < 500) {
    return trouble(c, error.status, 'bad-request', 'The request could not be read.');
  }
  const id = randomUUID().slice(0, 8);
  log.error({ fault: id, path: c.req.path, method: c.req.method, ...bare(error) }, 'fault while answering a request');
  return trouble(
    c,
    500,
    'fault',
    `Something failed on our side, and is noted under ${id}. Try again; if it stays, name that number to your operator.`,
  );
}

/** Answers with a trouble body; personal data must not be in `message`. */
export function trouble(c: Context, status: number, code: string, message: string): Response {
  const body: Trouble = { error: { code, message } };
  return c.json(body, status as ContentfulStatusCode);
}

/** What is asked for is not there, or is not this person's: both alike. */
export function notFound(what: string): Refusal {
  return new Refusal('not-found', 404, `There is no such ${what}, or it is not yours to see.`);
}

function sentenceOf(error: ZodError): string {
  const issue = error.issues[0];
  const field = issue?.path.join('.');
  return field
    ? `The field "${field}" cannot be used: ${issue?.message}.`
    : 'The request does not have the expected form.';
}

/** Name, code and stack frames: the message of an error may hold values of a row. */
function bare(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { kind: error.name, code: (error as { code?: unknown }).code, frames: frames.map((line) => line.trim()) };
}
