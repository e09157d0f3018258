/** Builds CSV lines as bytes, in the strict form: CRLF, quotes only where a cell needs them, no line break in a cell. */

const COMMA = 44;
const QUOTE = 34;
const CR = 13;
const LF = 10;
const SPACE = 32;

const encoder = new TextEncoder();

export class CsvLine {
  bytes = new Uint8Array(1 << 12);
  length = 0;
  #cells = 0;

  /** Begins the next line in the place of the last one. */
  clear(): this {
    this.length = 0;
    this.#cells = 0;
    return this;
  }

  /** One more cell: buffer[start .. end), as text without quotes. A line break becomes a space. */
  cell(buffer: Uint8Array, start: number, end: number): this {
    this.#reserve(2 * (end - start) + 5);
    const { bytes } = this;
    if (this.#cells++ > 0) bytes[this.length++] = COMMA;
    const from = this.length;
    let quotes = false;
    for (let at = start; at < end; at++) {
      const byte = buffer[at] as number;
      if (byte === COMMA || byte === QUOTE) {
        quotes = true;
        break;
      }
      bytes[this.length++] = byte === CR || byte === LF ? SPACE : byte;
    }
    if (!quotes) return this;
    this.length = from;
    bytes[this.length++] = QUOTE;
    for (let at = start; at < end; at++) {
      const byte = buffer[at] as number;
      if (byte === QUOTE) bytes[this.length++] = QUOTE;
      bytes[this.length++] = byte === CR || byte === LF ? SPACE : byte;
    }
    bytes[this.length++] = QUOTE;
    return this;
  }

  /** One more cell, from text. */
  text(value: string): this {
    if (value === '') return this.cell(this.bytes, 0, 0);
    const encoded = encoder.encode(value);
    return this.cell(encoded, 0, encoded.length);
  }

  /** The line end. */
  end(): this {
    this.#reserve(2);
    this.bytes[this.length++] = CR;
    this.bytes[this.length++] = LF;
    return this;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

/** A whole line from texts, with its line end. */
export function csvLine(cells: readonly string[]): Uint8Array {
  const line = new CsvLine();
  for (const cell of cells) line.text(cell);
  line.end();
  return line.bytes.slice(0, line.length);
}
