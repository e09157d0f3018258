import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../core/refusal.ts';
import { checkPassword, hashPassword, verifyPassword } from './password.ts';

const email = 'ana.ruiz@lakeview.example';

test('a password opens its own hash, and no other does', async () => {
  const stored = await hashPassword('four wooden lamps sing');
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.equal(await verifyPassword(stored, 'four wooden lamps sing'), true);
  assert.equal(await verifyPassword(stored, 'four wooden lamps sinG'), false);
  assert.equal(await verifyPassword(stored, ''), false);
  assert.notEqual(await hashPassword('four wooden lamps sing'), stored);
});

test('nothing opens an account without a password', async () => {
  assert.equal(await verifyPassword(null, ''), false);
  assert.equal(await verifyPassword(null, 'four wooden lamps sing'), false);
});

test('a hash made by the reference implementation is understood', async () => {
  // argon2 command line tool: echo -n 'password' | argon2 somesalt -id -t 2 -m 16 -p 1, from the tests of phc-winner-argon2.
  const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.equal(await verifyPassword(stored, 'password'), true);
  assert.equal(await verifyPassword(stored, 'passwore'), false);
});

test('an accent sent in two parts is the same accent', async () => {
  const stored = await hashPassword('quatre caf\u00e9s fum\u00e9s');
  assert.equal(await verifyPassword(stored, 'quatre cafe\u0301s fume\u0301s'), true);
});

test('an endless password is refused, also against an existing hash', async () => {
  const stored = await hashPassword('four wooden lamps sing');
  assert.equal(await verifyPassword(stored, 'x'.repeat(1_000_000)), false);
  assert.throws(() => checkPassword('four wooden lamps '.repeat(100), email), { code: 'password-long' });
});

test('short passwords are refused by their number of characters', () => {
  assert.throws(() => checkPassword('eleven char', email), {
    code: 'password-short',
    message: /at least 12.*has 11\./,
  });
  checkPassword('twelve chars', email);
  assert.throws(() => checkPassword('🔑🔑🔑🔑🔒🔒🔒🔓🪑🧀🎈', email), { code: 'password-short' });
});

for (const password of [
  'aaaaaaaaaaaa',
  'aaaabbbbcccc',
  'abcabcabcabc',
  'xk7Pxk7Pxk7P',
  '123456789012',
  'abcdefghijkl',
  'qwertyuiop123',
  '987654321qwerty',
  'password1234',
  'P@ssw0rd2026!',
  'Passw0rd!!2026',
  'Welcome-2026!!',
  'iloveyou123456',
  'homeroom2026!',
  'Summer20262026',
  'correct horse battery staple',
  'ANA.RUIZ@lakeview.example',
  'ana.ruiz2026',
  'lakeview-2026',
]) {
  test(`"${password}" is refused`, () => {
    assert.throws(
      () => checkPassword(password, email),
      (error) => error instanceof Refusal && error.code === 'password-common',
    );
  });
}

for (const password of [
  'four wooden lamps sing',
  'tR9$kk2-vmQ8zL',
  'mein Fahrrad ist rot',
  'lakeview has nine blue canoes',
]) {
  test(`"${password}" is taken`, () => checkPassword(password, email));
}
