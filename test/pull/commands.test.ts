/** The commands about APIs as their users meet them: probed, added as the probe says, pulled, written out, and held against a CSV. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import papa from 'papaparse';
import { readConfig } from '../../src/config.ts';
import { openHouse } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { generate } from '../../src/sample/generate.ts';
import { giveCluster } from '../cluster.ts';
import { tempFolder, which } from '../sync/district.ts';
import { differences } from './compare.ts';
import { filesOf } from './read-zip.ts';
import { type Files, rosterOf, sampleFiles } from './roster.ts';
import { startSis } from './server.ts';
import { clientId, secret } from './way.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const folder = await tempFolder();
after(folder.remove);
const data = join(folder.path, 'data');
const network = '127.0.0.0/8';
const files = sampleFiles(40);

type Ran = { code: number; out: string; errors: string };

/** Runs a line of a shell in which `homeroom` is the program, so that what it prints can be run as it stands. */
async function shell(line: string, input = '', networks = network): Promise<Ran> {
  const script = `homeroom() { "$NODE" "$MAIN" "$@"; }\n${line}`;
  const own = {
    NODE: process.execPath,
    MAIN: main,
    HOMEROOM_DATA: data,
    HOMEROOM_PULL_NETWORKS: networks,
    NO_COLOR: '1',
  };
  const child = spawn('sh', ['-c', script], { cwd: folder.path, env: { ...process.env, ...own } });
  child.stdin.on('error', () => {}).end(input);
  const [[code], out, errors] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code, out, errors };
}

/** The same district as CSV, in a folder, with `change` made to its rows. */
function csvOf(name: string, change: (rows: Files) => void = () => {}): string {
  const rows: Files = structuredClone(files);
  change(rows);
  const path = join(folder.path, name);
  mkdirSync(path);
  for (const { name: file, text: pieces } of generate({ students: 40, seed: 11 }).files) {
    const own = rows.get(file.replace('.csv', ''));
    writeFileSync(join(path, file), own ? papa.unparse(own) : [...pieces()].join(''));
  }
  return path;
}

const sis = await startSis(rosterOf(files, '1.1'), [
  'wrong wrapper keys',
  'capital enums',
  'small pages',
  'american days',
  'gzip',
  'single values for lists',
]);
after(sis.close);
const { origin } = new URL(sis.url);

