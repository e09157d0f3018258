/** Passwords, keys and second factors in a real Chromium, with people in memory behind it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../src/core/refusal.ts';
import { shoot, violations } from './chromium.ts';
import { password } from './fake-house.ts';
import { goodLink, recoveryCodes, rightCode } from './fake-people.ts';
import { consoleLane } from './lane.ts';

const lane = consoleLane();

test('an invitation says the rules as one types, and leads into the console', async () => {
  await lane.inTab({}, async ({ page }) => {
    await page.goto(`/set-password?token=${goodLink}`);
    await page.getByRole('heading', { level: 1, name: 'Set your password' }).waitFor();
    assert.equal(await page.getByLabel('Email address').inputValue(), lane.house.people.administrator.email);
    const field = page.getByRole('textbox', { name: 'Password' });
    await field.fill('short');
    await page.getByText('(5 so far)').waitFor();
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('This password cannot be used yet').waitFor();
    await field.fill('password1234');
    await page.getByText(/one of the first that anyone would try/).waitFor();
    await shoot(page, 'set-password-fault-light-1280');
    assert.deepEqual(await violations(page), []);
    await field.fill('four wooden lamps sing');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    assert.equal(new URL(page.url()).search, '', 'the token is gone from the address');
  });
});

test('a link that has ended says why, and a new one is one step away', async () => {
  const asked: string[] = [];
  lane.house.deps.people.askReset = ({ email }) => void asked.push(email);
  await lane.inTab({ expected: /410/ }, async ({ page }) => {
    await page.goto('/set-password?token=old-link');
    await page.getByText('This link was good until 3 Oct 2026. Ask for a new one.').waitFor();
    await shoot(page, 'set-password-ended-light-1280');
    assert.deepEqual(await violations(page), []);
    await page.getByLabel('Email address').fill('lee@lakeview.example');
    await page.getByRole('button', { name: 'Send me a new link' }).click();
    await page.getByText(/If this address belongs to an account, a mail with a link is on its way/).waitFor();
    assert.deepEqual(asked, ['lee@lakeview.example']);
  });
});

test('signing in asks for the code only when there is one, and keeps what was typed', async () => {
  const signIn = lane.house.deps.signIn;
  lane.house.deps.signIn = async (attempt) => {
    const account = await signIn(attempt);
    if (!attempt.code) throw new Refusal('second-factor', 401, 'Enter the code that your authenticator app shows.');
    if (attempt.code !== rightCode) throw new Refusal('code-refused', 401, 'This code is not right.');
    return account;
  };
  await lane.inTab({ expected: /401/ }, async ({ page }) => {
    await page.goto('/sign-in');
    assert.equal(await page.getByLabel('Code').count(), 0);
    await page.getByLabel('Email address').fill(lane.house.people.owner.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.keyboard.press('Enter');
    const code = page.getByLabel('Code');
    await code.waitFor();
    assert.equal(await page.getByRole('alert').count(), 0, 'asking is no fault');
    assert.deepEqual(await violations(page), []);
    await code.fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('This code is not right.').waitFor();
    await code.fill(rightCode);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });
});

test('the vendor’s provider is a button, and what it refused is said in words', async () => {
  lane.house.deps.provider = {
    name: 'Vendor login',
    begin: async (next) => ({ url: `${lane.url}/sign-in?refused=provider-unknown&next=${next}`, cookie: 'sealed' }),
    finish: async () => assert.fail(),
  };
  await lane.inTab({}, async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Sign in with Vendor login' }).click();
    await page.getByText(/there is no account for you here/).waitFor();
    assert.deepEqual(await violations(page), []);
  });
});

test('a second factor is set up, shows its recovery codes once, and can be removed', async () => {
  await lane.inTab({ as: lane.house.people.owner, expected: /403/ }, async ({ page }) => {
    await page.goto('/account');
    await page.getByRole('button', { name: 'Set up a second factor' }).click();
    await page.getByRole('textbox', { name: 'Present password' }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('JBSW Y3DP EHPK 3PXP').waitFor();
    await page.getByRole('img', { name: 'The secret as a picture for your authenticator app' }).waitFor();
    await shoot(page, 'second-factor-light-1280');
    assert.deepEqual(await violations(page), []);
    await page.getByLabel('Code that the app shows now').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText(/This code is not right/).waitFor();
    await page.getByLabel('Code that the app shows now').fill(rightCode);
    await page.keyboard.press('Enter');
    for (const code of recoveryCodes) await page.getByText(code).waitFor();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('2 recovery codes are left.').waitFor();
    assert.equal(await page.getByText(recoveryCodes[0] as string).count(), 0);
    await page.getByRole('button', { name: 'Remove the second factor' }).click();
    await page.getByRole('textbox', { name: 'Present password' }).fill(password);
    await page.getByLabel(/Code of the app/).fill(rightCode);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Set up a second factor' }).waitFor();
  });
});

test('a public key is added and removed; a private key is refused and gone from the page', async () => {
  await lane.inTab({ as: lane.house.people.viewer, expected: /400/ }, async ({ page }) => {
    await page.goto('/account');
    await page.getByRole('button', { name: 'Add a key' }).click();
    const field = page.getByLabel('Public key', { exact: true });
    await field.fill('-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----');
    await page.getByRole('button', { name: 'Add the key' }).click();
    await page.getByText('This is a private key. It was not kept.').waitFor();
    assert.equal(await field.inputValue(), '');
    await field.fill('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA nightly');
    await page.getByLabel('Name').fill('Nightly export');
    await page.getByRole('button', { name: 'Add the key' }).click();
    await page.getByText('SHA256:VwUqQP+v815UAyNHz4UPXX+3HcjM93nyoTgx2FWMTeI').waitFor();
    await shoot(page, 'account-keys-light-1280');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Remove the key Nightly export' }).click();
    await page.getByText('SHA256:VwUqQP').waitFor({ state: 'detached' });
  });
});

test('the own password changes with a time of overlap, and a wrong present one loses nothing', async () => {
  const changes: unknown[] = [];
  const change = lane.house.deps.people.changePassword;
  lane.house.deps.people.changePassword = async (self, given) => {
    await change(self, given);
    changes.push(given);
  };
  await lane.inTab({ as: lane.house.people.viewer, expected: /403/ }, async ({ page }) => {
    await page.goto('/account');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByRole('textbox', { name: 'Present password' }).fill('wrong');
    await page.getByLabel('New password').fill('nine quiet trains wait');
    await page.getByLabel('Over SFTP, the present password').selectOption({ label: 'is good for one more week' });
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('This is not your present password.').waitFor();
    assert.equal(await page.getByLabel('New password').inputValue(), 'nine quiet trains wait');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('textbox', { name: 'Present password' }).fill(password);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('New password').waitFor({ state: 'detached' });
    assert.deepEqual(changes, [{ current: password, password: 'nine quiet trains wait', overlapHours: 168 }]);
  });
});
