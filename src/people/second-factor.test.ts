import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import test from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { addAccount } from '../db/accounts.ts';
import { auditRows } from '../db/audit.ts';
import { recoveryCodesLeft } from '../db/second-factors.ts';
import { openVault } from '../vault.ts';
import { setPassword } from './password.ts';
import { beginFactor, confirmFactor, takeCode } from './second-factor.ts';
import { signIn, signInToConsole } from './sign-in.ts';

const password = 'four wooden lamps sing';
const start = Date.parse('2026-11-21T08:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000);
const vault = openVault(randomBytes(32));

/** RFC 6238 by hand, so that the codes are not those of the library that checks them. */
function codeOf(secret: string, time: Date): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time.getTime() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac[19] as number) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('the codes of this test are those of RFC 6238', () => {
  assert.equal(codeOf('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', new Date(59_000)), '287082');
  assert.equal(codeOf('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', new Date(1_111_111_109_000)), '081804');
});

async function house() {
  const db = await testDb();
  const account = await addAccount(db, { email: 'olga@homeroom.example', role: 'owner' });
  await setPassword(db, account.id, password);
  const { secret, uri } = await beginFactor(db, vault, account, at(0));
  const codes = (await confirmFactor(db, vault, account.id, codeOf(secret, at(0)), at(0))) as string[];
  const enter = (code: string | undefined, seconds: number, change: { password?: string; address?: string } = {}) =>
    signInToConsole(db, vault, {
      email: account.email,
      password,
      address: '192.0.2.7',
      now: at(seconds),
      pause: async () => {},
      ...(code === undefined ? {} : { code }),
      ...change,
    });
  return { db, account, secret, uri, codes, enter };
}

test('what an app needs is an otpauth address with the secret that can be typed', async () => {
  const { uri, secret } = await house();
  const parsed = new URL(uri);
  assert.equal(parsed.protocol, 'otpauth:');
  assert.equal(parsed.searchParams.get('secret'), secret);
  assert.equal(parsed.searchParams.get('issuer'), 'Homeroom');
  assert.ok(secret.length >= 32, '160 bits');
});

test('a code is asked for after the right password only, and lets in once', async () => {
  const { account, secret, enter } = await house();
  await assert.rejects(enter(undefined, 60, { password: 'wrong' }), { code: 'sign-in-refused' });
  await assert.rejects(enter(codeOf(secret, at(60)), 60, { password: 'wrong' }), { code: 'sign-in-refused' });
  await assert.rejects(enter(undefined, 60), { code: 'second-factor', status: 401 });
  assert.equal((await enter(codeOf(secret, at(60)), 60)).id, account.id);
  await assert.rejects(enter(codeOf(secret, at(60)), 61), { code: 'code-refused' });
  assert.equal((await enter(` ${codeOf(secret, at(90)).replace(/^.../, '$& ')}`, 90)).id, account.id);
});

test('the code that confirmed it lets nobody in', async () => {
  const { secret, enter } = await house();
  await assert.rejects(enter(codeOf(secret, at(0)), 5), { code: 'code-refused' });
});

test('clocks may differ by one period, and no code from before one that was taken is good', async () => {
  const { account, secret, enter } = await house();
  await assert.rejects(enter(codeOf(secret, at(120)), 60), { code: 'code-refused' });
  assert.equal((await enter(codeOf(secret, at(150)), 120)).id, account.id);
  await assert.rejects(enter(codeOf(secret, at(120)), 120), { code: 'code-refused' });
});

test('of many that send one code at once, one gets in', async () => {
  const { secret, enter } = await house();
  const code = codeOf(secret, at(60));
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => enter(code, 60)));
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('wrong codes lock like wrong passwords, together with them, over SFTP too', async () => {
  const { db, account, secret, enter } = await house();
  const wrong = codeOf('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', at(60));
  for (let tries = 0; tries < 5; tries++) await assert.rejects(enter(wrong, 60), { code: 'code-refused' });
  for (let tries = 0; tries < 4; tries++) {
    await assert.rejects(enter(undefined, 60, { password: 'wrong' }), { code: 'sign-in-refused' });
  }
  await assert.rejects(enter(undefined, 60), { code: 'second-factor' }, 'asking for the code forgives nothing');
  await assert.rejects(enter(wrong, 60), { code: 'sign-in-locked' });
  await assert.rejects(enter(codeOf(secret, at(90)), 90), { code: 'sign-in-locked', status: 429 });
  const sftp = { email: account.email, password, address: '198.51.100.7', now: at(90) };
  await assert.rejects(signIn(db, sftp), { code: 'sign-in-locked' });
  const acts = (await auditRows(db, { accountId: account.id, limit: 100 })).map(({ act }) => act);
  assert.equal(acts.filter((act) => act === 'sign in refused').length, 10);
  assert.equal(acts.filter((act) => act === 'sign in locked').length, 1);
});

test('SFTP asks for no code', async () => {
  const { db, account } = await house();
  const given = { email: account.email, password, address: '192.0.2.7', now: at(60) };
  assert.equal((await signIn(db, given)).id, account.id);
});

test('each recovery code lets in once, however it is typed, and is noted', async () => {
  const { db, account, codes, enter } = await house();
  assert.equal(codes.length, 10);
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$/);
  const [first = '', second = ''] = codes;
  assert.equal((await enter(first.toUpperCase().replaceAll('-', ' '), 60)).id, account.id);
  await assert.rejects(enter(first, 61), { code: 'code-refused' });
  assert.equal(await takeCode(db, vault, account.id, second, at(60)), 'recovery code');
  assert.equal(await recoveryCodesLeft(db, account.id), 8);
  const noted = await auditRows(db, { accountId: account.id, act: 'recovery code used', limit: 10 });
  assert.equal(noted.length, 1);
});

test('it counts only once it was confirmed, and is not begun over one that is', async () => {
  const db = await testDb();
  const account = await addAccount(db, { email: 'olga@homeroom.example', role: 'owner' });
  await setPassword(db, account.id, password);
  const given = { email: account.email, password, address: '192.0.2.7', now: at(0), pause: async () => {} };
  await assert.rejects(confirmFactor(db, vault, account.id, '000000', at(0)), { code: 'second-factor-none' });
  const first = await beginFactor(db, vault, account, at(0));
  assert.equal((await signInToConsole(db, vault, given)).id, account.id);
  const second = await beginFactor(db, vault, account, at(0));
  assert.equal(await confirmFactor(db, vault, account.id, codeOf(first.secret, at(0)), at(0)), undefined);
  assert.equal((await confirmFactor(db, vault, account.id, codeOf(second.secret, at(0)), at(0)))?.length, 10);
  await assert.rejects(beginFactor(db, vault, account, at(0)), { code: 'second-factor-there' });
  await assert.rejects(signInToConsole(db, vault, given), { code: 'second-factor' });
});

test('neither secret nor recovery codes stand in the database in the clear', async () => {
  const { db, secret, codes } = await house();
  const [row] = await db.query<{ all: string }>(sql`
    select (select json_agg(f)::text from second_factors f) || (select json_agg(r)::text from recovery_codes r) as all`);
  const stored = (row?.all ?? '').toLowerCase();
  for (const text of [secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))]) {
    assert.equal(stored.includes(text.toLowerCase()), false);
    assert.equal(stored.includes(Buffer.from(text).toString('hex')), false);
  }
});
