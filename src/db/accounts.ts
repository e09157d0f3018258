/** The people who may come in: their accounts, links and sessions, and the count of failed attempts. SQL only. */
import sql from 'sql-template-tag';
import { Refusal } from '../core/refusal.ts';
import type { Db } from './db.ts';
import { isId, newId } from './ids.ts';

export type Role = 'owner' | 'operator' | 'administrator' | 'viewer';
export type Account = {
  id: string;
  email: string;
  name: string;
  role: Role;
  /** Null for the vendor's own people, who see every district. */
  districtId: string | null;
  createdAt: Date;
  disabledAt: Date | null;
};
export type LinkPurpose = 'sign-in' | 'invitation' | 'reset';

const accountColumns = sql`a.id, a.email, a.name, a.role, a.district_id as "districtId", a.created_at as "createdAt",
  a.disabled_at as "disabledAt"`;

export type NewAccount = { email: string; role: Role; districtId?: string | null; name?: string };

/** @throws Refusal `email`, `email-taken`, `account-district` */
export async function addAccount(db: Db, { email, role, districtId = null, name = '' }: NewAccount): Promise<Account> {
  const address = email.trim();
  if (address.length > 254 || !/^[^\s@]+@[^\s@]+$/.test(address)) {
    throw new Refusal('email', 400, 'That is not an email address.');
  }
  const isVendor = role === 'owner' || role === 'operator';
  if (isVendor !== (districtId === null)) {
    const sentence = isVendor
      ? 'Owners and operators belong to no district.'
      : 'Administrators and viewers belong to a district: name it.';
    throw new Refusal('account-district', 400, sentence);
  }
  const account = await db.one<Account>(sql`
    insert into accounts as a (id, email, name, role, district_id)
    values (${newId()}, ${address}, ${name}, ${role}, ${districtId})
    on conflict do nothing
    returning ${accountColumns}`);
  if (!account) throw new Refusal('email-taken', 409, 'There is an account with this email address already.');
  return account;
}

export async function accountById(db: Db, id: string): Promise<Account | undefined> {
  if (!isId(id)) return undefined;
  return db.one<Account>(sql`select ${accountColumns} from accounts a where a.id = ${id}`);
}

/** Whether there is anybody who could come in. */
export async function hasAccounts(db: Db): Promise<boolean> {
  return (await db.one(sql`select 1 from accounts limit 1`)) !== undefined;
}

/** Capitals make no difference. */
export function accountByEmail(db: Db, email: string): Promise<Account | undefined> {
  return db.one<Account>(sql`select ${accountColumns} from accounts a where lower(a.email) = lower(${email.trim()})`);
}

/** For signing in alone: the account, and its password's hash if it has one. */
export function credentialsOf(db: Db, email: string): Promise<(Account & { passwordHash: string | null }) | undefined> {
  return db.one(sql`
    select ${accountColumns}, a.password_hash as "passwordHash" from accounts a
    where lower(a.email) = lower(${email.trim()})`);
}

export async function setPasswordHash(db: Db, accountId: string, hash: string): Promise<void> {
  await db.query(sql`update accounts set password_hash = ${hash} where id = ${accountId}`);
}

/** Nothing lets a disabled account in: its sessions and links end with it. */
export async function disableAccount(db: Db, accountId: string, at: Date): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`update accounts set disabled_at = coalesce(disabled_at, ${at}) where id = ${accountId}`);
    await removeSessionsOf(tx, accountId);
    await tx.query(sql`delete from links where account_id = ${accountId} and used_at is null`);
  });
}

/** A new link takes the place of older ones for the same purpose. */
export async function addLink(
  db: Db,
  link: { accountId: string; purpose: LinkPurpose; tokenHash: Buffer; expiresAt: Date },
): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`
      delete from links where account_id = ${link.accountId} and purpose = ${link.purpose} and used_at is null`);
    await tx.query(sql`
      insert into links (id, token_hash, account_id, purpose, expires_at)
      values (${newId()}, ${link.tokenHash}, ${link.accountId}, ${link.purpose}, ${link.expiresAt})`);
  });
}

/** Marks a link as used, if it can be. @returns its account, undefined when it is unknown, used, expired or disabled. */
export async function takeLink(
  db: Db,
  link: { tokenHash: Buffer; purpose: LinkPurpose; at: Date },
): Promise<Account | undefined> {
  const taken = await db.one<{ accountId: string }>(sql`
    update links set used_at = ${link.at}
    where token_hash = ${link.tokenHash} and purpose = ${link.purpose} and used_at is null and expires_at > ${link.at}
      and exists (select 1 from accounts where id = links.account_id and disabled_at is null)
    returning account_id as "accountId"`);
  return taken && accountById(db, taken.accountId);
}

