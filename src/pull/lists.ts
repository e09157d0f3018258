/** Cuts long lists out of the bytes of an answer, so that their entries are parsed some at a time and none is kept long. */

export type Cut = {
  /** The answer with `[0]`, `[1]` in place of its lists, in their order. */
  rest: Buffer;
  /** Of each list the bytes between its brackets, in pieces that end between two entries. */
  lists: Piece[][];
};
export type Piece = { start: number; end: number };

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Lists are those that stand right below the root. Nothing is judged here: what is no JSON shows when the parts are parsed.
 * Where entries begin alike, the next one is looked for by its beginning. It may stand within another entry: then the piece
 * before it is no JSON, and all is to be cut exactly. A piece that is JSON ends where an entry ends.
 * @param bytes UTF-8.
 * @param pieceBytes pieces are a little longer than this, but for the last one.
 */
export function cutLists(bytes: Buffer, pieceBytes: number, isExact: boolean): Cut {
  const lists: Piece[][] = [];
  const rest: Buffer[] = [];
  let kept = 0;
  let depth = 0;
  let start = -1;
  let pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfText(bytes, at + 1);
    else if (byte === comma) {
      if (depth !== 2 || start < 0 || at - start < pieceBytes) continue;
      pieces.push({ start, end: at });
      start = at + 1;
    } else if (byte === openObject || byte === openList) {
      if (++depth !== 2 || byte !== openList) continue;
      rest.push(bytes.subarray(kept, at + 1), Buffer.from(String(lists.length)));
      // Without an end to the list all of this comes again, which is no JSON.
      start = at + 1;
      const beginning = isExact ? undefined : beginningAt(bytes, start);
      for (let next = start; beginning; start = next + 1) {
        next = bytes.indexOf(beginning, start + pieceBytes);
        if (next < 0) break;
        pieces.push({ start, end: next });
        at = next;
      }
    } else if (byte === closeObject || byte === closeList) {
      if (--depth !== 1 || start < 0) continue;
      pieces.push({ start, end: at });
      lists.push(pieces);
      pieces = [];
      start = -1;
      kept = at;
    }
  }
  return { rest: Buffer.concat([...rest, bytes.subarray(kept)]), lists };
}

/** The place of the first byte that is more than space between tokens, or the end of all. */
export function behindBlanks(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)) at++;
  return at;
}

/** The place of the comma behind an entry that begins here, or the end of all. Nothing is judged here. */
export function endOfEntry(bytes: Buffer, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfText(bytes, at + 1);
    else if (byte === openObject || byte === openList) depth++;
    else if (byte === closeObject || byte === closeList) depth--;
    else if (byte === comma && depth === 0) return at;
  }
  return end;
}

/** How an entry begins that is an object, with the comma before it: up to the name of its first field. */
function beginningAt(bytes: Buffer, start: number): Buffer | undefined {
  if (bytes[start] !== openObject || bytes[start + 1] !== quote) return undefined;
  return Buffer.concat([Buffer.from(','), bytes.subarray(start, endOfText(bytes, start + 2) + 1)]);
}

/** The place of the quotation mark that ends a text, or the end of all. */
function endOfText(bytes: Buffer, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) return at;
    if (byte === backslash) at++;
  }
  return at;
}
