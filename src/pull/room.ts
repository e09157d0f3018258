/**
 * Room for answers, used again: memory outside of the heap makes the collector sweep the whole heap for every few megabytes
 * that are asked for, and a pull asks for hundreds.
 */

/** So many answers are on their way or worked on at once, by a few sources. */
const keptLimit = 6;
/** Larger answers are seldom, and not kept room for. */
const keptBytes = 4 * 2 ** 20;
const kept: Buffer[] = [];

/** At least so large, with whatever is in it. */
export function takeRoom(sizeBytes: number): Buffer {
  const at = kept.findIndex(({ length }) => length >= sizeBytes);
  return at < 0 ? Buffer.allocUnsafeSlow(sizeBytes) : (kept.splice(at, 1)[0] as Buffer);
}

/** Nobody looks at these bytes any more. @param bytes all or a part of what was taken. */
export function giveRoom(bytes: Buffer): void {
  const whole = Buffer.from(bytes.buffer as ArrayBuffer);
  if (whole.length > keptBytes || kept.some(({ buffer }) => buffer === whole.buffer)) return;
  kept.push(whole);
  // The largest serve most.
  kept.sort((a, b) => a.length - b.length);
  if (kept.length > keptLimit) kept.shift();
}
