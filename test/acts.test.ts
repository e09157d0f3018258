/** Every act of the command line is in the audit log: an act without a row here fails, and so does one that notes nothing. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sql from 'sql-template-tag';
import type { Acts } from '../src/acts/acts.ts';
import { auditRows } from '../src/db/audit.ts';
import type { House } from '../src/house.ts';
import { keyPair } from './key-pair.ts';
import { houseOn, put, sampleZip, settled, setUp, tempFolder, which } from './sync/district.ts';

/** Acts that only look. */
const looks = new Set<keyof Acts>([
  'status',
  'products',
  'sources',
  'people',
  'keys',
  'audit',
  'follow',
  'report',
  'history',
  'show',
  'plan',
  'why',
  'mails',
  'sourceSettings',
  'previewRollback',
  'previewReset',
  'alerts',
  'alertContacts',
  'webhooks',
  'webhookLog',
  'connection',
  'networks',
  'formatPages',
  'organizations',
  'formatVersions',
  'showFormat',
  'tryFormatVersion',
  'api',
  'followPull',
  'pulls',
]);

const folder = await tempFolder();
let house: House;
let acts: Acts;
let zip: string;
let count = 0;

before(async () => {
  house = await houseOn(folder.path);
  acts = house.acts;
  await setUp(house);
  zip = await sampleZip(folder.path, 'first');
  await put(house, zip);
});
after(async () => {
  await house?.close();
  await folder.remove();
});

const publicKey = () => keyPair().public;

/** Somebody with a password and, as told, a key or a second factor. */
async function somebody(): Promise<{ email: string }> {
  const email = `person-${++count}@lakeview.example`;
  await acts.addContact({ email, district: which.district, password: 'four wooden lamps sing' });
  return { email };
}

async function invited(): Promise<{ email: string }> {
  const email = `person-${++count}@lakeview.example`;
  await acts.addContact({ email, district: which.district });
  return { email };
}

const webhook = async () => ({ id: (await acts.addWebhook({ url: 'https://hooks.example/rosters' })).id });

const newest = async () => (await acts.history({ ...which, limit: 1 }))[0]?.id as string;

async function byHand() {
  const sourcedId = `by-hand-${++count}`;
  const set = {
    sourcedId,
    username: sourcedId,
    givenName: 'Mia',
    familyName: 'Stone',
    role: 'teacher',
    ...(await school()),
  };
  await acts.addRecord({ ...which, kind: 'users', set });
  return { ...which, kind: 'users', sourcedId };
}

async function school() {
  const row = await house.db.one<{ id: string }>(sql`select sourced_id as id from orgs where type = 'school' limit 1`);
  return { orgSourcedIds: row?.id as string, enabledUser: 'true' };
}

const synced = async () => {
  const row = await house.db.one<{ id: string }>(sql`
    select sourced_id as id from users where status = 'active' and source_id is not null order by sourced_id desc limit 1`);
  return { ...which, kind: 'users', sourcedId: row?.id as string };
};

/** A second roster: a second source in the first one would have to be named in every act. */
const elsewhere = { district: which.district, product: 'chess' };

/** A source that pulls from an address on which nobody answers. */
const api = () =>
  acts.addApi({
    ...elsewhere,
    name: `SIS ${++count}`,
    connection: {
      address: 'https://sis.example.org/ims/oneroster/v1p1',
      tokenUrl: 'https://sis.example.org/token',
      clientId: 'key',
    },
    secret: 'a secret',
  });

