/** What a delivery holds of one kind, in a few bytes a record: the id, the hash of its content, and what became of it. */

import { encode } from '../bytes.ts';
import { contentHash } from '../hash.ts';
import { DELETED, IdSet, LEFT_OUT } from '../id-set.ts';
import { decode, type Row } from '../record.ts';
import { fieldNames } from '../tables.ts';

/** The record stands in the other delivery with the same content, or with another one. */
export const SAME = 64;
export const OTHER = 128;

export class KnownRecords {
  readonly ids: IdSet;
  #hashes = new BigInt64Array(256);

  constructor(seed?: number) {
    this.ids = new IdSet(seed);
  }

  /** A record that is taken. In a delta it may be one that is to go. */
  add(row: Row): void {
    const { ids } = this;
    const statusAt = 1;
    const isDeleted = row.start[statusAt] !== row.end[statusAt] && row.text(statusAt) === 'tobedeleted';
    const index = ids.add(row.buffer, row.start[0] as number, row.end[0] as number, row.line, isDeleted ? DELETED : 0);
    if (index < 0) return;
    if (index >= this.#hashes.length) {
      const grown = new BigInt64Array(this.#hashes.length * 2);
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    this.#hashes[index] = contentHash(row);
  }

  leaveOut(sourcedId: string): void {
    const bytes = encode(sourcedId);
    const index = this.ids.add(bytes, 0, bytes.length, 0, LEFT_OUT);
    if (index < 0) this.flag(-1 - index, LEFT_OUT);
  }

  flag(index: number, flag: number): void {
    this.ids.flags[index] = (this.ids.flags[index] as number) | flag;
  }

  has(index: number, flag: number): boolean {
    return ((this.ids.flags[index] as number) & flag) !== 0;
  }

  /** A record that is taken and stays. */
  isTaken(index: number): boolean {
    return !this.has(index, LEFT_OUT | DELETED);
  }

  hashOf(index: number): bigint {
    return this.#hashes[index] as bigint;
  }

  idOf(index: number): string {
    const bytes = this.ids.bytesOf(index);
    return decode(bytes, 0, bytes.length);
  }

  indexOf(row: Row): number {
    return this.ids.find(row.buffer, row.start[0] as number, row.end[0] as number);
  }

  /** Ids of the records that are taken. */
  *taken(): Generator<string> {
    for (let index = 0; index < this.ids.size; index++) if (this.isTaken(index)) yield this.idOf(index);
  }
}

/** The school that a record names, or undefined. */
export function schoolOf(row: Row): string | undefined {
  if (row.kind === 'orgs') return row.text(0);
  const names = fieldNames(row.kind);
  for (const name of schoolFields) {
    const at = names.indexOf(name);
    if (at < 0 || row.start[at] === row.end[at]) continue;
    const text = row.text(at);
    const comma = text.indexOf(',');
    return comma < 0 ? text : text.slice(0, comma);
  }
  return undefined;
}

const schoolFields = ['schoolSourcedId', 'primaryOrgSourcedId', 'orgSourcedIds', 'orgSourcedId'];
