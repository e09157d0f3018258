/** The console in a real Chromium against the real HTTP server, with a house in memory behind it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { builtConsole } from './built.ts';
import { shoot, violations } from './chromium.ts';
import { named, password } from './fake-house.ts';
import { consoleLane } from './lane.ts';

const lane = consoleLane();

test('a link signs in once, and only when its button is pressed', async () => {
  const token = lane.house.newLink(lane.house.people.owner.id);
  const scanner = await fetch(`${lane.url}/sign-in?token=${token}`);
  assert.equal(scanner.status, 200);
  await lane.inTab({}, async ({ page }) => {
    await page.goto(`/sign-in?token=${token}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    assert.equal(new URL(page.url()).search, '', 'the token is gone from the address');
  });
  await lane.inTab({ expected: /410/ }, async ({ page }) => {
    await page.goto(`/sign-in?token=${token}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This link was used already. Ask for a new one.').waitFor();
    await page.getByLabel('Email address').waitFor();
  });
});

test('a password signs in, a wrong one says so and loses nothing', async () => {
  await lane.inTab({ expected: /401/ }, async ({ page }) => {
    await page.goto('/');
    await page.getByLabel('Email address').fill(lane.house.people.owner.email);
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This email address and password do not belong together.').waitFor();
    assert.equal(await page.getByLabel('Email address').inputValue(), lane.house.people.owner.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });
});

test('an empty form says what is missing at its fields', async () => {
  await lane.inTab({}, async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter your email address.').waitFor();
    await page.getByText('Enter your password.').waitFor();
    assert.deepEqual(await violations(page), []);
  });
});

test('after the session ended, signing in returns to the same place', async () => {
  await lane.inTab({ as: lane.house.people.owner, expected: /401/ }, async ({ page }) => {
    const place = `/syncs/${named.held}?part=findings&rule=enum-wrong-case`;
    await page.goto(place);
    await page.getByRole('link', { name: 'Next page' }).waitFor();
    lane.house.sessions.clear();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByText('Sign in to go on where you were.').waitFor();
    await page.getByLabel('Email address').fill(lane.house.people.owner.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('51 to 72 of 72').waitFor();
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, `${place}&page=2`);
  });
});

test('the overview is worst first, and filters by state and words, all in the address', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/');
    const rows = page.getByRole('table', { name: 'Sources, worst first' }).getByRole('row');
    await rows.nth(1).waitFor();
    assert.match((await rows.nth(1).textContent()) ?? '', /Needs you.*Lakeview Unified.*Literacy.*412 of 2,940/);
    await page
      .getByRole('navigation', { name: 'States' })
      .getByRole('link', { name: /Rejected/ })
      .click();
    await rows.nth(2).waitFor({ state: 'detached' });
    assert.match((await rows.nth(1).textContent()) ?? '', /Rejected.*Northside.*manifest.csv is missing/);
    await page.getByRole('navigation', { name: 'States' }).getByRole('link', { name: /All/ }).click();
    await page
      .getByRole('row', { name: /Lakeview/ })
      .first()
      .waitFor();
    await page.getByRole('searchbox', { name: 'Search districts and sources' }).fill('hill county');
    await page.waitForURL(/q=hill\+county/);
    await rows.nth(2).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('row', { name: /Hill County/ }).waitFor();
    assert.equal(await rows.count(), 2);
    await page.getByRole('searchbox', { name: 'Search districts and sources' }).fill('');
    await page.getByLabel('Format').selectOption('Clever SFTP files');
    await page.waitForURL(/format=clever-sftp/);
    await page
      .getByRole('row', { name: /Bay City/ })
      .first()
      .waitFor();
    await page.getByRole('row', { name: /Hill County/ }).waitFor({ state: 'detached' });
    await page.getByRole('searchbox', { name: 'Search districts and sources' }).fill('no such');
    await page.getByText('No source fits these filters.').waitFor();
  });
});

test('the little bars tell date and counts by keyboard', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/?q=bay');
    await page.getByRole('button', { name: /Changes of the last 14 deliveries of Bay City, Math/ }).focus();
    await page
      .getByRole('status')
      .getByText(/added, .* changed, .* removed/)
      .waitFor();
    const last = await page.getByRole('status').first().textContent();
    await page.keyboard.press('ArrowLeft');
    assert.notEqual(await page.getByRole('status').first().textContent(), last);
    await shoot(page, 'bars-note-light-1280');
  });
});

test('a held sync is decided in a dialog that repeats its counts', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByText(/would remove 412 of 2,940 enrollments/).waitFor();
    await page.getByRole('button', { name: /^Apply all/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Apply all of this delivery?' });
    await dialog.getByText('52 added and 35 changed. 433 records are removed:').waitFor();
    await dialog.getByText('enrollments: 412 of 2,940').waitFor();
    await shoot(page, 'dialog-light-1280');
    assert.deepEqual(await violations(page), []);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(lane.house.decisions.length, 0);
    await page.getByRole('button', { name: /additions and updates only…/ }).click();
    await page.getByLabel(/Reason/).fill('The school is missing from the export');
    await page.getByRole('button', { name: 'Apply 87 changes' }).click();
    await page.getByText(/chose to apply additions and updates only on/).waitFor();
    assert.deepEqual(lane.house.decisions[0], {
      syncId: named.held,
      choice: 'apply additions and updates',
      counts: { added: 52, changed: 35, removed: 433 },
      reason: 'The school is missing from the export',
      accountId: lane.house.people.owner.id,
      address: '127.0.0.1',
    });
    await page.getByText('52 added, 35 changed; 433 removals wait.').waitFor();
  });
});

test('a running sync moves before the eyes', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.running}`);
    const steps = page.getByRole('list', { name: 'Steps' });
    await steps.getByText('Checking').waitFor();
    lane.house.setState(named.running, 'comparing');
    await steps.getByText('Comparing').waitFor();
    lane.house.setState(named.running, 'unchanged');
    await page.getByText(/The delivery says what the roster says already/).waitFor();
  });
});

test('all rows of a rule are paged, and all findings can be taken along as CSV', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByRole('link', { name: /All 72 rows/ }).click();
    await page.getByText('1 to 50 of 72').waitFor();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByText('51 to 72 of 72').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download all as CSV' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'findings-of-sync-15.csv');
  });
});

test('a district viewer sees one district, no pupil data, and why they may not decide', async () => {
  await lane.inTab({ as: lane.house.people.viewer, expected: /404/ }, async ({ page }) => {
    await page.goto(`/syncs/${named.held}`);
    await page.getByText('"•••"').first().waitFor();
    const text = (await page.getByRole('main').textContent()) ?? '';
    assert.doesNotMatch(text, /000451|H-1A|STUDENT/);
    const act = page.getByRole('button', { name: /^Apply all/ });
    assert.ok(await act.isDisabled());
    await page.getByText('Your vendor decides about held deliveries.').waitFor();
    await shoot(page, 'viewer-light-1280');
    await page.getByRole('link', { name: 'District', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Lakeview Unified' }).waitFor();
    await page.goto(`/syncs/${named.applied}`);
    await page.getByText('There is no such sync, or it is not yours to see.').waitFor();
  });
});

test('the chosen colours stay, and the page opens with them', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Switch to dark colours' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Switch to light colours' }).waitFor();
    await page.goto('/account');
    assert.ok(await page.getByRole('radio', { name: 'Dark' }).isChecked());
  });
});

test('the first page is usable by keyboard alone', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/');
    await page
      .getByRole('row', { name: /Lakeview/ })
      .first()
      .waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to content');
    await page.keyboard.press('Enter');
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Lakeview Unified') break;
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Lakeview Unified' }).waitFor();
  });
});

test('back and forward go through pages and filters as they were', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto('/');
    await page
      .getByRole('navigation', { name: 'States' })
      .getByRole('link', { name: /Rejected/ })
      .click();
    await page.getByRole('link', { name: 'Northside', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Northside' }).waitFor();
    await page.goBack();
    const rows = page.getByRole('table', { name: 'Sources, worst first' }).getByRole('row');
    await page.getByRole('row', { name: /Northside/ }).waitFor();
    assert.equal(await rows.count(), 2, 'still the rejected ones alone');
    await page.goBack();
    await page.getByRole('row', { name: /Hill County/ }).waitFor();
    await page.goForward();
    await rows.nth(2).waitFor({ state: 'detached' });
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: 'Northside' }).waitFor();
  });
});

test('the first page asks for less than 200 kB of packed scripts', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    const folder = await builtConsole();
    const scripts = new Set<string>();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith('.js')) scripts.add(pathname);
    });
    await page.goto('/');
    await page
      .getByRole('row', { name: /Lakeview/ })
      .first()
      .waitFor();
    await page.waitForLoadState('networkidle');
    assert.ok(scripts.size > 1);
    const packed = [...scripts].map((path) => gzipSync(readFileSync(join(folder, path))).length);
    const bytes = packed.reduce((sum, each) => sum + each, 0);
    assert.ok(bytes < 200_000, `${bytes} bytes in ${scripts.size} files`);
  });
});
