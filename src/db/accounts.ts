/** The people who may come in: their accounts, links and sessions, and the count of failed attempts. SQL only. */
import sql from 'sql-template-tag';
import { isEmailAddress } from '../core/email-address.ts';
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

export type NewAccount = {
  email: string;
  role: Role;
  districtId?: string | null;
  name?: string;
  /** Account that adds it; null: the command line. */
  createdBy?: string | null;
};

/** @throws Refusal `email`, `email-taken`, `account-district`, `name` */
export async function addAccount(db: Db, account: NewAccount): Promise<Account> {
  const { role, districtId = null, createdBy = null } = account;
  const address = checkedAddress(account.email);
  const name = checkedName(account.name ?? '');
  const isVendor = role === 'owner' || role === 'operator';
  if (isVendor !== (districtId === null)) {
    const sentence = isVendor
      ? 'Owners and operators belong to no district.'
      : 'Administrators and viewers belong to a district: name it.';
    throw new Refusal('account-district', 400, sentence);
  }
  const added = await db.one<Account>(sql`
    insert into accounts as a (id, email, name, role, district_id, created_by)
    values (${newId()}, ${address}, ${name}, ${role}, ${districtId}, ${createdBy})
    on conflict do nothing
    returning ${accountColumns}`);
  if (!added) throw emailTaken();
  return added;
}

/** @throws Refusal `email` */
export function checkedAddress(email: string): string {
  const address = email.trim();
  if (!isEmailAddress(address)) throw new Refusal('email', 400, 'That is not an email address.');
  return address;
}

/** One line, as it goes into mails. @throws Refusal `name` */
export function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length <= 200 && !/[\p{Cc}\u2028\u2029]/u.test(trimmed)) return trimmed;
  throw new Refusal('name', 400, 'The name of a person is one line of at most 200 characters.');
}

export const emailTaken = (): Refusal =>
  new Refusal('email-taken', 409, 'There is an account with this email address already.');

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
  return db.one<Account>(sql`select ${accountColumns} from accounts a
    where lower(a.email) = lower(${email.trim()}) and a.removed_at is null`);
}

export type Credentials = {
  passwordHash: string | null;
  /** The password before, as long as scripts may still send it. */
  formerHash: string | null;
  /** The account has a second factor that was confirmed. */
  hasSecondFactor: boolean;
};

/** For signing in alone: the account, and what it proves itself with. */
export function credentialsOf(db: Db, email: string, now = new Date()): Promise<(Account & Credentials) | undefined> {
  return db.one(sql`
    select ${accountColumns}, a.password_hash as "passwordHash",
      case when a.former_password_until > ${now} then a.former_password_hash end as "formerHash",
      exists (select 1 from second_factors f where f.account_id = a.id and f.confirmed_at is not null)
        as "hasSecondFactor"
    from accounts a
    where lower(a.email) = lower(${email.trim()}) and a.removed_at is null`);
}

/** @param password.formerUntil until when the password of before stays good over SFTP; null: it ends now. */
export async function setPasswordHash(
  db: Db,
  accountId: string,
  password: { hash: string; at: Date; formerUntil: Date | null },
): Promise<void> {
  const keeps = sql`${password.formerUntil}::timestamptz is not null`;
  await db.query(sql`
    update accounts set password_hash = ${password.hash}, password_set_at = ${password.at}, password_used_at = null,
      former_password_hash = case when ${keeps} then password_hash end,
      former_password_until = case when ${keeps} then ${password.formerUntil}::timestamptz end,
      former_password_used_at = case when ${keeps} then password_used_at end
    where id = ${accountId}`);
}

/** Notes that a password let somebody in. */
export async function touchPassword(db: Db, accountId: string, which: 'current' | 'former', at: Date): Promise<void> {
  if (which === 'current') await db.query(sql`update accounts set password_used_at = ${at} where id = ${accountId}`);
  else await db.query(sql`update accounts set former_password_used_at = ${at} where id = ${accountId}`);
}

/** Nothing lets a disabled account in: its sessions and links end with it. */
export async function disableAccount(db: Db, accountId: string, at: Date): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`update accounts set disabled_at = coalesce(disabled_at, ${at}) where id = ${accountId}`);
    await removeSessionsOf(tx, accountId);
    await removeLinksOf(tx, accountId);
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
  link: { tokenHash: Buffer; purposes: LinkPurpose[]; at: Date },
): Promise<Account | undefined> {
  const taken = await db.one<{ accountId: string }>(sql`
    update links set used_at = ${link.at}
    where token_hash = ${link.tokenHash} and purpose = any(${link.purposes}) and used_at is null
      and expires_at > ${link.at}
      and exists (select 1 from accounts where id = links.account_id and disabled_at is null)
    returning account_id as "accountId"`);
  return taken && accountById(db, taken.accountId);
}

export type LinkFacts = {
  accountId: string;
  purpose: LinkPurpose;
  usedAt: Date | null;
  expiresAt: Date;
  /** Its account lets nobody in. */
  disabled: boolean;
};

export function linkFacts(
  db: Db,
  link: { tokenHash: Buffer; purposes: LinkPurpose[] },
): Promise<LinkFacts | undefined> {
  return db.one(sql`
    select l.account_id as "accountId", l.purpose, l.used_at as "usedAt", l.expires_at as "expiresAt",
      a.disabled_at is not null as disabled
    from links l join accounts a on a.id = l.account_id
    where l.token_hash = ${link.tokenHash} and l.purpose = any(${link.purposes})`);
}

/** The links that were not used yet end. */
export async function removeLinksOf(db: Db, accountId: string): Promise<void> {
  await db.query(sql`delete from links where account_id = ${accountId} and used_at is null`);
}

/** Forgets links that nobody can be told about any more. */
export async function removeOldLinks(db: Db, before: Date): Promise<void> {
  await db.query(sql`delete from links where expires_at < ${before}`);
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

/** @param but the session that goes on. */
export async function removeSessionsOf(db: Db, accountId: string, but: Buffer | null = null): Promise<void> {
  await db.query(sql`
    delete from sessions where account_id = ${accountId} and (${but}::bytea is null or token_hash <> ${but})`);
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
