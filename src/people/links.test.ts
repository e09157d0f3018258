import assert from 'node:assert/strict';
import test from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { addAccount, disableAccount } from '../db/accounts.ts';
import { auditRows } from '../db/audit.ts';
import { createLink, type LinkUse, lookAtPasswordLink, useLink, usePasswordLink } from './links.ts';
import { createSession, endSession, sessionAccount } from './sessions.ts';
import { signIn } from './sign-in.ts';

const hour = 3_600_000;
const password = 'four wooden lamps sing';
const address = '192.0.2.7';
const use = (token: string, now = new Date()): LinkUse => ({ token, address, now, pause: async () => {} });

async function house() {
  const db = await testDb();
  const account = await addAccount(db, { email: 'olga@homeroom.example', role: 'owner' });
  const link = (change: { purpose?: 'sign-in' | 'invitation' | 'reset'; ttlMs?: number; now?: Date } = {}) =>
    createLink(db, { accountId: account.id, purpose: 'sign-in', ttlMs: 24 * hour, ...change });
  return { db, account, link };
}

test('a link lets in once, and then says when it was used', async () => {
  const { db, account, link } = await house();
  const token = await link();
  assert.match(token, /^[\w-]{43}$/);
  assert.equal((await useLink(db, use(token, new Date(Date.now() + hour)))).id, account.id);
  await assert.rejects(useLink(db, use(token)), {
    code: 'link-used',
    status: 410,
    message: /^This link was used already, on \d+ \w+ \d{4} at \d\d:\d\d UTC\. Ask for a new one\.$/,
  });
});

test('of many that use a link at once, one gets in', async () => {
  const { db, link } = await house();
  const token = await link();
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => useLink(db, use(token))));
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
});

test('a link is good for its purpose and its time only', async () => {
  const { db, link } = await house();
  const now = new Date('2026-10-03T14:02:00Z');
  const token = await link({ ttlMs: hour, now });
  await assert.rejects(lookAtPasswordLink(db, use(token, now)), { code: 'link-unknown' });
  await assert.rejects(usePasswordLink(db, { ...use(token, now), password }), { code: 'link-unknown' });
  await assert.rejects(useLink(db, use(token, new Date(now.getTime() + hour))), {
    code: 'link-expired',
    message: 'This link was good until 3 Oct 2026 at 15:02 UTC. Ask for a new one.',
  });
  await assert.rejects(useLink(db, use('x', now)), { code: 'link-unknown' });
});

test('a newer link takes the place of an older one', async () => {
  const { db, link } = await house();
  const older = await link();
  const other = await link({ purpose: 'reset' });
  const newer = await link();
  await assert.rejects(useLink(db, use(older)), { code: 'link-unknown' });
  await useLink(db, use(newer));
  assert.equal((await lookAtPasswordLink(db, use(other))).purpose, 'reset');
});

test('no secret stands in the database', async () => {
  const { db, account, link } = await house();
  const token = await link();
  const session = await createSession(db, account.id);
  const [row] = await db.query<{ all: string }>(sql`
    select (select json_agg(l)::text from links l) || (select json_agg(s)::text from sessions s) as all`);
  const stored = row?.all ?? '';
  for (const secret of [token, session]) {
    assert.equal(stored.includes(secret), false);
    assert.equal(stored.includes(Buffer.from(secret, 'base64url').toString('hex')), false);
  }
});

test('an invitation sets the password; a bad password does not use it up', async () => {
  const { db, account, link } = await house();
  const signingIn = { email: account.email, password, address: '192.0.2.7' };
  await assert.rejects(signIn(db, signingIn), { code: 'sign-in-refused' });
  const token = await link({ purpose: 'invitation' });
  const choose = (chosen: string) => usePasswordLink(db, { ...use(token), password: chosen });
  await assert.rejects(choose('short'), { code: 'password-short' });
  await choose(password);
  await assert.rejects(choose(password), { code: 'link-used' });
  assert.equal((await signIn(db, signingIn)).id, account.id);
});

