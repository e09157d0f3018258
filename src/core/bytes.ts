/** Tests on cells as bytes: what a value is, without making a string of it. */

const DIGIT_0 = 48;
const isDigit = (byte: number) => byte >= DIGIT_0 && byte <= 57;

const ID_BYTE = new Uint8Array(256);
for (const letter of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._/@-')
  ID_BYTE[letter.charCodeAt(0)] = 1;

/** 1 to 255 of the characters that a sourcedId may have. The length is the caller's to judge. */
export function isIdText(buffer: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (ID_BYTE[buffer[at] as number] === 0) return false;
  return true;
}

export type DateVerdict = 'ok' | 'format' | 'impossible';
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** YYYY-MM-DD and a day that exists. */
export function judgeDate(buffer: Uint8Array, start: number, end: number): DateVerdict {
  if (end - start !== 10) return 'format';
  for (let at = start; at < end; at++) {
    const byte = buffer[at] as number;
    if (at === start + 4 || at === start + 7 ? byte !== 45 : !isDigit(byte)) return 'format';
  }
  const year = number(buffer, start, start + 4);
  const month = number(buffer, start + 5, start + 7);
  const day = number(buffer, start + 8, end);
  if (month < 1 || month > 12 || day < 1) return 'impossible';
  const leap = month === 2 && (year % 4 === 0 ? year % 100 !== 0 || year % 400 === 0 : false);
  return day <= (DAYS[month - 1] as number) + (leap ? 1 : 0) ? 'ok' : 'impossible';
}

export type DateTimeVerdict = 'ok' | 'format' | 'not-utc' | 'no-milliseconds';

/** YYYY-MM-DDThh:mm:ss.sssZ; fewer or more digits of a fraction are taken, none is told apart. */
export function judgeDateTime(text: string): DateTimeVerdict {
  const match = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!match) return 'format';
  const [month, day] = [Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > 31) return 'format';
  if (match[6] !== 'Z') return 'not-utc';
  return match[5] ? 'ok' : 'no-milliseconds';
}

export function isYear(buffer: Uint8Array, start: number, end: number): boolean {
  return end - start === 4 && allDigits(buffer, start, end);
}

export function allDigits(buffer: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(buffer[at] as number)) return false;
  return end > start;
}

/**
 * Printable ASCII and letters of two bytes in UTF-8, of which none is invisible or a trace of text that was encoded
 * twice: such a trace begins with Â or Ã, or holds a sign of three bytes.
 */
export function isCommonText(buffer: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = buffer[at] as number;
    if (byte >= 32 && byte <= 126) continue;
    if (byte < 0xc3 || byte > 0xdf || ++at === end) return false;
    const next = buffer[at] as number;
    if ((next & 0xc0) !== 0x80 || (byte === 0xc3 && (next === 0x82 || next === 0x83))) return false;
  }
  return true;
}

/** Well-formed UTF-8: no stray or missing continuation byte, no overlong form, no surrogate. */
export function isUtf8(buffer: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const byte = buffer[at++] as number;
    if (byte < 0x80) continue;
    const more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte > 0xf4 || at + more > end) return false;
    const second = buffer[at] as number;
    if (byte === 0xe0 && second < 0xa0) return false;
    if (byte === 0xed && second > 0x9f) return false;
    if (byte === 0xf0 && second < 0x90) return false;
    if (byte === 0xf4 && second > 0x8f) return false;
    for (let k = 0; k < more; k++) if (((buffer[at++] as number) & 0xc0) !== 0x80) return false;
  }
  return true;
}

/** A closed list of tokens as bytes, found by length and first byte. */
export class Tokens {
  readonly texts: readonly string[];
  #byLength: Uint8Array[][] = [];

  constructor(texts: readonly string[]) {
    this.texts = texts;
    for (const text of texts) {
      const bytes = encode(text);
      const alike = this.#byLength[bytes.length];
      if (alike) alike.push(bytes);
      else this.#byLength[bytes.length] = [bytes];
    }
  }

  has(buffer: Uint8Array, start: number, end: number): boolean {
    const candidates = this.#byLength[end - start];
    if (!candidates) return false;
    next: for (const token of candidates) {
      for (let at = 0; at < token.length; at++) if (token[at] !== buffer[start + at]) continue next;
      return true;
    }
    return false;
  }
}

/** Numbers by token: what `Tokens` is, where it matters which token it is. */
export class Codes {
  #byLength: { bytes: Uint8Array; code: number }[][] = [];

  /** @param codes 0 or more for each token. */
  constructor(codes: Readonly<Record<string, number>>) {
    for (const [text, code] of Object.entries(codes)) {
      const bytes = encode(text);
      const alike = this.#byLength[bytes.length] ?? [];
      this.#byLength[bytes.length] = alike;
      alike.push({ bytes, code });
    }
  }

  /** The number of a token, or -1. */
  of(buffer: Uint8Array, start: number, end: number): number {
    const candidates = this.#byLength[end - start];
    if (!candidates) return -1;
    next: for (const { bytes, code } of candidates) {
      for (let at = 0; at < bytes.length; at++) if (bytes[at] !== buffer[start + at]) continue next;
      return code;
    }
    return -1;
  }
}

const encoder = new TextEncoder();
export const encode = (text: string): Uint8Array => encoder.encode(text);

function number(buffer: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (buffer[at] as number) - DIGIT_0;
  return value;
}
