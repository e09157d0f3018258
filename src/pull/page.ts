/** One page of a collection: what the answer holds, and what it says about the rest. */
import { type Collection, rowsIn } from '../core/rest/collections.ts';
import { failureIn, warningsIn } from './server-words.ts';
import type { Answer } from './transport.ts';
import { PullTrouble } from './trouble.ts';

export type Page = {
  rows: unknown[];
  /** The same rows, parsed so that numbers keep their digits. */
  exactRows(): unknown[];
  /** Number of all rows that match, by the server; undefined when it does not say. */
  total: number | undefined;
  /** The address of the next page; null when the server says that there is none, undefined when it says nothing. */
  next: string | null | undefined;
  /** Deviations of the answer itself: rules. */
  notes: string[];
  /** Names that the server did not understand, such as `invalid_sort_field`. */
  warnings: string[];
};

/** @throws PullTrouble for whatever is no page: HTML, a failure with status 200, a key that is missing. */
export function readPage(answer: Answer, collection: Collection): Page {
  const { headers } = answer;
  const notes: string[] = [];
  const type = headers['content-type'] ?? '';
  const text = textOf(answer, type);
  const json = parsed(text, collection.path);
  if (!/\bjson\b/i.test(type)) notes.push('api-content-type');
  const found = rowsIn(json, collection);
  if (!found.rows) {
    const failure = failureIn(json);
    const said = [failure?.minor, failure?.text].filter((word) => word !== undefined).join(': ') || undefined;
    if (failure)
      throw new PullTrouble('failure-status', `The server failed when asked for ${collection.path}, with status 200.`, {
        said,
      });
    const words = {
      'not an object': 'holds no object',
      'no such key': `has no "${collection.path}"`,
      'not a list': `has no list under "${collection.path}"`,
    };
    throw new PullTrouble(
      'key-missing',
      `The answer about ${collection.path} ${words[found.why]}, so it is not taken for an empty one.`,
    );
  }
  if (!found.isUsual) notes.push('api-wrapper-key');
  return {
    rows: found.rows,
    exactRows: () => rowsIn(JSON.parse(text, keepDigits), collection).rows ?? [],
    total: totalOf(headers),
    next: nextOf(headers.link),
    notes,
    warnings: warningsIn(json),
  };
}

function textOf({ body }: Answer, type: string): string {
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch {
    throw new PullTrouble(
      'not-utf8',
      `The answer is not text in ${charset.slice(0, 40)}, so names in it cannot be read.`,
    );
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const isPage = /^\s*</.test(text);
    const what = isPage ? 'a page for people' : 'something that is no JSON';
    throw new PullTrouble('not-json', `The server answers ${what} when asked for ${path}.`);
  }
}

/** Numbers that would lose digits become texts. */
const keepDigits = (_: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? context?.source
    : value;

function totalOf(headers: Record<string, string>): number | undefined {
  const given = headers['x-total-count'] ?? headers['x-count'];
  const total = given === undefined || !/^\d{1,12}$/.test(given.trim()) ? undefined : Number(given);
  return total;
}

/** Relations may be unquoted, capitalised, or stand before other parameters. */
function nextOf(link: string | undefined): string | null | undefined {
  if (link === undefined) return undefined;
  const parts = [...link.matchAll(/<([^>]*)>([^<]*)/g)];
  if (parts.length === 0) return undefined;
  const next = parts.find(([, , parameters = '']) => /;\s*rel\s*=\s*"?[^";]*\bnext\b/i.test(parameters));
  return next?.[1] ?? null;
}