test('a session lasts until it is ended, idle or old', async () => {
  const { db, account } = await house();
  const now = new Date('2026-10-03T08:00:00Z');
  const at = (hours: number) => new Date(now.getTime() + hours * hour);
  const token = await createSession(db, account.id, now);
  assert.equal((await sessionAccount(db, token, at(0)))?.id, account.id);
  assert.equal(await sessionAccount(db, `${token}x`, at(0)), undefined);
  for (const hours of [1.9, 3.8, 5.7, 7.6, 9.5, 11.4]) {
    assert.equal((await sessionAccount(db, token, at(hours)))?.id, account.id, `after ${hours} hours`);
  }
  assert.equal(await sessionAccount(db, token, at(12)), undefined);

  const idle = await createSession(db, account.id, now);
  assert.equal(await sessionAccount(db, idle, at(2)), undefined);

  const ended = await createSession(db, account.id, now);
  await endSession(db, ended);
  assert.equal(await sessionAccount(db, ended, now), undefined);
});

test('disabling an account and setting a new password end its sessions', async () => {
  const { db, account, link } = await house();
  const first = await createSession(db, account.id);
  const reset = await link({ purpose: 'reset' });
  await usePasswordLink(db, { ...use(reset), password });
  assert.equal(await sessionAccount(db, first), undefined);

  const second = await createSession(db, account.id);
  const open = await link();
  await disableAccount(db, account.id, new Date());
  assert.equal(await sessionAccount(db, second), undefined);
  await assert.rejects(useLink(db, use(open)), { code: 'link-unknown' });
});

test('looking at a link uses nothing up, and says whose password it sets', async () => {
  const { db, account, link } = await house();
  const token = await link({ purpose: 'invitation' });
  for (let times = 0; times < 3; times++) {
    const found = await lookAtPasswordLink(db, use(token));
    assert.deepEqual([found.account.id, found.purpose], [account.id, 'invitation']);
  }
  await usePasswordLink(db, { ...use(token), password });
  await assert.rejects(lookAtPasswordLink(db, use(token)), { code: 'link-used', status: 410 });
});

test('of many that set a password with one link at once, one does', async () => {
  const { db, account, link } = await house();
  const token = await link({ purpose: 'reset' });
  const chosen = Array.from({ length: 6 }, (_, at) => `${password} ${at}`);
  const results = await Promise.allSettled(
    chosen.map((each) => usePasswordLink(db, { ...use(token), password: each })),
  );
  const won = results.flatMap((result, at) => (result.status === 'fulfilled' ? [at] : []));
  assert.equal(won.length, 1);
  const right = { email: account.email, password: chosen[won[0] as number] as string, address };
  assert.equal((await signIn(db, right)).id, account.id);
});

test('setting a password ends the other open links', async () => {
  const { db, link } = await house();
  const [invitation, reset, entry] = [
    await link({ purpose: 'invitation' }),
    await link({ purpose: 'reset' }),
    await link(),
  ];
  await usePasswordLink(db, { ...use(invitation), password });
  await assert.rejects(lookAtPasswordLink(db, use(reset)), { code: 'link-unknown' });
  await assert.rejects(useLink(db, use(entry)), { code: 'link-unknown' });
});

test('guessed links slow down and lock the network address, and are in the audit log', async () => {
  const { db, link } = await house();
  const good = await link({ purpose: 'invitation' });
  const pauses: number[] = [];
  const now = new Date();
  const guess = (at: number) =>
    lookAtPasswordLink(db, { token: `guess-${at}`, address, now, pause: async (ms) => pauses.push(ms) });
  for (let at = 0; at < 49; at++) await assert.rejects(guess(at), { code: 'link-unknown' });
  await assert.rejects(guess(49), { code: 'sign-in-locked' });
  assert.deepEqual(pauses.slice(0, 6), [0, 0, 0, 250, 500, 1000]);
  await assert.rejects(lookAtPasswordLink(db, use(good, now)), { code: 'sign-in-locked', status: 429 });
  assert.equal((await lookAtPasswordLink(db, { ...use(good, now), address: '198.51.100.1' })).purpose, 'invitation');
  const acts = (await auditRows(db, { limit: 100 })).map(({ act }) => act);
  assert.equal(acts.filter((act) => act === 'link refused').length, 50);
  assert.equal(acts.filter((act) => act === 'sign in locked').length, 1);
});
