/** What people and programs are told of deliveries, in a whole house: by a real mail server and a real webhook. */

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { readConfig } from '../../src/config.ts';
import { type House, openHouse } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { signIn } from '../../src/people/sign-in.ts';
import { watch } from '../../src/sync/watch.ts';
import { giveCluster } from '../cluster.ts';
import { headersOf, startSmtpPeer } from '../smtp-peer.ts';
import { startReceiver } from '../webhook-receiver.ts';
import { put, sampleZip, settled, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
const peer = await startSmtpPeer();
const receiver = await startReceiver();
const data = join(folder.path, 'data');
const publicUrl = 'https://rosters.vendor.example';

const open = async (more: Record<string, string> = {}, at?: (moment: string) => void) => {
  await giveCluster(data);
  return openHouse(
    readConfig({
      HOMEROOM_DATA: data,
      HOMEROOM_HTTP_PORT: '0',
      HOMEROOM_SFTP_PORT: '0',
      HOMEROOM_PUBLIC_URL: `${publicUrl}/`,
      HOMEROOM_SMTP_URL: peer.url,
      HOMEROOM_WEBHOOK_NETWORKS: '127.0.0.1',
      ...more,
    }),
    createLog('error'),
    { doors: false, retrySeconds: 1, postMs: 100, ...(at ? { at } : {}) },
  );
};
let house: House = await open();
after(async () => {
  await house.close();
  await peer.close();
  await receiver.close();
  await folder.remove();
});

/** Until the post has gone out. */
async function until(isThere: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !isThere(); tries++) {
    if (tries === 1200) throw new Error(`${what} did not come`);
    await sleep(50);
  }
}
const subjects = () => peer.taken.map(({ to, raw }) => `${to[0]?.split('@')[0]}: ${headersOf(raw).get('subject')}`);
const told = () => receiver.told.map(({ body }) => String(body.event));
const bodyOf = (event: string) =>
  receiver.told.findLast(({ body }) => body.event === event)?.body as Record<string, never>;

test('a held delivery is told once to everybody who looks after it, and the alert is over when it is decided', async () => {
  await setUp(house, { trustFirst: false });
  // With a password of their own, nobody is invited by mail.
  const password = 'marmalade bicycle quarter sunrise';
  await house.acts.addContact({ email: 'ops@vendor.example', role: 'operator', password });
  await house.acts.addContact({ email: 'lee@lakeview.example', district: which.district, password });
  await house.acts.addContact({ email: 'kim@lakeview.example', district: which.district, role: 'viewer', password });
  const webhook = await house.acts.addWebhook({ url: receiver.url });
  receiver.secret = webhook.secret;
  peer.taken.length = 0;

  const held = await put(house, await sampleZip(folder.path, 'roster 2026-03-01'));
  assert.equal(held.state, 'held');
  await until(() => peer.taken.length >= 2 && receiver.told.length >= 1, 'the mails about the hold');
  const { added } = held.counts;
  const subject = `Lakeview Unified, literacy: held, ${added.toLocaleString('en-US')} changes wait for you`;
  assert.deepEqual(subjects().sort(), [`lee: ${subject}`, `ops: ${subject}`]);
  const [mail] = peer.taken;
  assert.match(mail!.raw.replaceAll('=\r\n', ''), new RegExp(`${publicUrl}/syncs/${held.id}\r\n`));
  const event = bodyOf('sync.held') as Record<string, unknown>;
  assert.ok(receiver.told.every(({ isSigned }) => isSigned));
  assert.deepEqual(event.sync, {
    id: held.id,
    number: 1,
    state: 'held',
    counts: held.counts,
    findings: held.findings,
  });
  assert.deepEqual([event.product, event.link], ['literacy', `${publicUrl}/syncs/${held.id}`]);
  assert.deepEqual(
    (await house.acts.alerts({})).map(({ kind, sync }) => [kind, sync]),
    [['held', held.id]],
  );

  await house.acts.decide({ sync: held.id, choice: 'apply all' });
  assert.equal(
    (
      await settled(
        house,
        held.id,
        ({ state, steps }) =>
          state === 'applied' && steps.some(({ step, finishedAt }) => step === 'published' && finishedAt !== null),
      )
    ).state,
    'applied',
  );
  await until(() => told().includes('sync.applied') && told().includes('alert.resolved'), 'the events of the end');
  assert.equal((bodyOf('alert.resolved') as Record<string, unknown>).alert, 'held');
  assert.deepEqual(await house.acts.alerts({}), []);
  assert.equal(peer.taken.length, 2, 'what went through needs no mail');
});

