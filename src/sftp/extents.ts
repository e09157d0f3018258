/** Which bytes of a file have been written: clients write in pieces, many at once, and not always in order. */

export type Extents = [start: number, end: number][];

/** Adds a piece to sorted, disjoint extents, in place. */
export function addExtent(extents: Extents, start: number, end: number): void {
  if (end <= start) return;
  const last = extents.at(-1);
  if (last && last[0] <= start && start <= last[1]) {
    last[1] = Math.max(last[1], end);
    return;
  }
  let from = 0;
  while (from < extents.length && extents[from]![1] < start) from++;
  let to = from;
  const merged: [number, number] = [start, end];
  for (; to < extents.length && extents[to]![0] <= end; to++) {
    merged[0] = Math.min(merged[0], extents[to]![0]);
    merged[1] = Math.max(merged[1], extents[to]![1]);
  }
  extents.splice(from, to - from, merged);
}

/** Cuts off what lies at or after `size`, in place. */
export function cutExtents(extents: Extents, size: number): void {
  while (extents.length > 0 && extents.at(-1)![0] >= size) extents.pop();
  const last = extents.at(-1);
  if (last) last[1] = Math.min(last[1], size);
}

/** @returns how many bytes from the start have no hole before them. */
export function prefixOf(extents: Extents): number {
  return extents[0]?.[0] === 0 ? extents[0][1] : 0;
}
