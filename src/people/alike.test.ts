/** Whether there is an account must not be told by the work that an attempt makes: the hashes are counted, not the time. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import test from 'node:test';
import { testDb } from '../../test/postgres.ts';
import { addAccount, disableAccount } from '../db/accounts.ts';
import { addDistrict } from '../db/districts.ts';
import { openVault } from '../vault.ts';

const real = crypto.argon2;
let hashes: string[] = [];
// Before password.ts is loaded, which takes the function once.
crypto.argon2 = ((algorithm, parameters, callback) => {
  const { memory, passes, parallelism, tagLength } = parameters;
  hashes.push(`${algorithm} ${memory} ${passes} ${parallelism} ${tagLength}`);
  return real(algorithm, parameters, callback);
}) as typeof real;
syncBuiltinESMExports();
const { setPassword } = await import('./password.ts');
const { signIn, signInToConsole } = await import('./sign-in.ts');
const { beginFactor } = await import('./second-factor.ts');

const password = 'four wooden lamps sing';
const former = 'seven wet umbrellas';
const now = new Date('2026-11-21T08:00:00Z');
const vault = openVault(crypto.randomBytes(32));

test('every attempt that fails hashes as often and as dearly as any other', async () => {
  const db = await testDb();
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const person = (email: string) => addAccount(db, { email, role: 'viewer', districtId: district.id });
  const known = await person('known@lakeview.example');
  await setPassword(db, known.id, password, { now });
  const turning = await person('turning@lakeview.example');
  await setPassword(db, turning.id, former, { now });
  await setPassword(db, turning.id, password, { now, formerUntil: new Date(now.getTime() + 86_400_000) });
  const disabled = await person('disabled@lakeview.example');
  await setPassword(db, disabled.id, password, { now });
  await disableAccount(db, disabled.id, now);
  await person('invited@lakeview.example');
  const careful = await person('careful@lakeview.example');
  await setPassword(db, careful.id, password, { now });
  await beginFactor(db, vault, careful, now);

  const names = ['known', 'turning', 'disabled', 'invited', 'careful', 'nobody'];
  const attempts = names.flatMap((name) =>
    ['wrong', '', 'x'.repeat(5000)].map((tried) => ({ email: `${name}@lakeview.example`, password: tried })),
  );
  const workOf = async (door: typeof signIn, given: { email: string; password: string }) => {
    hashes = [];
    const attempt = { ...given, address: '192.0.2.7', now, pause: async () => {} };
    await assert.rejects(door(db, attempt), { code: 'sign-in-refused' });
    return hashes.join('; ');
  };
  const toConsole: typeof signIn = (_, given) => signInToConsole(db, vault, given);
  const one = 'argon2id 19456 2 1 32';
  for (const given of attempts) {
    assert.equal(await workOf(toConsole, given), one, `console, ${given.email}`);
    assert.equal(await workOf(signIn, given), `${one}; ${one}`, `SFTP, ${given.email}`);
  }
});

test('the password of before is good over SFTP while it overlaps, and never in the console', async () => {
  const db = await testDb();
  const account = await addAccount(db, { email: 'olga@homeroom.example', role: 'owner' });
  const until = new Date(now.getTime() + 86_400_000);
  await setPassword(db, account.id, former, { now });
  await setPassword(db, account.id, password, { now, formerUntil: until });
  const given = (tried: string, at = now) => ({
    email: account.email,
    password: tried,
    address: '192.0.2.7',
    now: at,
    pause: async () => {},
  });
  assert.equal((await signIn(db, given(password))).id, account.id);
  assert.equal((await signIn(db, given(former))).id, account.id);
  await assert.rejects(signInToConsole(db, vault, given(former)), { code: 'sign-in-refused' });
  await assert.rejects(signIn(db, given(former, until)), { code: 'sign-in-refused' });
  await setPassword(db, account.id, 'nine quiet trains wait', { now });
  await assert.rejects(signIn(db, given(password)), { code: 'sign-in-refused' }, 'without overlap it ends at once');
});
