/** Secrets for links and sessions: shown once, stored only as a hash. */
import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** A plain hash is enough, for nobody can guess 32 random bytes. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
