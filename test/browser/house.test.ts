/** The console before a whole house: what the pipeline does is what a person sees, and what they decide is done. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { House } from '../../src/house.ts';
import { generate } from '../../src/sample/generate.ts';
import { writeSample } from '../../src/sample/write.ts';
import { houseOn, sampleZip, setUp, tempFolder, which } from '../sync/district.ts';
import { builtConsole } from './built.ts';
import { openChromium, openTab, shoot, violations } from './chromium.ts';

const folder = await tempFolder();
let house: House;
let browser: Browser;

before(async () => {
  await builtConsole();
  browser = await openChromium();
  house = await houseOn(join(folder.path, 'data'), { doors: ['http'] });
  await setUp(house);
});
after(async () => {
  await browser?.close();
  await house?.close();
  await folder.remove();
});

const put = async (path: string): Promise<string> => (await house.acts.sync({ ...which, path })).sync;

async function sound(page: Page, name: string): Promise<void> {
  await shoot(page, `house-${name}-light-1280`);
  assert.deepEqual(await violations(page), []);
}

test('from the first link to a decision, everything shows as it happens', async () => {
  const { url } = house.http as { url: string };
  const { link } = await house.acts.addContact({ email: 'ana.ruiz@vendor.example', role: 'owner' });
  const { page, context, complaints } = await openTab(browser, url);

  await page.goto(link as string);
  await page.getByRole('textbox', { name: 'Password' }).fill('seven wet umbrellas');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('row', { name: /New.*Lakeview Unified/ }).waitFor();

  const first = await put(await sampleZip(folder.path, 'first', { students: 400 }));
  await page.goto(`/syncs/${first}`);
  await page.getByText(/\d added, 0 changed, 0 removed/).waitFor({ timeout: 60_000 });
  // The sample's school year may be over by now; nothing else is to be said of it.
  await page
    .getByText(/Nothing was found\. There is nothing to fix\.|All terms of the class are over/)
    .first()
    .waitFor();
  assert.equal(await page.getByText(/^(Fatal|Error|Warning)$/).count(), 0);
  await page.getByRole('img', { name: /Changes by kind/ }).waitFor();
  await sound(page, 'first-load');

  const faulty = await put(await sampleZip(folder.path, 'faulty', { students: 400, generation: 1, faults: true }));
  await page.goto(`/syncs/${faulty}`);
  await page.getByText('Fix in the SIS').first().waitFor({ timeout: 60_000 });
  await sound(page, 'faulty');
  const csv = await page.evaluate(async (id) => (await fetch(`/api/console/syncs/${id}/findings.csv`)).text(), faulty);
  const { findings } = await house.acts.follow({ sync: faulty });
  const found = Object.values(findings ?? {}).reduce((sum, count) => sum + count, 0);
  assert.equal(csv.trimEnd().split('\r\n').length, 1 + found);

  const half = join(folder.path, 'half.zip');
  await writeSample(generate({ students: 200, seed: 7, generation: 0, churn: 0.02 }), half);
  const held = await put(half);
  await page.goto(`/syncs/${held}`);
  await page.getByRole('button', { name: /additions and updates only…/ }).click({ timeout: 60_000 });
  await sound(page, 'held-dialog');
  await page.getByRole('button', { name: /^Apply [\d,]+ changes?$/ }).click();
  await page.getByText(/removals wait/).waitFor({ timeout: 60_000 });
  await page.getByText(/ana\.ruiz@vendor\.example chose to apply additions and updates only/).waitFor();

  const broken = join(folder.path, 'broken.zip');
  await writeFile(broken, 'This is not a zip.');
  const rejected = await put(broken);
  await page.goto(`/syncs/${rejected}`);
  await page.getByText(/Nothing has been changed\.$/).waitFor({ timeout: 60_000 });
  await sound(page, 'rejected');

  await page.goto('/');
  // The removals that wait for a decision come before the delivery that could not be read.
  await page.getByRole('row', { name: /Needs you.*Lakeview Unified.*removals, which wait/ }).waitFor();
  await sound(page, 'overview');
  await page.getByRole('link', { name: 'Lakeview Unified' }).click();
  await page.getByRole('table', { name: 'Syncs, newest first' }).getByRole('row').nth(4).waitFor();
  await sound(page, 'district');

  assert.deepEqual(complaints, []);
  await context.close();
});
