/** What people do with their own account: password, public keys, second factor. */
import { Refusal } from '../core/refusal.ts';
import { type Account, removeSessionsOf } from '../db/accounts.ts';
import { type PersonRow, personById } from '../db/people.ts';
import { recoveryCodesLeft, removeSecondFactor } from '../db/second-factors.ts';
import { noted, type PeopleDeps } from './deps.ts';
import { mail } from './invitations.ts';
import { inZone, passwordChanged, secondFactorChanged } from './messages.ts';
import { hashNewPassword, storePassword } from './password.ts';
import { notFound } from './rights.ts';
import { beginFactor, confirmFactor, takeCode } from './second-factor.ts';
import { confirmPassword, refuseCode } from './sign-in.ts';
import { hashToken } from './tokens.ts';

/** Longest time for which two passwords are good over SFTP. */
export const overlapLimitHours = 14 * 24;
const HOUR_MS = 3_600_000;

/** Who is signed in, from where, and with which session. */
export type Self = { account: Pick<Account, 'id' | 'email' | 'role' | 'districtId'>; address: string; session: string };

export async function ownAccount(
  deps: PeopleDeps,
  accountId: string,
): Promise<PersonRow & { recoveryCodesLeft: number }> {
  const person = await personById(deps.db, accountId);
  if (!person) throw notFound('person');
  return { ...person, recoveryCodesLeft: await recoveryCodesLeft(deps.db, accountId) };
}

/**
 * Changes the own password. All other sessions end. With `overlapHours` the password of before lets scripts in over SFTP
 * for so long, and never into the console.
 * @throws Refusal `password-wrong`, `password-…`, `overlap`, `sign-in-locked`
 */
export async function changePassword(
  deps: PeopleDeps,
  self: Self,
  change: { current: string; password: string; overlapHours: number },
): Promise<void> {
  const now = deps.now();
  if (change.overlapHours < 0 || change.overlapHours > overlapLimitHours) {
    throw new Refusal('overlap', 400, `Two passwords are good side by side for at most ${overlapLimitHours} hours.`);
  }
  await confirmPassword(deps.db, { account: self.account, password: change.current, address: self.address, now });
  if (change.current === change.password) {
    throw new Refusal('password-same', 400, 'This is the password that you have. Choose another.');
  }
  const hash = await hashNewPassword(change.password, self.account.email);
  const formerUntil = change.overlapHours === 0 ? null : new Date(now.getTime() + change.overlapHours * HOUR_MS);
  const { email, district } = await ownAccount(deps, self.account.id);
  await deps.db.tx(async (tx) => {
    await storePassword(tx, self.account.id, hash, { now, formerUntil, keepSession: sessionHash(self) });
    await noted(tx, actorOf(self), 'password changed', self.account.id, { overlapHours: change.overlapHours });
    const until = formerUntil && inZone(formerUntil, district?.timeZone ?? 'UTC');
    await mail(tx, deps, email, passwordChanged({ email, until, consoleUrl: deps.consoleUrl() }));
  });
  if (!formerUntil) deps.disconnect(self.account.id);
}

/** Every session but this one, and every SFTP connection. */
export async function endOtherSessions(deps: PeopleDeps, self: Self): Promise<void> {
  await removeSessionsOf(deps.db, self.account.id, sessionHash(self));
  deps.disconnect(self.account.id);
  await noted(deps.db, actorOf(self), 'other sessions ended', self.account.id);
}

/** @returns what the app needs. @throws Refusal `password-wrong`, `second-factor-there`, `sign-in-locked` */
export async function beginSecondFactor(deps: PeopleDeps, self: Self, given: { password: string }) {
  const now = deps.now();
  await confirmPassword(deps.db, { account: self.account, password: given.password, address: self.address, now });
  const begun = await beginFactor(deps.db, deps.vault, self.account, now);
  await noted(deps.db, actorOf(self), 'second factor begun', self.account.id);
  return begun;
}

/** @returns recovery codes. @throws Refusal `code-refused`, `second-factor-none`, `second-factor-there`, `sign-in-locked` */
export async function confirmSecondFactor(deps: PeopleDeps, self: Self, given: { code: string }): Promise<string[]> {
  const { db, vault } = deps;
  const now = deps.now();
  const codes = await confirmFactor(db, vault, self.account.id, given.code, now);
  if (!codes) return refuseCode(db, { account: self.account, address: self.address, now });
  await tellSecondFactor(deps, self, true);
  return codes;
}

/** Asks for both again. @throws Refusal `password-wrong`, `code-refused`, `sign-in-locked` */
export async function removeOwnSecondFactor(
  deps: PeopleDeps,
  self: Self,
  given: { password: string; code: string },
): Promise<void> {
  const { db, vault } = deps;
  const now = deps.now();
  await confirmPassword(db, { account: self.account, password: given.password, address: self.address, now });
  if (!(await takeCode(db, vault, self.account.id, given.code, now))) {
    return refuseCode(db, { account: self.account, address: self.address, now });
  }
  await removeSecondFactor(db, self.account.id);
  await tellSecondFactor(deps, self, false);
}

async function tellSecondFactor(deps: PeopleDeps, self: Self, isOn: boolean): Promise<void> {
  await deps.db.tx(async (tx) => {
    await noted(tx, actorOf(self), isOn ? 'second factor set up' : 'second factor removed', self.account.id);
    const message = secondFactorChanged({ email: self.account.email, isOn, consoleUrl: deps.consoleUrl() });
    await mail(tx, deps, self.account.email, message);
  });
}

const actorOf = ({ account, address }: Self) => ({ ...account, address });
const sessionHash = ({ session }: Self): Buffer => hashToken(session);
