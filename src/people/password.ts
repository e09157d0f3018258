/** Passwords: hashed so that guessing is dear, and refused when anyone would guess them. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Refusal } from '../core/refusal.ts';
import { accountById, removeSessionsOf, setPasswordHash } from '../db/accounts.ts';
import type { Db } from '../db/db.ts';
import { commonPasswords } from './common-passwords.ts';
import { openGate } from './gate.ts';

const SHORTEST = 12;
/** Longer ones are refused unread, so that nobody makes us hash a novel. */
const LONGEST = 1024;
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
  const isLong = password.length > LONGEST;
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

/**
 * Gives an account a new password and ends its sessions.
 * @throws Refusal `password-…` with a sentence that says what is wrong with it.
 */
export async function setPassword(db: Db, accountId: string, password: string): Promise<void> {
  const account = await accountById(db, accountId);
  if (!account) throw new Refusal('account-unknown', 404, 'There is no such account.');
  checkPassword(password, account.email);
  const hash = await hashPassword(password);
  await db.tx(async (tx) => {
    await setPasswordHash(tx, accountId, hash);
    await removeSessionsOf(tx, accountId);
  });
}

/** @throws Refusal `password-short`, `password-long`, `password-common` */
export function checkPassword(password: string, email: string): void {
  const length = [...password.normalize('NFC')].length;
  if (length < SHORTEST) {
    throw new Refusal('password-short', 400, `A password has at least ${SHORTEST} characters; this one has ${length}.`);
  }
  if (password.length > LONGEST) {
    throw new Refusal('password-long', 400, `A password has at most ${LONGEST} characters.`);
  }
  const fault = weakness(password.normalize('NFC').toLowerCase(), email.toLowerCase());
  if (fault)
    throw new Refusal(
      'password-common',
      400,
      `${fault} Choose another, for example four words that have nothing to do with each other.`,
    );
}

function weakness(password: string, email: string): string | undefined {
  if (new Set(password).size < 5) return 'This password repeats a few characters.';
  if (/^(.{1,6}?)\1+.{0,5}$/u.test(password)) return 'This password repeats one short text.';
  if (isRun(password)) return 'This password follows the keyboard or the alphabet.';
  const [local = '', domain = ''] = email.split('@');
  for (const part of [email, local, domain, domain.split('.')[0] ?? '']) {
    if (part.length >= 4 && password.includes(part) && password.length - part.length < 8) {
      return 'This password is little more than your email address.';
    }
  }
  if (isCommon(password)) return 'This password is one of the first that anyone would try.';
  return undefined;
}

const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qazwsxedcrfvtgbyhnujmikolp',
];
const runs = [...rows, ...rows.map((row) => [...row].reverse().join(''))];

/** Cut into pieces of three and more that all stand side by side on the keyboard or in the alphabet. */
function isRun(password: string): boolean {
  let rest = password.replace(/[^a-z0-9]/g, '');
  while (rest.length >= 3) {
    let length = 0;
    for (let size = rest.length; size >= 3 && length === 0; size--) {
      if (runs.some((run) => run.includes(rest.slice(0, size)))) length = size;
    }
    if (length === 0) return false;
    rest = rest.slice(length);
  }
  return true;
}

const disguises: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Also with letters written as digits and signs, and with a number or sign put before or behind. */
function isCommon(password: string): boolean {
  const letters = (text: string) => text.replace(/[\s._-]/g, '');
  const bare = letters(password).replace(/^[^a-z]+|[^a-z]+$/g, '');
  const plain = letters([...password].map((sign) => disguises[sign] ?? sign).join(''));
  const plainBare = [...bare].map((sign) => disguises[sign] ?? sign).join('');
  return [password, letters(password), bare, plain, plainBare].some((form) => commonPasswords.has(form));
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