const keptFormat = { format: 'traditional-literacy', product: which.product, content: '{}' };
const rows: Partial<Record<keyof Acts, () => Promise<unknown>>> = {
  addProduct: () => acts.addProduct({ slug: 'chess', name: 'Chess' }),
  setProduct: () => acts.setProduct({ slug: which.product, name: 'Reading' }),
  addDistrict: () => acts.addDistrict({ siteCode: '42', name: 'New Town' }),
  addSource: () => acts.addSource({ ...elsewhere, kind: 'upload' }),
  addContact: invited,
  invitePerson: async () => acts.invitePerson(await invited()),
  resetPerson: async () => acts.resetPerson(await somebody()),
  changeAddress: async () => acts.changeAddress({ ...(await somebody()), to: `moved-${++count}@lakeview.example` }),
  changePerson: async () => acts.changePerson({ ...(await somebody()), role: 'viewer' }),
  disablePerson: async () => acts.disablePerson(await somebody()),
  enablePerson: async () => acts.enablePerson(await somebody()),
  removePerson: async () => acts.removePerson(await somebody()),
  async removeSecondFactor() {
    const who = await somebody();
    await house.db.query(sql`
      insert into second_factors (account_id, sealed_secret, confirmed_at)
      select id, ${Buffer.from('x')}, now() from accounts where email = ${who.email}`);
    return acts.removeSecondFactor(who);
  },
  addKey: async () => acts.addKey({ ...(await somebody()), key: publicKey() }),
  async removeKey() {
    const who = await somebody();
    const { fingerprint } = await acts.addKey({ ...who, key: publicKey() });
    return acts.removeKey({ ...who, key: fingerprint });
  },
  signInLink: async () => acts.signInLink(await somebody()),
  rotateKeys: () => acts.rotateKeys(),
  addApi: api,
  async setApi() {
    const { name } = await api();
    return acts.setApi({ ...elsewhere, source: name, connection: {}, secret: 'another secret' });
  },
  async pull() {
    const { name } = await api();
    return acts.pull({ ...elsewhere, source: name });
  },
  delivered: async () => acts.delivered({ sync: await newest(), out: join(folder.path, `delivery-${++count}.zip`) }),
  async sync() {
    const path = await sampleZip(folder.path, 'second', { generation: 1 });
    await put(house, path);
  },
  changes: async () => acts.changes({ sync: await newest(), all: true }),
  exportRoster: () => acts.exportRoster({ ...which, out: join(folder.path, 'export.zip') }),
  async mail() {
    const [first] = await acts.mails({ limit: 1 });
    return acts.mail({ id: first?.id as string });
  },
  setSource: () => acts.setSource({ ...which, source: 'SFTP', changes: { removedShare: '20%' } }),
  setNetworks: () => acts.setNetworks({ district: which.district, networks: ['192.0.2.0/24'] }),
  chooseAlerts: async () => acts.chooseAlerts({ ...(await somebody()), kind: 'held', wanted: false }),
  addWebhook: webhook,
  setWebhook: async () => acts.setWebhook({ ...(await webhook()), state: 'stopped' }),
  removeWebhook: async () => acts.removeWebhook(await webhook()),
  testWebhook: async () => acts.testWebhook(await webhook()),
  async sendWebhookAgain() {
    const { id } = await webhook();
    const { id: message } = await acts.testWebhook({ id });
    return acts.sendWebhookAgain({ id, message });
  },
  addFormatVersion: () => acts.addFormatVersion(keptFormat),
  async useFormatVersion() {
    const { version } = await acts.addFormatVersion(keptFormat);
    return acts.useFormatVersion({ ...keptFormat, version });
  },
  async addSimplified() {
    const texts = {
      'Educators.csv':
        'account_type,first_name,last_name,educator_email,classroom_name,school_name\nTeacher,Ana,Ruiz,ana@hill.example,Room 12,Hill School\n',
      'Students.csv':
        'district_student_id,first_name,last_name,grade_level,username,language,classroom_name,school_name\nS1,Mia,Stone,3,mia-s1,English,Room 12,Hill School\n',
    };
    const paths = Object.keys(texts).map((name) => join(folder.path, name));
    for (const [at, text] of Object.values(texts).entries()) await writeFile(paths[at] as string, text);
    return acts.addSimplified({ ...which, paths });
  },
  addRecord: byHand,
  editRecord: async () => acts.editRecord({ ...(await byHand()), set: { givenName: 'Mina' } }),
  archiveRecord: async () => acts.archiveRecord(await byHand()),
  async reactivateRecord() {
    const record = await byHand();
    await acts.archiveRecord(record);
    return acts.reactivateRecord(record);
  },
  releaseRecord: async () => acts.releaseRecord(await synced()),
  async handBackRecord() {
    const record = await synced();
    await acts.releaseRecord(record);
    return acts.handBackRecord(record);
  },
  async rollback() {
    const { sync } = await acts.rollback({ sync: await newest() });
    return settled(house, sync, ({ state }) => state === 'held' || state === 'applied');
  },
  async resetYear() {
    const { counts } = await acts.previewReset({ ...which, variant: 'literacy' });
    return acts.resetYear({ ...which, variant: 'literacy', counts });
  },
  async decide() {
    const path = await sampleZip(folder.path, 'small', { students: 20, generation: 2 });
    await acts.setSource({ ...which, source: 'SFTP', changes: { mode: 'dry run' } });
    await acts.setSource({
      ...which,
      source: 'SFTP',
      changes: { mode: 'active', removedShare: '1%', removedAtLeast: '1' },
    });
    const held = await put(house, path);
    return acts.decide({ sync: held.id, choice: 'discard' });
  },
  retry: async () => acts.retry({ sync: await newest() }),
};

test('every act looks or has a row', () => {
  const known = [...looks, ...Object.keys(rows)].sort();
  assert.deepEqual(Object.keys(acts).sort(), known);
});

for (const [name, act] of Object.entries(rows)) {
  test(`${name} is noted, with the command line as whoever did it`, async () => {
    const [last] = await auditRows(house.db, { limit: 1 });
    await act();
    const since = (await auditRows(house.db, { limit: 100 })).filter(({ id }) => last === undefined || id > last.id);
    const own = since.filter(({ accountId, detail }) => accountId === null && detail.by === 'command line');
    assert.ok(own.length > 0, JSON.stringify(since));
  });
}
