/** Writes lines of COPY text into byte buffers and those to the database, no faster than it takes them. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Row } from '../core/record.ts';
import { fieldNames } from '../core/tables.ts';
import type { Db } from '../db/db.ts';

const pieceBytes = 1 << 18;
/** A text of PostgreSQL cannot hold it, so it is dropped. */
const NUL = 0;
const TAB = 9;
const LF = 10;
const CR = 13;
const BACKSLASH = 92;
const LETTER_N = 78;

/** One COPY at a time; `target` names the next table, `close` ends the COPY that is under way. */
export class CopyWriter {
  #db: Db;
  #statement = '';
  #stream: Writable | undefined;
  #failure: Error | undefined;
  #full: Buffer[] = [];
  #buffer = Buffer.allocUnsafe(pieceBytes);
  #used = 0;

  constructor(db: Db) {
    this.#db = db;
  }

  target(table: string, columns: string[]): void {
    this.#statement = `copy ${table} (${columns.join(', ')}) from stdin`;
  }

  /** Whole pieces wait for `drain`. */
  get waiting(): boolean {
    return this.#full.length > 0;
  }

  /** A line of a stage table: whether the row leaves, the given fields, metadata and hash. Straight from the bytes. */
  row(row: Row, fields: Int32Array, [high, low]: Int32Array): void {
    const { buffer: source, start, end } = row;
    this.#reserve(2 * lengthOf(row, fields) + 3 * fields.length + 64);
    const to = this.#buffer;
    let at = this.#used;
    at = leaves(row) ? at + to.write('tobedeleted\t', at, 'latin1') : blank(to, at);
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as number;
      const stop = end[field] as number;
      let from = start[field] as number;
      if (from === stop) {
        at = blank(to, at);
        continue;
      }
      for (; from < stop; from++) {
        const byte = source[from] as number;
        if (byte === BACKSLASH || (byte < 14 && isEscaped(byte))) {
          to[at++] = BACKSLASH;
          to[at++] = escapes[byte] as number;
        } else if (byte !== NUL) to[at++] = byte;
      }
      to[at++] = TAB;
    }
    this.#used = at;
    this.#text(row.metadata ? jsonOf(row.metadata) : undefined, TAB);
    const hash = (BigInt(high as number) << 32n) | BigInt((low as number) >>> 0);
    this.#text(hash.toString(), LF);
  }

  /** A line of texts, none of them blank. */
  line(...cells: string[]): void {
    for (let index = 0; index < cells.length; index++) this.#text(cells[index], index + 1 < cells.length ? TAB : LF);
  }

  /** Hands over what is whole, and waits while the database is behind. */
  async drain(): Promise<void> {
    if (this.#full.length === 0) return;
    this.#stream ??= await this.#open();
    for (const piece of this.#full.splice(0)) {
      if (this.#failure) throw this.#failure;
      if (!this.#stream.write(piece)) await this.#settled(once(this.#stream, 'drain'));
    }
  }

  /** Ends the COPY: its rows are in the table when this resolves. */
  async close(): Promise<void> {
    if (this.#used > 0) this.#turn(pieceBytes);
    await this.drain();
    const stream = this.#stream;
    if (!stream) return;
    if (this.#failure) throw this.#failure;
    stream.end();
    await this.#settled(once(stream, 'finish'));
    this.#stream = undefined;
  }

  abort(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  async #open(): Promise<Writable> {
    const stream = await this.#db.copyIn(this.#statement);
    stream.on('error', (error) => {
      this.#failure = error;
    });
    return stream;
  }

  /** `once` rejects with the stream's error, of which the first is the cause. */
  async #settled(event: Promise<unknown>): Promise<void> {
    await event.catch((error: Error) => {
      throw this.#failure ?? error;
    });
  }

  #text(text: string | undefined, after: number): void {
    if (text === undefined) {
      this.#reserve(3);
      this.#buffer[this.#used++] = BACKSLASH;
      this.#buffer[this.#used++] = LETTER_N;
    } else {
      const safe = /[\\\t\n\r\0]/.test(text) ? text.replace(/[\\\t\n\r\0]/g, escaped) : text;
      this.#reserve(safe.length * 3 + 1);
      this.#used += this.#buffer.write(safe, this.#used);
    }
    this.#buffer[this.#used++] = after;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes > this.#buffer.length) this.#turn(Math.max(pieceBytes, bytes));
  }

  /** The socket may still read a piece after it was written: each is a buffer of its own. */
  #turn(bytes: number): void {
    if (this.#used > 0) this.#full.push(this.#buffer.subarray(0, this.#used));
    this.#buffer = Buffer.allocUnsafe(bytes);
    this.#used = 0;
  }
}

const escapedSigns: Record<string, string> = { '\\': '\\', '\t': 't', '\n': 'n', '\r': 'r' };
const escapes = new Uint8Array(256);
for (const [sign, letter] of Object.entries(escapedSigns)) escapes[sign.charCodeAt(0)] = letter.charCodeAt(0);

const escaped = (sign: string): string => (sign === '\0' ? '' : `\\${escapedSigns[sign]}`);

function jsonOf(metadata: Record<string, string>): string {
  const text = JSON.stringify(metadata);
  if (!text.includes('\\u0000')) return text;
  const clean = Object.entries(metadata).map((pair) => pair.map((part) => part.replaceAll('\0', '')));
  return JSON.stringify(Object.fromEntries(clean));
}

const isEscaped = (byte: number): boolean => byte === TAB || byte === LF || byte === CR;

function blank(to: Uint8Array, at: number): number {
  to[at] = BACKSLASH;
  to[at + 1] = LETTER_N;
  to[at + 2] = TAB;
  return at + 3;
}

function lengthOf(row: Row, fields: Int32Array): number {
  let length = 0;
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as number;
    length += (row.end[field] as number) - (row.start[field] as number);
  }
  return length;
}

const STATUS = fieldNames('orgs').indexOf('status');
const LOWER_T = 116;

/** Every kind has `status` as its second field; when filled it is `active` or `tobedeleted`, in whatever letters. */
function leaves(row: Row): boolean {
  const from = row.start[STATUS] as number;
  return from !== row.end[STATUS] && ((row.buffer[from] as number) | 32) === LOWER_T;
}
