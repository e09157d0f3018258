/** From the invitation to the last connection, in a real house: what gets in, what does not, and what is nowhere to be read. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TOTP } from 'otpauth';
import pino from 'pino';
import sql from 'sql-template-tag';
import { readConfig } from '../src/config.ts';
import { auditRows } from '../src/db/audit.ts';
import { type House, openHouse } from '../src/house.ts';
import { giveCluster } from './cluster.ts';
import { keyPair } from './key-pair.ts';
import { connect, until } from './sftp-door.ts';
import { tempFolder } from './sync/district.ts';

const password = 'four wooden lamps sing';
const publicUrl = 'http://rosters.example:8080';
const folder = await tempFolder();
const logged: string[] = [];
let house: House;
let url: string;

before(async () => {
  const config = readConfig({
    HOMEROOM_DATA: folder.path,
    HOMEROOM_HTTP_PORT: '0',
    HOMEROOM_SFTP_PORT: '0',
    HOMEROOM_PUBLIC_URL: publicUrl,
    HOMEROOM_LOG_LEVEL: 'trace',
  });
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  await giveCluster(config.data);
  house = await openHouse(config, log, { doors: true, postMs: 100 });
  url = house.http?.url as string;
  await house.acts.addProduct({ slug: 'literacy', name: 'Literacy' });
  await house.acts.addDistrict({ siteCode: '1', name: 'Lakeview' });
  await house.acts.addSource({ district: '1', product: 'literacy' });
});
after(async () => {
  await house?.close();
  await folder.remove();
});

const own = { 'content-type': 'application/json', origin: publicUrl, 'x-homeroom-console': '1' };
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/console${path}`, { method: 'POST', headers: { ...own, ...headers }, body: JSON.stringify(body) });
const cookieOf = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] as string;
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;
const person = async (cookie: string) =>
  ((await (await fetch(`${url}/api/console/person`, { headers: { cookie } })).json()) as { person: unknown }).person;
const sftp = (who: { username: string; password: string }) => connect({ port: house.sftp?.port as number }, who);

/** The newest link that was mailed to somebody, from the folder in which mails are kept without a mail server. */
async function mailed(email: string): Promise<{ text: string; token: string }> {
  const dir = join(folder.path, 'outbox');
  let text = '';
  await until(async () => {
    const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.eml')).sort();
    const mails = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
    const found = mails.filter((mail) => mail.includes(`To: ${email}`) && mail.includes('set-password')).at(-1);
    text = found?.replace(/=\r?\n/g, '').replaceAll('=3D', '=') ?? '';
    return found !== undefined;
  });
  return { text, token: /token=([\w-]+)/.exec(text)?.[1] as string };
}

/** Invites, sets the password by the link in the mail, and answers the cookie. */
async function settled(email: string): Promise<string> {
  await house.acts.addContact({ email, district: '1' });
  const answer = await post('/password/set', { token: (await mailed(email)).token, password });
  assert.equal(answer.status, 200);
  return cookieOf(answer);
}

test('open the mail, set a password, and both doors open; before that neither does', async () => {
  const email = 'ana.ruiz@lakeview.example';
  const { link } = await house.acts.addContact({ email, district: '1' });
  assert.ok(link?.startsWith(`${publicUrl}/set-password?token=`));
  await assert.rejects(sftp({ username: email, password }));
  assert.equal((await post('/sign-in', { email, password })).status, 401);
  const { token, text } = await mailed(email);
  assert.equal(link, `${publicUrl}/set-password?token=${token}`);
  assert.match(text, /^Subject: Lakeview: set your password/m);
  const looked = await post('/password/link', { token });
  assert.deepEqual(((await looked.json()) as { email: string }).email, email);
  assert.equal((await post('/password/set', { token, password: 'short' })).status, 400);
  const answer = await post('/password/set', { token, password });
  assert.ok(await person(cookieOf(answer)));
  const client = await sftp({ username: email, password });
  client.end();
  const again = await post('/password/set', { token, password: 'nine quiet trains wait' });
  assert.deepEqual([again.status, await codeOf(again), again.headers.get('set-cookie')], [410, 'link-used', null]);
});

