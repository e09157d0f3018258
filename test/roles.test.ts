/**
 * Every role on every endpoint of the console's API, against a real house. A route without a row here fails: whoever adds
 * one says who may.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TOTP } from 'otpauth';
import pino from 'pino';
import sql from 'sql-template-tag';
import ssh2 from 'ssh2';
import { resetVariants } from '../src/core/year-reset.ts';
import { type Account, addAccount, type Role } from '../src/db/accounts.ts';
import { auditRows } from '../src/db/audit.ts';
import type { House } from '../src/house.ts';
import { httpApp } from '../src/http/server.ts';
import { writeXlsx } from '../src/package/write-xlsx.ts';
import { createLink } from '../src/people/links.ts';
import { hashPassword } from '../src/people/password.ts';
import { createSession } from '../src/people/sessions.ts';
import { generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';
import { fakeHouse } from './browser/fake-house.ts';
import { keyPair } from './key-pair.ts';
import { houseOn, put, sampleZip, setUp, tempFolder, which } from './sync/district.ts';

const actors = [
  'nobody',
  'viewer',
  'administrator',
  'foreign viewer',
  'foreign administrator',
  'operator',
  'owner',
] as const;
type Who = (typeof actors)[number];
const anybody = actors;
const signedIn = actors.slice(1);
const own: readonly Who[] = ['viewer', 'administrator', 'operator', 'owner'];
const ownWithoutViewer: readonly Who[] = ['administrator', 'operator', 'owner'];
const vendor: readonly Who[] = ['operator', 'owner'];

/** What a request needs, made anew for each: who asks, and with which cookie. */
type Asking = { account: Account | undefined; ask(method: string, path: string, body?: unknown): Promise<Response> };
type Given = { path?: Record<string, string>; query?: string; body?: unknown };
type Row = {
  who: readonly Who[];
  /** Status for those who may; 200 when not given. */
  ok?: number;
  /** By default the ids of the own district and nothing else. */
  make?: (asking: Asking) => Promise<Given> | Given;
  /** A write that is not an act, or that nobody is named for. */
  unnoted?: true;
};

const password = 'four wooden lamps sing';
const folder = await tempFolder();
let house: House;
let hash: string;
let ids: Record<
  'district' | 'foreign' | 'product' | 'source' | 'sync' | 'applied' | 'mail' | 'roster' | 'api' | 'pull',
  string
>;
/** Where nobody listens, and nothing is dialled. */
const api = {
  address: 'https://127.0.0.1:9/ims/oneroster/v1p1',
  tokenUrl: 'https://127.0.0.1:9/token',
  clientId: 'key',
};
/** What belongs to one district alone, and what tells who its pupils are. */
let secrets: string[];
let pupils: string[];
let counter = 0;
/** How often something was changed that has to be different each time. */
let changed = 0;
let school: string;

before(async () => {
  house = await houseOn(folder.path, { doors: ['http', 'sftp'] });
  hash = await hashPassword(password);
  await setUp(house);
  await house.acts.addDistrict({ siteCode: '7654321', name: 'Hill County' });
  await house.acts.addSource({ district: '7654321', product: which.product });
  const applied = await put(house, await sampleZip(folder.path, 'faulty', { faults: true, students: 200 }));
  const half = join(folder.path, 'half.zip');
  await writeSample(generate({ students: 60, seed: 7, generation: 0, churn: 0 }), half);
  const held = await put(house, half);
  assert.equal(held.state, 'held');
  const one = async (query: ReturnType<typeof sql>) =>
    ((await house.db.one<{ id: string }>(query)) as { id: string }).id;
  const added = await house.acts.addApi({ ...which, connection: api, secret: 'abc' });
  ids = {
    district: await one(sql`select id from districts where site_code = '1234567'`),
    foreign: await one(sql`select id from districts where site_code = '7654321'`),
    product: await one(sql`select id from products`),
    source: await one(sql`select s.id from sources s join rosters r on r.id = s.roster_id join districts d
      on d.id = r.district_id where d.site_code = '1234567' and s.kind = 'sftp'`),
    sync: held.id,
    applied: applied.id,
    mail: '',
    api: added.id,
    pull: (await house.acts.pull({ ...which, source: 'API' })).pull,
    roster: await one(sql`select roster_id as id from syncs where id = ${held.id}`),
  };
  await house.acts.addContact({ email: 'told@lakeview.example', district: '1234567' });
  ids.mail = await one(sql`select id from mails limit 1`);
  school = await one(sql`select sourced_id as id from orgs where type = 'school' limit 1`);
  const syncs = await house.db.query<{ id: string }>(sql`select id from syncs`);
  secrets = ['Lakeview', '1234567', '@lakeview.example', ids.district, ids.source, ...syncs.map(({ id }) => id)];
  const users = await house.db.query<{ a: string; b: string | null }>(
    sql`select sourced_id as a, username as b from users where role = 'student'`,
  );
  pupils = users.flatMap(({ a, b }) => [a, b ?? '']).filter((text) => text.length > 5);
  assert.ok(pupils.length > 50);
});

