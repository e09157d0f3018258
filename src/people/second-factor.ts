/** The optional second factor of the console: codes of an authenticator app (TOTP, RFC 6238), and recovery codes. */
import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { Refusal } from '../core/refusal.ts';
import type { Db } from '../db/db.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  secondFactorOf,
  setRecoveryCodes,
  takePeriod,
  takeRecoveryCode,
} from '../db/second-factors.ts';
import type { Vault } from '../vault.ts';

/** What authenticator apps take without being told; RFC 4226 asks for 128 bits at least and recommends 160. */
const form = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const secretBytes = 20;
/** Codes of the period before and after are taken too, for clocks that differ. */
const window = 1;
const recoveryCount = 10;
const recoveryBytes = 10;
const recoveryLength = (recoveryBytes * 8) / 5;
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * Begins (or begins anew) to set up a second factor; it counts once a code of it was confirmed.
 * @returns what the app needs: an otpauth address for a picture, and the same secret to be typed.
 * @throws Refusal `second-factor-there`
 */
export async function beginFactor(
  db: Db,
  vault: Vault,
  account: { id: string; email: string },
  now: Date,
): Promise<{ uri: string; secret: string }> {
  const secret = new Secret({ size: secretBytes });
  if (!(await beginSecondFactor(db, account.id, vault.seal(secret.base32, aboutOf(account.id)), now))) {
    throw new Refusal('second-factor-there', 409, 'There is a second factor already. Remove it first.');
  }
  const totp = new TOTP({ ...form, issuer: 'Homeroom', label: account.email, secret });
  return { uri: totp.toString(), secret: secret.base32 };
}

/**
 * A first code shows that the app has the secret: from now on a code is asked for.
 * @returns recovery codes, which are shown once; undefined when the code is not right.
 * @throws Refusal `second-factor-there`, `second-factor-none`
 */
export async function confirmFactor(
  db: Db,
  vault: Vault,
  accountId: string,
  code: string,
  now: Date,
): Promise<string[] | undefined> {
  const factor = await secondFactorOf(db, accountId);
  if (!factor) throw new Refusal('second-factor-none', 409, 'Begin to set up the second factor first.');
  if (factor.confirmedAt) {
    throw new Refusal('second-factor-there', 409, 'There is a second factor already. Remove it first.');
  }
  if (!(await takeAppCode(db, vault, accountId, code, now))) return undefined;
  const codes = Array.from({ length: recoveryCount }, newRecoveryCode);
  await db.tx(async (tx) => {
    await confirmSecondFactor(tx, accountId, now);
    await setRecoveryCodes(tx, accountId, codes.map(hashOf));
  });
  return codes;
}

/** A code of the app or a recovery code; each is good once. @returns which it was; undefined when it is not right. */
export async function takeCode(
  db: Db,
  vault: Vault,
  accountId: string,
  code: string,
  now: Date,
): Promise<'app' | 'recovery code' | undefined> {
  const plain = code.replace(/[\s-]/g, '').toLowerCase();
  if (/^\d{6}$/.test(plain)) return (await takeAppCode(db, vault, accountId, plain, now)) ? 'app' : undefined;
  if (plain.length !== recoveryLength) return undefined;
  return (await takeRecoveryCode(db, accountId, hashOf(plain), now)) ? 'recovery code' : undefined;
}

async function takeAppCode(db: Db, vault: Vault, accountId: string, code: string, now: Date): Promise<boolean> {
  const factor = await secondFactorOf(db, accountId);
  if (!factor) return false;
  const secret = Secret.fromBase32(vault.open(factor.sealedSecret, aboutOf(accountId)));
  const token = code.replace(/\s/g, '');
  const delta = new TOTP({ ...form, secret }).validate({ token, window, timestamp: now.getTime() });
  if (delta === null) return false;
  return takePeriod(db, accountId, Math.floor(now.getTime() / 1000 / form.period) + delta);
}

/** What the secret is sealed for; `sealedColumns` says it too. */
const aboutOf = (accountId: string): string => `second factor:${accountId}`;

/** Sixteen letters and digits that cannot be mistaken for each other: 80 bits, so that a plain hash is enough. */
function newRecoveryCode(): string {
  const bits = BigInt(`0x${randomBytes(recoveryBytes).toString('hex')}`);
  const signs = Array.from({ length: recoveryLength }, (_, at) => alphabet[Number((bits >> BigInt(5 * at)) & 31n)]);
  return (signs.join('').match(/.{4}/g) as string[]).join('-');
}

const hashOf = (code: string): Buffer => createHash('sha256').update(code.replace(/-/g, '')).digest();
