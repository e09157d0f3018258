/** A source over time in a real Chromium: history and the way back, trends, and the step into a new school year. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleLane } from './lane.ts';

const lane = consoleLane();
const source = '/sources/s-lakeview-literacy';

test('the history leads back to before any sync that was applied', async () => {
  await lane.inTab({ as: lane.house.people.owner, expected: /404/ }, async ({ page }) => {
    await page.goto(`${source}/history`);
    const rows = page.getByRole('table', { name: 'Syncs, newest first' }).getByRole('row');
    await rows.nth(15).waitFor();
    assert.match((await rows.nth(1).textContent()) ?? '', /Held.*15/);
    assert.equal(await rows.nth(1).getByRole('button').count(), 0, 'what was not applied has no before');
    await rows
      .filter({ hasText: /Applied/ })
      .first()
      .getByRole('button', { name: /Back to before/ })
      .click();
    const dialog = page.getByRole('dialog', { name: /^Back to how it was before sync \d+\?$/ });
    await dialog.getByLabel(/Reason/).fill('Grades of another district');
    await dialog.getByRole('button', { name: 'Roll back 6 records' }).click();
    await page.waitForURL(/sync-of-the-act/);
  });
  await lane.inTab({ as: lane.house.people.viewer }, async ({ page }) => {
    await page.goto(`${source}/history`);
    await page.getByRole('table', { name: 'Syncs, newest first' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /Back to before/ }).count(), 0);
    assert.equal(await page.getByRole('link', { name: 'New school year' }).count(), 0);
  });
});

test('trends are told in pictures with words, in numbers, and over the span in the address', async () => {
  await lane.inTab({ as: lane.house.people.viewer }, async ({ page }) => {
    await page.goto(`${source}/trends`);
    await page.getByRole('img', { name: /^Number of people\. .*lowest [\d,]+, highest [\d,]+\.$/ }).waitFor();
    await page.getByRole('img', { name: /^Share of rows left out, in percent/ }).waitFor();
    await page.getByRole('img', { name: /^Hours between due time and arrival/ }).waitFor();
    await page.getByText(/As a table: 59 syncs/).click();
    const rows = page.getByRole('table', { name: 'Syncs of this span, newest first' }).getByRole('row');
    assert.match((await rows.nth(1).textContent()) ?? '', /held/);
    await page.getByRole('link', { name: '30 days' }).click();
    await page.getByText(/As a table: 29 syncs/).waitFor();
    await page.reload();
    await page.getByText(/As a table: 29 syncs/).waitFor();
    await page.goBack();
    await page.getByText(/As a table: 59 syncs/).waitFor();
  });
});

test('a school-year reset is shown, asked for with its counts, and leads to its sync', async () => {
  await lane.inTab({ as: lane.house.people.owner, expected: /404/ }, async ({ page }) => {
    await page.goto(`${source}/new-year`);
    await page.getByRole('radio', { name: /Pupils leave/ }).click();
    await page.waitForURL(/variant=math/);
    await page.getByRole('radio', { name: /Pupils leave/, checked: true }).waitFor();
    await page.getByRole('button', { name: 'Reset 6 records…' }).click();
    await page.getByText('3 records leave the roster, 2 change, 1 are added.').waitFor();
    await page.getByLabel(/Reason/).fill('Summer');
    await page.getByRole('button', { name: 'Reset 6 records', exact: true }).click();
    await page.waitForURL(/sync-of-the-act/);
  });
});
