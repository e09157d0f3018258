/** Signing in with email and password, for SFTP and console alike: failures slow down and lock, whoever may be asked for. */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../core/refusal.ts';
import {
  type Account,
  type AttemptLimit,
  clearAttempts,
  countFailure,
  credentialsOf,
  lockOf,
  removeOldAttempts,
} from '../db/accounts.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { verifyPassword } from './password.ts';

const MINUTE_MS = 60_000;
const accountLimit = { failures: 10, windowMs: 15 * MINUTE_MS, lockMs: 15 * MINUTE_MS };
/** Higher: a whole district may stand behind one address. */
const addressLimit = { failures: 50, windowMs: 15 * MINUTE_MS, lockMs: 15 * MINUTE_MS };
const FORGET_MS = 24 * 60 * MINUTE_MS;

/** Failures that are answered at once; each further one takes twice as long. */
const QUICK_FAILURES = 3;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

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
 * The account that email and password belong to. Unknown, disabled and not yet invited accounts are answered like a
 * wrong password, after the same time.
 * @throws Refusal `sign-in-refused`, `sign-in-locked`, `busy`
 */
export async function signIn(db: Db, attempt: SignIn): Promise<Account> {
  const { address, now = new Date(), pause = (ms) => sleep(ms) } = attempt;
  const email = attempt.email.slice(0, 320);
  const limits = [
    { key: keyOf('account', email.trim().toLowerCase()), ...accountLimit },
    { key: keyOf('address', networkOf(address)), ...addressLimit },
  ] as const;
  const [forAccount] = limits;

  const found = await credentialsOf(db, email);
  const stored = found && found.disabledAt === null ? found.passwordHash : null;
  const isRight = await verifyPassword(stored, attempt.password, () => checkLocks(db, limits, now));
  if (!found || !isRight) return refuse(db, { limits, accountId: found?.id ?? null, address, now, pause });

  await clearAttempts(db, forAccount.key);
  await removeOldAttempts(db, new Date(now.getTime() - FORGET_MS));
  const { passwordHash: _, ...account } = found;
  return account;
}

type Failure = {
  limits: readonly [AttemptLimit, AttemptLimit];
  accountId: string | null;
  address: string;
  now: Date;
  pause: (ms: number) => Promise<unknown>;
};

async function refuse(db: Db, { limits, accountId, address, now, pause }: Failure): Promise<never> {
  const counts = [];
  for (const limit of limits) {
    const count = await countFailure(db, limit, now);
    counts.push(count);
    if (count.failures !== limit.failures) continue;
    const detail = { lockedUntil: count.lockedUntil, by: limit === limits[0] ? 'account' : 'address' };
    await audit(db, { accountId, address, act: 'sign in locked', detail });
  }
  if (accountId !== null) await audit(db, { accountId, address, act: 'sign in refused' });
  await pause(pauseMs(counts[0]?.failures ?? 1));
  await checkLocks(db, limits, now);
  throw new Refusal('sign-in-refused', 401, 'Email address and password do not belong together.');
}

async function checkLocks(db: Db, limits: readonly AttemptLimit[], now: Date): Promise<void> {
  const lock = await lockOf(
    db,
    limits.map((limit) => limit.key),
    now,
  );
  if (!lock) return;
  const minutes = Math.ceil((lock.until.getTime() - now.getTime()) / MINUTE_MS);
  const who = lock.key === limits[0]?.key ? 'with this email address' : 'from your network address';
  throw new Refusal(
    'sign-in-locked',
    429,
    `Too many failed attempts ${who}. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  );
}

function pauseMs(failures: number): number {
  if (failures <= QUICK_FAILURES) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - QUICK_FAILURES - 1), LONGEST_PAUSE_MS);
}

/** What is typed into the wrong field may be a password: only a hash is kept. */
function keyOf(kind: 'account' | 'address', text: string): string {
  return `${kind}:${createHash('sha256').update(text).digest('base64url')}`;
}

/** Whoever has one IPv6 address has its whole /64. An IPv4 address is one, in either spelling. */
function networkOf(address: string): string {
  const ipv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (ipv4) return ipv4;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]!.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const filled =
    tail === undefined ? groups : [...groups, ...Array(8 - groups.length - behind.length).fill('0'), ...behind];
  return filled
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
