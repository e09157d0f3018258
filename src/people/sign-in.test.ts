import assert from 'node:assert/strict';
import test from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { addAccount, disableAccount } from '../db/accounts.ts';
import { auditRows } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { addDistrict } from '../db/districts.ts';
import { setPassword } from './password.ts';
import { type SignIn, signIn } from './sign-in.ts';

const password = 'four wooden lamps sing';
const email = 'ana.ruiz@lakeview.example';
const minute = 60_000;
const start = Date.parse('2026-11-21T08:00:00Z');

async function house() {
  const db = await testDb();
  const district = await addDistrict(db, { siteCode: '1234567', name: 'Lakeview Unified' });
  const account = await addAccount(db, { email, role: 'administrator', districtId: district.id });
  await setPassword(db, account.id, password);
  const pauses: number[] = [];
  const attempt = (change: Partial<SignIn> = {}, atMs = 0) =>
    signIn(db, {
      email,
      password,
      address: '192.0.2.7',
      now: new Date(start + atMs),
      pause: async (ms) => pauses.push(ms),
      ...change,
    });
  return { db, account, attempt, pauses };
}

async function times(count: number, act: (index: number) => Promise<unknown>, code: string) {
  for (let index = 0; index < count; index++) await assert.rejects(act(index), { code });
}

test('the right password lets in, in any spelling of the address', async () => {
  const { attempt, account } = await house();
  assert.equal((await attempt()).id, account.id);
  const answer = await attempt({ email: ' Ana.Ruiz@LAKEVIEW.example ' });
  assert.equal(answer.email, email);
  assert.equal('passwordHash' in answer, false);
});

test('wrong, unknown, disabled and not yet invited are answered in the same words', async () => {
  const { db, attempt, account } = await house();
  await addAccount(db, { email: 'new@lakeview.example', role: 'viewer', districtId: account.districtId });
  const refused = {
    code: 'sign-in-refused',
    status: 401,
    message: 'Email address and password do not belong together.',
  };
  await assert.rejects(attempt({ password: 'four wooden lamps' }), refused);
  await assert.rejects(attempt({ email: 'nobody@lakeview.example' }), refused);
  await assert.rejects(attempt({ email: 'new@lakeview.example' }), refused);
  await assert.rejects(attempt({ email: 'new@lakeview.example', password: '' }), refused);
  await disableAccount(db, account.id, new Date(start));
  await assert.rejects(attempt(), refused);
});

test('failures slow down, then lock the account for a quarter of an hour, for the right password too', async () => {
  const { db, attempt, account, pauses } = await house();
  await times(9, () => attempt({ password: 'wrong' }), 'sign-in-refused');
  await times(1, () => attempt({ password: 'wrong' }), 'sign-in-locked');
  assert.deepEqual(pauses, [0, 0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000]);
  await assert.rejects(attempt({ address: '198.51.100.1' }, 5 * minute), {
    code: 'sign-in-locked',
    status: 429,
    message: 'Too many failed attempts with this email address. Try again in 10 minutes.',
  });
  assert.equal((await attempt({}, 15 * minute + 1)).id, account.id);
  const acts = (await auditRows(db, { accountId: account.id, limit: 100 })).map((row) => row.act);
  assert.equal(acts.filter((act) => act === 'sign in refused').length, 10);
  assert.equal(acts.filter((act) => act === 'sign in locked').length, 1);
});

test('after a lock, and after a sign-in, counting begins anew', async () => {
  const { attempt } = await house();
  await times(9, () => attempt({ password: 'wrong' }), 'sign-in-refused');
  await times(1, () => attempt({ password: 'wrong' }), 'sign-in-locked');
  await times(1, () => attempt({ password: 'wrong' }, 16 * minute), 'sign-in-refused');
  await attempt({}, 17 * minute);
  await times(9, () => attempt({ password: 'wrong' }, 18 * minute), 'sign-in-refused');
  await attempt({}, 18 * minute);
});

test('failures that are further apart than the window do not add up', async () => {
  const { attempt } = await house();
  await times(9, () => attempt({ password: 'wrong' }), 'sign-in-refused');
  await times(9, () => attempt({ password: 'wrong' }, 16 * minute), 'sign-in-refused');
});

test('an unknown account locks like a known one', async () => {
  const { attempt } = await house();
  const unknown = { email: 'nobody@lakeview.example' };
  await times(9, () => attempt(unknown), 'sign-in-refused');
  await times(2, () => attempt(unknown), 'sign-in-locked');
});

test('guessing through many accounts locks the network address, in all its spellings', async () => {
  const { db, attempt, account } = await house();
  const guess = (index: number, address: string) => attempt({ email: `person${index}@lakeview.example`, address });
  const addFailures = (count: number) =>
    db.query(
      sql`update attempts set failures = failures + ${count} where key like 'address:%' and locked_until is null`,
    );
  await times(3, (index) => guess(index, index % 2 ? '192.0.2.7' : '::ffff:192.0.2.7'), 'sign-in-refused');
  await addFailures(46);
  await times(1, () => guess(3, '192.0.2.7'), 'sign-in-locked');
  await assert.rejects(attempt({}, minute), { message: /from your network address. Try again in 14 minutes\./ });
  assert.equal((await attempt({ address: '192.0.2.8' })).id, account.id);
  assert.equal(await countOf(db, 'sign in locked'), 1);

  await times(3, (index) => guess(10 + index, `2001:db8:0:1::${index + 1}`), 'sign-in-refused');
  await addFailures(46);
  await times(1, () => guess(20, '2001:db8::1:0:0:0:99'), 'sign-in-locked');
  await attempt({ address: '2001:db8:0:2::1' });
});

test('guesses that arrive at once gain little: the lock is looked at when each has its turn', async () => {
  const { attempt } = await house();
  const results = await Promise.allSettled(Array.from({ length: 25 }, () => attempt({ password: 'wrong' })));
  const codes = results.map((result) => (result as PromiseRejectedResult).reason.code as string);
  const tried = codes.filter((code) => code === 'sign-in-refused').length;
  assert.ok(tried <= 12, `${tried} guesses were tried`);
  assert.equal(codes.filter((code) => code === 'sign-in-locked').length, 25 - tried);
});

test('no address and no password is kept in the clear', async () => {
  const { db, attempt } = await house();
  await times(1, () => attempt({ email: 'my secret password typed into the wrong field' }), 'sign-in-refused');
  const rows = await db.query<{ key: string }>(sql`select key from attempts`);
  assert.equal(rows.length, 2);
  for (const { key } of rows) assert.match(key, /^(account|address):[\w-]{43}$/);
});

async function countOf(db: Db, act: string): Promise<number> {
  return (await auditRows(db, { limit: 1000 })).filter((row) => row.act === act).length;
}
