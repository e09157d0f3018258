/** Invitations, resets, changes of address, disabling and removing: with the mails that people get. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import sql from 'sql-template-tag';
import { keyPair } from '../../test/key-pair.ts';
import { testDb } from '../../test/postgres.ts';
import { textOf } from '../alert/mail.ts';
import { keysOf } from '../db/account-keys.ts';
import { accountByEmail, type Role } from '../db/accounts.ts';
import { auditRows } from '../db/audit.ts';
import { addDistrict } from '../db/districts.ts';
import { listMails } from '../db/mails.ts';
import { openVault } from '../vault.ts';
import type { Actor, PeopleDeps } from './deps.ts';
import { askReset, invite, inviteAgain, sendReset } from './invitations.ts';
import { addKey, removeKey } from './keys.ts';
import { lookAtPasswordLink, usePasswordLink } from './links.ts';
import { changePassword, endOtherSessions } from './own-account.ts';
import * as people from './people.ts';
import { createSession, sessionAccount } from './sessions.ts';
import { signIn } from './sign-in.ts';

const password = 'four wooden lamps sing';
const hour = 3_600_000;
const address = '192.0.2.7';
const self = 'command line' as const;

async function house() {
  const db = await testDb();
  let now = new Date('2026-10-02T14:02:00Z');
  const gone: string[] = [];
  const vault = openVault(randomBytes(32));
  const deps: PeopleDeps = {
    db,
    vault,
    consoleUrl: () => 'https://rosters.example',
    disconnect: (accountId) => void gone.push(accountId),
    now: () => now,
  };
  const lakeview = await addDistrict(db, { siteCode: '1', name: 'Lakeview', timeZone: 'America/Denver' });
  const hill = await addDistrict(db, { siteCode: '2', name: 'Hill' });
  const mails = async () =>
    (await listMails(db, { limit: 100 })).map(({ to, subject, text, sealedLink }) => ({
      to,
      subject,
      text: textOf({ text, sealedLink }, vault) ?? '',
    }));
  const tokenOf = (text: string) => /\/set-password\?token=([\w-]+)/.exec(text)?.[1] as string;
  const use = (token: string) => ({ token, address, now, pause: async () => {} });
  /** Invites and sets the password. */
  const settled = async (email: string, role: Role, districtId: string | null) => {
    const { person, link } = await invite(deps, self, { email, role, districtId });
    await usePasswordLink(db, { ...use(tokenOf(link)), password });
    const actor: Actor = { id: person.id, role, districtId, address };
    return { ...person, actor };
  };
  const enter = (email: string, tried = password) =>
    signIn(db, { email, password: tried, address, now, pause: async () => {} });
  return {
    db,
    deps,
    lakeview,
    hill,
    mails,
    tokenOf,
    use,
    settled,
    enter,
    gone,
    wait: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
  };
}

test('an invitation is a mail with a link; before a password is set on it nothing lets in', async () => {
  const { db, deps, lakeview, mails, tokenOf, use, enter } = await house();
  const given = { email: 'ana.ruiz@lakeview.example', role: 'administrator' as const, districtId: lakeview.id };
  const { person } = await invite(deps, self, given);
  for (const tried of ['', password]) await assert.rejects(enter(given.email, tried), { code: 'sign-in-refused' });
  await assert.rejects(addKey(deps, self, { accountId: person.id, text: keyPair().public }), {
    code: 'has-no-password',
  });
  const [mail, ...others] = await mails();
  assert.equal(others.length, 0);
  assert.equal(mail?.to, given.email);
  assert.equal(mail.subject, 'Lakeview: set your password');
  assert.match(mail.text, /until Sat 3 Oct 2026, 08:02 \(MDT\):/, 'a day later, in the zone of the district');
  assert.equal(mail.text.match(/https:\/\/rosters\.example\/set-password\?token=/g)?.length, 1);
  const token = tokenOf(mail.text);
  assert.equal((await lookAtPasswordLink(db, use(token))).purpose, 'invitation');
  await usePasswordLink(db, { ...use(token), password });
  assert.equal((await enter(given.email)).id, person.id);
  await assert.rejects(usePasswordLink(db, { ...use(token), password }), { code: 'link-used' });
});

