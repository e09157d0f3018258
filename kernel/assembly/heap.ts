/** Takes memory as src/core/heap.ts does; what it has held before stays in it. */

/** The memory ends before this. */
const LIMIT_BYTES: u64 = 0xffff0000;
const PAGE_BITS = 16;
let heap: usize = 0;

export function useHeap(at: usize): void {
  heap = at;
}

/** So many bytes, or 0 where there are not so many left. */
export function take(sizeBytes: usize): usize {
  const needed = (sizeBytes + 15) & ~15;
  const at = atomic.add<u32>(heap, <u32>needed);
  const end = <u64>at + <u64>needed + 16;
  if (end > LIMIT_BYTES) {
    atomic.sub<u32>(heap, <u32>needed);
    return 0;
  }
  const there = <u64>memory.size() << PAGE_BITS;
  if (end > there && memory.grow(<i32>((end - there + 0xffff) >> PAGE_BITS)) < 0) return 0;
  return <usize>at;
}
