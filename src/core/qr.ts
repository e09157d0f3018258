/** Draws a text as a QR code (ISO/IEC 18004, byte mode, error correction M): for secrets that go from a screen to a phone. */

/** Rows of modules, true for dark; without the quiet zone of four modules around it. */
export type QrCode = boolean[][];

/** By version from 1: codewords of error correction in each block, and blocks (table 9 of the standard, level M). */
const correctionOf = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const blocksOf = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const levelM = 0;

/** @throws RangeError for more than about 660 bytes. */
export function qrCode(text: string): QrCode {
  const bytes = new TextEncoder().encode(text);
  const version = blocksOf.findIndex((_, at) => bytes.length <= roomOf(at + 1)) + 1;
  if (version === 0) throw new RangeError('This text is too long for a QR code.');
  const words = interleaved(dataWords(bytes, version), version);
  const plain = drawing(version);
  plain.place(words);
  const masked = Array.from({ length: 8 }, (_, mask) => plain.masked(mask));
  return masked.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

const sizeOf = (version: number): number => 17 + 4 * version;

/** Codewords of a version, data and correction together: the modules that no pattern takes, by eight. */
function wordsOf(version: number): number {
  let modules = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const marks = Math.floor(version / 7) + 2;
    modules -= (25 * marks - 10) * marks - 55;
    if (version >= 7) modules -= 36;
  }
  return Math.floor(modules / 8);
}

const dataWordsOf = (version: number): number =>
  wordsOf(version) - (correctionOf[version - 1] as number) * (blocksOf[version - 1] as number);
const lengthBits = (version: number): number => (version < 10 ? 8 : 16);
/** Bytes of text that a version holds. */
const roomOf = (version: number): number => Math.floor((dataWordsOf(version) * 8 - 4 - lengthBits(version)) / 8);

function dataWords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let at = count - 1; at >= 0; at--) bits.push((value >>> at) & 1);
  };
  put(4, 4);
  put(bytes.length, lengthBits(version));
  for (const byte of bytes) put(byte, 8);
  const room = dataWordsOf(version) * 8;
  put(0, Math.min(4, room - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((word, bit) => word * 2 + bit, 0),
  );
}

/** Cut into blocks, each with its correction, and dealt out one word of each block after the other. */
function interleaved(data: number[], version: number): number[] {
  const count = blocksOf[version - 1] as number;
  const correction = correctionOf[version - 1] as number;
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  let from = 0;
  const blocks = Array.from({ length: count }, (_, at) => {
    const words = data.slice(from, from + short + (at >= count - longer ? 1 : 0));
    from += words.length;
    return { words, correction: remainder(words, correction) };
  });
  const dealt: number[] = [];
  for (let at = 0; at <= short; at++)
    for (const { words } of blocks) if (at < words.length) dealt.push(words[at] as number);
  for (let at = 0; at < correction; at++) for (const block of blocks) dealt.push(block.correction[at] as number);
  return dealt;
}

/** Multiplies in the field of 256 elements that the standard uses. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) product = (product << 1) ^ ((product >>> 7) * 0x11d) ^ (((b >>> bit) & 1) * a);
  return product;
}

/** Reed-Solomon: what remains of the data when divided by the generator of this degree. */
function remainder(data: number[], degree: number): number[] {
  const generator = [...Array<number>(degree - 1).fill(0), 1];
  for (let root = 1, step = 0; step < degree; step++, root = times(root, 2)) {
    for (let at = 0; at < degree; at++) {
      generator[at] = times(generator[at] as number, root) ^ (generator[at + 1] ?? 0);
    }
  }
  const rest = Array<number>(degree).fill(0);
  for (const word of data) {
    const factor = word ^ (rest.shift() as number);
    rest.push(0);
    for (let at = 0; at < degree; at++) rest[at] = (rest[at] as number) ^ times(generator[at] as number, factor);
  }
  return rest;
}

const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

type Drawing = {
  /** Puts the bits of the words into what is free, in columns of two from the right, up and down by turns. */
  place(words: number[]): void;
  masked(mask: number): QrCode;
};

