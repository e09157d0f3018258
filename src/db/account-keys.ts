/** The public keys with which people sign in over SFTP. SQL only; what a key may be stands in people/keys.ts. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';
import { isId, newId } from './ids.ts';

export type KeyAlgorithm =
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
  | 'ssh-rsa';

export type AccountKey = {
  id: string;
  accountId: string;
  /** The type of the key; an `ssh-rsa` key signs with SHA-2 all the same. */
  algorithm: KeyAlgorithm;
  /** As SSH sends it (RFC 4253 §6.6): what stands in base64 in a `.pub` file. */
  publicKey: Buffer;
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  fingerprint: string;
  name: string;
  createdAt: Date;
  /** Account that registered it; null: the command line. */
  createdBy: string | null;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
};

const columns = sql`k.id, k.account_id as "accountId", k.algorithm, k.public_key as "publicKey", k.fingerprint, k.name,
  k.created_at as "createdAt", k.created_by as "createdBy", k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt"`;

/** The keys that let this account in now: not removed, not expired, and the account neither disabled nor removed. */
export async function keysOf(db: Db, accountId: string, now = new Date()): Promise<AccountKey[]> {
  if (!isId(accountId)) return [];
  return db.query<AccountKey>(sql`
    select ${columns} from account_keys k join accounts a on a.id = k.account_id
    where k.account_id = ${accountId} and k.removed_at is null and (k.expires_at is null or k.expires_at > ${now})
      and a.disabled_at is null and a.removed_at is null
    order by k.id`);
}

/** As `keysOf`, for whoever names the account by its email address; capitals make no difference. */
export function keysByEmail(db: Db, email: string, now = new Date()): Promise<AccountKey[]> {
  return db.query<AccountKey>(sql`
    select ${columns} from account_keys k join accounts a on a.id = k.account_id
    where lower(a.email) = lower(${email.trim()}) and k.removed_at is null
      and (k.expires_at is null or k.expires_at > ${now}) and a.disabled_at is null and a.removed_at is null
    order by k.id`);
}

/** The keys that are registered, expired ones too, to be shown. */
export async function listKeys(db: Db, accountId: string): Promise<AccountKey[]> {
  if (!isId(accountId)) return [];
  return db.query<AccountKey>(sql`
    select ${columns} from account_keys k
    where k.account_id = ${accountId} and k.removed_at is null
    order by k.id`);
}

export type NewKey = Omit<AccountKey, 'id' | 'lastUsedAt'>;

/** Undefined when the account has this key already. */
export function insertKey(db: Db, key: NewKey): Promise<AccountKey | undefined> {
  return db.one<AccountKey>(sql`
    insert into account_keys as k
      (id, account_id, algorithm, public_key, fingerprint, name, created_at, created_by, expires_at)
    values (${newId()}, ${key.accountId}, ${key.algorithm}, ${key.publicKey}, ${key.fingerprint}, ${key.name},
      ${key.createdAt}, ${key.createdBy}, ${key.expiresAt})
    on conflict do nothing
    returning ${columns}`);
}

/** Notes that a key let somebody in. */
export async function touchKey(db: Db, keyId: string, at: Date): Promise<void> {
  await db.query(sql`update account_keys set last_used_at = ${at} where id = ${keyId}`);
}

/** Undefined when the account has no such key (any more). */
export async function takeKeyAway(
  db: Db,
  key: { id: string; accountId: string; at: Date },
): Promise<AccountKey | undefined> {
  if (!isId(key.id)) return undefined;
  return db.one<AccountKey>(sql`
    update account_keys as k set removed_at = ${key.at}
    where k.id = ${key.id} and k.account_id = ${key.accountId} and k.removed_at is null
    returning ${columns}`);
}