export function linkFacts(
  db: Db,
  link: { tokenHash: Buffer; purpose: LinkPurpose },
): Promise<{ usedAt: Date | null; expiresAt: Date } | undefined> {
  return db.one(sql`
    select used_at as "usedAt", expires_at as "expiresAt" from links
    where token_hash = ${link.tokenHash} and purpose = ${link.purpose}`);
}

export async function addSession(
  db: Db,
  session: { accountId: string; tokenHash: Buffer; at: Date; expiresAt: Date },
): Promise<void> {
  await db.query(sql`
    insert into sessions (token_hash, account_id, created_at, seen_at, expires_at)
    values (${session.tokenHash}, ${session.accountId}, ${session.at}, ${session.at}, ${session.expiresAt})`);
}

/** The account of a session that is neither over nor idle since before `idleSince`. */
export function findSession(
  db: Db,
  session: { tokenHash: Buffer; at: Date; idleSince: Date },
): Promise<(Account & { seenAt: Date }) | undefined> {
  return db.one(sql`
    select ${accountColumns}, s.seen_at as "seenAt"
    from sessions s join accounts a on a.id = s.account_id
    where s.token_hash = ${session.tokenHash} and s.expires_at > ${session.at} and s.seen_at > ${session.idleSince}
      and a.disabled_at is null`);
}

export async function touchSession(db: Db, session: { tokenHash: Buffer; at: Date }): Promise<void> {
  await db.query(sql`update sessions set seen_at = ${session.at} where token_hash = ${session.tokenHash}`);
}

export async function removeSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.query(sql`delete from sessions where token_hash = ${tokenHash}`);
}

export async function removeSessionsOf(db: Db, accountId: string): Promise<void> {
  await db.query(sql`delete from sessions where account_id = ${accountId}`);
}

export async function removeOldSessions(db: Db, { expiredBefore }: { expiredBefore: Date }): Promise<void> {
  await db.query(sql`delete from sessions where expires_at < ${expiredBefore}`);
}

/** The latest end of the locks on these keys, if one is in force. */
export async function lockOf(db: Db, keys: string[], at: Date): Promise<{ key: string; until: Date } | undefined> {
  return db.one(sql`
    select key, locked_until as until from attempts
    where key = any(${keys}) and locked_until > ${at}
    order by locked_until desc
    limit 1`);
}

export type AttemptLimit = {
  key: string;
  /** Failures within the window that lock the key. */
  failures: number;
  windowMs: number;
  lockMs: number;
};

/** Counts a failure; the count begins anew after the window, and after a lock. */
export async function countFailure(
  db: Db,
  limit: AttemptLimit,
  at: Date,
): Promise<{ failures: number; lockedUntil: Date | null }> {
  const windowStart = new Date(at.getTime() - limit.windowMs);
  const lockedUntil = new Date(at.getTime() + limit.lockMs);
  const isOver = sql`(attempts.first_at < ${windowStart} or attempts.locked_until <= ${at})`;
  const row = await db.one<{ failures: number; lockedUntil: Date | null }>(sql`
    insert into attempts (key, failures, first_at, locked_until)
    values (${limit.key}, 1, ${at}, case when ${limit.failures} <= 1 then ${lockedUntil}::timestamptz end)
    on conflict (key) do update set
      failures = case when ${isOver} then 1 else attempts.failures + 1 end,
      first_at = case when ${isOver} then excluded.first_at else attempts.first_at end,
      locked_until = case
        when not coalesce(${isOver}, false) and attempts.locked_until > ${at} then attempts.locked_until
        when (case when ${isOver} then 1 else attempts.failures + 1 end) >= ${limit.failures}
          then ${lockedUntil}::timestamptz
      end
    returning failures, locked_until as "lockedUntil"`);
  return row as { failures: number; lockedUntil: Date | null };
}

export async function clearAttempts(db: Db, key: string): Promise<void> {
  await db.query(sql`delete from attempts where key = ${key}`);
}

/** Forgets counts that cannot matter any more. */
export async function removeOldAttempts(db: Db, before: Date): Promise<void> {
  await db.query(sql`
    delete from attempts where first_at < ${before} and (locked_until is null or locked_until < ${before})`);
}
