/** Counts what fails when people come in, per account and per network address: failures slow down, then lock. */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../core/refusal.ts';
import { type AttemptLimit, clearAttempts, countFailure, lockOf, removeOldAttempts } from '../db/accounts.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';

const MINUTE_MS = 60_000;
const accountLimit = { failures: 10, windowMs: 15 * MINUTE_MS, lockMs: 15 * MINUTE_MS };
/** Higher: a whole district may stand behind one address. */
const addressLimit = { failures: 50, windowMs: 15 * MINUTE_MS, lockMs: 15 * MINUTE_MS };
const FORGET_MS = 24 * 60 * MINUTE_MS;

/** Failures that are answered at once; each further one takes twice as long. */
const QUICK_FAILURES = 3;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/** One attempt to come in; passwords, codes and links count together. */
export type Attempt = {
  /** What was typed; undefined when no account is named, as with a link. */
  email?: string;
  /** Network address of the other side. */
  address: string;
  now: Date;
  /** Waits before a failure is answered; for tests. */
  pause?: (ms: number) => Promise<unknown>;
};

/** @throws Refusal `sign-in-locked` */
export async function checkLocks(db: Db, attempt: Attempt): Promise<void> {
  const limits = limitsOf(attempt);
  const lock = await lockOf(
    db,
    limits.map((limit) => limit.key),
    attempt.now,
  );
  if (!lock) return;
  const minutes = Math.ceil((lock.until.getTime() - attempt.now.getTime()) / MINUTE_MS);
  const who = lock.key.startsWith('account:') ? 'with this email address' : 'from your network address';
  throw new Refusal(
    'sign-in-locked',
    429,
    `Too many failed attempts ${who}. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  );
}

/**
 * Counts a failure, notes it, and waits the longer the more there were.
 * @param failure.act for the audit log, for example `sign in refused`.
 * @throws Refusal `sign-in-locked` when this one locked.
 */
export async function noteFailure(
  db: Db,
  attempt: Attempt,
  failure: { accountId: string | null; act: string; detail?: Record<string, unknown> },
): Promise<void> {
  const { address, now, pause = (ms) => sleep(ms) } = attempt;
  const { accountId, act, detail = {} } = failure;
  let most = 0;
  for (const limit of limitsOf(attempt)) {
    const count = await countFailure(db, limit, now);
    const isAccount = limit.key.startsWith('account:');
    // Many people stand behind one address: one of them is not slowed down for the others.
    if (isAccount || attempt.email === undefined) most = Math.max(most, count.failures);
    if (count.failures !== limit.failures) continue;
    const locked = { lockedUntil: count.lockedUntil, by: isAccount ? 'account' : 'address' };
    await audit(db, { accountId, address, act: 'sign in locked', detail: locked });
  }
  await audit(db, { accountId, address, act, detail });
  await pause(pauseMs(most));
  await checkLocks(db, attempt);
}

/** After a success the account's failures count no more; those of the address do. */
export async function noteSuccess(db: Db, { email, now }: Attempt): Promise<void> {
  if (email !== undefined) await clearAttempts(db, accountKey(email));
  await removeOldAttempts(db, new Date(now.getTime() - FORGET_MS));
}

/**
 * Counts a request that is granted a bounded number of times, whoever asks.
 * @returns whether this one is within the bound.
 */
export async function allows(
  db: Db,
  request: { what: string; by: string; most: number; windowMs: number; now: Date },
): Promise<boolean> {
  const { most, windowMs, now } = request;
  const limit = { key: keyOf(request.what, request.by), failures: most + 1, windowMs, lockMs: windowMs };
  return (await countFailure(db, limit, now)).failures <= most;
}

function limitsOf({ email, address }: Attempt): AttemptLimit[] {
  const byAddress = { key: keyOf('address', networkOf(address)), ...addressLimit };
  return email === undefined ? [byAddress] : [{ key: accountKey(email), ...accountLimit }, byAddress];
}

const accountKey = (email: string): string => keyOf('account', email.trim().toLowerCase());

/** What is typed into the wrong field may be a password: only a hash is kept. */
function keyOf(kind: string, text: string): string {
  return `${kind}:${createHash('sha256').update(text).digest('base64url')}`;
}

function pauseMs(failures: number): number {
  if (failures <= QUICK_FAILURES) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - QUICK_FAILURES - 1), LONGEST_PAUSE_MS);
}

/** Whoever has one IPv6 address has its whole /64. An IPv4 address is one, in either spelling. */
export function networkOf(address: string): string {
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
