/** Links that let a person in once: to sign in, to accept an invitation, to set a new password. */
import { Refusal } from '../core/refusal.ts';
import { type Account, addLink, type LinkPurpose, linkFacts, takeLink } from '../db/accounts.ts';
import type { Db } from '../db/db.ts';
import { setPassword } from './password.ts';
import { hashToken, newToken } from './tokens.ts';

/** @returns the secret part of the link; it cannot be read again. Older links for the same purpose end. */
export async function createLink(
  db: Db,
  link: { accountId: string; purpose: LinkPurpose; ttlMs: number; now?: Date },
): Promise<string> {
  const token = newToken();
  const expiresAt = new Date((link.now ?? new Date()).getTime() + link.ttlMs);
  await addLink(db, { accountId: link.accountId, purpose: link.purpose, tokenHash: hashToken(token), expiresAt });
  return token;
}

/**
 * Uses a link up.
 * @throws Refusal `link-unknown`, `link-used`, `link-expired`
 */
export function useLink(db: Db, token: string, purpose: LinkPurpose, now = new Date()): Promise<Account> {
  return take(db, token, purpose, now);
}

/** Sets the password with an invitation or reset link; a password that is refused leaves the link unused. */
export function usePasswordLink(
  db: Db,
  link: { token: string; purpose: 'invitation' | 'reset'; password: string; now?: Date },
): Promise<Account> {
  return db.tx(async (tx) => {
    const account = await take(tx, link.token, link.purpose, link.now ?? new Date());
    await setPassword(tx, account.id, link.password);
    return account;
  });
}

async function take(db: Db, token: string, purpose: LinkPurpose, now: Date): Promise<Account> {
  const link = { tokenHash: hashToken(token), purpose };
  const account = await takeLink(db, { ...link, at: now });
  if (account) return account;
  const facts = await linkFacts(db, link);
  if (facts?.usedAt) {
    throw new Refusal('link-used', 410, `This link was used already, on ${inWords(facts.usedAt)}. Ask for a new one.`);
  }
  if (facts && facts.expiresAt <= now) {
    throw new Refusal('link-expired', 410, `This link was good until ${inWords(facts.expiresAt)}. Ask for a new one.`);
  }
  throw new Refusal('link-unknown', 410, 'This link is not valid, or a newer one took its place. Ask for a new one.');
}

/** `3 Oct 2026 at 14:02 UTC` */
function inWords(time: Date): string {
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return `${day} at ${time.toISOString().slice(11, 16)} UTC`;
}
