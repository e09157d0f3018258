/** What an answer of a collection holds: its rows, some at a time, and what it says about the rest. */
import { type Collection, rowsIn } from '../core/rest/collections.ts';
import { cutLists, type Piece } from './lists.ts';
import { failureIn, warningsIn } from './server-words.ts';
import type { Answer } from './transport.ts';
import { PullTrouble } from './trouble.ts';

export type RowsAnswer = {
  /** Calls back with each row, in their order. @param hasDigits numbers that would lose digits become texts. */
  each(visit: (row: unknown) => void, hasDigits?: boolean): void;
  /** Number of all rows that match, by the server; undefined when it does not say. */
  total: number | undefined;
  /** The address of the next page; null when the server says that there is none, undefined when it says nothing. */
  next: string | null | undefined;
  /** Deviations of the answer itself: rules. */
  notes: string[];
  /** Names that the server did not understand, such as `invalid_sort_field`. */
  warnings: string[];
};

/** An answer with all its rows at once, for a look at few. @throws PullTrouble as `withRows` */
export function rowsOf(answer: Answer, collection: Collection): Omit<RowsAnswer, 'each'> & { rows: unknown[] } {
  return withRows(answer, collection, ({ each, ...facts }) => {
    const rows: unknown[] = [];
    each((row) => rows.push(row));
    return { ...facts, rows };
  });
}

/**
 * Calls back with the answer; once more where it was cut wrongly.
 * @throws PullTrouble for whatever is no page: HTML, a failure with status 200, a key that is missing.
 */
export function withRows<T>(answer: Answer, collection: Collection, use: (answer: RowsAnswer) => T): T {
  try {
    return use(rowsAnswer(answer, collection, false));
  } catch (error) {
    if (!(error instanceof PullTrouble) || error.code === 'not-utf8') throw error;
    return use(rowsAnswer(answer, collection, true));
  }
}

/** Rows are parsed in pieces of about this length. */
const pieceBytes = 1 << 15;

/** @param isExact nothing is taken for the beginning of an entry that only looks like one. */
function rowsAnswer(answer: Answer, collection: Collection, isExact: boolean): RowsAnswer {
  const { headers } = answer;
  const notes: string[] = [];
  const type = headers['content-type'] ?? '';
  const { bytes, decode } = textOf(answer, type);
  const { rest, lists } = cutLists(bytes, pieceBytes, isExact);
  const parsed = (text: string, reviver?: typeof keepDigits) => parsedOf(text, collection.path, reviver);
  const json = parsed(decode(rest));
  if (!/\bjson\b/i.test(type)) notes.push('api-content-type');
  const entriesOf = (pieces: readonly Piece[], visit: (row: unknown) => void, hasDigits = false) => {
    for (const { start, end } of pieces) {
      const text = decode(bytes.subarray(start, end));
      const entries = parsed(`[${text}]`, hasDigits ? keepDigits : undefined) as unknown[];
      // Between two commas there is nothing.
      if (entries.length === 0 && pieces.length > 1) throw noJson('', collection.path);
      for (const entry of entries) visit(entry);
    }
  };
  const found = rowsIn(json, collection);
  const own = found.rows;
  const inList = own && cutIn(json, found.key) ? lists[own[0] as number] : undefined;
  // What is no list of rows is short: statuses and warnings.
  for (const list of Object.values((json ?? {}) as object)) {
    if (!Array.isArray(list) || (inList && list === own)) continue;
    const pieces = lists[list.pop() as number] ?? [];
    entriesOf(pieces, (entry) => list.push(entry));
  }
  if (!own) throw noRows(found.why, json, collection);
  if (!found.isUsual) notes.push('api-wrapper-key');
  return {
    each(visit, hasDigits) {
      if (inList) entriesOf(inList, visit, hasDigits);
      else for (const row of hasDigits ? rowsWithDigits(rest) : own) visit(row);
    },
    total: totalOf(headers),
    next: nextOf(headers.link),
    notes,
    warnings: warningsIn(json),
  };

  /** A single record where a list belongs. */
  function rowsWithDigits(all: Buffer): unknown[] {
    return rowsIn(parsed(decode(all), keepDigits), collection).rows ?? [];
  }
}

const cutIn = (json: unknown, key: string): boolean => Array.isArray((json as Record<string, unknown>)[key]);

function noRows(why: 'not an object' | 'no such key' | 'not a list', json: unknown, { path }: Collection): PullTrouble {
  const failure = failureIn(json);
  const said = [failure?.minor, failure?.text].filter((word) => word !== undefined).join(': ') || undefined;
  if (failure)
    return new PullTrouble('failure-status', `The server failed when asked for ${path}, with status 200.`, { said });
  const words = {
    'not an object': 'holds no object',
    'no such key': `has no "${path}"`,
    'not a list': `has no list under "${path}"`,
  };
  return new PullTrouble('key-missing', `The answer about ${path} ${words[why]}, so it is not taken for an empty one.`);
}

/** The bytes as UTF-8, and what makes text of a part of them. */
function textOf({ body }: Answer, type: string): { bytes: Buffer; decode(part: Buffer): string } {
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  const refuse = () =>
    new PullTrouble('not-utf8', `The answer is not text in ${charset.slice(0, 40)}, so names in it cannot be read.`);
  const decoded = (decoder: () => TextDecoder, part: Buffer) => {
    try {
      return decoder().decode(part);
    } catch {
      throw refuse();
    }
  };
  if (!/^(utf-?8|us-ascii|ascii)$/i.test(charset)) {
    const text = decoded(() => new TextDecoder(charset, { fatal: true }), body);
    return { bytes: Buffer.from(text), decode: (part) => part.toString('utf8') };
  }
  const isMarked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return { bytes: isMarked ? body.subarray(3) : body, decode: (part) => decoded(() => utf8, part) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parsedOf(text: string, path: string, reviver: typeof keepDigits | undefined): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch {
    throw noJson(text, path);
  }
}

function noJson(text: string, path: string): PullTrouble {
  const what = /^\s*</.test(text) ? 'a page for people' : 'something that is no JSON';
  return new PullTrouble('not-json', `The server answers ${what} when asked for ${path}.`);
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
