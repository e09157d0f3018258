/** A source that pulls, from an empty wizard to the first roster, before a whole house and a server that is not quite right. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import sql from 'sql-template-tag';
import { readConfig } from '../../src/config.ts';
import { type House, openHouse } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { giveCluster } from '../cluster.ts';
import { rosterOf, sampleFiles } from '../pull/roster.ts';
import { type Sis, startSis } from '../pull/server.ts';
import { clientId, secret } from '../pull/way.ts';
import { tempFolder, which } from '../sync/district.ts';
import { builtConsole } from './built.ts';
import { openChromium, openTab, violations } from './chromium.ts';

const folder = await tempFolder();
const files = sampleFiles(40);
let house: House;
let browser: Browser;
let sis: Sis;

before(async () => {
  await builtConsole();
  browser = await openChromium();
  sis = await startSis(rosterOf(files, '1.1'), ['small pages', 'capital enums']);
  const config = readConfig({
    HOMEROOM_DATA: join(folder.path, 'data'),
    HOMEROOM_PULL_NETWORKS: '127.0.0.0/8',
    HOMEROOM_HTTP_PORT: '0',
    HOMEROOM_SFTP_PORT: '0',
  });
  await giveCluster(config.data);
  house = await openHouse(config, createLog('error'), { doors: ['http'], retrySeconds: 1 });
  await house.acts.addProduct({ slug: which.product, name: 'Literacy' });
  await house.acts.addDistrict({ siteCode: which.district, name: 'Lakeview Unified', slug: 'lakeview' });
});
after(async () => {
  await browser?.close();
  await house?.close();
  await sis?.close();
  await folder.remove();
});

test('an API is tried while a person watches, is set up as it was found, and its first roster waits', async () => {
  const { url } = house.http as { url: string };
  const { link } = await house.acts.addContact({ email: 'ana.ruiz@vendor.example', role: 'owner' });
  const { page, context, complaints } = await openTab(browser, url);
  page.setDefaultTimeout(20_000);
  await page.goto(link as string);
  await page.getByRole('textbox', { name: 'Password' }).fill('seven wet umbrellas');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('button', { name: 'Set the password' }).waitFor({ state: 'detached' });
  const district = await house.db.one<{ id: string }>(sql`select id from districts`);
  await page.goto(`/districts/${district?.id}/set-up`);
  await page.getByRole('radio', { name: /API/ }).check();
  await page.getByRole('button', { name: 'Next' }).click();
  const address = page.getByRole('textbox', { name: 'Address of the API' });
  // The server alone, as people paste it.
  await address.fill(new URL(sis.url).origin);
  await page.getByRole('textbox', { name: 'Key' }).fill(clientId);
  await page.getByLabel('Secret').fill('not the secret');
  await page.getByRole('button', { name: 'Try the connection' }).click();
  await page
    .getByText(/gives no token for this key and secret/)
    .first()
    .waitFor();
  await page.getByLabel('Secret').fill(secret);

  // Each collection shows as soon as it was looked at, while the next ones are still to come.
  let goOn = () => {};
  const waits = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  sis.before = (path) => (path === 'enrollments' ? waits : undefined);
  await page.getByRole('button', { name: 'Try the connection' }).click();
  const count = (kind: string) => (files.get(kind) ?? []).length;
  await page.getByText(`${count('users')} records of users.`).waitFor();
  await page.getByText(`${count('classes')} records of classes.`).waitFor();
  assert.equal(await page.getByText(/records of enrollments/).count(), 0, 'under way');
  goOn();
  await page.getByText(`${count('enrollments')} records of enrollments.`).waitFor();
  await page.getByText('A roster can be pulled: OneRoster 1.1.').waitFor();
  await page.getByText(/What this server does otherwise/).click();
  await page
    .getByText(/word in another spelling/)
    .first()
    .waitFor();
  assert.deepEqual(await violations(page), []);
  const text = await page.locator('main').innerText();
  const person = files.get('users')?.find(({ familyName = '' }) => familyName.length > 5)?.familyName as string;
  assert.ok(!text.includes(person), 'nobody is named');

  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Name of the source').fill('Nightly API');
  for (let step = 0; step < 4; step++) {
    const last = page.getByRole('button', { name: 'Set up the source' });
    if (await last.isVisible()) {
      await last.click();
      break;
    }
    await page.getByRole('button', { name: 'Next' }).click();
  }
  await page.getByText('Kept, never shown').waitFor();
  const [stored] = await house.acts.sources();
  assert.equal(stored?.kind, 'pull');
  const api = await house.acts.api(which);
  assert.deepEqual([api.address, api.tokenUrl], [sis.url, sis.tokenUrl]);
  assert.equal(api.settings.find(({ name }) => name === 'pageSize')?.value, 13, 'as it was found');

  // The pull shows collection by collection, and ends in a delivery that a person looks at first.
  let more = () => {};
  const holds = new Promise<void>((resolve) => {
    more = resolve;
  });
  sis.before = (path) => (path === 'demographics' ? holds : undefined);
  await page.getByRole('button', { name: 'Fetch it now' }).click();
  await page.getByText(new RegExp(`^users: ${count('users')}`)).waitFor();
  more();
  await page.getByRole('link', { name: 'Its delivery' }).waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Its delivery' }).click();
  await page
    .getByText(/first delivery/i)
    .first()
    .waitFor({ timeout: 60_000 });
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});
