/** A 64-bit hash of a record's content, so that two rosters are compared without comparing their values. */

import { encode } from './bytes.ts';
import type { Row } from './record.ts';
import { fieldNames, type Kind, kinds } from './tables.ts';

/**
 * 64 bits over the filled fields but status and dateLastModified, each with its name, and metadata in the order of its
 * names. A field that a later version declares changes no hash while it is blank.
 */
export function contentHash(row: Row): bigint {
  hashRow(row, halves);
  return BigInt.asIntN(64, (BigInt((halves[0] as number) >>> 0) << 32n) | BigInt((halves[1] as number) >>> 0));
}

const halves = new Int32Array(2);

/** The same hash in two numbers of 32 bits, the high one at `at`, the low one behind it. */
export function hashRow(row: Row, into: Int32Array, at = 0): void {
  if (row.isHashed) {
    into[at] = row.hashHigh;
    into[at + 1] = row.hashLow;
    return;
  }
  const salts = saltsOf(row.kind);
  let a = 0x9747b28c;
  let b = 0x85ebca6b;
  const { buffer, start, end } = row;
  for (let field = 0; field < salts.length; field++) {
    const from = start[field] as number;
    const to = end[field] as number;
    if (from === to || field === 1 || field === 2) continue;
    a = Math.imul(a ^ (salts[field] as number), 0x01000193);
    b = Math.imul(b ^ (salts[field] as number), 0x5bd1e995);
    for (let place = from; place < to; place++) {
      const byte = buffer[place] as number;
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x5bd1e995);
      b ^= b >>> 15;
    }
  }
  if (row.metadata) {
    const sorted = Object.entries(row.metadata).sort(([x], [y]) => (x < y ? -1 : 1));
    for (const byte of encode(JSON.stringify(sorted))) {
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x5bd1e995);
      b ^= b >>> 15;
    }
  }
  into[at] = finish(a);
  into[at + 1] = finish(b);
}

const salts = new Map<Kind, Int32Array>(kinds.map((kind) => [kind, Int32Array.from(fieldNames(kind), saltOf)]));

/** A number for each field of a kind, made of its name. */
export const saltsOf = (kind: Kind): Int32Array => salts.get(kind) as Int32Array;

function saltOf(name: string): number {
  let salt = 0x811c9dc5;
  for (const byte of encode(name)) salt = Math.imul(salt ^ byte, 0x01000193);
  // The lowest byte set beyond ASCII keeps a name from being taken for text.
  return finish(salt) | 0x100;
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