test('another file name is told and noted in the report, a date in it is none; a delivery that cannot be read is told once', async () => {
  peer.taken.length = 0;
  const same = await put(house, await sampleZip(folder.path, 'roster 2026-03-02'));
  assert.equal(same.state, 'unchanged');
  const renamed = await put(house, await sampleZip(folder.path, 'export', { generation: 1 }));
  assert.equal(renamed.state, 'applied');
  const report = await house.acts.report({ sync: renamed.id });
  assert.match(report, /\nThe delivery before was called roster 2026-03-02\.zip; if the new name was not meant, /);
  assert.doesNotMatch(await house.acts.report({ sync: same.id }), /called/);
  await until(() => peer.taken.length >= 2, 'the mails about the name');
  assert.deepEqual(subjects().sort(), [
    'lee: Lakeview Unified, literacy: another file name than before',
    'ops: Lakeview Unified, literacy: another file name than before',
  ]);
  assert.ok(
    peer.taken.every(({ raw }) => !raw.includes('2026-03-02.zip') && !raw.includes('export.zip')),
    'no file name',
  );

  peer.taken.length = 0;
  const { writeFile } = await import('node:fs/promises');
  const broken = join(folder.path, 'export.zip');
  await writeFile(broken, 'this is no zip');
  for (let night = 0; night < 3; night++) {
    await writeFile(broken, `this is no zip, night ${night}`);
    assert.equal((await put(house, broken)).state, 'rejected');
  }
  await until(
    () => peer.taken.length >= 2 && told().filter((each) => each === 'sync.rejected').length === 3,
    'the mails',
  );
  assert.deepEqual(subjects().sort(), [
    'lee: Lakeview Unified, literacy: rejected, nothing was taken',
    'ops: Lakeview Unified, literacy: rejected, nothing was taken',
  ]);
  const good = await put(house, await sampleZip(folder.path, 'export', { generation: 2 }));
  assert.equal(good.state, 'applied');
  assert.deepEqual(await house.acts.alerts({}), []);
  await writeFile(broken, 'again');
  await put(house, broken);
  await until(() => peer.taken.length >= 4, 'the mails of the second time');
  assert.equal(peer.taken.length, 4, 'told again after it had gone through');
});

test('a house that dies between the outcome and the telling tells once when it is opened again', async () => {
  const count = async () =>
    (
      await house.db.one<{ count: number }>(
        sql`select count(*) as count from webhook_deliveries where event = 'sync.applied'`,
      )
    )?.count ?? 0;
  const before = await count();
  await house.close();
  // Stopped where a kill would stop it: the outcome is committed, nothing has been told.
  let isStopped = false;
  house = await open({}, (moment) => {
    if (moment === 'publishing' && !isStopped) {
      isStopped = true;
      throw new Error('stopped');
    }
  });
  const { sync } = await house.acts.sync({ path: await sampleZip(folder.path, 'export', { generation: 3 }), ...which });
  await settled(house, sync);
  assert.ok(isStopped);
  assert.equal(await count(), before + 1);
  const occasions = await house.db.query<{ n: number }>(sql`
    select count(*) as n from webhook_deliveries group by webhook_id, occasion having count(*) > 1`);
  assert.deepEqual(occasions, []);
});

test('late is in the list of sources, in the alerts and in the mail', async () => {
  await until(() => peer.taken.length >= 4, 'earlier mails');
  peer.taken.length = 0;
  const now = new Date(Date.now() + 3 * 86_400_000);
  const deps = {
    db: house.db,
    desk: { consoleUrl: () => publicUrl },
    digestTime: '07:00',
    timeZone: 'America/Denver',
    retentionDays: 90,
  };
  await watch(deps, now);
  await watch(deps, now);
  const open = await house.acts.alerts({ district: which.district });
  assert.ok(open.some(({ kind }) => kind === 'late'));
  const [row] = await house.acts.sources();
  assert.equal(row?.late, null, 'not late by the clock of the house');
  assert.equal(row.due, 'daily 03:00');
  const mails = await house.acts.mails({ state: 'waiting', limit: 100 });
  const late = mails.filter(({ subject }) => subject.endsWith('late, nothing has arrived'));
  assert.deepEqual(late.map(({ to }) => to).sort(), ['lee@lakeview.example', 'ops@vendor.example']);
});

/** One, unless midnight was in between. */
const lockedDays = async () =>
  (
    await house.db.query(sql`
      select distinct (at at time zone 'UTC')::date from audit where act = 'sign in locked' and detail->>'by' = 'account'`)
  ).length;

test('a locked account is told to its person and to those who look after it, once a day', async () => {
  const now = new Date();
  const pause = async () => {};
  const attempt = (at: Date) =>
    signIn(house.db, { email: 'kim@lakeview.example', password: 'wrong', address: '192.0.2.7', now: at, pause });
  for (let round = 0; round < 2; round++) {
    const at = new Date(now.getTime() + round * 16 * 60_000);
    for (let tries = 0; tries < 10; tries++) await assert.rejects(attempt(at));
  }
  const desk = { consoleUrl: () => publicUrl };
  const deps = { db: house.db, desk, digestTime: '07:00', timeZone: 'UTC', retentionDays: 90 };
  for (let look = 0; look < 2; look++) await watch(deps, new Date());
  const mails = (await house.acts.mails({ limit: 100 })).filter(({ subject }) => subject.includes('locked'));
  const days = await lockedDays();
  assert.deepEqual(
    mails.map(({ to, subject }) => [to, subject]).sort(),
    ['kim@lakeview.example', 'lee@lakeview.example', 'ops@vendor.example'].flatMap((to) =>
      Array(days).fill([to, 'Lakeview Unified: sign-in locked']),
    ),
  );
  const { text } = await house.acts.mail({ id: mails[0]!.id });
  assert.match(text, /^The account k…@lakeview\.example was locked for 15 minutes after too many failed sign-ins\.\n/);
});

test('without a mail server, mails are files in the outbox', async () => {
  await house.close();
  house = await open({ HOMEROOM_SMTP_URL: '' });
  const outbox = join(data, 'outbox');
  await house.db.query(sql`update mails set next_try_at = now() where state = 'waiting'`);
  let names: string[] = [];
  for (let tries = 0; tries < 600 && names.length === 0; tries++) {
    names = (await readdir(outbox)).filter((name) => name.endsWith('.eml'));
    await sleep(50);
  }
  const raw = await readFile(join(outbox, names[0] as string), 'utf8');
  assert.match(headersOf(raw).get('to') ?? '', /@(lakeview|vendor)\.example$/);
});