/** The modules while they are drawn, and which of them belong to patterns. */
function drawing(version: number): Drawing {
  const size = sizeOf(version);
  const empty = () => Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const modules = empty();
  const taken = empty();
  const set: SetModule = (x, y, dark) => {
    const row = modules[y];
    if (!row || x < 0 || x >= size) return;
    row[x] = dark;
    (taken[y] as boolean[])[x] = true;
  };
  drawPatterns(set, version);
  return {
    place(words) {
      let bit = 0;
      for (let right = size - 1; right >= 1; right -= 2) {
        if (right === 6) right = 5;
        for (let step = 0; step < size; step++) {
          const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
          for (const x of [right, right - 1]) {
            if (taken[y]?.[x] || bit >= words.length * 8) continue;
            (modules[y] as boolean[])[x] = (((words[bit >>> 3] as number) >>> (7 - (bit & 7))) & 1) === 1;
            bit++;
          }
        }
      }
    },
    masked(mask) {
      drawFormat(set, size, mask);
      const flips = masks[mask] as (x: number, y: number) => boolean;
      return modules.map((row, y) => row.map((dark, x) => dark !== (!taken[y]?.[x] && flips(x, y))));
    },
  };
}

type SetModule = (x: number, y: number, dark: boolean) => void;

/** What is the same in every code of a version: timing, corners, alignment, and where format and version stand. */
function drawPatterns(set: SetModule, version: number): void {
  const size = sizeOf(version);
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const last = size - 4;
  const corners = [
    [3, 3],
    [last, 3],
    [3, last],
  ] as const;
  for (const [x, y] of corners) drawRings(set, [x, y], 4, [0, 1, 3]);
  const marks = alignments(version);
  const far = marks.length - 1;
  for (const [i, x] of marks.entries()) {
    for (const [j, y] of marks.entries()) {
      const meetsCorner = (i === 0 && j === 0) || (i === 0 && j === far) || (i === far && j === 0);
      if (!meetsCorner) drawRings(set, [x, y], 2, [0, 2]);
    }
  }
  drawFormat(set, size, 0);
  if (version >= 7) drawVersion(set, size, version);
}

/** Squares around a middle; `dark` names the rings that are. */
function drawRings(set: SetModule, [x, y]: readonly [number, number], radius: number, dark: number[]): void {
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      set(x + dx, y + dy, dark.includes(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  }
}

/** Level and mask, twice, with a BCH code. */
function drawFormat(set: SetModule, size: number, mask: number): void {
  const data = (levelM << 3) | mask;
  let rest = data;
  for (let step = 0; step < 10; step++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const bit = (at: number) => ((bits >>> at) & 1) === 1;
  for (let at = 0; at <= 5; at++) set(8, at, bit(at));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let at = 9; at < 15; at++) set(14 - at, 8, bit(at));
  for (let at = 0; at < 8; at++) set(size - 1 - at, 8, bit(at));
  for (let at = 8; at < 15; at++) set(8, size - 15 + at, bit(at));
  set(8, size - 8, true);
}

/** The version, twice, with a BCH code. */
function drawVersion(set: SetModule, size: number, version: number): void {
  let rest = version;
  for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let at = 0; at < 18; at++) {
    const [a, b] = [size - 11 + (at % 3), Math.floor(at / 3)];
    set(a, b, ((bits >>> at) & 1) === 1);
    set(b, a, ((bits >>> at) & 1) === 1);
  }
}

/** Middles of the alignment patterns, in both directions. */
function alignments(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const middles = Array.from({ length: count - 1 }, (_, at) => sizeOf(version) - 7 - at * step);
  return [6, ...middles.reverse()];
}

/** How hard a code is to read, by the standard: runs, squares, what looks like a finder, and dark against light. */
function penalty(code: QrCode): number {
  const size = code.length;
  const columns = code.map((_, x) => code.map((row) => row[x] as boolean));
  let sum = 0;
  for (const line of [...code, ...columns]) {
    const text = line.map((dark) => (dark ? '1' : '0')).join('');
    for (const run of text.match(/1{5,}|0{5,}/g) ?? []) sum += run.length - 2;
    for (let at = 0; at + 11 <= size; at++) {
      const part = text.slice(at, at + 11);
      if (part === '10111010000' || part === '00001011101') sum += 40;
    }
  }
  for (let y = 0; y + 1 < size; y++) {
    for (let x = 0; x + 1 < size; x++) {
      const first = code[y]?.[x];
      if (code[y]?.[x + 1] === first && code[y + 1]?.[x] === first && code[y + 1]?.[x + 1] === first) sum += 3;
    }
  }
  const dark = code.flat().filter(Boolean).length;
  return sum + 10 * Math.floor(Math.abs((dark * 20) / (size * size) - 10));
}
