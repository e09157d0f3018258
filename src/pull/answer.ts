/** What an answer of a collection holds: its rows, some at a time, and what it says about the rest. */
import { isUtf8 } from 'node:buffer';
import { type Collection, rowsIn } from '../core/rest/collections.ts';
import { behindBlanks, cutLists, endOfEntry, type Piece } from './lists.ts';
import { failureIn, warningsIn } from './server-words.ts';
import type { Answer } from './transport.ts';
import { PullTrouble } from './trouble.ts';

export type RowsAnswer = {
  /**
   * Calls back with each row, in their order.
   * @param more.hasDigits numbers that would lose digits become texts.
   * @param more.quick takes rows of bytes[start .. end) up to one that has to be parsed, and answers where that one begins:
   * `end` when it has taken all, less than 0 for what is no JSON.
   */
  each(visit: (row: unknown) => void, more?: Reading): void;
  /** Number of all rows that match, by the server; undefined when it does not say. */
  total: number | undefined;
  /** The address of the next page; null when the server says that there is none, undefined when it says nothing. */
  next: string | null | undefined;
  /** Deviations of the answer itself: rules. */
  notes: string[];
  /** Names that the server did not understand, such as `invalid_sort_field`. */
  warnings: string[];
};

type Quick = (bytes: Buffer, start: number, end: number) => number;
type Reading = { hasDigits?: boolean; quick?: Quick | undefined };

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

/** So many rows of a page are parsed one by one before all are. */
const oddLimit = 100;
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
  const entriesOf = (pieces: readonly Piece[], visit: (row: unknown) => void, more: Reading = {}) =>
    eachEntry({ bytes, decode, parsed }, pieces, visit, more);
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
    each(visit, more) {
      if (inList) entriesOf(inList, visit, more);
      else for (const row of more?.hasDigits ? rowsWithDigits(rest) : own) visit(row);
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

type Source = {
  bytes: Buffer;
  decode(part: Buffer): string;
  /** @throws PullTrouble `not-json` */
  parsed(text: string, reviver?: typeof keepDigits): unknown;
};

/** Entries that are plain go to the quick reader, and the others, one by one, to the parser. @throws PullTrouble */
function eachEntry(source: Source, pieces: readonly Piece[], visit: (row: unknown) => void, more: Reading): void {
  const { bytes, parsed } = source;
  let quick = more.quick && isUtf8(bytes) ? more.quick : undefined;
  let odd = 0;
  for (const { start, end } of pieces) {
    let at = start;
    // Between two commas there is nothing.
    let isOwed = pieces.length > 1;
    while (quick) {
      at = behindBlanks(bytes, at, end);
      if (at === end || bytes[at] !== openObject) break;
      at = quick(bytes, at, end);
      isOwed = at < 0;
      if (at < 0 || at === end) break;
      // Where most have to be parsed, they are parsed some at a time.
      if (++odd > oddLimit) quick = undefined;
      const entryEnd = endOfEntry(bytes, at, end);
      if (parseIn(source, at, entryEnd, visit, false) !== 1) parsed('');
      isOwed = entryEnd < end;
      at = isOwed ? entryEnd + 1 : end;
    }
    if (at >= 0 && (at < end || at === start) && parseIn(source, at, end, visit, more.hasDigits ?? false) > 0)
      isOwed = false;
    if (isOwed) parsed('');
  }
}

function parseIn(
  { bytes, decode, parsed }: Source,
  start: number,
  end: number,
  visit: (row: unknown) => void,
  hasDigits: boolean,
): number {
  const text = decode(bytes.subarray(start, end));
  const entries = parsed(`[${text}]`, hasDigits ? keepDigits : undefined) as unknown[];
  for (const entry of entries) visit(entry);
  return entries.length;
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

const openObject = 0x7b;
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
