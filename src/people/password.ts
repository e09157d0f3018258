/** Passwords: hashed so that guessing is dear, and refused when anyone would guess them. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { longestPassword, passwordFault } from '../core/password-rules.ts';
import { Refusal } from '../core/refusal.ts';
import { accountById, removeSessionsOf, setPasswordHash } from '../db/accounts.ts';
import type { Db } from '../db/db.ts';
import { openGate } from './gate.ts';

const SALT_BYTES = 16;
/** 19 MiB and two passes: the first choice of the OWASP password storage cheat sheet for argon2id. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);
/** Hashing takes threads that reading and writing files need too. */
const gate = openGate({ running: 2, waiting: 200 });

/** @returns a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await gate(() => derive('argon2id', { message: normal(password), nonce: salt, ...cost }));
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

/**
 * Takes as long without a stored hash as with one.
 * @param before looks whether the password may be tried at all, at the moment when its turn has come.
 */
export async function verifyPassword(
  stored: string | null,
  password: string,
  before: () => Promise<void> = async () => {},
): Promise<boolean> {
  const { salt, hash, ...costs } = stored === null ? nobody : parse(stored);
  const isLong = password.length > longestPassword;
  const found = await gate(async () => {
    await before();
    return derive('argon2id', {
      message: normal(isLong ? '' : password),
      nonce: salt,
      tagLength: hash.length,
      ...costs,
    });
  });
  return timingSafeEqual(found, hash) && stored !== null && !isLong;
}

/** When a password is set, and what of before goes on. */
export type Setting = {
  now?: Date;
  /** Until when the password of before stays good over SFTP; it ends now without. */
  formerUntil?: Date | null;
  /** Hash of the session that goes on. */
  keepSession?: Buffer | null;
};

/**
 * Gives an account a new password and ends its sessions.
 * @throws Refusal `password-…` with a sentence that says what is wrong with it.
 */
export async function setPassword(db: Db, accountId: string, password: string, setting: Setting = {}): Promise<void> {
  const account = await accountById(db, accountId);
  if (!account) throw new Refusal('account-unknown', 404, 'There is no such account.');
  await storePassword(db, accountId, await hashNewPassword(password, account.email), setting);
}

/**
 * Checks and hashes a password. Not to be done within a transaction: whoever waits here must not hold a connection that
 * another needs who hashes.
 * @throws Refusal as `checkPassword`
 */
export function hashNewPassword(password: string, email: string): Promise<string> {
  checkPassword(password, email);
  return hashPassword(password);
}

/** Stores what `hashNewPassword` made, and ends the sessions of the account. */
export async function storePassword(db: Db, accountId: string, hash: string, setting: Setting = {}): Promise<void> {
  const { now = new Date(), formerUntil = null, keepSession = null } = setting;
  await db.tx(async (tx) => {
    await setPasswordHash(tx, accountId, { hash, at: now, formerUntil });
    await removeSessionsOf(tx, accountId, keepSession);
  });
}

/** @throws Refusal `password-short`, `password-long`, `password-common` */
export function checkPassword(password: string, email: string): void {
  const fault = passwordFault(password, email);
  if (fault) throw new Refusal(fault.code, 400, fault.sentence);
}

type Parsed = { memory: number; passes: number; parallelism: number; salt: Buffer; hash: Buffer };

function parse(stored: string): Parsed {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored);
  if (!match) throw new Error('a stored password hash is not in the form that this program writes');
  const [, memory, passes, parallelism, salt = '', hash = ''] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

const { memory, passes, parallelism, tagLength } = cost;
/** What is compared with when there is no account: no password leads to it. */
const nobody: Parsed = { memory, passes, parallelism, salt: randomBytes(SALT_BYTES), hash: randomBytes(tagLength) };

/** The same letters give the same bytes, whether the keyboard sent an accent apart or not. */
function normal(password: string): string {
  return password.normalize('NFC');
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
