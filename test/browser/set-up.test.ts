/** Setting up in the console, before a house in memory: districts, sources, people, products, calendars, uploads. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './chromium.ts';
import { password } from './fake-house.ts';
import { consoleLane } from './lane.ts';

const lane = consoleLane();
const source = 's-lakeview-literacy';

test('the search of everything is a key away, is chosen by keyboard, and leads there', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.keyboard.press('/');
    const field = page.getByRole('searchbox', { name: 'Search for anything' });
    await field.and(page.locator(':focus')).waitFor();
    await page.keyboard.type('bay');
    await page.getByRole('option', { name: /Bay City/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Bay City' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.keyboard.press('/');
    await field.fill('000451');
    await page.getByRole('option', { name: /Mia Stone.*Lakeview Unified, Literacy/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Mia Stone' }).waitFor();
    // By name too; what is typed stands in no address.
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await page.keyboard.press('/');
    await field.fill('stone');
    await page.getByRole('option', { name: /Mia Stone/ }).waitFor();
    assert.ok(addresses.some((address) => address.endsWith('/search')));
    assert.ok(addresses.every((address) => !/stone|mia/i.test(address)));
    await field.fill('lee@');
    await page.getByRole('option', { name: /lee@lakeview/ }).click();
    await page.getByRole('heading', { level: 1, name: /lee@lakeview/ }).waitFor();
  });
});

test('on a phone every area can be reached', async () => {
  await lane.inTab({ as: lane.house.people.owner, width: 390 }, async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'More' }).click();
    const sheet = page.getByRole('dialog', { name: 'All areas' });
    for (const name of ['Overview', 'Districts', 'Products', 'Rules', 'Formats', 'Try a file', 'People', 'Settings'])
      await sheet.getByRole('link', { name }).waitFor();
    assert.deepEqual(await violations(page), []);
    await sheet.getByRole('link', { name: 'Products' }).click();
    await page.getByRole('heading', { level: 1, name: 'Products' }).waitFor();
    assert.equal(await sheet.count(), 0);
  });
});

test('a person is invited; what was typed survives a refusal and the end of the session', async () => {
  const { owner } = lane.house.people;
  await lane.inTab({ as: owner, expected: /401|409/ }, async ({ page }) => {
    await page.goto('/people?district=d-lakeview');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
    await dialog.getByRole('button', { name: 'Send the invitation' }).click();
    await dialog.getByText('Enter an email address.').waitFor();
    await dialog.getByLabel('Email address').fill('sam@lakeview.example');
    await page.keyboard.press('Enter');
    await dialog.getByText(/There is an account with the address sam@lakeview.example already/).waitFor();
    await dialog.getByLabel('Email address').fill('pat@lakeview.example');
    await dialog.getByLabel('Name (optional)').fill('Pat Reed');
    lane.house.sessions.clear();
    await dialog.getByRole('button', { name: 'Send the invitation' }).click();
    const again = page.getByRole('dialog', { name: 'You are signed out' });
    assert.equal(await again.getByLabel('Email address').inputValue(), owner.email);
    await again.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.keyboard.press('Enter');
    await again.waitFor({ state: 'detached' });
    assert.equal(await dialog.getByLabel('Name (optional)').inputValue(), 'Pat Reed');
    await dialog.getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByRole('row', { name: /pat@lakeview.example.*Pat Reed.*Invited/ }).waitFor();
  });
});

test('a person is renamed, moved to another address, disabled, enabled and removed', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/people/a-viewer');
    await page.getByRole('button', { name: 'Change role or name…' }).click();
    await page.getByRole('dialog').getByLabel('Role').selectOption('administrator');
    await page.getByRole('dialog').getByLabel('Name').fill('Kim Vale');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Kim Vale' }).waitFor();
    await page.getByRole('button', { name: 'Change the address…' }).click();
    await page.getByRole('dialog').getByLabel('Email address').fill('kim.vale@lakeview.example');
    await page.getByRole('button', { name: 'Change the address', exact: true }).click();
    await page.getByText('kim.vale@lakeview.example').first().waitFor();
    await page.getByRole('button', { name: 'Disable…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page
      .getByText(/nothing lets them in/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Enable…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
    await page.getByRole('button', { name: 'Send a link for a new password' }).click();
    await page.getByText(/A mail with a link is on its way/).waitFor();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
    assert.equal(await page.getByText('kim.vale@lakeview.example').count(), 0);
  });
});

test('a source is set up step by step, back loses nothing, and what is not as usual is set', async () => {
  const made: unknown[] = [];
  lane.house.deps.setUp.addSource = async (_, given) => {
    made.push(given);
    return { id: source, uploadPath: null };
  };
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/districts/d-lakeview/set-up');
    await page.getByRole('radio', { name: 'SFTP' }).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Name of the source').fill('Nightly');
    await page.getByLabel('Strictness').selectOption('lenient');
    await page.getByText('Sun', { exact: true }).click();
    await page.getByText('Due Monday to Saturday by 03:00 Mountain Time.').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Removals that wait: share').fill('20');
    await page.getByRole('button', { name: 'Back' }).click();
    assert.equal(await page.getByLabel('Name of the source').inputValue(), 'Nightly');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('from 20 % and 20 records on').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Set up the source' }).click();
    await page.getByRole('heading', { level: 2, name: '1. Where to send it' }).waitFor();
  });
  assert.deepEqual(made, [
    {
      districtId: 'd-lakeview',
      productId: 'p-literacy',
      kind: 'sftp',
      name: 'Nightly',
      format: 'auto',
      profile: 'lenient',
      trustFirst: false,
    },
  ]);
  const { settings } = lane.house.settings.get(source) as { settings: Record<string, unknown> };
  assert.equal(settings.removedShare, 0.2);
  assert.deepEqual(settings.schedule, { days: [1, 2, 3, 4, 5, 6], time: '03:00', timeZone: null });
});

test('settings are saved by group, a wrong one is said at its field, and nothing is lost', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/sources/${source}`);
    const thresholds = page.getByRole('region', { name: 'Thresholds' });
    await thresholds.getByLabel('Removals, share', { exact: true }).fill('15');
    await thresholds.getByText('Not saved yet.').waitFor();
    await thresholds.getByRole('button', { name: 'Save' }).click();
    await thresholds.getByText('Saved.').waitFor();
    await page.reload();
    assert.equal(await thresholds.getByLabel('Removals, share', { exact: true }).inputValue(), '15 %');
    await thresholds.getByText('The default is 10%.').waitFor();
  });
  await lane.inTab({ as: lane.house.people.viewer }, async ({ page }) => {
    await page.goto(`/sources/${source}`);
    await page
      .getByText(/An administrator of the district or your vendor changes settings/)
      .first()
      .waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0);
  });
});

test('a window is added to the calendar, shows in the months, and is removed', async () => {
  await lane.inTab({ as: lane.house.people.administrator }, async ({ page }) => {
    await page.goto('/districts/d-lakeview/calendar');
    await page.getByRole('button', { name: 'Add a window' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a window' });
    await dialog.getByRole('button', { name: 'Add the window' }).click();
    await dialog.getByText('Choose the days.').waitFor();
    await dialog.getByLabel('Days').click();
    const days = page.locator('[data-dates-dropdown]');
    await days.getByRole('button', { name: /^10 / }).first().click();
    await days.getByRole('button', { name: /^12 / }).first().click();
    await dialog.getByLabel('Why (optional)').fill('Teacher days');
    await dialog.getByRole('button', { name: 'Add the window' }).click();
    await page.getByRole('row', { name: /10 .* to 12 .*Paused.*Teacher days.*Literacy/ }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page
      .getByRole('button', { name: /Remove the window from 10 / })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
    await page
      .getByRole('row', { name: /Literacy.*Teacher days|Teacher days.*Literacy/ })
      .waitFor({ state: 'detached' });
  });
});

test('a delivery is uploaded in pieces and leads to its sync; a viewer is told who uploads', async () => {
  await lane.inTab({ as: lane.house.people.administrator }, async ({ page }) => {
    await page.goto(`/sources/${source}/upload`);
    const buffer = Buffer.alloc(700_000, 1);
    await page.getByLabel('Files').setInputFiles({ name: 'OneRoster.zip', mimeType: 'application/zip', buffer });
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('heading', { level: 1, name: /Sync of/ }).waitFor();
    const sent = [...lane.house.syncs.values()].find(({ id }) => id === 'sync-upload-1');
    assert.equal(sent?.delivery?.sizeBytes, 700_000);
    assert.equal(sent?.dryRun, false);
  });
});

test('a webhook shows its secret once, is tested, stopped and removed', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/settings/webhooks');
    await page.getByRole('button', { name: 'Add a webhook' }).click();
    await page.getByRole('dialog').getByLabel('Address').fill('https://hooks.vendor.example/rosters');
    await page.getByRole('button', { name: 'Add the webhook' }).click();
    await page.getByText('whsec_c2VjcmV0').waitFor();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('link', { name: 'https://hooks.vendor.example/rosters' }).click();
    assert.equal(await page.getByText('whsec_c2VjcmV0').count(), 0);
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The test arrived: the program answered with 204.').waitFor();
    const givenUp = page.getByRole('row', { name: /sync.held.*503/ });
    await givenUp.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('The message arrived: the program answered with 204.').waitFor();
    await givenUp.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped: nothing is told').waitFor();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('No webhook is set up.').waitFor();
  });
});

test('rules, formats and templates ask nobody to sign in', async () => {
  await lane.inTab({}, async ({ page }) => {
    await page.goto('/rules');
    await page.getByRole('searchbox', { name: 'Search rules' }).fill('capitals');
    await page.waitForURL(/q=capitals/);
    await page.getByRole('link', { name: 'A value differs from an allowed one only in capitals' }).click();
    await page.getByText('What to do in the SIS').waitFor();
    await page.goto('/formats');
    await page.getByRole('link', { name: 'OneRoster 1.1 CSV' }).click();
    await page.getByLabel('For').selectOption('literacy');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the template' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'oneroster-csv-1.1-literacy-template.zip');
  });
});

test('the people of a district find their own district and no way to the house', async () => {
  await lane.inTab({ as: lane.house.people.viewer, expected: /403|404/ }, async ({ page }) => {
    await page.goto('/');
    const links = page.getByRole('navigation', { name: 'Main' });
    await links.getByRole('link', { name: 'District' }).click();
    await page.getByRole('heading', { level: 1, name: 'Lakeview Unified' }).waitFor();
    for (const name of ['Products', 'People', 'Settings', 'Districts'])
      assert.equal(await links.getByRole('link', { name, exact: true }).count(), 0, name);
    await page.goto('/settings');
    await page.getByText('Only people of the vendor may see or do this.').waitFor();
    await page.goto('/districts/d-bay-city');
    await page.getByText('There is no such district, or it is not yours to see.').waitFor();
  });
});