test('in the database the link is neither in the mail nor in its own table', async () => {
  const { db, deps, lakeview, tokenOf } = await house();
  const given = { email: 'ana.ruiz@lakeview.example', role: 'viewer' as const, districtId: lakeview.id };
  const token = tokenOf((await invite(deps, self, given)).link);
  const rows = await db.query(sql`select m::text as row from mails m union all select l::text from links l`);
  const stored = JSON.stringify(rows);
  assert.ok(rows.length === 2 && stored.includes('{link}'));
  assert.equal(stored.includes(token), false);
  assert.equal(stored.includes(Buffer.from(token).toString('hex')), false);
});

test('an invitation ends after a day; inviting again ends the one before, and is refused to those who are in', async () => {
  const { db, deps, lakeview, mails, tokenOf, use, wait } = await house();
  const given = { email: 'ana.ruiz@lakeview.example', role: 'viewer' as const, districtId: lakeview.id };
  const { person, link } = await invite(deps, self, given);
  wait(24 * hour);
  await assert.rejects(lookAtPasswordLink(db, use(tokenOf(link))), { code: 'link-expired', status: 410 });
  const again = await inviteAgain(deps, self, person.id);
  await assert.rejects(lookAtPasswordLink(db, use(tokenOf(link))), { code: 'link-unknown' });
  await usePasswordLink(db, { ...use(tokenOf(again.link)), password });
  await assert.rejects(inviteAgain(deps, self, person.id), { code: 'has-password' });
  assert.equal((await mails()).length, 2);
});

test('whoever opens an old invitation can ask for a new one by the address', async () => {
  const { deps, lakeview, mails, wait } = await house();
  await invite(deps, self, { email: 'ana.ruiz@lakeview.example', role: 'viewer', districtId: lakeview.id });
  wait(48 * hour);
  await askReset(deps, { email: ' Ana.Ruiz@lakeview.example', address });
  assert.deepEqual(
    (await mails()).map(({ subject }) => subject),
    ['Lakeview: set your password', 'Lakeview: set your password'],
  );
});

test('a reset changes nothing until its link is used, and then ends sessions and the password of before', async () => {
  const { db, deps, lakeview, mails, tokenOf, use, settled, enter } = await house();
  const ana = await settled('ana.ruiz@lakeview.example', 'viewer', lakeview.id);
  const session = await createSession(db, ana.id, deps.now());
  await askReset(deps, { email: ana.email, address });
  const [mail] = await mails();
  assert.equal(mail?.subject, 'Homeroom: set a new password');
  assert.equal((await enter(ana.email)).id, ana.id);
  assert.ok(await sessionAccount(db, session, deps.now()));
  await usePasswordLink(db, { ...use(tokenOf(mail.text)), password: 'nine quiet trains wait' });
  assert.equal(await sessionAccount(db, session, deps.now()), undefined);
  await assert.rejects(enter(ana.email), { code: 'sign-in-refused' });
  await enter(ana.email, 'nine quiet trains wait');
});

test('asking for a reset sends nothing to unknown and disabled people, and not more than three mails an hour', async () => {
  const { deps, lakeview, mails, settled, wait } = await house();
  const ana = await settled('ana.ruiz@lakeview.example', 'viewer', lakeview.id);
  const kim = await settled('kim@lakeview.example', 'viewer', lakeview.id);
  await people.disable(deps, self, kim.id);
  const before = (await mails()).length;
  for (const email of ['nobody@lakeview.example', kim.email, 'x'.repeat(5000)])
    await askReset(deps, { email, address });
  assert.equal((await mails()).length, before);
  for (let times = 0; times < 5; times++) await askReset(deps, { email: ana.email, address });
  assert.equal((await mails()).length, before + 3);
  wait(2 * hour);
  await askReset(deps, { email: ana.email, address });
  assert.equal((await mails()).length, before + 4);
});

