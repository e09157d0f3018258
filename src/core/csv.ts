/**
 * Reads RFC 4180 text from bytes as they come: cells by position, physical line numbers, and never an exception. A
 * broken line costs that line; nothing after it is welded to it.
 */

export type CsvFault = 'quote-unclosed' | 'quote-stray' | 'line-break' | 'too-long' | 'blank' | 'lone-cr' | 'doubled';

/** Longest line that is read, and longest quoted cell that is searched for its end. */
const ROW_LIMIT_BYTES = 1 << 20;
const QUOTED_LIMIT_BYTES = 1 << 16;
/** Repairs of cells are written to the first bytes of the buffer; text starts behind them. */
export const SCRATCH_BYTES = 8192;
/** Small pieces are collected until it is worth looking at them. */
const PIECE_BYTES = 4096;

const COMMA = 44;
const LF = 10;
const CR = 13;
const QUOTE = 34;

const PLAIN = 0;
const CONTROL = 5;
const HIGH = 6;
/** What a byte means between cells: 0 is plain text. */
const CLASS = new Uint8Array(256);
CLASS.fill(CONTROL, 0, 32).fill(HIGH, 128);
CLASS[127] = CONTROL;
CLASS[COMMA] = 1;
CLASS[LF] = 2;
CLASS[CR] = 3;
CLASS[QUOTE] = 4;

export type CsvVisitor = {
  /** A whole record: cells in `start`, `end` and `count` of the reader. */
  row(): void;
  /** A record that is not to be taken; its first cell may still be read (`firstCell`). `line-break` and `blank` come with no other call. */
  fault(fault: CsvFault): void;
};

export class CsvReader {
  buffer: Uint8Array = new Uint8Array(SCRATCH_BYTES + (1 << 17));
  /** Cell i of the current record is buffer[start[i] .. end[i]), quotes taken off. */
  start = new Int32Array(64);
  end = new Int32Array(64);
  count = 0;
  /** Physical line on which the current record starts; the first is 1. */
  line = 1;
  /** The current record has bytes above 127 (`hasHigh`) or control characters (`hasControl`). */
  hasHigh = false;
  hasControl = false;
  /** How many cells a record has, once the header is known: tells a quoted line break from a quote that is never closed. */
  width = 0;
  /** Bytes stay as they are: a record with doubled quotes is a fault here, `doubled`. */
  keepsBytes = false;

  #visitor: CsvVisitor;
  #from = SCRATCH_BYTES;
  #filled = SCRATCH_BYTES;
  #seen = SCRATCH_BYTES;
  #lines = 0;
  #skipping = false;

  constructor(visitor: CsvVisitor) {
    this.#visitor = visitor;
  }

