/** Events on their way to programs: signed, once, tried again, given up, stopped, and never where they must not go. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, beforeEach, test } from 'node:test';
import pino from 'pino';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { type Receiver, startReceiver } from '../../test/webhook-receiver.ts';
import { addAccount } from '../db/accounts.ts';
import { listAlerts } from '../db/alerts.ts';
import type { Pool } from '../db/db.ts';
import { addDistrict } from '../db/districts.ts';
import { newId } from '../db/ids.ts';
import { listMails } from '../db/mails.ts';
import { claimMessage, dueMessages, listWebhooks, messagesOf, setWebhookState, webhookById } from '../db/webhooks.ts';
import { networksOf, publicDialer } from '../dial.ts';
import { openVault } from '../vault.ts';
import { makeWebhook, sendAgain, sendTest } from './endpoints.ts';
import { emit } from './events.ts';
import { signedHeaders } from './signature.ts';
import { createWebhooks, pausesMs } from './webhook.ts';

const t0 = new Date('2026-03-02T10:00:00Z');
const later = (ms: number) => new Date(t0.getTime() + ms);
const vault = openVault(randomBytes(32));
const desk = { consoleUrl: () => 'https://rosters.example' };
const dialer = publicDialer({ allowed: networksOf('127.0.0.1', ''), connectTimeoutMs: 2000 });
after(() => dialer.destroy());

let db: Pool;
let receiver: Receiver;
let lines: string[];
beforeEach(async () => {
  db = await testDb();
  receiver = await startReceiver();
  lines = [];
});
afterEach(() => receiver.close());

function webhooks(more: { dialer?: typeof dialer; tryLimitMs?: number } = {}) {
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  return createWebhooks({ db, vault, desk, log, dialer, retentionDays: 90, ...more });
}
async function add(more: { url?: string; events?: string[]; districtId?: string } = {}) {
  const { url = receiver.url, events = [], districtId = null } = more;
  const added = await makeWebhook({ db, vault, now: () => t0 }, { url, events, districtId });
  receiver.secret = added.secret;
  return added;
}
const happen = (occasion: string, more: Partial<Parameters<typeof emit>[1]> = {}) =>
  emit(db, { event: 'sync.held', occasion, at: t0, district: null, link: 'https://rosters.example/', ...more });
const states = async (id: string) =>
  (await messagesOf(db, id, { limit: 100 })).map(({ state, attempts, status, trouble }) => [
    state,
    attempts,
    status,
    trouble,
  ]);

test('the signature is the one that Standard Webhooks gives as its example', () => {
  // From the specification and the tests of its libraries.
  const headers = signedHeaders(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1_614_265_330_000),
    '{"test": 2432232314}',
  );
  assert.deepEqual(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('an event is told once, signed, with ids and without the secret being stored in the open', async () => {
  const { id, secret } = await add();
  assert.ok(!(await webhookById(db, id))?.secret.includes(secret.slice(6, 20)));
  await happen('one');
  await happen('one');
  const all = webhooks();
  assert.equal(await all.deliverDue(t0), 1);
  assert.equal(await all.deliverDue(later(60_000)), 0);
  assert.equal(receiver.told.length, 1);
  const [told] = receiver.told;
  assert.ok(told?.isSigned);
  assert.equal(told.body.id, told.id);
  assert.deepEqual([told.body.event, told.body.at], ['sync.held', t0.toISOString()]);
  assert.ok(Math.abs(told.seconds - t0.getTime() / 1000) < 60);
  assert.deepEqual(await states(id), [['delivered', 1, 204, null]]);
});

test('what is taken back is not told', async () => {
  const { id } = await add();
  await assert.rejects(
    db.tx(async (tx) => {
      await emit(tx, { event: 'sync.applied', occasion: 'x', at: t0, district: null, link: '' });
      throw new Error('taken back');
    }),
  );
  assert.deepEqual(await states(id), []);
});

test('only the events and the district that were asked for', async () => {
  const own = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  const other = await addDistrict(db, { siteCode: '2', name: 'Hill' });
  const held = await add({ events: ['sync.held', 'source.late'] });
  const district = await add({ districtId: own.id });
  await happen('a', { district: own });
  await happen('b', { district: other });
  await happen('c', { event: 'sync.applied', district: own });
  await happen('d');
  assert.equal((await states(held.id)).length, 3);
  assert.equal((await states(district.id)).length, 2);
});

test('two nodes tell each event once', async () => {
  const { id } = await add();
  for (let n = 0; n < 20; n++) await happen(`event ${n}`);
  const taken = await Promise.all([webhooks().deliverDue(t0), webhooks().deliverDue(t0)]);
  assert.equal(taken[0]! + taken[1]!, 20);
  assert.equal(new Set(receiver.told.map((told) => told.id)).size, 20);
  assert.equal(receiver.told.length, 20);
  assert.ok((await states(id)).every(([state]) => state === 'delivered'));
});

test('what a node had taken when it died is told when its time is over, under the same id', async () => {
  await add();
  await happen('one');
  const [due] = await dueMessages(db, t0, 1);
  await claimMessage(db, due!, t0, later(300_000));
  const all = webhooks();
  assert.equal(await all.deliverDue(later(299_000)), 0);
  assert.equal(await all.deliverDue(later(300_000)), 1);
  assert.equal(receiver.told[0]?.id, due?.id);
});

test('trouble is tried again after growing pauses, given up, told to the vendor once, and over when it works again', async () => {
  const operator = await addAccount(db, { email: 'ops@vendor.example', role: 'operator' });
  const district = await addDistrict(db, { siteCode: '1', name: 'Lakeview' });
  await addAccount(db, { email: 'lee@lakeview.example', role: 'administrator', districtId: district.id });
  const { id } = await add();
  receiver.answer = (_, response) => response.writeHead(503).end('busy');
  const all = webhooks();
  const run = async (occasion: string, from: Date) => {
    await happen(occasion, { at: from });
    let now = from;
    for (let tries = 1; ; tries++) {
      await all.deliverDue(now);
      const [row] = await messagesOf(db, id, { limit: 1 });
      assert.deepEqual([row?.attempts, row?.status], [tries, 503]);
      if (row?.state === 'failed') return { tries, now };
      await all.deliverDue(new Date(row!.nextTryAt.getTime() - 1));
      assert.equal((await messagesOf(db, id, { limit: 1 }))[0]?.attempts, tries, 'not before its time');
      assert.ok(Math.abs(row!.nextTryAt.getTime() - now.getTime() - pausesMs[tries - 1]!) < 5000);
      now = row!.nextTryAt;
    }
  };
  const first = await run('one', t0);
  assert.equal(first.tries, 10);
  assert.ok(first.now.getTime() - t0.getTime() > 2 * 86_400_000);
  const mails = await listMails(db, { limit: 10 });
  assert.deepEqual(
    mails.map(({ to, subject }) => [to, subject]),
    [[operator.email, 'Homeroom: a webhook takes no events']],
  );
  assert.match(
    mails[0]!.text,
    /^The webhook at 127\.0\.0\.1:\d+ did not take an event in 10 tries, and that event is given up\.\n/,
  );

  const second = await run('two', later(10 * 86_400_000));
  assert.equal((await listMails(db, { limit: 10 })).length, 1, 'told once as long as it is so');

  receiver.answer = (_, response) => response.writeHead(200).end('{}');
  await happen('three', { at: second.now });
  assert.equal(await all.deliverDue(second.now), 1);
  assert.deepEqual(
    (await listAlerts(db, { limit: 10 })).map(({ kind, resolvedAt }) => [kind, resolvedAt !== null]),
    [['webhook failing', true]],
  );
  assert.ok(
    receiver.told.every(({ isSigned }) => isSigned),
    'each try is signed for its own time',
  );
});

test('a redirect is not followed, whatever it points to', async () => {
  const other = await startReceiver();
  const { id } = await add();
  await happen('one');
  receiver.answer = (_, response) => response.writeHead(307, { location: other.url }).end();
  await webhooks().deliverDue(t0);
  assert.deepEqual(await states(id), [
    ['waiting', 1, 307, 'It answered with a redirect (307); those are not followed.'],
  ]);
  assert.deepEqual(other.told, []);
  await other.close();
});

test('whoever says that it is gone is told nothing more', async () => {
  await addAccount(db, { email: 'ops@vendor.example', role: 'owner' });
  const { id } = await add();
  await happen('one');
  await happen('two');
  receiver.answer = (_, response) => response.writeHead(410).end();
  const all = webhooks();
  await all.deliverDue(t0);
  await happen('three');
  await all.deliverDue(later(3_600_000));
  assert.equal(receiver.told.length, 1);
  assert.deepEqual(
    (await listWebhooks(db)).map(({ state, waiting, failed }) => [state, waiting, failed]),
    [['stopped', 1, 1]],
  );
  assert.match((await listMails(db, { limit: 1 }))[0]!.text, /says that it is gone \(410\), and was stopped\./);

  receiver.answer = (_, response) => response.writeHead(204).end();
  await setWebhookState(db, id, 'active');
  assert.equal(await all.deliverDue(later(3_600_000)), 1, 'what waited when it was stopped is told when it goes on');
});

test('a server that never ends its answer, or never begins it, costs no more than the time of a try', async () => {
  const { id } = await add();
  await happen('silent');
  receiver.answer = () => {};
  await webhooks({ tryLimitMs: 300 }).deliverDue(t0);
  assert.deepEqual(await states(id), [['waiting', 1, null, 'It did not answer in time.']]);

  await happen('endless', { at: later(1000) });
  receiver.answer = (_, response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'.repeat(64 * 1024)), 5);
    response.on('close', () => clearInterval(more));
  };
  const fresh = await messagesOf(db, id, { limit: 1 });
  await webhooks({ tryLimitMs: 1500 }).tryNow({ id: fresh[0]!.id, webhookId: id }, later(1000));
  const [row] = await messagesOf(db, id, { limit: 1 });
  assert.deepEqual([row?.state, row?.status], ['delivered', 200], 'what it says does not matter');
});

test('one webhook that hangs does not hold up another', async () => {
  const slow = await startReceiver();
  slow.answer = () => {};
  const hanging = await makeWebhook({ db, vault, now: () => t0 }, { url: slow.url, events: [], districtId: null });
  const { id } = await add();
  for (const occasion of ['one', 'two', 'three']) await happen(occasion);
  assert.equal(await webhooks({ tryLimitMs: 800 }).deliverDue(t0), 3);
  assert.equal(slow.told.length, 1, 'the rest of it waits for the next round');
  assert.deepEqual(
    (await states(id)).map(([state]) => state),
    ['delivered', 'delivered', 'delivered'],
  );
  assert.deepEqual(
    (await states(hanging.id)).map(([state]) => state),
    ['waiting', 'waiting', 'waiting'],
  );
  await slow.close();
});

test('without the setting, a loopback address is not dialled, and the log says nothing about it', async (t) => {
  const strict = publicDialer({ allowed: networksOf('', ''), connectTimeoutMs: 2000 });
  t.after(() => strict.destroy());
  const { id } = await add();
  await happen('one');
  await webhooks({ dialer: strict }).deliverDue(t0);
  assert.deepEqual(await states(id), [
    [
      'waiting',
      1,
      null,
      'Its address is not one of the public internet over https. HOMEROOM_WEBHOOK_NETWORKS allows others.',
    ],
  ]);
  assert.deepEqual(receiver.told, []);
  assert.ok(!lines.join('').includes('127.0.0.1'));
});

test('a secret that cannot be read is said, and nothing is sent unsigned', async () => {
  const { id } = await add();
  await happen('one');
  await db.query(sql`update webhooks set sealed_secret = ${randomBytes(80)} where id = ${id}`);
  await webhooks().deliverDue(t0);
  assert.match(String((await states(id))[0]?.[3]), /^Its secret cannot be read/);
  assert.deepEqual(receiver.told, []);
});

test('a test event is sent at once, and its outcome is the answer', async () => {
  const { id } = await add({ events: ['sync.held'] });
  const deps = { db, now: () => t0, consoleUrl: desk.consoleUrl, tellWebhook: webhooks().tryNow };
  const good = await sendTest(deps, id);
  assert.deepEqual([good.isDelivered, good.status, good.trouble], [true, 204, null]);
  assert.equal(receiver.told[0]?.body.event, 'test');
  receiver.answer = (_, response) => response.writeHead(404).end();
  assert.equal((await sendTest(deps, id)).trouble, 'It answered with status 404.');
  await setWebhookState(db, id, 'stopped');
  await assert.rejects(sendTest(deps, id), { code: 'webhook-stopped' });
});

test('what was given up or taken is sent again by hand, as it was, once', async () => {
  const { id } = await add();
  await happen('one');
  receiver.answer = (_, response) => response.writeHead(410).end();
  await webhooks().deliverDue(t0);
  const [gone] = await messagesOf(db, id, { limit: 1 });
  assert.equal(gone?.state, 'failed');
  await setWebhookState(db, id, 'active');
  const deps = { db, now: () => t0, tellWebhook: webhooks().tryNow };
  receiver.answer = (_, response) => response.writeHead(204).end();
  assert.deepEqual(await sendAgain(deps, id, gone?.id as string), {
    id: gone?.id,
    isDelivered: true,
    status: 204,
    trouble: null,
  });
  assert.deepEqual(receiver.told.at(-1)?.body, receiver.told[0]?.body);
  assert.equal((await sendAgain(deps, id, gone?.id as string)).isDelivered, true, 'also what had arrived');
  await assert.rejects(sendAgain(deps, id, newId()), { code: 'message-unknown' });
  await setWebhookState(db, id, 'stopped');
  await assert.rejects(sendAgain(deps, id, gone?.id as string), { code: 'webhook-stopped' });
});

test('unknown events and addresses that cannot be called are refused', async () => {
  await assert.rejects(add({ events: ['sync.heald'] }), {
    code: 'webhook-event',
    message: 'There is no event "sync.heald". Did you mean sync.held?',
  });
  await assert.rejects(add({ url: 'file:///etc/passwd' }), { code: 'webhook-url' });
  assert.deepEqual(await listWebhooks(db), []);
});
