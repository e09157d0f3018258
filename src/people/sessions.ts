/** Who is signed in to the console. */
import {
  type Account,
  addSession,
  findSession,
  removeOldSessions,
  removeSession,
  touchSession,
} from '../db/accounts.ts';
import type { Db } from '../db/db.ts';
import { hashToken, newToken } from './tokens.ts';

const HOUR_MS = 3_600_000;
/** A session ends after this, whatever happens in it. */
export const sessionMs = 12 * HOUR_MS;
const IDLE_MS = 2 * HOUR_MS;
/** How exactly it is noted when a session was last seen. */
const TOUCH_MS = 60_000;

/** @returns the secret for the cookie; it cannot be read again. */
export async function createSession(db: Db, accountId: string, now = new Date()): Promise<string> {
  const token = newToken();
  const expiresAt = new Date(now.getTime() + sessionMs);
  await removeOldSessions(db, { expiredBefore: now });
  await addSession(db, { accountId, tokenHash: hashToken(token), at: now, expiresAt });
  return token;
}

/** Undefined when the session is unknown, ended, expired or idle for two hours, or its account is disabled. */
export async function sessionAccount(db: Db, token: string, now = new Date()): Promise<Account | undefined> {
  const tokenHash = hashToken(token);
  const found = await findSession(db, { tokenHash, at: now, idleSince: new Date(now.getTime() - IDLE_MS) });
  if (!found) return undefined;
  const { seenAt, ...account } = found;
  if (now.getTime() - seenAt.getTime() > TOUCH_MS) await touchSession(db, { tokenHash, at: now });
  return account;
}

export async function endSession(db: Db, token: string): Promise<void> {
  await removeSession(db, hashToken(token));
}