test('no header of a request gets into the link of a mail', async () => {
  const email = 'host@lakeview.example';
  await settled(email);
  const evil = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' };
  const body = JSON.stringify({ email });
  const status = await new Promise((resolve, reject) => {
    const headers = { ...own, ...evil, host: 'evil.example', 'content-length': String(body.length) };
    const asking = request(`${url}/api/console/password/reset`, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on('error', reject);
    asking.end(body);
  });
  assert.equal(status, 200);
  await until(async () => (await mailed(email)).text.includes('set a new password'));
  const { text } = await mailed(email);
  assert.ok(text.includes(`${publicUrl}/set-password?token=`));
  assert.doesNotMatch(text, /evil\.example/);
});

test('asking for a reset is answered alike, and before it is known whether there is such an account', async () => {
  const email = 'alike@lakeview.example';
  await settled(email);
  // Nobody can look into the accounts now: an answer that depended on them would not come.
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const locked = house.db.tx(async (tx) => {
    await tx.query(sql`lock table accounts, attempts in access exclusive mode`);
    await held;
  });
  const answers = await Promise.all(
    [email, 'nobody@lakeview.example'].map((each) => post('/password/reset', { email: each })),
  );
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  assert.equal(texts[0], texts[1]);
  const heads = answers.map(({ headers }) => [...headers].filter(([name]) => name !== 'date'));
  assert.deepEqual(heads[0], heads[1]);
  release();
  await locked;
});

test('a session that somebody else has chosen is never the one that is signed in', async () => {
  const email = 'fixed@lakeview.example';
  const chosen = 'homeroom=chosen-by-somebody-else-0123456789abcdef0123456';
  await house.acts.addContact({ email, district: '1' });
  const { token } = await mailed(email);
  const set = await post('/password/set', { token, password }, { cookie: chosen });
  const signedIn = await post('/sign-in', { email, password }, { cookie: chosen });
  for (const answer of [set, signedIn]) {
    const cookie = cookieOf(answer);
    assert.ok(cookie.length > 40 && cookie !== chosen);
    assert.ok(await person(cookie));
  }
  assert.notEqual(cookieOf(set), cookieOf(signedIn));
  assert.equal(await person(chosen), null);
});

test('a foreign page can neither ask for a reset, set a password, nor change an account', async () => {
  const cookie = await settled('foreign@lakeview.example');
  const key = keyPair().public;
  const asked: [string, unknown][] = [
    ['/password/reset', { email: 'foreign@lakeview.example' }],
    ['/password/set', { token: 'x', password }],
    ['/account/password', { current: password, password: 'nine quiet trains wait' }],
    ['/account/keys', { key }],
    ['/account/second-factor', { password }],
  ];
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'x-homeroom-console': '' },
  ];
  for (const [path, body] of asked) {
    for (const headers of foreign) {
      const answer = await post(path, body, { cookie, ...headers });
      assert.deepEqual([answer.status, await codeOf(answer)], [403, 'foreign-origin'], path);
    }
  }
  assert.equal((await house.acts.keys({ email: 'foreign@lakeview.example' })).length, 0);
  assert.ok((await auditRows(house.db, { act: 'denied', limit: 100 })).length >= 15);
});

test('disabling ends sessions and SFTP connections at once, and so does a key that is taken away', async () => {
  const email = 'gone@lakeview.example';
  const cookie = await settled(email);
  const client = await sftp({ username: email, password });
  const closed = new Promise<void>((resolve) => client.on('close', () => resolve()));
  await house.acts.disablePerson({ email });
  await closed;
  assert.equal(await person(cookie), null);
  await assert.rejects(sftp({ username: email, password }));
  await house.acts.enablePerson({ email });
  const again = await sftp({ username: email, password });
  const ended = new Promise<void>((resolve) => again.on('close', () => resolve()));
  const key = await house.acts.addKey({ email, key: keyPair().public });
  await house.acts.removeKey({ email, key: key.fingerprint });
  await ended;
});

test('guesses spread over accounts and both doors lock the network address', async () => {
  const before = await auditRows(house.db, { act: 'sign in locked', limit: 1000 });
  const tries = Array.from({ length: 60 }, (_, at) => at);
  const answers: number[] = [];
  for (const at of tries) {
    if (answers.includes(429)) break;
    const email = `person${at}@lakeview.example`;
    if (at % 5 === 4) await sftp({ username: email, password: 'wrong wrong wrong' }).catch(() => {});
    else answers.push((await post('/sign-in', { email, password: 'wrong wrong wrong' })).status);
  }
  assert.equal(answers.at(-1), 429);
  assert.deepEqual([...new Set(answers.slice(0, -1))], [401]);
  const right = await post('/sign-in', { email: 'ana.ruiz@lakeview.example', password });
  assert.deepEqual([right.status, await codeOf(right)], [429, 'sign-in-locked']);
  await assert.rejects(sftp({ username: 'ana.ruiz@lakeview.example', password }), 'SFTP is locked with the console');
  const locked = await auditRows(house.db, { act: 'sign in locked', limit: 1000 });
  assert.equal(locked.length - before.length, 1);
  await house.db.query(sql`delete from attempts`);
});

