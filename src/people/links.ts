/** Links that let a person in once: to sign in, to accept an invitation, to set a new password. */
import { Refusal } from '../core/refusal.ts';
import {
  type Account,
  accountById,
  addLink,
  type LinkFacts,
  type LinkPurpose,
  linkFacts,
  removeLinksOf,
  takeLink,
} from '../db/accounts.ts';
import type { Db } from '../db/db.ts';
import { type Attempt, checkLocks, noteFailure } from './attempts.ts';
import { hashNewPassword, storePassword } from './password.ts';
import { hashToken, newToken } from './tokens.ts';

/** Invitations and resets are good for a day. */
export const passwordLinkMs = 24 * 3_600_000;
const setsPassword: LinkPurpose[] = ['invitation', 'reset'];

/** Who uses a link; tokens that are guessed are counted per network address. */
export type LinkUse = { token: string } & Pick<Attempt, 'address' | 'now' | 'pause'>;

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
 * Uses a sign-in link up.
 * @throws Refusal `link-unknown`, `link-used`, `link-expired`, `sign-in-locked`
 */
export async function useLink(db: Db, use: LinkUse): Promise<Account> {
  await checkLocks(db, use);
  const tokenHash = hashToken(use.token);
  const account = await takeLink(db, { tokenHash, purposes: ['sign-in'], at: use.now });
  return account ?? refuse(db, use, ['sign-in']);
}

/**
 * Whose password an invitation or a reset link sets, without using it up.
 * @throws as `useLink`
 */
export async function lookAtPasswordLink(
  db: Db,
  use: LinkUse,
): Promise<{ account: Account; purpose: LinkPurpose; expiresAt: Date }> {
  await checkLocks(db, use);
  const facts = await linkFacts(db, { tokenHash: hashToken(use.token), purposes: setsPassword });
  const account = facts && isGood(facts, use.now) ? await accountById(db, facts.accountId) : undefined;
  if (!facts || !account) return refuse(db, use, setsPassword);
  return { account, purpose: facts.purpose, expiresAt: facts.expiresAt };
}

/** Sets the password with an invitation or reset link; a password that is refused leaves the link unused. */
export async function usePasswordLink(db: Db, use: LinkUse & { password: string }): Promise<Account> {
  const found = await lookAtPasswordLink(db, use);
  const hash = await hashNewPassword(use.password, found.account.email);
  const account = await db.tx(async (tx) => {
    const tokenHash = hashToken(use.token);
    const taken = await takeLink(tx, { tokenHash, purposes: setsPassword, at: use.now });
    if (!taken) return undefined;
    await storePassword(tx, taken.id, hash, { now: use.now });
    await removeLinksOf(tx, taken.id);
    return taken;
  });
  return account ?? refuse(db, use, setsPassword);
}

const isGood = (facts: LinkFacts, now: Date): boolean => !facts.usedAt && facts.expiresAt > now && !facts.disabled;

async function refuse(db: Db, use: LinkUse, purposes: LinkPurpose[]): Promise<never> {
  const facts = await linkFacts(db, { tokenHash: hashToken(use.token), purposes });
  if (facts?.usedAt) {
    throw new Refusal('link-used', 410, `This link was used already, on ${inWords(facts.usedAt)}. Ask for a new one.`);
  }
  if (facts && facts.expiresAt <= use.now) {
    throw new Refusal('link-expired', 410, `This link was good until ${inWords(facts.expiresAt)}. Ask for a new one.`);
  }
  // A link that took the place of this one is not told from a guess, so that is counted as one.
  await noteFailure(
    db,
    { address: use.address, now: use.now, ...(use.pause ? { pause: use.pause } : {}) },
    {
      accountId: facts?.accountId ?? null,
      act: 'link refused',
    },
  );
  throw new Refusal('link-unknown', 410, 'This link is not valid, or a newer one took its place. Ask for a new one.');
}

/** `3 Oct 2026 at 14:02 UTC` */
function inWords(time: Date): string {
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return `${day} at ${time.toISOString().slice(11, 16)} UTC`;
}
