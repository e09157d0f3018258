/** Records before a whole house: what people add, edit, archive, release and hand back, and what the pages say of it afterwards. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import sql from 'sql-template-tag';
import type { House } from '../../src/house.ts';
import { createSession } from '../../src/people/sessions.ts';
import { houseOn, put, sampleZip, setUp, tempFolder, which } from '../sync/district.ts';
import { builtConsole } from './built.ts';
import { openChromium, openTab, violations } from './chromium.ts';

const folder = await tempFolder();
let house: House;
let browser: Browser;
let roster: string;
let url: string;
const one = async <T>(query: ReturnType<typeof sql>) => (await house.db.one(query)) as T;

before(async () => {
  await builtConsole();
  browser = await openChromium();
  house = await houseOn(join(folder.path, 'data'), { doors: ['http'] });
  await setUp(house);
  await put(house, await sampleZip(folder.path, 'first', { students: 200 }));
  roster = (await one<{ id: string }>(sql`select id from rosters`)).id;
  url = (house.http as { url: string }).url;
});
after(async () => {
  await browser?.close();
  await house?.close();
  await folder.remove();
});

async function asOwner(work: (page: Page) => Promise<void>, expected?: RegExp): Promise<void> {
  const email = `owner-${Math.random()}@vendor.example`;
  await house.acts.addContact({ email, role: 'owner' });
  const { id } = await one<{ id: string }>(sql`select id from accounts where email = ${email}`);
  const { page, context, complaints } = await openTab(browser, url);
  const value = await createSession(house.db, id);
  await context.addCookies([{ name: 'homeroom', value, url, httpOnly: true, sameSite: 'Lax' }]);
  await work(page);
  assert.deepEqual(
    complaints.filter((each) => !expected?.test(each)),
    [],
  );
  await context.close();
}

test('a pupil is put into a class by hand, stays through the next delivery, and leaves by hand', async () => {
  const pupil = await one<{ id: string; name: string }>(sql`
    select sourced_id as id, given_name || ' ' || family_name as name from users where role = 'student' order by sourced_id limit 1`);
  const club = await one<{ title: string; id: string }>(sql`
    select c.title, c.sourced_id as id from classes c where not exists (select 1 from enrollments e
      where e.roster_id = c.roster_id and e.class_sourced_id = c.sourced_id and e.user_sourced_id = ${pupil.id})
    order by c.sourced_id limit 1`);
  await asOwner(async (page) => {
    await page.goto(`/rosters/${roster}/users/${pupil.id}`);
    await page.getByRole('heading', { level: 1, name: pupil.name }).waitFor();
    await page.getByRole('link', { name: 'Add to a class…' }).click();
    await page.getByRole('heading', { level: 1, name: 'Add an enrollment' }).waitFor();
    await page.getByLabel('Class').first().fill(club.id);
    await page.getByRole('option', { name: `${club.title} (${club.id})` }).click();
    await page.getByRole('button', { name: /^Add the enrollment/ }).click();
    const classes = page.getByRole('table', { name: 'Classes now' });
    const row = classes.getByRole('row').filter({ hasText: 'By hand' });
    await row.getByRole('link', { name: club.title }).waitFor();
    assert.deepEqual(await violations(page), []);
    await put(house, await sampleZip(folder.path, 'second', { students: 200, generation: 1 }));
    await page.reload();
    await row.getByRole('link', { name: club.title }).waitFor();
    await row.getByRole('cell').last().getByRole('link').click();
    await page.getByRole('button', { name: 'Archive…' }).click();
    await page.getByRole('button', { name: 'Archive 1 record' }).click();
    await page.getByText(/archived: out of the roster/).waitFor();
    await page.getByRole('button', { name: 'Bring back…' }).waitFor();
    await page.goto(`/rosters/${roster}/users/${pupil.id}?class=${club.id}`);
    await page.getByText(/was in .*, and is not any more\./).waitFor({ timeout: 30_000 });
    await page.getByText(/went on .* by owner-/).waitFor();
  });
});

test('a record is released, edited, found changed by somebody else, and handed back', async () => {
  const { id } = await one<{ id: string }>(sql`
    select sourced_id as id from users where role = 'teacher' order by sourced_id limit 1`);
  await asOwner(async (page) => {
    await page.goto(`/rosters/${roster}/users/${id}`);
    await page.getByText(/Managed by the SIS: the source/).waitFor();
    await page.getByRole('button', { name: 'Release from the SIS…' }).click();
    await page.getByRole('button', { name: 'Release 1 record' }).click();
    await page.getByText(/released from the SIS, kept by hand/).waitFor();
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await page.getByLabel(/^Given name/).fill('Wilhelmina');
    await house.acts.editRecord({ ...which, kind: 'users', sourcedId: id, set: { middleName: 'Q' } });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The record has changed since you looked at it.').waitFor();
    assert.equal(await page.getByLabel(/^Given name/).inputValue(), 'Wilhelmina', 'nothing is lost');
    await page.reload();
    await page.getByLabel(/^Given name/).fill('Wilhelmina');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: /^Wilhelmina/ }).waitFor();
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('Wilhelmina').waitFor();
    await history.getByText('Released', { exact: true }).waitFor();
    await history.getByRole('link', { name: 'as it was before' }).first().click();
    await page.getByText('Back to today').waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Wilhelmina' }).count(), 0);
    await page.getByRole('link', { name: 'Back to today' }).click();
    await page.getByRole('button', { name: 'Hand back to the SIS…' }).click();
    await page.getByRole('button', { name: 'Hand back 1 record' }).click();
    await page.getByText(/added by hand/).waitFor();
  }, /409/);
});

test('a username that is taken is refused in words, and the form stays', async () => {
  const taken = await one<{ username: string }>(sql`select username from users where username is not null limit 1`);
  const school = await one<{ id: string; name: string }>(sql`
    select sourced_id as id, name from orgs where type = 'school' order by name limit 1`);
  await asOwner(async (page) => {
    await page.goto(`/rosters/${roster}?only=hand`);
    await page.getByRole('link', { name: 'Add a person…' }).click();
    await page.getByLabel(/^Given name/).fill('Uma');
    await page.getByLabel(/^Family name/).fill('Vale');
    await page.getByLabel(/^Username/).fill(taken.username);
    await page.getByLabel(/^Role/).selectOption('teacher');
    await page
      .getByLabel(/^Schools/)
      .first()
      .fill(school.id);
    await page.getByRole('option', { name: `${school.name} (${school.id})` }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Add the person' }).click();
    await page
      .getByRole('alert')
      .getByText(/is that of the user/)
      .waitFor();
    await page.getByLabel(/^Username/).fill('uma.vale');
    await page.getByRole('button', { name: 'Add the person' }).click();
    await page.getByRole('heading', { level: 1, name: 'Uma Vale' }).waitFor();
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'People' }).click();
    await page.getByLabel('Managed by').selectOption('hand');
    await page.getByRole('link', { name: 'Vale, Uma' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export' }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^roster-1234567-.*\.zip$/);
  }, /409/);
});
