/** People as those who look after them see them: lists, how they can come in, and changes of address, role and state. */
import sql, { join, type Sql } from 'sql-template-tag';
import { type Account, emailTaken, type Role, removeLinksOf, removeSessionsOf } from './accounts.ts';
import type { Db } from './db.ts';
import { isId } from './ids.ts';

export type PersonRow = Account & {
  district: { id: string; siteCode: string; name: string; timeZone: string } | null;
  hasPassword: boolean;
  passwordSetAt: Date | null;
  passwordUsedAt: Date | null;
  /** Until when the password of before lets scripts in over SFTP. */
  formerPasswordUntil: Date | null;
  formerPasswordUsedAt: Date | null;
  hasSecondFactor: boolean;
  /** Keys that are registered. */
  keys: number;
  /** Whether the vendor's provider has let this person in. */
  hasProvider: boolean;
  /** Until when the newest link that sets a password is good; null when there is none to be used. */
  linkUntil: Date | null;
};

const columns = sql`
  a.id, a.email, a.name, a.role, a.district_id as "districtId", a.created_at as "createdAt",
  a.disabled_at as "disabledAt",
  case when d.id is not null then
    jsonb_build_object('id', d.id, 'siteCode', d.site_code, 'name', d.name, 'timeZone', d.time_zone) end as district,
  a.password_hash is not null as "hasPassword", a.password_set_at as "passwordSetAt",
  a.password_used_at as "passwordUsedAt", a.former_password_until as "formerPasswordUntil",
  a.former_password_used_at as "formerPasswordUsedAt",
  exists (select 1 from second_factors f where f.account_id = a.id and f.confirmed_at is not null) as "hasSecondFactor",
  (select count(*)::integer from account_keys k where k.account_id = a.id and k.removed_at is null) as keys,
  a.provider_subject is not null as "hasProvider",
  (select max(l.expires_at) from links l
    where l.account_id = a.id and l.purpose in ('invitation', 'reset') and l.used_at is null) as "linkUntil"`;

/** Everybody who was not removed, or those of one district, by district and address. */
export function listPeople(
  db: Db,
  scope: { districtId?: string | undefined; after?: string; limit: number },
): Promise<PersonRow[]> {
  const { districtId = null, after = null, limit } = scope;
  return db.query<PersonRow>(sql`
    select ${columns} from accounts a left join districts d on d.id = a.district_id
    where a.removed_at is null and (${districtId}::uuid is null or a.district_id = ${districtId})
      and (${after}::text is null or lower(a.email) > lower(${after}))
    order by lower(a.email)
    limit ${limit}`);
}

/** Undefined for one who was removed. */
export async function personById(db: Db, id: string): Promise<PersonRow | undefined> {
  if (!isId(id)) return undefined;
  return db.one<PersonRow>(sql`
    select ${columns} from accounts a left join districts d on d.id = a.district_id
    where a.id = ${id} and a.removed_at is null`);
}

/** How many can come in as an owner, but for one account. In a transaction nobody else changes an owner meanwhile. */
export async function otherOwners(tx: Db, accountId: string): Promise<number> {
  const owners = await tx.query<{ id: string }>(sql`
    select id from accounts where role = 'owner' and disabled_at is null and removed_at is null
    order by id for update`);
  return owners.filter(({ id }) => id !== accountId).length;
}

/** @throws Refusal `email-taken` */
export async function setAddress(db: Db, accountId: string, email: string): Promise<void> {
  try {
    await db.query(sql`
      update accounts set email = ${email}, provider_subject = null where id = ${accountId} and removed_at is null`);
  } catch (error) {
    if ((error as { code?: unknown }).code === '23505') throw emailTaken();
    throw error;
  }
}

export async function setPerson(db: Db, accountId: string, change: { role?: Role; name?: string }): Promise<void> {
  const set: Sql[] = [];
  if (change.role !== undefined) set.push(sql`role = ${change.role}`);
  if (change.name !== undefined) set.push(sql`name = ${change.name}`);
  if (set.length > 0) await db.query(sql`update accounts set ${join(set)} where id = ${accountId}`);
}

export async function enableAccount(db: Db, accountId: string): Promise<void> {
  await db.query(sql`
    update accounts set disabled_at = null, provider_subject = null
    where id = ${accountId} and removed_at is null`);
}

/** Everything that let this person in is gone, and the address is free; the row stays for the history. */
export async function removeAccount(db: Db, accountId: string, at: Date): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`
      update accounts set removed_at = ${at}, disabled_at = coalesce(disabled_at, ${at}), password_hash = null,
        former_password_hash = null, former_password_until = null, provider_subject = null
      where id = ${accountId} and removed_at is null`);
    await tx.query(
      sql`update account_keys set removed_at = ${at} where account_id = ${accountId} and removed_at is null`,
    );
    await tx.query(sql`delete from second_factors where account_id = ${accountId}`);
    await tx.query(sql`delete from recovery_codes where account_id = ${accountId}`);
    await removeSessionsOf(tx, accountId);
    await removeLinksOf(tx, accountId);
  });
}

/**
 * The account that the vendor's provider vouches for: by its subject, else by the address, whose account then keeps the
 * subject. Undefined when there is none, when it is another subject's, or when it is disabled.
 */
export async function accountOfSubject(
  db: Db,
  person: { subject: string; email: string },
): Promise<{ id: string; role: Role } | undefined> {
  const bySubject = await db.one<{ id: string; role: Role }>(sql`
    select id, role from accounts
    where provider_subject = ${person.subject} and removed_at is null and disabled_at is null
      and lower(email) = lower(${person.email})`);
  if (bySubject) return bySubject;
  return db.one<{ id: string; role: Role }>(sql`
    update accounts set provider_subject = ${person.subject}
    where lower(email) = lower(${person.email}) and provider_subject is null and removed_at is null
      and disabled_at is null and role in ('owner', 'operator')
      and not exists (select 1 from accounts o where o.provider_subject = ${person.subject} and o.removed_at is null)
    returning id, role`);
}
