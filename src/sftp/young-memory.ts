/** Gives the memory of packets back soon after they are done with: collecting it late costs an upload much of its time. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'minor'; execution: 'sync' }) => void;

/** Each byte is there twice, as it came and decrypted. */
const everyBytes = 8 * 1024 * 1024;
let collect: Collect | undefined;
let sinceBytes = 0;

/**
 * The bytes of a packet lie outside of the heap of V8, and hardly anything of one inside. So it does not collect its young
 * objects, which takes a millisecond, and is driven to collect all of its heap again and again by the memory that they
 * hold. It is asked for the former each time so many bytes came.
 */
export function cameIn(sizeBytes: number): void {
  sinceBytes += sizeBytes;
  if (sinceBytes < everyBytes) return;
  sinceBytes = 0;
  collect ??= collector();
  collect({ type: 'minor', execution: 'sync' });
}

function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? (found as Collect) : () => {};
}
