/** Builds zips byte by byte, right ones and wrong ones, for tests. */

import { crc32, deflateRawSync } from 'node:zlib';

export type ZipPart = {
  name: string | Buffer;
  data?: string | Buffer;
  /** 8 (Deflate) by default. */
  method?: number;
  flags?: number;
  /** What the headers say, where it is not the truth. */
  saysSize?: number;
  saysPacked?: number;
  saysCrc?: number;
  saysOffset?: number;
  /** Sizes and checksum stand behind the data, not in the local header. */
  descriptor?: boolean;
  /** Sizes and offset stand in a zip64 extra field. */
  zip64?: boolean;
  /** The packed bytes as they are, instead of those made from `data`. */
  packed?: Buffer;
  extra?: Buffer;
};

export type ZipEnd = {
  comment?: string;
  saysEntries?: number;
  saysOffset?: number;
  disk?: number;
  before?: Buffer;
  after?: Buffer;
  zip64?: boolean;
};

export function buildZip(parts: ZipPart[], end: ZipEnd = {}): Buffer {
  const local: Buffer[] = [end.before ?? Buffer.alloc(0)];
  const central: Buffer[] = [];
  let offset = local[0]?.length ?? 0;
  for (const part of parts) {
    const made = entry(part, offset);
    local.push(made.local);
    central.push(made.central);
    offset += made.local.length;
  }
  const directory = Buffer.concat(central);
  const entries = end.saysEntries ?? parts.length;
  const tail = endRecords(entries, directory.length, end.saysOffset ?? offset, offset + directory.length, end);
  return Buffer.concat([...local, directory, tail, end.after ?? Buffer.alloc(0)]);
}

function entry(part: ZipPart, offset: number): { local: Buffer; central: Buffer } {
  const name = Buffer.from(part.name);
  const data = Buffer.from(part.data ?? '');
  const { method = 8, zip64 = false } = part;
  const packed = part.packed ?? (method === 8 ? deflateRawSync(data) : data);
  const flags = (part.flags ?? 0) | (part.descriptor ? 8 : 0) | (name.some((byte) => byte > 127) ? 0x800 : 0);
  const sizes = [part.saysCrc ?? crc32(data), part.saysPacked ?? packed.length, part.saysSize ?? data.length];
  const fields = (own: number[], extra: Buffer) =>
    words(
      [20, 2],
      [flags, 2],
      [method, 2],
      [0, 2],
      [0x5a21, 2],
      [own[0] as number, 4],
      [own[1] as number, 4],
      [own[2] as number, 4],
      [name.length, 2],
      [extra.length, 2],
    );
  const extra = part.extra ?? Buffer.alloc(0);
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04'),
    fields(part.descriptor ? [0, 0, 0] : sizes, Buffer.alloc(0)),
    name,
    packed,
    part.descriptor
      ? Buffer.concat([Buffer.from('PK\x07\x08'), words(...sizes.map((size): [number, number] => [size, 4]))])
      : Buffer.alloc(0),
  ]);
  const at = part.saysOffset ?? offset;
  const wide = zip64
    ? Buffer.concat([words([1, 2], [24, 2]), wide8(sizes[2] as number), wide8(sizes[1] as number), wide8(at), extra])
    : extra;
  const own = zip64 ? [sizes[0] as number, 0xffffffff, 0xffffffff] : sizes;
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02'),
    words([20, 2]),
    fields(own, wide),
    words([0, 2], [0, 2], [0, 2], [0, 4], [zip64 ? 0xffffffff : at, 4]),
    name,
    wide,
  ]);
  return { local, central };
}

function endRecords(entries: number, size: number, offset: number, at: number, end: ZipEnd): Buffer {
  const comment = Buffer.from(end.comment ?? '');
  const short = end.zip64 ? [0xffff, 0xffffffff, 0xffffffff] : [Math.min(entries, 0xffff), size, offset];
  const record = Buffer.concat([
    Buffer.from('PK\x05\x06'),
    words(
      [end.disk ?? 0, 2],
      [0, 2],
      [short[0] as number, 2],
      [short[0] as number, 2],
      [short[1] as number, 4],
      [short[2] as number, 4],
      [comment.length, 2],
    ),
    comment,
  ]);
  if (!end.zip64) return record;
  const big = Buffer.concat([
    Buffer.from('PK\x06\x06'),
    wide8(44),
    words([45, 2], [45, 2], [0, 4], [0, 4]),
    wide8(entries),
    wide8(entries),
    wide8(size),
    wide8(offset),
  ]);
  const locator = Buffer.concat([Buffer.from('PK\x06\x07'), words([0, 4]), wide8(at), words([1, 4])]);
  return Buffer.concat([big, locator, record]);
}

function words(...values: [value: number, bytes: number][]): Buffer {
  const out = Buffer.alloc(values.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of values) at = out.writeUIntLE(value >>> 0, at, bytes);
  return out;
}

function wide8(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
}