test('a change of address tells both, ends what is signed in and what is open, and leaves password and keys', async () => {
  const { db, deps, lakeview, mails, settled, enter, gone, tokenOf, use } = await house();
  const olga = await settled('olga@vendor.example', 'operator', null);
  const ana = await settled('ana.ruiz@lakeview.example', 'administrator', lakeview.id);
  await addKey(deps, self, { accountId: ana.id, text: keyPair().public });
  const session = await createSession(db, ana.id, deps.now());
  const reset = tokenOf((await sendReset(deps, self, ana.id)).link);
  await assert.rejects(people.changeAddress(deps, ana.actor, { id: ana.id, email: 'x@lakeview.example' }), {
    code: 'not-allowed',
  });
  await assert.rejects(people.changeAddress(deps, olga.actor, { id: ana.id, email: 'OLGA@vendor.example' }), {
    code: 'email-taken',
  });
  const before = (await mails()).length;
  await people.changeAddress(deps, olga.actor, { id: ana.id, email: 'ana.stone@lakeview.example' });
  const told = (await mails()).slice(0, -before);
  assert.deepEqual(told.map(({ to }) => to).sort(), ['ana.ruiz@lakeview.example', 'ana.stone@lakeview.example']);
  for (const { text } of told) assert.match(text, /from ana\.ruiz@lakeview\.example to ana\.stone@lakeview\.example/);
  assert.equal(await sessionAccount(db, session, deps.now()), undefined);
  await assert.rejects(lookAtPasswordLink(db, use(reset)), { code: 'link-unknown' }, 'it was sent to the old address');
  assert.ok(gone.includes(ana.id));
  await assert.rejects(enter('ana.ruiz@lakeview.example'), { code: 'sign-in-refused' });
  assert.equal((await enter('ana.stone@lakeview.example')).id, ana.id);
  assert.equal((await keysOf(db, ana.id, deps.now())).length, 1);
});

test('whoever was invited at a wrong address is invited at the right one', async () => {
  const { deps, lakeview, mails } = await house();
  const { person } = await invite(deps, self, {
    email: 'anna@lakeview.example',
    role: 'viewer',
    districtId: lakeview.id,
  });
  await people.changeAddress(deps, self, { id: person.id, email: 'ana@lakeview.example' });
  const [newest] = await mails();
  assert.deepEqual([newest?.to, newest?.subject], ['ana@lakeview.example', 'Lakeview: set your password']);
});

test('disabling ends everything at once, and enabling brings back what was there', async () => {
  const { db, deps, lakeview, settled, enter, gone } = await house();
  const ana = await settled('ana.ruiz@lakeview.example', 'viewer', lakeview.id);
  await addKey(deps, self, { accountId: ana.id, text: keyPair().public });
  const session = await createSession(db, ana.id, deps.now());
  await people.disable(deps, self, ana.id);
  assert.equal(await sessionAccount(db, session, deps.now()), undefined);
  assert.deepEqual(await keysOf(db, ana.id, deps.now()), []);
  await assert.rejects(enter(ana.email), { code: 'sign-in-refused' });
  assert.deepEqual(gone, [ana.id]);
  await assert.rejects(sendReset(deps, self, ana.id), { code: 'disabled' });
  await people.enable(deps, self, ana.id);
  assert.equal((await enter(ana.email)).id, ana.id);
  assert.equal((await keysOf(db, ana.id, deps.now())).length, 1);
});

test('who is removed is gone, with the address free for another, and the audit log still says who it was', async () => {
  const { db, deps, lakeview, hill, settled, enter, gone } = await house();
  const ana = await settled('ana.ruiz@lakeview.example', 'viewer', lakeview.id);
  await people.remove(deps, self, ana.id);
  await assert.rejects(enter(ana.email), { code: 'sign-in-refused' });
  await assert.rejects(people.personOf(deps, self, ana.id), { code: 'not-found' });
  await assert.rejects(people.enable(deps, self, ana.id), { code: 'not-found' });
  assert.deepEqual(gone, [ana.id]);
  const other = await settled('ana.ruiz@lakeview.example', 'viewer', hill.id);
  assert.notEqual(other.id, ana.id);
  assert.equal((await accountByEmail(db, ana.email))?.id, other.id);
  const [removed] = await auditRows(db, { act: 'person removed', limit: 1 });
  assert.equal(removed?.object, ana.id);
});