test('no secret is in the log, and none in the database in the clear', async () => {
  const email = 'secret@lakeview.example';
  const cookie = await settled(email);
  const secrets = [password, cookie.slice('homeroom='.length)];
  const { link } = await house.acts.resetPerson({ email });
  secrets.push(new URL(link as string).searchParams.get('token') as string);
  const begun = (await (await post('/account/second-factor', { password }, { cookie })).json()) as { secret: string };
  secrets.push(begun.secret);
  const code = new TOTP({ secret: begun.secret }).generate();
  const confirmed = await post('/account/second-factor/confirm', { code }, { cookie });
  secrets.push(...((await confirmed.json()) as { recoveryCodes: string[] }).recoveryCodes);
  const { private: privateKey } = keyPair();
  assert.equal((await post('/account/keys', { key: privateKey }, { cookie })).status, 400);
  secrets.push(privateKey.split('\n')[2] as string);
  await post('/sign-in', { email: 'not an address at all', password: 'typed into the wrong field' });
  secrets.push('typed into the wrong field', 'not an address at all');
  await post('/sign-in', { email, password: 'a wrong guess of somebody' });
  secrets.push('a wrong guess of somebody');
  secrets.push(...(await readFile(join(folder.path, 'keys', 'archive.key'), 'utf8')).trim().split('\n'));
  const webhook = await house.acts.addWebhook({ url: 'https://hooks.vendor.example/secret', district: '1' });
  secrets.push(webhook.secret);
  const sender = await sftp({ username: email, password });
  const cells = 'sourcedId,givenName\nu1,Xanthippe of the database\n';
  await new Promise<void>((resolve, reject) =>
    sender.sftp((refused, files) => {
      if (refused) return reject(refused);
      const path = '/homeroom/1-lakeview/literacy/OneRoster.zip';
      files.writeFile(path, cells, (error) => (error ? reject(error) : resolve()));
    }),
  );
  sender.end();
  secrets.push('Xanthippe of the database');
  // A fault of ours, in the middle of what is secret.
  await house.db.query(sql`alter table second_factors rename to elsewhere`);
  assert.equal((await post('/sign-in', { email, password })).status, 500);
  assert.equal((await post('/password/set', { token: secrets[2], password })).status, 500);
  await post('/password/reset', { email });
  await until(() => logged.length >= 3);
  await house.db.query(sql`alter table elsewhere rename to second_factors`);

  // The delivery is done with: what was staged of it would go while it is read.
  await until(async () => {
    const staged = await house.db.one<{ count: number }>(sql`
      select (select count(*) from information_schema.tables where table_schema = 'stage')
        + (select count(*) from syncs where state in ('received', 'checking', 'comparing', 'applying')) as count`);
    return Number(staged?.count) === 0;
  });
  const tables = await house.db.query<{ name: string }>(sql`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
  const { default: pg } = await import('pg');
  const client = new pg.Client(house.db.config);
  await client.connect();
  const rows: string[] = [];
  for (const { name } of tables) {
    const { rows: found } = await client.query(`select t::text as row from ${name} t`);
    rows.push(...found.map(({ row }) => String(row)));
  }
  await client.end();
  assert.ok(rows.length > 50, `${rows.length} rows`);
  const stored = rows.join('\n');
  const lines = logged.join('\n');
  for (const [at, secret] of secrets.entries()) {
    assert.ok(secret.length >= 8, `secret ${at}`);
    for (const form of [secret, Buffer.from(secret).toString('hex'), encodeURIComponent(secret)]) {
      assert.equal(stored.includes(form), false, `secret ${at} is in the database`);
      assert.equal(lines.includes(form), false, `secret ${at} is in the log`);
    }
  }
  for (const text of ['@lakeview.example', 'Lakeview'])
    assert.equal(lines.includes(text), false, `${text} is in the log`);
});

test('the keys rotate while everybody works', async () => {
  const email = 'turning@lakeview.example';
  const cookie = await settled(email);
  const begun = (await (await post('/account/second-factor', { password }, { cookie })).json()) as { secret: string };
  const totp = new TOTP({ secret: begun.secret });
  const confirmed = await post('/account/second-factor/confirm', { code: totp.generate() }, { cookie });
  const [recovery] = ((await confirmed.json()) as { recoveryCodes: string[] }).recoveryCodes;
  const { secrets } = await house.acts.rotateKeys();
  assert.ok(secrets >= 1);
  const early = await post('/sign-in', { email, password });
  assert.deepEqual([early.status, await codeOf(early)], [401, 'second-factor']);
  const next = totp.generate({ timestamp: Date.now() + 30_000 });
  assert.equal(
    (await post('/sign-in', { email, password, code: next })).status,
    200,
    'the secret opens with the new key',
  );
  assert.equal((await post('/sign-in', { email, password, code: recovery })).status, 200);
});