after(async () => {
  await house?.close();
  await folder.remove();
});

const roleOf = (who: Who): Role => (who.startsWith('foreign ') ? who.slice(8) : who) as Role;

async function person(role: Role, districtId: string | null, hasPassword = true): Promise<Account> {
  const email = `${role}-${++counter}@${districtId === null ? 'vendor' : districtId === ids.district ? 'lakeview' : 'hill'}.example`;
  const account = await addAccount(house.db, { email, role, districtId });
  if (hasPassword) await house.db.query(sql`update accounts set password_hash = ${hash} where id = ${account.id}`);
  return account;
}

async function askingAs(who: Who): Promise<Asking> {
  const { url } = house.http as { url: string };
  const districtId = vendor.includes(who) ? null : who.startsWith('foreign ') ? ids.foreign : ids.district;
  const account = who === 'nobody' ? undefined : await person(roleOf(who), districtId);
  const cookie = account ? { cookie: `homeroom=${await createSession(house.db, account.id)}` } : {};
  const headers = { origin: url, 'x-homeroom-console': '1', ...cookie };
  const ask: Asking['ask'] = (method, path, body) =>
    fetch(`${url}/api/console${path}`, {
      method,
      headers: body instanceof FormData ? headers : { ...headers, 'content-type': 'application/json' },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
  return { account, ask };
}

/** One ed25519 key in 256 comes out of ssh2 cut by a byte. */
function publicKey(): string {
  const made = keyPair().public;
  return ssh2.utils.parseKey(made) instanceof Error ? publicKey() : made;
}
const target = async (role: Role = 'viewer', hasPassword = true): Promise<Given> => ({
  path: { id: (await person(role, ids.district, hasPassword)).id },
});
const ownId: Row['make'] = () => ({ path: { id: ids.sync } });
const ownSource: Row['make'] = () => ({ path: { id: ids.source } });

async function keyOf(accountId: string): Promise<string> {
  const row = await house.db.one<{ email: string }>(sql`select email from accounts where id = ${accountId}`);
  return (await house.acts.addKey({ email: row?.email ?? '', key: publicKey() })).id;
}

async function secondFactor({ ask }: Asking): Promise<{ secret: string; code(): string }> {
  const begun = (await (await ask('POST', '/account/second-factor', { password })).json()) as { secret: string };
  return { secret: begun.secret, code: () => new TOTP({ secret: begun.secret }).generate() };
}

const teacher = () => ({
  sourcedId: `by-hand-${++counter}`,
  username: `by-hand-${counter}`,
  givenName: 'Mia',
  familyName: 'Stone',
  role: 'teacher',
  enabledUser: 'true',
  orgSourcedIds: school,
});

/** A record that was added by hand, and as it was seen. */
async function record() {
  const { record: added } = await house.acts.addRecord({ ...which, kind: 'users', set: teacher() });
  const seen = new Date(added.dateLastModified).toISOString();
  return { path: { roster: ids.roster, kind: 'users', id: added.sourcedId }, seen };
}

/** Another record of the source each time. */
async function synced() {
  const row = await house.db.one<{ id: string; at: Date }>(sql`
    select sourced_id as id, date_last_modified as at from users
    where status = 'active' and source_id is not null and role = 'student' order by sourced_id offset ${++counter % 50} limit 1`);
  const path = { roster: ids.roster, kind: 'users', id: row?.id as string };
  return { path, seen: new Date(row?.at as Date).toISOString() };
}

const webhook = async (): Promise<Given> => {
  const { id } = await house.acts.addWebhook({ url: 'https://hooks.example/rosters' });
  return { path: { id } };
};

/** Workbooks of one school; each time of other people. */
async function workbooks(): Promise<FormData> {
  const form = new FormData();
  const n = ++counter;
  const put = async (name: string, rows: Record<string, string>[]) => {
    const columns = Object.keys(rows[0] ?? {});
    const bytes = await writeXlsx({ title: name, columns, rows: rows.map((row) => Object.values(row)) });
    form.append('files', new File([bytes as Uint8Array<ArrayBuffer>], `${name}.xlsx`));
  };
  const place = { classroom_name: `Room ${n}`, school_name: 'Pine Elementary' };
  const name = { first_name: 'Ana', last_name: 'Ruiz' };
  await put('Educators', [{ account_type: 'Teacher', ...name, educator_email: `t${n}@hill.example`, ...place }]);
  const login = { district_student_id: `book-${n}`, username: `book${n}`, grade_level: '3', language: 'English' };
  await put('Students', [{ ...login, ...name, ...place }]);
  form.append('product', which.product);
  form.append('trial', 'no');
  return form;
}

const keptVersion = async () => {
  const { version } = await house.acts.addFormatVersion({
    format: 'traditional-literacy',
    product: which.product,
    content: '{}',
  });
  return { body: { format: 'traditional-literacy', product: which.product, version } };
};

/** An upload of one file, as far as who asks may begin one. */
async function begunUpload({ ask }: Asking, sizeBytes: number): Promise<Given> {
  const files = [{ name: 'OneRoster.zip', sizeBytes }];
  const { id = 'none' } = (await (await ask('POST', `/sources/${ids.source}/uploads`, { files })).json()) as {
    id?: string;
  };
  return { path: { id: ids.source, upload: id, file: '0' } };
}

const passwordLink = async () => {
  const account = await person('viewer', ids.foreign, false);
  return createLink(house.db, { accountId: account.id, purpose: 'invitation', ttlMs: 3_600_000 });
};

const table: Record<string, Row> = {
  'GET /person': { who: anybody },
  'POST /sign-in': {
    who: anybody,
    make: async () => ({ body: { email: (await person('viewer', ids.foreign)).email, password } }),
  },
  'POST /sign-in/link': {
    who: anybody,
    make: async () => {
      const { id: accountId } = await person('viewer', ids.foreign);
      return { body: { token: await createLink(house.db, { accountId, purpose: 'sign-in', ttlMs: 60_000 }) } };
    },
  },
  'GET /sign-in/provider': { who: anybody, ok: 404 },
  'GET /sign-in/provider/return': { who: anybody, ok: 302 },
  'POST /password/link': { who: anybody, make: async () => ({ body: { token: await passwordLink() } }), unnoted: true },
  'POST /password/set': { who: anybody, make: async () => ({ body: { token: await passwordLink(), password } }) },
  'POST /password/reset': { who: anybody, make: () => ({ body: { email: 'nobody@hill.example' } }), unnoted: true },
  'POST /sign-out': { who: anybody, make: () => ({ body: {} }) },

  'GET /account': { who: signedIn },
  'POST /account/password': {
    who: signedIn,
    make: () => ({ body: { current: password, password: 'nine quiet trains wait', overlapHours: 24 } }),
  },
  'POST /account/sessions/end-others': { who: signedIn, make: () => ({ body: {} }) },
  'POST /account/second-factor': { who: signedIn, make: () => ({ body: { password } }) },
  'POST /account/second-factor/confirm': {
    who: signedIn,
    make: async (asking) => ({ body: { code: asking.account ? (await secondFactor(asking)).code() : '000000' } }),
  },
  'POST /account/second-factor/remove': {
    who: signedIn,
    async make(asking) {
      if (!asking.account) return { body: { password, code: '000000' } };
      const { code } = await secondFactor(asking);
      const confirmed = await asking.ask('POST', '/account/second-factor/confirm', { code: code() });
      const { recoveryCodes } = (await confirmed.json()) as { recoveryCodes: string[] };
      return { body: { password, code: recoveryCodes[0] } };
    },
  },
  'POST /account/keys': { who: signedIn, make: () => ({ body: { key: publicKey() } }) },
  'DELETE /account/keys/:key': {
    who: signedIn,
    make: async ({ account }) => ({ path: { key: account ? await keyOf(account.id) : ids.sync } }),
  },

  'GET /people': { who: ownWithoutViewer, make: () => ({ query: `district=${ids.district}` }) },
  'POST /people': {
    who: ownWithoutViewer,
    make: () => ({ body: { email: `new-${++counter}@lakeview.example`, role: 'viewer', district: ids.district } }),
  },
  'GET /people/:id': { who: ownWithoutViewer, make: () => target() },
  'PATCH /people/:id': {
    who: ownWithoutViewer,
    make: async () => ({ ...(await target()), body: { role: 'administrator', name: 'Kim' } }),
  },
  'DELETE /people/:id': { who: ownWithoutViewer, make: () => target() },
  'POST /people/:id/address': {
    who: vendor,
    make: async () => ({ ...(await target()), body: { email: `moved-${++counter}@lakeview.example` } }),
  },
  'POST /people/:id/invitation': {
    who: ownWithoutViewer,
    make: async () => ({ ...(await target('viewer', false)), body: {} }),
  },
  'POST /people/:id/reset': { who: ownWithoutViewer, make: async () => ({ ...(await target()), body: {} }) },
  'POST /people/:id/disable': { who: ownWithoutViewer, make: async () => ({ ...(await target()), body: {} }) },
  'POST /people/:id/enable': { who: ownWithoutViewer, make: async () => ({ ...(await target()), body: {} }) },
  'DELETE /people/:id/second-factor': {
    who: ownWithoutViewer,
    async make() {
      const given = await target();
      const factor = sql`insert into second_factors (account_id, sealed_secret, confirmed_at)
        values (${given.path?.id}, ${Buffer.from('x')}, now())`;
      await house.db.query(factor);
      return given;
    },
  },
  'GET /people/:id/keys': { who: ownWithoutViewer, make: () => target() },
  'POST /people/:id/keys': { who: vendor, make: async () => ({ ...(await target()), body: { key: publicKey() } }) },
  'DELETE /people/:id/keys/:key': {
    who: ownWithoutViewer,
    async make() {
      const { path = {} } = await target();
      return { path: { ...path, key: await keyOf(path.id as string) } };
    },
  },
  'GET /audit': { who: ownWithoutViewer, make: () => ({ query: `district=${ids.district}` }) },

  'GET /products': { who: signedIn },
  'POST /products': { who: vendor, make: () => ({ body: { slug: `p-${++counter}`, name: 'Chess' } }) },
  'PATCH /products/:id': { who: vendor, make: () => ({ path: { id: ids.product }, body: { name: 'Literacy' } }) },
  'POST /districts': {
    who: vendor,
    make: () => ({ body: { siteCode: `n-${++counter}`, name: 'New Town', slug: `new-${counter}` } }),
  },
  'POST /districts/:id/simplified': {
    who: [...vendor, 'administrator'],
    make: async () => ({ path: { id: ids.district }, body: await workbooks() }),
  },
  'POST /districts/:id/sources': {
    who: vendor,
    make: () => ({
      path: { id: ids.district },
      body: { product: ids.product, kind: 'upload', name: `Upload ${++counter}` },
    }),
  },

  'POST /search': { who: signedIn, make: () => ({ body: { words: 'Lakeview' } }), unnoted: true },
  'GET /overview': { who: signedIn },
  'GET /districts': { who: signedIn },
  'GET /districts/:id': { who: own, make: () => ({ path: { id: ids.district } }) },
  'GET /districts/:id/onboarding': { who: own, make: () => ({ path: { id: ids.district } }) },
  'GET /districts/:id/syncs': { who: own, make: () => ({ path: { id: ids.district } }) },
  'GET /syncs/:id': { who: own, make: ownId },
  'GET /syncs/:id/rules': { who: own, make: ownId },
  'GET /syncs/:id/findings': {
    who: own,
    make: () => ({ path: { id: ids.sync }, query: 'rule=date-format-invalid' }),
  },
  'POST /syncs/:id/findings/search': {
    who: own,
    make: () => ({ path: { id: ids.sync }, body: { words: 'users.csv' } }),
    unnoted: true,
  },
  'GET /syncs/:id/findings/news': { who: own, make: ownId },
  'GET /syncs/:id/findings.csv': { who: own, make: ownId },
  // Other counts than those of the plan: whoever may decide is told to look again, and the sync stays held.
  'POST /syncs/:id/decision': {
    who: ownWithoutViewer,
    ok: 409,
    make: () => ({
      path: { id: ids.sync },
      body: { choice: 'apply all', counts: { added: 9, changed: 9, removed: 9 } },
    }),
  },
  // It is held, so it is to be decided first.
  'POST /syncs/:id/retry': { who: ownWithoutViewer, ok: 409, make: ownId },
  'GET /syncs/:id/plan': { who: own, make: ownId },
  'GET /syncs/:id/changes': { who: ownWithoutViewer, make: ownId },
  'GET /syncs/:id/changes.csv': { who: ownWithoutViewer, make: ownId },
  'GET /syncs/:id/rollback': { who: vendor, make: () => ({ path: { id: ids.applied } }) },
  // Other counts than those of the preview, so that nothing is taken back.
  'POST /syncs/:id/rollback': {
    who: vendor,
    ok: 409,
    make: () => ({ path: { id: ids.applied }, body: { counts: { added: 9, changed: 9, removed: 9 } } }),
  },
  'GET /sources/:id/year-reset': {
    who: vendor,
    make: () => ({ path: { id: ids.source }, query: `variant=${resetVariants[0]}` }),
  },
  'POST /sources/:id/year-reset': {
    who: vendor,
    ok: 409,
    make: () => ({
      path: { id: ids.source },
      body: { variant: resetVariants[0], counts: { added: 9, changed: 9, removed: 9 } },
    }),
  },
  'GET /rosters/:roster': { who: ownWithoutViewer, make: () => ({ path: { roster: ids.roster } }) },
  'POST /rosters/:roster/search': {
    who: ownWithoutViewer,
    make: () => ({ path: { roster: ids.roster }, body: { kind: 'users', words: 'a' } }),
    unnoted: true,
  },
  'GET /rosters/:roster/records/:kind/:id/around': { who: ownWithoutViewer, make: () => record() },
  'POST /rosters/:roster/records/:kind': {
    who: ownWithoutViewer,
    ok: 201,
    make: () => ({ path: { roster: ids.roster, kind: 'users' }, body: { values: teacher() } }),
  },
  'GET /rosters/:roster/records/:kind/:id': { who: ownWithoutViewer, make: () => record() },
  'PATCH /rosters/:roster/records/:kind/:id': {
    who: ownWithoutViewer,
    make: async () => {
      const { path, seen } = await record();
      return { path, body: { values: { givenName: 'Mina' }, seen } };
    },
  },
  'POST /rosters/:roster/records/:kind/:id/archive': {
    who: ownWithoutViewer,
    make: async () => {
      const { path, seen } = await record();
      return { path, body: { seen } };
    },
  },
  'POST /rosters/:roster/records/:kind/:id/reactivate': {
    who: ownWithoutViewer,
    async make() {
      const { path } = await record();
      await house.acts.archiveRecord({ ...which, kind: 'users', sourcedId: path.id });
      return { path, body: {} };
    },
  },
  'POST /rosters/:roster/records/:kind/:id/release': {
    who: ownWithoutViewer,
    make: async () => {
      const { path, seen } = await synced();
      return { path, body: { seen } };
    },
  },
  'POST /rosters/:roster/records/:kind/:id/hand-back': {
    who: ownWithoutViewer,
    async make() {
      const { path } = await synced();
      await house.acts.releaseRecord({ ...which, kind: 'users', sourcedId: path.id });
      return { path, body: {} };
    },
  },
  'GET /rosters/:roster/records/:kind/:id/history': { who: ownWithoutViewer, make: () => record() },
  'POST /rosters/:roster/why': {
    who: ownWithoutViewer,
    unnoted: true,
    make: async () => {
      const pair = await house.db.one<{ user: string; class: string }>(sql`
        select user_sourced_id as user, class_sourced_id as class from enrollments where status = 'active' limit 1`);
      return { path: { roster: ids.roster }, body: pair };
    },
  },
  'GET /rosters/:roster/export.zip': { who: ownWithoutViewer, make: () => ({ path: { roster: ids.roster } }) },
  'POST /sources/:id/uploads': {
    who: ownWithoutViewer,
    ok: 201,
    make: () => ({ path: { id: ids.source }, body: { files: [{ name: 'OneRoster.zip', sizeBytes: 3 }] } }),
    unnoted: true,
  },
  // Sent as JSON, which is as good a piece as any.
  'PUT /sources/:id/uploads/:upload/:file': {
    who: ownWithoutViewer,
    make: async (asking) => ({ ...(await begunUpload(asking, 4)), query: 'offset=0', body: 1234 }),
    unnoted: true,
  },
  'POST /sources/:id/uploads/:upload/finish': {
    who: ownWithoutViewer,
    make: async (asking) => ({ ...(await begunUpload(asking, 0)), body: { name: 'OneRoster.zip', isTest: true } }),
  },
  'DELETE /sources/:id/uploads/:upload': {
    who: ownWithoutViewer,
    make: (asking) => begunUpload(asking, 4),
    unnoted: true,
  },
  'GET /alerts': { who: own, make: () => ({ query: `district=${ids.district}` }) },
  'GET /alerts/choices': { who: signedIn },
  'POST /alerts/choices': { who: signedIn, make: () => ({ body: { kind: 'held', wanted: false } }) },
  'GET /house': { who: vendor },
  'GET /templates/:format': {
    who: own,
    make: () => ({ path: { format: 'oneroster-csv-1.1.zip' }, query: `district=${ids.district}` }),
  },
  'GET /webhooks': { who: vendor },
  'POST /webhooks': { who: vendor, ok: 201, make: () => ({ body: { url: 'https://hooks.example/rosters' } }) },
  'POST /webhooks/:id/state': {
    who: vendor,
    make: async () => ({ ...(await webhook()), body: { state: 'stopped' } }),
  },
  'POST /webhooks/:id/test': { who: vendor, make: async () => ({ ...(await webhook()), body: {} }) },
  'POST /webhooks/:id/messages/:message/again': {
    who: vendor,
    async make() {
      const { path } = await webhook();
      const { id } = await house.acts.testWebhook({ id: path?.id as string });
      return { path: { ...path, message: id }, body: {} };
    },
  },
  'DELETE /webhooks/:id': { who: vendor, make: () => webhook() },
  'GET /webhooks/:id/log': { who: vendor, make: () => webhook() },
  'GET /mails': { who: vendor },
  'GET /mails/:id': { who: vendor, make: () => ({ path: { id: ids.mail } }) },
  'GET /sources/:id/settings': { who: own, make: ownSource },
  'GET /sources/:id/trends': { who: own, make: ownSource },
  'PATCH /sources/:id/settings': {
    who: ownWithoutViewer,
    // Another window each time, for what changes nothing is not noted.
    make: () => ({
      path: { id: ids.source },
      body: { changes: { calendar: `2099-01-01..2099-01-02 paused Window ${++counter}` } },
    }),
  },
  'GET /formats': { who: signedIn },
  'GET /format-versions': { who: vendor },
  'GET /format-sources': { who: vendor, make: () => ({ query: 'format=traditional-literacy&product=literacy' }) },
  'GET /format-version': { who: vendor, make: () => ({ query: 'format=traditional-literacy&product=literacy' }) },
  'POST /format-versions': {
    who: vendor,
    make: () => ({ body: { format: 'traditional-literacy', product: 'literacy', content: '{}' } }),
  },
  'POST /format-versions/use': { who: vendor, make: keptVersion },
  'POST /format-versions/try': {
    who: vendor,
    unnoted: true,
    make: async () => {
      const { format, version } = (await keptVersion()).body;
      return { body: { source: ids.source, format, version } };
    },
  },
  'GET /sources/:id/connection': { who: own, make: ownSource },
  'GET /syncs/:id/delivery': { who: ownWithoutViewer, make: ownId },
  'GET /apis/presets': { who: signedIn },
  // The address is none that may be dialled; that is found out after the answer.
  'POST /probes': {
    who: ownWithoutViewer,
    make: () => ({
      body: { source: ids.api, address: 'http://127.0.0.1:9', tokenUrl: 'http://127.0.0.1:9/token', secret: 'abc' },
    }),
  },
  'GET /probes/:id': {
    who: ownWithoutViewer,
    async make({ account, ask }) {
      if (!account || account.role === 'viewer' || account.districtId === ids.foreign)
        return { path: { id: ids.sync } };
      const body = { address: 'http://127.0.0.1:9', clientId: 'key', secret: 'abc' };
      const { id } = (await (await ask('POST', '/probes', body)).json()) as { id: string };
      return { path: { id } };
    },
  },
  'POST /districts/:id/apis': {
    who: vendor,
    ok: 201,
    make: () => ({
      path: { id: ids.district },
      body: { product: ids.product, name: `API ${++counter}`, ...api, secret: 'abc' },
    }),
  },
  'GET /sources/:id/api': { who: own, make: () => ({ path: { id: ids.api } }) },
  'PATCH /sources/:id/api': {
    who: ownWithoutViewer,
    make: () => ({ path: { id: ids.api }, body: { settings: { pageSize: 100 + (changed++ % 100) } } }),
  },
  'POST /sources/:id/pulls': { who: ownWithoutViewer, ok: 201, make: () => ({ path: { id: ids.api }, body: {} }) },
  'GET /sources/:id/pulls': { who: own, make: () => ({ path: { id: ids.api } }) },
  'GET /pulls/:id': { who: own, make: () => ({ path: { id: ids.pull } }) },
  'GET /districts/:id/networks': { who: own, make: () => ({ path: { id: ids.district } }) },
  'PUT /districts/:id/networks': {
    who: ownWithoutViewer,
    make: () => ({ path: { id: ids.district }, body: { networks: [`203.0.113.${changed++ % 250}`] } }),
  },
};

test('every route has a row, and every row a route', () => {
  const options = { host: '', port: 0, publicUrl: '', consoleDir: '/nowhere', administratorsDecide: true };
  const app = httpApp(fakeHouse().deps, { ...options, log: pino({ level: 'silent' }) });
  const prefix = '/api/console';
  const found = app.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith(prefix));
  const routes = new Set(found.map(({ method, path }) => `${method} ${path.slice(prefix.length)}`));
  assert.deepEqual([...routes].sort(), Object.keys(table).sort());
  const others = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.startsWith(prefix));
  assert.deepEqual(
    others.map(({ method, path }) => `${method} ${path}`),
    ['GET /healthz', 'GET /*'],
  );
});

