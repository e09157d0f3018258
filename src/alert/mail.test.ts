/** Mails on their way: into the outbox, to a real SMTP peer, into a folder, tried again and given up. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import pino from 'pino';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { headersOf, type SmtpPeer, startSmtpPeer } from '../../test/smtp-peer.ts';
import { SettingError } from '../config.ts';
import type { Pool } from '../db/db.ts';
import { listMails } from '../db/mails.ts';
import { openVault } from '../vault.ts';
import { createMailer, isMailAddress, type MailerOptions, queueMail } from './mail.ts';

const folder = mkdtempSync(join(tmpdir(), 'homeroom-mail-'));
after(() => rmSync(folder, { recursive: true }));
const t0 = new Date('2026-03-02T10:00:00Z');
const vault = openVault(randomBytes(32));
const minutes = (count: number) => new Date(t0.getTime() + count * 60_000);

let db: Pool;
let peer: SmtpPeer;
let lines: string[];
beforeEach(async () => {
  db = await testDb();
  peer = await startSmtpPeer();
  lines = [];
});
afterEach(() => peer.close());

function mailer(more: Partial<MailerOptions> = {}) {
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const from = 'Homeroom <homeroom@vendor.example>';
  return createMailer({ db, smtpUrl: peer.url, from, folder, log, retentionDays: 90, vault, ...more });
}
const mail = {
  to: 'lee@lakeview.example',
  subject: 'Lakeview Unified, Literacy: held',
  text: 'One.\n\n.Two\n',
  at: t0,
};
const states = async () =>
  (await listMails(db, { limit: 100 })).map(({ state, attempts, trouble }) => [state, attempts, trouble]);

test('a mail is there when, and only when, what it tells is', async () => {
  await assert.rejects(
    db.tx(async (tx) => {
      await queueMail(tx, mail);
      throw new Error('taken back');
    }),
  );
  assert.deepEqual(await states(), []);
  await db.tx(async (tx) => queueMail(tx, mail));
  assert.deepEqual(await states(), [['waiting', 0, null]]);
});

test('it goes to a mail server, once, with the headers that programs look for', async () => {
  const { id } = await queueMail(db, { ...mail, subject: 'Übersicht: 3 Änderungen – heute', html: '<p>One.</p>' });
  const two = mailer();
  assert.equal(await two.deliverDue(t0), 1);
  assert.equal(await two.deliverDue(minutes(1)), 0);
  assert.equal(peer.taken.length, 1);
  const { from, to, raw } = peer.taken[0]!;
  assert.deepEqual([from, to], ['homeroom@vendor.example', ['lee@lakeview.example']]);
  const headers = headersOf(raw);
  assert.equal(headers.get('from'), 'Homeroom <homeroom@vendor.example>');
  assert.equal(headers.get('to'), 'lee@lakeview.example');
  assert.equal(headers.get('message-id'), `<${id}@vendor.example>`);
  assert.equal(headers.get('auto-submitted'), 'auto-generated');
  assert.equal(headers.get('date'), 'Mon, 02 Mar 2026 10:00:00 +0000');
  assert.match(headers.get('subject') ?? '', /^=\?UTF-8\?Q\?=C3=9Cbersicht/);
  assert.match(raw, /text\/plain[\s\S]*One\.[\s\S]*text\/html[\s\S]*<p>One\.<\/p>/);
  assert.deepEqual(await states(), [['sent', 1, null]]);
});

test('two nodes send each mail once', async () => {
  for (let n = 0; n < 20; n++) await queueMail(db, { ...mail, subject: `Mail ${n}` });
  const [a, b] = [mailer(), mailer()];
  const sent = await Promise.all([a.deliverDue(t0), b.deliverDue(t0)]);
  assert.equal(sent[0]! + sent[1]!, 20);
  const subjects = peer.taken.map(({ raw }) => headersOf(raw).get('subject'));
  assert.equal(new Set(subjects).size, 20);
  assert.equal(subjects.length, 20);
});

test('a mail whose node died while it was sending is tried again when its time is over', async () => {
  const { claimMail } = await import('../db/mails.ts');
  const { id } = await queueMail(db, mail);
  await claimMail(db, id, t0, minutes(10));
  const other = mailer();
  assert.equal(await other.deliverDue(minutes(9)), 0);
  assert.equal(await other.deliverDue(minutes(10)), 1);
  assert.equal(peer.taken.length, 1);
});

test('a server that is away is tried again after growing pauses, and at last given up', async () => {
  await queueMail(db, mail);
  await peer.close();
  const away = mailer();
  const pauses: number[] = [];
  let now = t0;
  for (let tries = 1; tries <= 14; tries++) {
    assert.equal(await away.deliverDue(now), 0);
    const [row] = await listMails(db, { limit: 1 });
    assert.equal(row?.attempts, tries);
    if (row.state === 'failed') break;
    assert.equal(await away.deliverDue(new Date(row.nextTryAt.getTime() - 1)), 0);
    assert.equal((await listMails(db, { limit: 1 }))[0]?.attempts, tries, 'not tried before its time');
    pauses.push(Math.round((row.nextTryAt.getTime() - now.getTime()) / 60_000));
    now = row.nextTryAt;
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240, 240]);
  const [row] = await listMails(db, { limit: 1 });
  assert.equal(row?.state, 'failed');
  assert.equal(row?.trouble, 'The mail server could not be reached (ESOCKET).');
  assert.ok(!lines.join('').includes('lakeview'), 'no address and no subject in the log');
});

test('an address that the server refuses for good is not tried again; one that it puts off is', async () => {
  await queueMail(db, mail);
  peer.refuse.address = 451;
  const one = mailer();
  await one.deliverDue(t0);
  assert.deepEqual(await states(), [['waiting', 1, 'The mail server did not take the address (451).']]);
  peer.refuse.address = 550;
  await one.deliverDue(minutes(2));
  assert.deepEqual(await states(), [['failed', 2, 'The mail server did not take the address (550).']]);
});

test('one refused address does not hold up the mails behind it', async () => {
  await queueMail(db, mail);
  await queueMail(db, { ...mail, subject: 'The second' });
  peer.refuse.message = 552;
  await mailer().deliverDue(t0);
  assert.deepEqual(
    (await states()).map(([state]) => state),
    ['waiting', 'waiting'],
  );
  peer.refuse.message = undefined;
  assert.equal(await mailer().deliverDue(minutes(2)), 2);
});

test('user and password come from the address of the server', async () => {
  await queueMail(db, mail);
  const wrong = mailer({ smtpUrl: `smtp://rosters:wrong@127.0.0.1:${peer.port}` });
  assert.equal(await wrong.deliverDue(t0), 0);
  assert.deepEqual(await states(), [
    ['waiting', 1, 'The mail server did not take user and password of HOMEROOM_SMTP_URL (535).'],
  ]);
  const right = mailer({ smtpUrl: `smtp://rosters:quiet%20bicycle@127.0.0.1:${peer.port}` });
  assert.equal(await right.deliverDue(minutes(2)), 1);
});

test('without a mail server, mails are private files that any mail program opens', async () => {
  const { id } = await queueMail(db, { ...mail, secret: true });
  const kept = join(folder, 'outbox');
  assert.equal(await mailer({ smtpUrl: '', folder: kept }).deliverDue(t0), 1);
  assert.deepEqual(readdirSync(kept), [`2026-03-02 ${id}.eml`]);
  const path = join(kept, `2026-03-02 ${id}.eml`);
  assert.equal(statSync(path).mode & 0o077, 0);
  const raw = readFileSync(path, 'utf8');
  assert.equal(headersOf(raw).get('subject'), mail.subject);
  assert.match(raw, /\r\n\r\nOne\.\r\n\r\n\.Two\r\n/);
  assert.equal((await listMails(db, { limit: 1 }))[0]?.text, mail.text, 'the console can show it');

  const later = mailer({ smtpUrl: '', folder: kept });
  await later.deliverDue(minutes(24 * 60 + 1));
  assert.equal((await listMails(db, { limit: 1 }))[0]?.text, '', 'a day later its link is of no use');
  await later.deliverDue(minutes(91 * 24 * 60));
  assert.deepEqual(await states(), []);
  assert.deepEqual(readdirSync(kept), []);
});

test('what lets somebody in is forgotten when it was sent', async () => {
  await queueMail(db, { ...mail, secret: true });
  await queueMail(db, mail);
  await mailer().deliverDue(t0);
  const rows = await listMails(db, { limit: 10 });
  assert.deepEqual(
    rows.map(({ secret, text }) => [secret, text]),
    [
      [false, mail.text],
      [true, ''],
    ],
  );
});

test('nothing can be slipped into the headers', async () => {
  const bad = [
    'a@b.example\r\nBcc: x@y.example',
    'a@b.example, x@y.example',
    'Lee <a@b.example>',
    '<a@b.example>',
    '@',
    '',
  ];
  for (const to of [...bad, 'a@b', '"a b"@c.example', `${'a'.repeat(65)}@b.example`, 'a@b..\n']) {
    if (to === 'a@b') assert.ok(isMailAddress(to), 'a name without a dot is a host of one’s own');
    else await assert.rejects(queueMail(db, { ...mail, to }), /one plain address/, JSON.stringify(to));
  }
  for (const subject of ['', 'a\r\nBcc: x@y.example', 'a\u2028b', 'a\0b', 'x'.repeat(301)])
    await assert.rejects(queueMail(db, { ...mail, subject }), /subject/, JSON.stringify(subject));
  assert.deepEqual(await states(), []);
});

test('settings that cannot be used are said at the start', () => {
  for (const smtpUrl of ['mail.example.org', 'https://mail.example.org', 'smtp://'])
    assert.throws(() => mailer({ smtpUrl }), SettingError, smtpUrl);
  for (const from of ['', 'Homeroom', 'Homeroom <a@b.example>, c@d.example', 'A\r\nB <a@b.example>'])
    assert.throws(() => mailer({ from }), SettingError, from);
});

test('a link waits sealed, stands in the mail that is sent, and is gone from the database afterwards', async () => {
  const link = 'https://rosters.example/set-password?token=abcdefghijk';
  const sealedLink = vault.seal(link, 'mail link');
  await queueMail(db, { ...mail, text: 'Set it here:\n\n{link}\n', secret: true, sealedLink });
  const stored = async () => JSON.stringify(await db.query(sql`select m::text as row from mails m`));
  assert.equal((await stored()).includes('abcdefghijk'), false);
  assert.equal(await mailer().deliverDue(t0), 1);
  assert.ok(peer.taken[0]?.raw.replaceAll('=\r\n', '').replaceAll('=3D', '=').includes(link));
  const [row] = await listMails(db, { limit: 1 });
  assert.deepEqual([row?.text, row?.sealedLink], ['', null]);
});

test('a link whose key is gone fails for good, and the mails behind it go out', async () => {
  const sealedLink = openVault(randomBytes(32)).seal('https://rosters.example/x', 'mail link');
  await queueMail(db, { ...mail, text: '{link}', secret: true, sealedLink });
  await queueMail(db, mail);
  assert.equal(await mailer().deliverDue(t0), 1);
  assert.deepEqual((await states()).map(([state]) => state).sort(), ['failed', 'sent']);
});
