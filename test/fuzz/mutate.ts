/** Changes bytes so that they come close to what readers trip over. */

import type { Random } from '../differential/faults.ts';

const MOST_BYTES = 1 << 17;

const texts = [
  '"',
  '""',
  '"""',
  ',',
  ',,,,,,,,,,,,,,,,,,,,',
  '\r',
  '\n',
  '\r\n',
  '\n\n',
  '\0',
  '\ufeff',
  '\u200b',
  '\u00a0',
  ' ',
  '\t',
  ';',
  '|',
  '{a:b}',
  'ext:own',
  'NULL',
  'TRUE',
  'active',
  'tobedeleted',
  'inactive',
  'bulk',
  'delta',
  'absent',
  '2025-02-30',
  '9999-99-99',
  '2025-09-01T06:00:00.000Z',
  'metadata.x',
  '__proto__',
  'constructor',
  '=1+1',
  '1.2E+11',
  '=== users.csv\n',
  '=== orgs.csv\n',
  '=== roles.csv\n',
  'manifest.version,1.0\r\n',
  'oneroster.version,1.2\r\n',
  'file.users,delta\r\n',
  'org-1',
  'stu-1',
  'term-1,term-2',
  'PK\u0003\u0004',
  'PK\u0001\u0002',
  'PK\u0005\u0006',
  'PK\u0006\u0006',
];
const tokens = [
  ...texts.map((text) => Buffer.from(text)),
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0xe2, 0x82]),
  Buffer.from([0x80]),
];
const numbers = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

type Change = (bytes: Buffer, other: Buffer, random: Random) => Buffer;

const changes: Change[] = [
  function flip(bytes, _, random) {
    const out = Buffer.from(bytes);
    for (let left = 1 + random(8); left > 0; left--) {
      const at = random(out.length);
      out[at] = (out[at] as number) ^ (1 << random(8));
    }
    return out;
  },
  function overwrite(bytes, _, random) {
    const out = Buffer.from(bytes);
    out[random(out.length)] = random(256);
    return out;
  },
  function insertToken(bytes, _, random) {
    return insert(bytes, random(bytes.length + 1), pick(tokens, random));
  },
  function replaceByToken(bytes, _, random) {
    const at = random(bytes.length);
    return splice(bytes, at, at + random(20), pick(tokens, random));
  },
  function replaceCell(bytes, _, random) {
    const from = bytes.indexOf(44, random(bytes.length)) + 1;
    const next = bytes.subarray(from).findIndex((byte) => byte === 44 || byte === 13 || byte === 10);
    return splice(bytes, from, next < 0 ? from : from + next, pick(tokens, random));
  },
  function longRun(bytes, _, random) {
    const token = pick(tokens, random);
    const times = pick([10, 300, 5000, 70_000], random);
    return insert(bytes, random(bytes.length + 1), Buffer.concat(Array(Math.ceil(times / token.length)).fill(token)));
  },
  function truncate(bytes, _, random) {
    return bytes.subarray(0, random(bytes.length));
  },
  function cutOut(bytes, _, random) {
    const at = random(bytes.length);
    return splice(bytes, at, at + random(200), Buffer.alloc(0));
  },
  function repeat(bytes, _, random) {
    const at = random(bytes.length);
    return insert(bytes, random(bytes.length), bytes.subarray(at, at + random(400)));
  },
  function crossOver(bytes, other, random) {
    return Buffer.concat([bytes.subarray(0, random(bytes.length)), other.subarray(random(other.length))]);
  },
  function borrow(bytes, other, random) {
    const at = random(other.length);
    return insert(bytes, random(bytes.length), other.subarray(at, at + random(500)));
  },
  function swapLines(bytes, _, random) {
    const lines = bytes.toString('latin1').split('\n');
    const [a, b] = [random(lines.length), random(lines.length)];
    [lines[a], lines[b]] = [lines[b] as string, lines[a] as string];
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  function dropLine(bytes, _, random) {
    const lines = bytes.toString('latin1').split('\n');
    lines.splice(random(lines.length), 1 + random(3));
    return Buffer.from(lines.join('\n'), 'latin1');
  },
  function hugeNumber(bytes, _, random) {
    const out = Buffer.from(bytes);
    const width = pick([2, 4], random);
    if (out.length < width) return out;
    const value = random(3) === 0 ? random(0xffffffff) : pick(numbers, random);
    out.writeUIntLE(width === 2 ? value & 0xffff : value, headerAt(out, width, random), width);
    return out;
  },
];

/** One to five changes. @param other lends bytes. */
export function mutate(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let out = bytes;
  for (let left = 1 + random(5); left > 0; left--) {
    if (out.length < 4) out = other;
    out = pick(changes, random)(out, other, random);
  }
  return out.length > MOST_BYTES ? out.subarray(0, MOST_BYTES) : out;
}

/** A place in one of the headers of a zip, if there is one, and anywhere else otherwise. */
function headerAt(bytes: Buffer, width: number, random: Random): number {
  const starts = [...bytes.toString('latin1').matchAll(/PK[\x01\x03\x05\x06][\x02\x04\x06\x07]/g)].map(
    (one) => one.index,
  );
  const most = bytes.length - width;
  if (starts.length === 0) return random(most + 1);
  return Math.min(most, pick(starts, random) + 4 + random(44));
}

const pick = <T>(all: readonly T[], random: Random): T => all[random(all.length)] as T;
const insert = (bytes: Buffer, at: number, more: Buffer) => splice(bytes, at, at, more);
const splice = (bytes: Buffer, from: number, to: number, more: Buffer) =>
  Buffer.concat([bytes.subarray(0, from), more, bytes.subarray(to)]);
