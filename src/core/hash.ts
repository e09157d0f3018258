/** A 64-bit hash of a record's content, so that two rosters are compared without comparing their values. */

import { encode } from './bytes.ts';
import type { Row } from './record.ts';

/** Over all fields but status and dateLastModified (fields 1 and 2), and metadata in the order of its names. */
export function contentHash(row: Row): bigint {
  let a = 0x9747b28c;
  let b = 0x85ebca6b;
  const { buffer, start, end } = row;
  for (let field = 0; field < start.length; field++) {
    if (field === 1 || field === 2) continue;
    const to = end[field] as number;
    for (let at = start[field] as number; at < to; at++) {
      const byte = buffer[at] as number;
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x5bd1e995);
      b ^= b >>> 15;
    }
    // 0xff never occurs in UTF-8: it keeps neighbouring cells apart.
    a = Math.imul(a ^ 0xff, 0x01000193);
    b = Math.imul(b ^ 0xff, 0x5bd1e995);
  }
  if (row.metadata) {
    const sorted = Object.entries(row.metadata).sort(([x], [y]) => (x < y ? -1 : 1));
    for (const byte of encode(JSON.stringify(sorted))) {
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x5bd1e995);
      b ^= b >>> 15;
    }
  }
  return BigInt.asIntN(64, (BigInt(finish(a) >>> 0) << 32n) | BigInt(finish(b) >>> 0));
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
