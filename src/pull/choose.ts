/** Which rows of a kind count, and in what order: of those with one id the one that was changed last. */
import type { PackedRows } from './packed.ts';

/** Of all rows in the order in which they came, those of one page behind those of the one before. */
export type Known = {
  changedAt: Float64Array;
  contents: Float64Array;
  deleted: Uint8Array;
  /** Each id stands behind the one before it. */
  isOrdered: boolean;
};

export type Chosen = {
  /** Numbers of the rows that count, in the order of their ids; undefined: all, as they came. */
  rows: Uint32Array | undefined;
  /** Rows that count, of which so many are there and so many have left. */
  active: number;
  deleted: number;
  /** Rows that came more than once: the same again, and with another content. */
  repeated: number;
  contradicting: number;
};

/** @param pages opens each page again, where rows have to be put in order. */
export async function choose(
  known: Known,
  mode: 'bulk' | 'delta',
  pages: () => AsyncIterable<PackedRows>,
): Promise<Chosen> {
  const { length } = known.deleted;
  const left = known.deleted.reduce((sum, flag) => sum + flag, 0);
  const chosen: Chosen = { rows: undefined, active: length - left, deleted: left, repeated: 0, contradicting: 0 };
  // A bulk file does not list what has left.
  if (known.isOrdered && mode === 'bulk' && left > 0) chosen.rows = present(known.deleted, chosen.active);
  return known.isOrdered ? chosen : latest(known, mode, await idsOf(length, pages()));
}

function present(deleted: Uint8Array, count: number): Uint32Array {
  const rows = new Uint32Array(count);
  let place = 0;
  for (let row = 0; row < deleted.length; row++) if (deleted[row] === 0) rows[place++] = row;
  return rows;
}

/** Of rows with one id the one that was changed last, and of those the last; rows without an id are all kept. */
function latest({ contents, deleted, changedAt }: Known, mode: 'bulk' | 'delta', ids: Ids): Chosen {
  const order = sorted(ids);
  const rows = new Uint32Array(order.length);
  const chosen = { active: 0, deleted: 0, repeated: 0, contradicting: 0 };
  let count = 0;
  for (let at = 0; at < order.length; ) {
    let best = order[at] as number;
    let next = at + 1;
    for (; next < order.length && isSame(ids, best, order[next] as number); next++) {
      const other = order[next] as number;
      if (contents[best] === contents[other] && deleted[best] === deleted[other]) chosen.repeated++;
      else chosen.contradicting++;
      if (!((changedAt[other] as number) < (changedAt[best] as number))) best = other;
    }
    at = next;
    chosen[deleted[best] ? 'deleted' : 'active']++;
    if (mode === 'delta' || !deleted[best]) rows[count++] = best;
  }
  return { ...chosen, rows: rows.slice(0, count) };
}

/** The ids of all rows, one behind the other, and where each begins. */
type Ids = { bytes: Uint8Array; starts: Uint32Array };

async function idsOf(count: number, pages: AsyncIterable<PackedRows>): Promise<Ids> {
  const starts = new Uint32Array(count + 1);
  let bytes = new Uint8Array(1 << 14);
  let row = 0;
  for await (const page of pages) {
    for (let own = 0; own < page.count; own++, row++) {
      const id = page.bytes.subarray(page.idStart(own), page.idEnd(own));
      const from = starts[row] as number;
      if (from + id.length > bytes.length) {
        const grown = new Uint8Array(Math.max(from + id.length, bytes.length * 2));
        grown.set(bytes);
        bytes = grown;
      }
      bytes.set(id, from);
      starts[row + 1] = from + id.length;
    }
  }
  return { bytes, starts };
}

function compare({ bytes, starts }: Ids, a: number, b: number): number {
  let at = starts[a] as number;
  let other = starts[b] as number;
  const end = starts[a + 1] as number;
  const otherEnd = starts[b + 1] as number;
  for (; at < end && other < otherEnd; at++, other++) {
    const difference = (bytes[at] as number) - (bytes[other] as number);
    if (difference !== 0) return difference;
  }
  return end - at - (otherEnd - other);
}

const isSame = (ids: Ids, a: number, b: number): boolean =>
  ids.starts[a] !== ids.starts[a + 1] && compare(ids, a, b) === 0;

/** All rows by the bytes of their ids; those of one id in the order in which they came. */
function sorted(ids: Ids): Uint32Array {
  const order = new Uint32Array(ids.starts.length - 1);
  for (let row = 0; row < order.length; row++) order[row] = row;
  return order.sort((a, b) => compare(ids, a, b) || a - b);
}