test('a probe ends with a command; what it adds is pulled, written out, and is the district of the CSV', async (t) => {
  const probed = await shell(`homeroom probe ${origin} --client-id ${clientId} --secret-stdin`, `${secret}\n`);
  assert.equal(probed.code, 0, probed.errors);
  assert.match(probed.out, new RegExp(`^OneRoster 1\\.1 at ${sis.url}\n`));
  for (const [kind, rows] of files)
    assert.match(probed.out, new RegExp(`^${kind} +ok +${rows.length}$`, 'm'), `${kind} is counted`);
  assert.match(probed.out, /^records at once +13$/m);
  assert.match(probed.out, /What it does otherwise\n(?: {2}- .+\n)+/);
  assert.match(probed.out, /A roster can be pulled from here\.\n$/);
  assert.match(probed.errors, /A token was given by 127\.0\.0\.1/);
  const said = `${probed.out}${probed.errors}`;
  assert.ok(!said.includes(secret), 'the secret is not shown');
  for (const { familyName = '', email } of files.get('users') ?? [])
    for (const word of [familyName, email]) if (word && word.length > 4) assert.ok(!said.includes(word), word);

  const config = readConfig({ HOMEROOM_DATA: data, HOMEROOM_PULL_NETWORKS: network });
  await giveCluster(config.data);
  const house = await openHouse(config, createLog('error'), { doors: false, retrySeconds: 1 });
  t.after(house.close);
  await house.acts.addProduct({ slug: which.product, name: 'Literacy' });
  await house.acts.addDistrict({ siteCode: which.district, name: 'Lakeview Unified', slug: 'lakeview' });
  const line = /^ {2}(homeroom add source .+)$/m.exec(probed.out)?.[1] ?? '';
  const named = line.replace('CODE', which.district).replace('SLUG', which.product);
  const added = await shell(`${named} --trust-first`, secret);
  assert.equal(added.code, 0, added.errors);

  const place = `--district ${which.district} --product ${which.product}`;
  const pulled = await shell(`homeroom pull ${place} --output json`);
  assert.equal(pulled.code, 0, `${pulled.out}${pulled.errors}`);
  assert.match(pulled.errors, new RegExp(`^ {2}enrollments: ${files.get('enrollments')?.length} records$`, 'm'));
  const { sync } = JSON.parse(pulled.out).pull as { sync: string };
  const written = await shell(`homeroom delivery ${sync} --out pulled.zip`);
  assert.equal(written.code, 0, written.errors);
  assert.match(written.out, /^Wrote pulled\.zip, which came as oneroster-api-\d{4}-\d\d-\d\d\.zip\.\n$/);
  const zip = join(folder.path, 'pulled.zip');
  assert.equal(statSync(zip).mode & 0o077, 0, 'only this user may read it');
  assert.deepEqual(differences(await filesOf(readFileSync(zip)), files), []);

  csvOf('same');
  const same = await shell('homeroom diff same pulled.zip');
  assert.deepEqual([same.code, same.errors], [0, ''], same.out);
  assert.match(same.out, /\nNothing would change\.\n$/);
  assert.match(same.out, new RegExp(`^enrollments +${files.get('enrollments')?.length} +0 +0 +0 +0$`, 'm'));

  // The district's file is older: one person had another name, one enrollment was not there, one more was.
  const student = (files.get('users') ?? []).find(({ role }) => role === 'student') as Record<string, string>;
  const [first, second] = files.get('enrollments') as [Record<string, string>, Record<string, string>];
  csvOf('older', (rows) => {
    const own = rows.get('users')?.find(({ sourcedId }) => sourcedId === student.sourcedId);
    Object.assign(own as object, { familyName: 'Former' });
    rows.set('enrollments', [{ ...second, sourcedId: 'no-more' }, ...(rows.get('enrollments') ?? []).slice(1)]);
  });
  const other = await shell('homeroom diff older pulled.zip --output json');
  assert.equal(other.code, 1, other.errors);
  const { changes } = JSON.parse(other.out) as { changes: { kind: string; action: string; sourcedId: string }[] };
  assert.deepEqual(
    changes.map(({ kind, action, sourcedId }) => `${kind} ${action} ${sourcedId}`).sort(),
    [
      `enrollments added ${first.sourcedId}`,
      'enrollments removed no-more',
      `users changed ${student.sourcedId}`,
    ].sort(),
  );

  const again = await shell(`homeroom delivery ${crypto.randomUUID()} --out nothing.zip`);
  assert.equal(again.code, 2);
  assert.match(again.errors, /\S/);
});

test('a probe that ends without a roster says why, and its exit code does', async () => {
  const probe = `homeroom probe ${sis.url} --client-id ${clientId} --secret-stdin`;
  const wrong = await shell(probe, 'a wrong secret');
  assert.equal(wrong.code, 1);
  assert.match(wrong.out, /gives no token for this key and secret/);
  assert.ok(!`${wrong.out}${wrong.errors}`.includes('a wrong secret'));
  const closed = await shell(probe, secret, '');
  assert.equal(closed.code, 1);
  assert.match(closed.out, /not a public address/);
  const asJson = await shell(`${probe} --output json`, secret);
  assert.equal(asJson.code, 0, asJson.errors);
  const { isReady, version, connection } = JSON.parse(asJson.out);
  assert.deepEqual([isReady, version, connection.address, connection.tokenUrl], [true, '1.1', sis.url, sis.tokenUrl]);
  for (const [line, input] of [
    [`homeroom probe ftp://sis.example/ --client-id ${clientId} --secret-stdin`, secret],
    [probe, ''],
    [`${probe} --setting pageSise=10`, secret],
    ['homeroom probe', ''],
  ] as const) {
    const misused = await shell(line, input);
    assert.equal(misused.code, 2, line);
    assert.match(misused.errors, /\S/, line);
  }
});