for (const [route, row] of Object.entries(table)) {
  test(route, async () => {
    for (const who of actors) await tryAs(who, route, row);
  });
}

async function tryAs(who: Who, route: string, row: Row): Promise<void> {
  const asking = await askingAs(who);
  const [method = '', pattern = ''] = route.split(' ');
  const { path = {}, query, body } = (await row.make?.(asking)) ?? {};
  const filled = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(path[name] as string));
  const notedBefore = await noted(asking);
  const answer = await asking.ask(method, query ? `${filled}?${query}` : filled, body);
  const text = await answer.text();
  const said = `${who}: ${answer.status} ${text.slice(0, 300)}`;
  const may = row.who.includes(who);
  if (may) assert.equal(answer.status, row.ok ?? 200, said);
  else if (who === 'nobody') assert.equal(answer.status, 401, said);
  else assert.ok(answer.status === 403 || answer.status === 404, said);
  if (who === 'viewer')
    assert.deepEqual(
      pupils.filter((each) => text.includes(each)),
      [],
      'no pupil data',
    );
  if (who === 'nobody' || who.startsWith('foreign ')) {
    assert.deepEqual(
      secrets.filter((each) => text.includes(each)),
      [],
      `${who}: nothing of another district`,
    );
  }
  if (!asking.account) return;
  const entries = (await noted(asking)) - notedBefore;
  const isWrite = method !== 'GET' && answer.ok;
  if (!may) assert.ok(entries > 0, `${who}: the denied attempt is noted`);
  else if (isWrite && !row.unnoted)
    assert.ok(
      entries > 0 || route.startsWith('POST /sign-in') || route === 'POST /password/set',
      `${who}: the act is noted`,
    );
}

async function noted({ account }: Asking): Promise<number> {
  return account ? (await auditRows(house.db, { accountId: account.id, limit: 1000 })).length : 0;
}
