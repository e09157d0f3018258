/** Second factors and their recovery codes. SQL only; the secrets come sealed. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';

export type SecondFactor = { sealedSecret: Buffer; confirmedAt: Date | null };

export function secondFactorOf(db: Db, accountId: string): Promise<SecondFactor | undefined> {
  return db.one<SecondFactor>(sql`
    select sealed_secret as "sealedSecret", confirmed_at as "confirmedAt" from second_factors
    where account_id = ${accountId}`);
}

/** Takes the place of one that was not confirmed. @returns false when there is one that is. */
export async function beginSecondFactor(db: Db, accountId: string, sealedSecret: Buffer, at: Date): Promise<boolean> {
  const begun = await db.query(sql`
    insert into second_factors (account_id, sealed_secret, created_at) values (${accountId}, ${sealedSecret}, ${at})
    on conflict (account_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at,
      last_period = null
    where second_factors.confirmed_at is null
    returning account_id`);
  return begun.length > 0;
}

export async function confirmSecondFactor(db: Db, accountId: string, at: Date): Promise<void> {
  await db.query(sql`
    update second_factors set confirmed_at = coalesce(confirmed_at, ${at}) where account_id = ${accountId}`);
}

/** Takes the code of a period. @returns false when that one, or a later one, was taken before. */
export async function takePeriod(db: Db, accountId: string, period: number): Promise<boolean> {
  const taken = await db.query(sql`
    update second_factors set last_period = ${period}
    where account_id = ${accountId} and (last_period is null or last_period < ${period})
    returning account_id`);
  return taken.length > 0;
}

/** @returns whether there was one. */
export async function removeSecondFactor(db: Db, accountId: string): Promise<boolean> {
  return db.tx(async (tx) => {
    const gone = await tx.query(sql`delete from second_factors where account_id = ${accountId} returning account_id`);
    await tx.query(sql`delete from recovery_codes where account_id = ${accountId}`);
    return gone.length > 0;
  });
}

/** New codes take the place of all before. */
export async function setRecoveryCodes(db: Db, accountId: string, hashes: Buffer[]): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(sql`delete from recovery_codes where account_id = ${accountId}`);
    await tx.query(sql`
      insert into recovery_codes (account_id, code_hash) select ${accountId}, * from unnest(${hashes}::bytea[])`);
  });
}

/** @returns whether the code was good, and is used up now. */
export async function takeRecoveryCode(db: Db, accountId: string, hash: Buffer, at: Date): Promise<boolean> {
  const taken = await db.query(sql`
    update recovery_codes set used_at = ${at}
    where account_id = ${accountId} and code_hash = ${hash} and used_at is null
    returning account_id`);
  return taken.length > 0;
}

export async function recoveryCodesLeft(db: Db, accountId: string): Promise<number> {
  const row = await db.one<{ count: number }>(sql`
    select count(*) as count from recovery_codes where account_id = ${accountId} and used_at is null`);
  return row?.count ?? 0;
}
