/** Looks at the first bytes of a file: encoding, line ends and separator, told before a single row is read. */

import { isUtf8 } from '../bytes.ts';
import { decode, type Entry } from '../record.ts';

const HEAD_BYTES = 4096;

export type Sniff =
  | { fault: 'csv-empty-file' | 'csv-utf16-encoding' | 'csv-not-utf8' | 'csv-line-ending-cr'; message: string }
  | { fault: 'csv-delimiter-wrong'; message: string }
  | { fault: undefined; bomBytes: 0 | 3 };

/** Judges the head of a file: its first 4,096 bytes, or all of it. */
export function sniff(head: Uint8Array, file: string): Sniff {
  if (head.length === 0) return { fault: 'csv-empty-file', message: `${file} is empty` };
  if (isUtf16(head)) return { fault: 'csv-utf16-encoding', message: `${file} is written in UTF-16` };
  if (head.indexOf(0) >= 0 && head.filter((byte) => byte === 0).length * 2 > head.length) {
    return { fault: 'csv-not-utf8', message: `${file} holds NUL bytes where text is expected` };
  }
  const bomBytes = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const text = head.subarray(bomBytes);
  if (text.length === 0) return { fault: 'csv-empty-file', message: `${file} is empty but for its byte order mark` };
  const end = text.indexOf(10);
  const carriage = text.indexOf(13);
  if (end < 0 && carriage >= 0 && carriage < text.length - 1) {
    return { fault: 'csv-line-ending-cr', message: `The lines of ${file} end with CR alone` };
  }
  const header = text.subarray(0, end < 0 ? text.length : end);
  if (end >= 0 && !isUtf8(header, 0, header.length)) {
    return { fault: 'csv-not-utf8', message: `The header of ${file} is not UTF-8` };
  }
  return wrongDelimiter(decode(header, 0, header.length), file) ?? { fault: undefined, bomBytes };
}

/** The first line of a file, without byte order mark, at most 4,096 bytes of it. */
export async function firstLine(entry: Entry): Promise<string> {
  const head = await headOf(entry);
  const line = decode(head, 0, head.length).split(/\r|\n/, 1)[0] ?? '';
  return line.replace(/^\ufeff/, '');
}

/** The first 4,096 bytes of an entry, or all of it. */
export async function headOf(entry: Entry): Promise<Uint8Array> {
  const head = new Uint8Array(HEAD_BYTES);
  let filled = 0;
  for await (const piece of entry.bytes()) {
    const taken = piece.subarray(0, HEAD_BYTES - filled);
    head.set(taken, filled);
    filled += taken.length;
    if (filled === HEAD_BYTES) break;
  }
  return head.subarray(0, filled);
}

function isUtf16(head: Uint8Array): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  const [a, b, c, d] = head;
  const alternates = (a === 0 && b !== 0 && c === 0 && d !== 0) || (a !== 0 && b === 0 && c !== 0 && d === 0);
  return head.length >= 4 && alternates;
}

const separators = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };
function wrongDelimiter(header: string, file: string): Sniff | undefined {
  if (header.includes(',')) return undefined;
  for (const [separator, name] of Object.entries(separators)) {
    if (header.includes(separator)) {
      return {
        fault: 'csv-delimiter-wrong',
        message: `The columns of ${file} are separated by ${name}, not by commas`,
      };
    }
  }
  return undefined;
}

/** Collects pieces until there are enough to judge, then hands them on; `false` from `start` stops the reading. */
export async function readWithHead(
  entry: Entry,
  start: (head: Uint8Array) => number | false,
  piece: (bytes: Uint8Array) => void | Promise<void>,
): Promise<void> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const bytes of entry.bytes()) {
    if (head) {
      const joined: Uint8Array = new Uint8Array(head.length + bytes.length);
      joined.set(head);
      joined.set(bytes, head.length);
      head = joined;
      if (head.length < HEAD_BYTES) continue;
      const skip = start(head.subarray(0, HEAD_BYTES));
      if (skip === false) return;
      await piece(head.subarray(skip));
      head = undefined;
    } else await piece(bytes);
  }
  if (!head) return;
  const skip = start(head);
  if (skip !== false) await piece(head.subarray(skip));
}