  /** Takes the next bytes; calls the visitor for every record that they complete. */
  push(chunk: Uint8Array): void {
    this.#append(chunk);
    if (this.#filled - this.#seen >= PIECE_BYTES) this.#scan(false);
  }

  /** Reads bytes where they stand, up to `to`, behind which one more may be written. Returns where the first record begins that is not whole. */
  load(buffer: Uint8Array, from: number, to: number): number {
    this.buffer = buffer;
    this.#from = from;
    this.#filled = to;
    this.#scan(false);
    return this.#from;
  }

  /** Looks at all that has come, and says how many bytes of a record that is not whole are left, with what is skipped. */
  settle(): number {
    if (this.#filled > this.#seen) this.#scan(false);
    return this.#skipping ? Number.POSITIVE_INFINITY : this.#filled - this.#from;
  }

  /** Gives away the bytes of the record that is not whole: someone else reads on. */
  takeRest(): Uint8Array {
    const rest = this.buffer.slice(this.#from, this.#filled);
    this.#from = SCRATCH_BYTES;
    this.#filled = SCRATCH_BYTES;
    this.#seen = SCRATCH_BYTES;
    return rest;
  }

  /** Where the current record starts. */
  get recordAt(): number {
    return this.#from;
  }

  get isSkipping(): boolean {
    return this.#skipping;
  }

  /** The bytes are over: a last record without a line end counts. */
  finish(): void {
    this.#scan(true);
  }

  /** Position and end of the text before the first comma of the current record, whatever is wrong with the rest. */
  firstCell(): [number, number] {
    let at = this.#from;
    const limit = Math.min(this.#filled, at + 300);
    while (at < limit && CLASS[this.buffer[at] as number] !== 1 && this.buffer[at] !== LF && this.buffer[at] !== CR)
      at++;
    const quoted = this.buffer[this.#from] === QUOTE && at > this.#from + 1 && this.buffer[at - 1] === QUOTE;
    return quoted ? [this.#from + 1, at - 1] : [this.#from, at];
  }

  /** The first line of the current record, without its line end; undefined where its end has not been read. */
  firstLine(): Uint8Array | undefined {
    const at = this.buffer.indexOf(LF, this.#from);
    if (at < 0 || at >= this.#filled) return undefined;
    return this.buffer.slice(this.#from, at > this.#from && this.buffer[at - 1] === CR ? at - 1 : at);
  }

  #append(chunk: Uint8Array): void {
    const kept = this.#filled - this.#from;
    const needed = SCRATCH_BYTES + kept + chunk.length + 1;
    if (this.#filled + chunk.length + 1 > this.buffer.length) {
      const target = needed > this.buffer.length ? new Uint8Array(needed * 2) : this.buffer;
      target.set(this.buffer.subarray(this.#from, this.#filled), SCRATCH_BYTES);
      this.buffer = target;
      this.#seen -= this.#from - SCRATCH_BYTES;
      this.#from = SCRATCH_BYTES;
      this.#filled = SCRATCH_BYTES + kept;
    }
    this.buffer.set(chunk, this.#filled);
    this.#filled += chunk.length;
  }

  #scan(last: boolean): void {
    this.buffer[this.#filled] = LF;
    this.#seen = this.#filled;
    while (this.#from < this.#filled) {
      const next = this.#skipping ? this.#skipLine(last) : this.#record(last);
      if (next < 0) break;
      this.#from = next;
      this.line += this.#lines;
    }
  }

  /** Reads one record from #from. Returns where the next one starts, or -1 when its end has not come yet. */
  #record(last: boolean): number {
    const { buffer, start, end } = this;
    const filled = this.#filled;
    let at = this.#from;
    let cell = at;
    let count = 0;
    this.#lines = 1;
    this.hasHigh = false;
    this.hasControl = false;
    for (;;) {
      let kind = CLASS[buffer[at] as number] as number;
      while (kind === PLAIN) kind = CLASS[buffer[++at] as number] as number;
      if (kind === 1) {
        start[count] = cell;
        end[count++] = at;
        cell = ++at;
        if (count === start.length) this.#widen();
        if (count >= 4096) return this.#tooLong(last);
        if (this.start !== start) return this.#record(last);
      } else if (kind === 2) {
        if (at >= filled && !last) return this.#wait();
        start[count] = cell;
        end[count++] = at > cell && buffer[at - 1] === CR && at <= filled ? at - 1 : at;
        this.count = count;
        if (at - this.#from > ROW_LIMIT_BYTES) return this.#tooLong(last);
        this.#emit(at);
        return at + 1;
      } else if (kind === 3) {
        if (at + 1 >= filled && !last) return this.#wait();
        if (at + 1 < filled && buffer[at + 1] === LF) at++;
        else {
          start[count] = cell;
          end[count++] = at;
          this.count = count;
          if (at - this.#from > ROW_LIMIT_BYTES) return this.#tooLong(last);
          this.#visitor.fault('lone-cr');
          this.#emit(at);
          return at + 1;
        }
      } else if (kind === 4) {
        return this.#quotedRecord(last);
      } else {
        if (kind === HIGH) this.hasHigh = true;
        else this.hasControl = true;
        at++;
      }
    }
  }

  /** The careful way, for a record that holds a quote anywhere. */
  #quotedRecord(last: boolean): number {
    const { buffer } = this;
    const filled = this.#filled;
    let at = this.#from;
    let count = 0;
    let stray = false;
    let firstBreak = -1;
    let breaks = 0;
    this.hasHigh = false;
    this.hasControl = false;
    for (;;) {
      if (count === this.start.length) this.#widen();
      if (count >= 4096) return this.#tooLong(last);
      this.start[count] = at;
      if (buffer[at] === QUOTE && at < filled) {
        const from = at + 1;
        let to = from;
        at = from;
        let closed = false;
        while (at < filled) {
          const byte = buffer[at] as number;
          if (byte === QUOTE) {
            if (at + 1 >= filled && !last) return this.#wait();
            if (at + 1 < filled && buffer[at + 1] === QUOTE) at++;
            else {
              closed = true;
              break;
            }
          } else if (byte === LF || (byte === CR && buffer[at + 1] !== LF)) {
            if (firstBreak < 0) firstBreak = at;
            breaks++;
          } else if (byte >= 128) this.hasHigh = true;
          else if (byte < 32 && byte !== CR) this.hasControl = true;
          if (at - from > QUOTED_LIMIT_BYTES) return this.#unclosed(firstBreak, last);
          at++;
          to = at;
        }
        if (!closed) return last ? this.#unclosed(firstBreak, last) : this.#wait();
        this.start[count] = from;
        this.end[count] = to;
        at++;
        const after = buffer[at] as number;
        if (at < filled && after !== COMMA && after !== LF && after !== CR) {
          stray = true;
          while (at < filled && buffer[at] !== COMMA && buffer[at] !== LF && buffer[at] !== CR) at++;
        }
      } else {
        while (at < filled && buffer[at] !== COMMA && buffer[at] !== LF && buffer[at] !== CR) {
          const byte = buffer[at] as number;
          if (byte === QUOTE) stray = true;
          else if (byte >= 128) this.hasHigh = true;
          else if (byte < 32) this.hasControl = true;
          at++;
        }
        this.end[count] = at;
      }
      count++;
      if (at < filled && buffer[at] === COMMA) {
        at++;
        continue;
      }
      if (at >= filled && !last) return this.#wait();
      if (at < filled && buffer[at] === CR) {
        if (at + 1 >= filled && !last) return this.#wait();
        if (at + 1 < filled && buffer[at + 1] === LF) at++;
        else this.#visitor.fault('lone-cr');
      }
      break;
    }
    this.count = count;
    if (at - this.#from > ROW_LIMIT_BYTES) return this.#tooLong(last);
    if (breaks > 0 && (stray || (this.width > 0 && count !== this.width))) return this.#unclosed(firstBreak, last);
    this.#lines = 1 + breaks;
    if (stray) this.#visitor.fault('quote-stray');
    else if (breaks > 0) this.#visitor.fault('line-break');
    else if (this.keepsBytes && this.#isDoubled()) this.#visitor.fault('doubled');
    else {
      this.#undouble();
      this.#visitor.row();
    }
    return Math.min(at + 1, filled);
  }

  #isDoubled(): boolean {
    const { buffer, start, end } = this;
    for (let cell = 0; cell < this.count; cell++) {
      const from = start[cell] as number;
      const at = buffer[from - 1] === QUOTE ? buffer.indexOf(QUOTE, from) : -1;
      if (at >= 0 && at < (end[cell] as number)) return true;
    }
    return false;
  }

  /** Two quotes inside a quoted cell stand for one: takes the first of each pair out, in place. */
  #undouble(): void {
    const { buffer } = this;
    for (let cell = 0; cell < this.count; cell++) {
      const from = this.start[cell] as number;
      const to = this.end[cell] as number;
      if (buffer[from - 1] !== QUOTE) continue;
      let write = from;
      for (let at = from; at < to; at++) {
        buffer[write++] = buffer[at] as number;
        if (buffer[at] === QUOTE) at++;
      }
      this.end[cell] = write;
    }
  }

  /** A quote opens and its end is not found where it could be: the record ends with its first line. */
  #unclosed(firstBreak: number, last: boolean): number {
    this.#lines = 1;
    if (firstBreak >= 0) {
      this.#visitor.fault('quote-unclosed');
      return firstBreak + 1;
    }
    this.#visitor.fault('quote-unclosed');
    return this.#skip(last);
  }

  #tooLong(last: boolean): number {
    this.#visitor.fault('too-long');
    return this.#skip(last);
  }

  #skip(last: boolean): number {
    this.#skipping = true;
    return this.#skipLine(last);
  }

  /** Passes over the rest of a line that is not read. */
  #skipLine(last: boolean): number {
    const at = this.buffer.indexOf(LF, this.#from);
    this.#lines = 1;
    if (at >= 0 && at < this.#filled) {
      this.#skipping = false;
      return at + 1;
    }
    this.#lines = 0;
    if (last) this.#skipping = false;
    return this.#filled;
  }

  #wait(): number {
    if (this.#filled - this.#from > ROW_LIMIT_BYTES) return this.#tooLong(false);
    return -1;
  }

  #emit(at: number): void {
    const { count } = this;
    if (count === 1 && this.start[0] === this.end[0]) {
      if (at < this.#filled) this.#visitor.fault('blank');
      return;
    }
    this.#visitor.row();
  }

  #widen(): void {
    const start = new Int32Array(this.start.length * 2);
    const end = new Int32Array(this.end.length * 2);
    start.set(this.start);
    end.set(this.end);
    this.start = start;
    this.end = end;
  }
}
