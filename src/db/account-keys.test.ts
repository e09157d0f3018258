import assert from 'node:assert/strict';
import test from 'node:test';
import { testDb } from '../../test/postgres.ts';
import { insertKey, keysByEmail, keysOf, listKeys, takeKeyAway, touchKey } from './account-keys.ts';
import { addAccount, disableAccount } from './accounts.ts';

const day = 86_400_000;
const now = new Date('2026-10-03T14:02:00Z');
const later = (days: number) => new Date(now.getTime() + days * day);

async function house() {
  const db = await testDb();
  const account = await addAccount(db, { email: 'olga@homeroom.example', role: 'owner' });
  const key = (fingerprint: string, expiresAt: Date | null = null) =>
    insertKey(db, {
      accountId: account.id,
      algorithm: 'ssh-ed25519',
      publicKey: Buffer.from(fingerprint),
      fingerprint,
      name: 'Laptop',
      createdAt: now,
      createdBy: null,
      expiresAt,
    });
  return { db, account, key };
}

test('two keys let in side by side, until one expires or is removed', async () => {
  const { db, account, key } = await house();
  const old = await key('SHA256:a', later(7));
  const next = await key('SHA256:b');
  assert.ok(old && next);
  const prints = async (at: Date) => (await keysOf(db, account.id, at)).map(({ fingerprint }) => fingerprint);
  assert.deepEqual(await prints(now), ['SHA256:a', 'SHA256:b']);
  assert.deepEqual(await prints(later(7)), ['SHA256:b']);
  assert.deepEqual(
    (await listKeys(db, account.id)).map(({ id }) => id),
    [old.id, next.id],
    'expired ones are shown',
  );
  assert.equal((await takeKeyAway(db, { id: next.id, accountId: account.id, at: now }))?.id, next.id);
  assert.equal(await takeKeyAway(db, { id: next.id, accountId: account.id, at: now }), undefined);
  assert.deepEqual(await prints(now), ['SHA256:a']);
});

test('the same key is registered once, and again after it was removed', async () => {
  const { db, account, key } = await house();
  const first = await key('SHA256:a');
  assert.ok(first);
  assert.equal(await key('SHA256:a'), undefined);
  await takeKeyAway(db, { id: first.id, accountId: account.id, at: now });
  assert.ok(await key('SHA256:a'));
});

test('bytes and last use are kept as they are, and an account is found by its address in any spelling', async () => {
  const { db, account, key } = await house();
  const { id } = (await key('SHA256:a')) ?? assert.fail();
  await touchKey(db, id, later(1));
  const [found] = await keysByEmail(db, ' Olga@HOMEROOM.example', now);
  assert.deepEqual(found?.publicKey, Buffer.from('SHA256:a'));
  assert.deepEqual(found?.lastUsedAt, later(1));
  assert.deepEqual(await keysByEmail(db, 'nobody@homeroom.example', now), []);
  assert.deepEqual(await keysOf(db, 'nobody', now), []);
  await disableAccount(db, account.id, now);
  assert.deepEqual(await keysByEmail(db, account.email, now), []);
  assert.deepEqual(await keysOf(db, account.id, now), []);
});