test('one owner is always left, and nobody ends or raises themselves', async () => {
  const { deps, lakeview, settled } = await house();
  const olga = await settled('olga@vendor.example', 'owner', null);
  for (const act of [people.disable, people.remove]) {
    await assert.rejects(act(deps, self, olga.id), { code: 'last-owner' });
    await assert.rejects(act(deps, olga.actor, olga.id), { code: 'oneself' });
  }
  await assert.rejects(people.changePerson(deps, self, { id: olga.id, role: 'operator' }), { code: 'last-owner' });
  const otto = await settled('otto@vendor.example', 'operator', null);
  await assert.rejects(people.changePerson(deps, otto.actor, { id: otto.id, role: 'owner' }), { code: 'not-allowed' });
  await assert.rejects(people.changePerson(deps, otto.actor, { id: olga.id, role: 'operator' }), {
    code: 'not-allowed',
  });
  await people.changePerson(deps, olga.actor, { id: otto.id, role: 'owner' });
  await people.disable(deps, { ...otto.actor, role: 'owner' } as Actor, olga.id);
  const lee = await settled('lee@lakeview.example', 'administrator', lakeview.id);
  await assert.rejects(people.changePerson(deps, lee.actor, { id: lee.id, role: 'viewer' }), { code: 'own-role' });
  for (const role of ['owner', 'operator'] as const) {
    await assert.rejects(people.changePerson(deps, self, { id: lee.id, role }), { code: 'account-district' });
    await assert.rejects(invite(deps, lee.actor, { email: 'x@vendor.example', role, districtId: null }), {
      status: 404,
    });
  }
});

test('an administrator looks after the own district only, and is told nothing of another', async () => {
  const { deps, lakeview, hill, settled } = await house();
  const lee = await settled('lee@lakeview.example', 'administrator', lakeview.id);
  const bo = await settled('bo@hill.example', 'viewer', hill.id);
  const foreign = { code: 'not-found', message: 'There is no such person, or it is not yours to see.' };
  await assert.rejects(people.personOf(deps, lee.actor, bo.id), foreign);
  await assert.rejects(people.personOf(deps, lee.actor, '0195562f-0000-7000-8000-000000000001'), foreign);
  await assert.rejects(
    invite(deps, lee.actor, { email: 'x@hill.example', role: 'viewer', districtId: hill.id }),
    foreign,
  );
  const found = await people.peopleOf(deps, lee.actor, { limit: 50 });
  assert.deepEqual(
    found.map(({ email }) => email),
    ['lee@lakeview.example'],
  );
  await assert.rejects(people.peopleOf(deps, lee.actor, { districtId: hill.id, limit: 50 }), { code: 'not-found' });
  const { person } = await invite(deps, lee.actor, {
    email: 'kim@lakeview.example',
    role: 'viewer',
    districtId: lakeview.id,
  });
  const kim: Actor = { id: person.id, role: 'viewer', districtId: lakeview.id, address };
  await assert.rejects(people.peopleOf(deps, kim, { limit: 50 }), { code: 'not-allowed' });
  await assert.rejects(people.disable(deps, kim, lee.id), { code: 'not-allowed' });
});

