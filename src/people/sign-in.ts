/** Signing in with email and password, for SFTP and console alike: failures slow down and lock, whoever may be asked for. */
import { Refusal } from '../core/refusal.ts';
import { type Account, credentialsOf, touchPassword } from '../db/accounts.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import type { Vault } from '../vault.ts';
import { type Attempt, checkLocks, noteFailure, noteSuccess } from './attempts.ts';
import { verifyPassword } from './password.ts';
import { takeCode } from './second-factor.ts';

export type SignIn = {
  email: string;
  password: string;
  /** Network address of the other side. */
  address: string;
  now?: Date;
  /** Waits before a failure is answered; for tests. */
  pause?: (ms: number) => Promise<unknown>;
};

/**
 * The account that email and password belong to, for SFTP: the password of before is good too, as long as it overlaps,
 * and nobody is asked for a code. Unknown, disabled and not yet invited accounts are answered like a wrong password,
 * after the same work.
 * @throws Refusal `sign-in-refused`, `sign-in-locked`, `busy`
 */
export async function signIn(db: Db, given: SignIn): Promise<Account> {
  const attempt = attemptOf(given);
  const found = await credentialsOf(db, attempt.email, attempt.now);
  const isOpen = found?.disabledAt === null;
  const current = isOpen ? found.passwordHash : null;
  const former = isOpen ? found.formerHash : null;
  let which: 'current' | 'former' = 'current';
  let isRight = await verifyPassword(current, given.password, () => checkLocks(db, attempt));
  if (!isRight) {
    // Also for those who have none: the work must not tell whether there is an account.
    which = 'former';
    isRight = await verifyPassword(former, given.password, () => checkLocks(db, attempt));
  }
  if (!found || !isRight) return refuse(db, attempt, found?.id ?? null);
  await noteSuccess(db, attempt);
  await touchPassword(db, found.id, which, attempt.now);
  return accountOf(found);
}

/**
 * The account that email and password belong to, for the console: with a second factor, a code as well. A wrong code
 * counts like a wrong password; asking for the code does not.
 * @throws Refusal `second-factor` when a code is needed, `code-refused`, and as `signIn`
 */
export async function signInToConsole(
  db: Db,
  vault: Vault,
  given: SignIn & { code?: string | undefined },
): Promise<Account> {
  const attempt = attemptOf(given);
  const found = await credentialsOf(db, attempt.email, attempt.now);
  const stored = found && found.disabledAt === null ? found.passwordHash : null;
  const isRight = await verifyPassword(stored, given.password, () => checkLocks(db, attempt));
  if (!found || !isRight) return refuse(db, attempt, found?.id ?? null);
  if (found.hasSecondFactor) {
    if (!given.code) throw new Refusal('second-factor', 401, 'Enter the code that your authenticator app shows.');
    const way = await takeCode(db, vault, found.id, given.code, attempt.now);
    if (!way) {
      await noteFailure(db, attempt, { accountId: found.id, act: 'sign in refused', detail: { why: 'code' } });
      throw new Refusal('code-refused', 401, wrongCode);
    }
    if (way === 'recovery code') {
      await audit(db, { accountId: found.id, address: given.address, act: 'recovery code used' });
    }
  }
  await noteSuccess(db, attempt);
  await touchPassword(db, found.id, 'current', attempt.now);
  return accountOf(found);
}

export const wrongCode =
  'This code is not right, or it was used already. Wait for the next one, and check the clock of the device.';

/**
 * That whoever is signed in is the person: asked again before what a stolen session must not do.
 * @throws Refusal `password-wrong`, `sign-in-locked`, `busy`
 */
export async function confirmPassword(
  db: Db,
  given: { account: Pick<Account, 'id' | 'email'> } & Omit<SignIn, 'email'>,
): Promise<void> {
  const attempt = attemptOf({ ...given, email: given.account.email });
  const found = await credentialsOf(db, attempt.email, attempt.now);
  const stored = found && found.id === given.account.id && found.disabledAt === null ? found.passwordHash : null;
  if (await verifyPassword(stored, given.password, () => checkLocks(db, attempt))) return;
  await noteFailure(db, attempt, { accountId: given.account.id, act: 'password refused' });
  throw new Refusal('password-wrong', 403, 'This is not your present password.');
}

/** Counts a wrong code of somebody who is signed in, together with passwords. @throws Refusal `sign-in-locked`, `code-refused` */
export async function refuseCode(
  db: Db,
  given: { account: Pick<Account, 'id' | 'email'> } & Omit<SignIn, 'email' | 'password'>,
): Promise<never> {
  const attempt = attemptOf({ ...given, email: given.account.email });
  await noteFailure(db, attempt, { accountId: given.account.id, act: 'code refused' });
  throw new Refusal('code-refused', 403, wrongCode);
}

type Given = Omit<SignIn, 'password'>;
const attemptOf = ({ email, address, now = new Date(), pause }: Given): Attempt & { email: string } => ({
  email: email.slice(0, 320),
  address,
  now,
  ...(pause ? { pause } : {}),
});

async function refuse(db: Db, attempt: Attempt, accountId: string | null): Promise<never> {
  await noteFailure(db, attempt, { accountId, act: 'sign in refused' });
  throw new Refusal('sign-in-refused', 401, 'Email address and password do not belong together.');
}

function accountOf({ id, email, name, role, districtId, createdAt, disabledAt }: Account): Account {
  return { id, email, name, role, districtId, createdAt, disabledAt };
}
