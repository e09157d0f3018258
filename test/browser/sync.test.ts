/** The page of a sync in a real Chromium: findings, changes, choices, rollbacks, and what two people do at once. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './chromium.ts';
import { named, password } from './fake-house.ts';
import { consoleLane } from './lane.ts';

const lane = consoleLane();

test('findings: what is new is marked and can be seen alone, what is fixed is named', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByText('2 new').waitFor();
    await page.getByText(/Fixed since the last delivery, .*\(3\)/).waitFor();
    await page.getByRole('navigation', { name: 'Which findings' }).getByRole('link', { name: 'New' }).click();
    await page.waitForURL(/only=new/);
    await page.getByText('STUDENT').first().waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('article').count(), 1);
    await page.reload();
    await page.getByText('e-9901').waitFor();
    assert.equal(await page.getByText('e-9902').count(), 0);
    await page.goBack();
    await page.getByText('STUDENT').first().waitFor();
  });
});

test('findings: a search finds keys and values, says when nothing fits, and stays out of the address', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    const field = page.getByRole('searchbox', { name: 'Search the findings' });
    await field.fill('000451');
    await page.getByText('1 finding', { exact: true }).waitFor();
    await page.getByRole('heading', { level: 3, name: /same sourcedId/ }).waitFor();
    assert.doesNotMatch(page.url(), /000451/);
    await field.fill('users.csv');
    await page.getByText('77 findings').waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByText('Page 2 of 2').waitFor();
    assert.deepEqual(await violations(page), []);
    await field.fill('no such thing');
    await page.getByText('No finding has these words.').waitFor();
    await field.fill('');
    await page.getByText('Fix in the SIS').first().waitFor();
  });
});

test('findings: a viewer cannot find out by searching what they are not shown', async () => {
  await lane.inTab({ as: lane.house.people.viewer }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    const field = page.getByRole('searchbox', { name: 'Search the findings' });
    await field.fill('000451');
    await page.getByText('No finding has these words.').waitFor();
    await field.fill('line 940');
    await page.getByText('1 finding', { exact: true }).waitFor();
  });
});

test('changes: paged on the server, filtered in the address, taken along as CSV', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByRole('link', { name: /^Changes/ }).click();
    const rows = page.getByRole('table', { name: 'Each change it would make' }).getByRole('row');
    await rows.nth(50).waitFor();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByRole('link', { name: 'U50', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'U50', exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'U0', exact: true }).waitFor();
    await page.getByRole('combobox', { name: 'Change' }).selectOption({ label: 'Changed' });
    await page.getByRole('link', { name: 'U200', exact: true }).waitFor();
    assert.equal(await rows.count(), 4);
    assert.match((await rows.nth(3).textContent()) ?? '', /Changed.*users.*givenName.*Kim200.*→.*=1\+1/);
    assert.match(page.url(), /action=update/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download these as CSV' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'changes-of-sync-15.csv');
    await page.getByRole('combobox', { name: 'School' }).selectOption({ label: 'Lakeview Middle School' });
    await page.getByText('No change fits these filters.').waitFor();
  });
});

test('the picture by school leads to the changes of one school', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByRole('link', { name: 'By school' }).click();
    await page.getByRole('img', { name: /Hill Elementary: 0 added, 1 changed, 550 removed/ }).waitFor();
    await page.getByText('As a table: 3 schools').click();
    await page
      .getByRole('table', { name: /by school/ })
      .getByRole('link', { name: 'Hill Elementary' })
      .click();
    await page.waitForURL(/school=S1/);
    assert.equal(await page.getByRole('combobox', { name: 'School' }).inputValue(), 'S1');
    await page.getByRole('link', { name: 'U0', exact: true }).waitFor();
  });
});

test('each choice names the counts it touches, and only those that can be chosen are there', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByRole('button', { name: 'Apply 87 additions and updates only…' }).waitFor();
    await page.getByRole('button', { name: 'Apply all 520…' }).waitFor();
    await page.getByRole('button', { name: 'Discard all 520…' }).waitFor();
    const sync = lane.house.syncs.get(named.held);
    assert.ok(sync);
    lane.house.syncs.set(named.held, { ...sync, removalsOnly: true, follows: 14 });
    await page.reload();
    await page.getByRole('button', { name: 'Apply all 520…' }).waitFor();
    await page.getByText('These are the removals that were left waiting when sync 14 was applied.').waitFor();
    assert.equal(await page.getByRole('button', { name: /additions and updates/ }).count(), 0);
    await page.getByRole('button', { name: 'Discard all 520…' }).click();
    await page.getByRole('dialog', { name: 'Discard the removals that wait?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});

test('of two people who decide at once, the second is told who was first, and nothing is done twice', async () => {
  const { owner } = lane.house.people;
  await lane.inTab({ as: owner, expected: /409/ }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByRole('button', { name: 'Apply all 520…' }).click();
    await page.getByLabel(/Reason/).fill('I was second');
    await lane.inTab({ as: owner }, async ({ page: first }) => {
      await first.goto(`/syncs/${named.held}`);
      await first.getByRole('button', { name: 'Discard all 520…' }).click();
      await first.getByRole('button', { name: 'Discard it' }).click();
      await first.getByText(/discarded it on/).waitFor();
    });
    await page.getByRole('button', { name: 'Apply 520 changes' }).click();
    await page
      .getByText('ana.ruiz@vendor.example was first and discarded it. That holds; your choice has done nothing.')
      .waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    await page.getByText(/ana.ruiz@vendor.example discarded it on/).waitFor();
    assert.equal(lane.house.decisions.length, 1);
  });
});

test('a session that ends in the middle of a decision loses nothing of it', async () => {
  const { owner } = lane.house.people;
  await lane.inTab({ as: owner, expected: /401/ }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByRole('button', { name: /additions and updates only/ }).click();
    await page.getByLabel(/Reason/).fill('The school was asked');
    lane.house.sessions.clear();
    await page.getByRole('button', { name: 'Apply 87 changes' }).click();
    await page.getByLabel('Email address').fill(owner.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    assert.equal(await page.getByLabel(/Reason/).inputValue(), 'The school was asked');
    await page.getByRole('button', { name: 'Apply 87 changes' }).click();
    await page.getByText(/chose to apply additions and updates only/).waitFor();
    assert.equal(lane.house.decisions[0]?.reason, 'The school was asked');
  });
});

test('a rollback shows what it would do, asks once, and leads to its own sync', async () => {
  await lane.inTab({ as: lane.house.people.owner, expected: /409|404/ }, async ({ page }) => {
    await page.goto(`/syncs/${named.applied}`);
    await page.getByRole('button', { name: 'Roll back…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Roll back sync 15?' });
    await dialog.getByText(/Left as they are: 1 record that a person has changed since\./).waitFor();
    await dialog.getByRole('radio', { name: /All since/ }).check();
    await page.getByRole('dialog', { name: 'Back to how it was before sync 15?' }).waitFor();
    await page.getByLabel(/Reason/).fill('Grades of another district');
    await page.getByRole('button', { name: 'Roll back 6 records' }).click();
    await page.waitForURL(/sync-of-the-act/);
  });
});

test('what failed is tried again, and a district person reads who does that', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.failed}`);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  });
  await lane.inTab({ as: lane.house.people.administrator }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByText('Your vendor decides about held deliveries.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Apply all 520…' }).isDisabled());
    await page.getByRole('link', { name: /^Changes/ }).click();
    await page.getByRole('link', { name: 'U0', exact: true }).waitFor();
  });
});

test('a slow network shows that something is loading, a broken one says so and tries again', async () => {
  const broken = { as: lane.house.people.owner, expected: /ERR_FAILED|Failed to load/, fresh: true };
  await lane.inTab(broken, async ({ page }) => {
    let isBroken = true;
    await page.route('**/changes?**', async (route) => (isBroken ? route.abort() : route.continue()));
    await page.route('**/changes', async (route) => (isBroken ? route.abort() : route.continue()));
    await page.goto(`/syncs/${named.held}?part=changes`);
    await page.getByRole('status').getByText('Loading').waitFor();
    await page.getByText(/The server cannot be reached/).waitFor({ timeout: 15_000 });
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'U0', exact: true }).waitFor();
  });
});
