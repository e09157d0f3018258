/** Rosters and records in a real Chromium: looking for somebody, an earlier day, why, and who may not look. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './chromium.ts';
import { password } from './fake-house.ts';
import { fakeRosterId } from './fake-roster-pages.ts';
import { consoleLane } from './lane.ts';

const lane = consoleLane();
const roster = `/rosters/${fakeRosterId}`;

test('a person is found by parts of their name; no address and no title of a page names them', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    await page.goto(roster);
    await page.getByLabel('Search', { exact: true }).pressSequentially('mia sto', { delay: 20 });
    await page.getByRole('link', { name: 'Stone, Mia' }).first().waitFor();
    await page.getByRole('link', { name: 'Alvarez, Ava' }).waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Search', { exact: true }).inputValue(), 'mia sto');
    await page.getByRole('link', { name: 'Stone, Mia' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Mia Stone' }).waitFor();
    assert.equal(await page.title(), 'Person 000451 · Homeroom');
    await page.goBack();
    await page.getByRole('link', { name: 'Stone, Mia' }).first().waitFor();
    assert.equal(await page.getByLabel('Search', { exact: true }).inputValue(), 'mia sto', 'words come back');
    assert.deepEqual(
      [page.url(), ...asked].filter((url) => /mia|sto(ne|$)/i.test(url)),
      [],
    );
  });
});

test('pages, kinds and filters stand in the address, and come back by reload and by going back', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(roster);
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByText('51 to 100 of 132').waitFor();
    await page.reload();
    await page.getByText('51 to 100 of 132').waitFor();
    await page.getByLabel('Role').selectOption('teacher');
    await page
      .getByRole('table', { name: 'People' })
      .getByRole('cell', { name: 'student' })
      .first()
      .waitFor({ state: 'detached' });
    assert.match(page.url(), /role=teacher/);
    await page.getByLabel('School').selectOption({ label: 'Hill Elementary' });
    await page.getByText(/nothing fits/).waitFor();
    await page.getByRole('link', { name: /^Classes/ }).click();
    await page.getByRole('link', { name: 'Robotics Club' }).waitFor();
    await page.getByLabel('Managed by').selectOption('hand');
    await page.getByRole('link', { name: 'Room 1', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Robotics Club' }).waitFor();
  });
});

test('an earlier day is chosen from a calendar by keyboard, and stays when one looks at a record', async () => {
  await lane.inTab({ as: lane.house.people.owner, fresh: true }, async ({ page }) => {
    await page.clock.setFixedTime(new Date('2026-11-21T16:40:00Z'));
    await page.goto(roster);
    // Until the calendar has come, a field that does nothing holds its place.
    await page.getByRole('button', { name: 'On the day' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Previous month' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '1 October 2026', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('As it was at the end of 2026-10-01 (America/Denver).').waitFor();
    assert.match(page.url(), /at=2026-10-01/);
    assert.equal(await page.getByRole('link', { name: 'Add a person…' }).count(), 0);
    await page.getByRole('link', { name: 'Alvarez, Ava' }).click();
    await page.getByText(/As it was at the end of 2026-10-01/).waitFor();
    assert.equal(await page.getByRole('button', { name: /Release/ }).count(), 0, 'the past is not changed');
    await page.getByRole('link', { name: 'Back to today' }).click();
    await page.getByRole('button', { name: 'Release from the SIS…' }).waitFor();
  });
});

test('the history tells by what a class was lost, and the page answers why', async () => {
  await lane.inTab({ as: lane.house.people.owner }, async ({ page }) => {
    await page.goto(`${roster}/users/000451`);
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('Not in Room 4 any more').waitFor();
    await history.getByRole('link', { name: 'why?' }).click();
    await page.getByText(/was in Room 1 \(H-4\), and is not any more\./).waitFor();
    assert.equal(await page.getByLabel('Class', { exact: true }).inputValue(), 'H-4');
    await page.getByLabel('Class', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Ask why' }).click();
    await page.getByText('Name a class.').waitFor();
    assert.deepEqual(await violations(page), []);
    await history.getByRole('link', { name: /delivery 15/ }).click();
    await page.getByRole('heading', { level: 1, name: /Sync of/ }).waitFor();
  });
});

test('synced fields are locked with the reason, and a page of edits says so too', async () => {
  await lane.inTab({ as: lane.house.people.administrator }, async ({ page }) => {
    await page.goto(`${roster}/users/000451`);
    await page.getByText(/Managed by the SIS: the source Nightly export sends it/).waitFor();
    await page.getByRole('cell', { name: 'Nightly export, locked' }).first().waitFor();
    assert.equal(await page.getByRole('link', { name: 'Edit', exact: true }).count(), 0);
    await page.goto(`${roster}/users/000451/edit`);
    await page.getByText(/its next delivery would undo what is changed here/).waitFor();
  });
});

test('a form says at its fields what is missing, and loses nothing when the session ends under it', async () => {
  const { owner } = lane.house.people;
  await lane.inTab({ as: owner, expected: /401/ }, async ({ page }) => {
    await page.goto(`${roster}/add/users`);
    await page.getByRole('button', { name: 'Add the person' }).click();
    await page.getByText('Given name is blank.').waitFor();
    await page.getByLabel(/Given name/).fill('Uma');
    await page.getByText('Given name is blank.').waitFor({ state: 'detached' });
    await page.getByLabel(/Family name/).fill('Vale');
    await page.getByLabel(/Username/).fill('uvale');
    await page.getByLabel(/Role/).selectOption('student');
    await page
      .getByLabel(/Schools/)
      .first()
      .fill('Hill');
    await page.getByRole('option', { name: 'Hill Elementary (S1)' }).click();
    await page.keyboard.press('Escape');
    lane.house.sessions.clear();
    await page.getByRole('button', { name: 'Add the person' }).click();
    await page.getByLabel('Email address').fill(owner.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Add a person' }).waitFor();
    assert.equal(await page.getByLabel(/Given name/).inputValue(), 'Uma');
    await page.getByRole('button', { name: 'Add the person' }).click();
    await page.waitForURL(/users\/made$/);
  });
});

test('people who see no pupil data, and people of other districts, are told so and see nothing', async () => {
  await lane.inTab({ as: lane.house.people.viewer }, async ({ page }) => {
    await page.goto(`${roster}/users/000451`);
    await page.getByText(/Records are for administrators of the district and for your vendor/).waitFor();
    assert.doesNotMatch((await page.getByRole('main').textContent()) ?? '', /Mia|Stone/);
  });
  await lane.inTab({ as: lane.house.people.administrator, expected: /404/ }, async ({ page }) => {
    await page.goto('/rosters/roster-d-bay-city');
    await page.getByText('There is no such roster, or it is not yours to see.').waitFor();
  });
});
