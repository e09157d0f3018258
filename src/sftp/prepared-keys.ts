/** Lets each packet be encrypted without its key being read anew: half the cost of a packet with ssh2 1.17 on Node 24. */

import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Connection as Ssh } from 'ssh2';

type Key = Buffer | KeyObject;
type Half = Record<string, Key> | undefined;

/** Where ssh2 keeps the ciphers of a connection, and in each of them the key, for AES-GCM without a native part. */
const places = [
  ['_cipher', '_encKey'],
  ['_decipher', '_decipherKey'],
] as const;

/**
 * ssh2 makes a cipher for each packet from bytes, which Node prepares each time (40 µs); a prepared key takes its place
 * as soon as the ciphers of a connection are agreed upon, also when they are agreed upon anew. Where ssh2 keeps them
 * elsewhere, nothing changes; `prepared-keys.test.ts` tells.
 */
export function prepareKeys(ssh: Ssh): void {
  const { _protocol: protocol } = ssh as unknown as { _protocol?: Record<string, Half> };
  if (!protocol) return;
  for (const [place, name] of places) {
    let current = protocol[place];
    Object.defineProperty(protocol, place, {
      configurable: true,
      enumerable: true,
      get: () => current,
      set(next: Half) {
        const key = next?.[name];
        if (next && Buffer.isBuffer(key)) next[name] = createSecretKey(key);
        current = next;
      },
    });
  }
}