test('changing the password ends the other sessions, tells by mail, and lets scripts go on for the time that was chosen', async () => {
  const { db, deps, lakeview, mails, settled, enter, gone, wait } = await house();
  const ana = await settled('ana.ruiz@lakeview.example', 'viewer', lakeview.id);
  const session = await createSession(db, ana.id, deps.now());
  const other = await createSession(db, ana.id, deps.now());
  const me = { account: ana, address, session };
  const next = 'nine quiet trains wait';
  const change = (more: object) =>
    changePassword(deps, me, { current: password, password: next, overlapHours: 0, ...more });
  await assert.rejects(change({ current: 'wrong' }), { code: 'password-wrong', status: 403 });
  await assert.rejects(change({ password: 'short' }), { code: 'password-short' });
  await assert.rejects(change({ password }), { code: 'password-same' });
  await assert.rejects(change({ overlapHours: 337 }), { code: 'overlap' });
  assert.ok(await sessionAccount(db, other, deps.now()), 'nothing has changed yet');
  await change({ overlapHours: 48 });
  assert.ok(await sessionAccount(db, session, deps.now()));
  assert.equal(await sessionAccount(db, other, deps.now()), undefined);
  const [mail] = await mails();
  assert.match(mail?.text ?? '', /the password of before is good until Sun 4 Oct 2026, 08:02 \(MDT\)/);
  assert.deepEqual(gone, []);
  await enter(ana.email);
  await enter(ana.email, next);
  wait(48 * hour);
  await assert.rejects(enter(ana.email), { code: 'sign-in-refused' });
  await endOtherSessions(deps, me);
  assert.deepEqual(gone, [ana.id]);
});

test('a key is registered by its person or the vendor, told by mail, and its end ends connections', async () => {
  const { db, deps, lakeview, mails, settled, gone } = await house();
  const lee = await settled('lee@lakeview.example', 'administrator', lakeview.id);
  const kim = await settled('kim@lakeview.example', 'viewer', lakeview.id);
  const { private: privateKey, public: text } = keyPair();
  await assert.rejects(addKey(deps, lee.actor, { accountId: kim.id, text }), { code: 'not-allowed' });
  await assert.rejects(addKey(deps, kim.actor, { accountId: kim.id, text: privateKey }), { code: 'key-private' });
  const key = await addKey(deps, kim.actor, { accountId: kim.id, text, name: ' Nightly\u00a0export ' });
  await assert.rejects(addKey(deps, kim.actor, { accountId: kim.id, text }), { code: 'key-there' });
  const [mail] = await mails();
  assert.equal(mail?.to, kim.email);
  assert.ok(mail.text.includes(key.fingerprint));
  await assert.rejects(removeKey(deps, kim.actor, { accountId: lee.id, id: key.id }), { code: 'not-allowed' });
  await removeKey(deps, lee.actor, { accountId: kim.id, id: key.id });
  assert.deepEqual(gone, [kim.id]);
  await assert.rejects(removeKey(deps, lee.actor, { accountId: kim.id, id: key.id }), { code: 'not-found' });
  const [everything] = await db.query<{ all: string }>(sql`
    select (select json_agg(k)::text from account_keys k) || (select json_agg(u)::text from audit u) as all`);
  assert.doesNotMatch(everything?.all ?? '', /PRIVATE KEY|b3BlbnNzaC1rZXk/);
  const past = new Date(deps.now().getTime() - 1);
  await assert.rejects(addKey(deps, kim.actor, { accountId: kim.id, text, expiresAt: past }), { code: 'key-expiry' });
});

test('no address and no name becomes another header, recipient or line of a mail', async () => {
  const { db, deps, mails } = await house();
  const evil = 'a@lakeview.example\r\nBcc: spy@evil.example';
  const nasty = await addDistrict(db, { siteCode: '9', name: 'Nasty\r\nBcc: spy@evil.example' });
  for (const email of [evil, 'a@b.example,c@d.example', 'a@b.example\0', 'A <a@b.example>']) {
    await assert.rejects(invite(deps, self, { email, role: 'viewer', districtId: nasty.id }), { code: 'email' });
  }
  const named = { email: 'a@lakeview.example', role: 'viewer' as const, districtId: nasty.id };
  await assert.rejects(invite(deps, self, { ...named, name: 'Ana\nBcc: spy@evil.example' }), { code: 'name' });
  await invite(deps, self, named);
  const [mail, ...others] = await mails();
  assert.equal(others.length, 0, 'what was refused left nothing behind');
  assert.equal(mail?.subject, 'Nasty Bcc: spy@evil.example: set your password');
});
