/** Every screen of the console, one row each: its pictures are made from it, and it is held to be sound in light and dark. */

import type { Page } from 'playwright-core';
import type { FakeHouse } from './fake-house.ts';
import { named } from './fake-house.ts';
import { formatScreens } from './format-screens.ts';
import { rosterScreens } from './roster-screens.ts';
import { sourceScreens } from './source-screens.ts';
import { syncScreens } from './sync-screens.ts';

export type Screen = {
  /** The beginning of its pictures' names. */
  name: string;
  path: string;
  heading: RegExp;
  /** Text that stands there once everything is loaded. */
  ready?: RegExp;
  /** A picture, such as a chart, that is there once everything is loaded. */
  drawn?: RegExp;
  /** Who looks; an owner by default. */
  as?: keyof FakeHouse['people'] | 'nobody';
  /** A dialog stands before it: the picture is of the window, not of the whole page. */
  isDialog?: boolean;
  /** What is done before it is looked at, for example a dialog opened. */
  act?: (page: Page) => Promise<unknown>;
};

/** Of deliveries, rosters and sources. */
export const deliveryScreens: Screen[] = [...syncScreens, ...rosterScreens, ...sourceScreens];

export const otherScreens: Screen[] = [
  ...formatScreens,
  { name: 'sign-in', path: '/sign-in', heading: /Sign in/, as: 'nobody' },
  { name: 'sign-in-link', path: '/sign-in?token=abc', heading: /Sign in/, as: 'nobody' },
  { name: 'set-password', path: '/set-password?token=good-link', heading: /Set your password/, as: 'nobody' },
  { name: 'forgot-password', path: '/forgot-password', heading: /Set a new password/, as: 'nobody' },
  { name: 'overview', path: '/', heading: /Overview/, ready: /Lakeview Unified/ },
  { name: 'districts', path: '/districts', heading: /Districts/, ready: /Bay City/ },
  { name: 'district', path: '/districts/d-lakeview', heading: /Lakeview Unified/, ready: /SFTP folders/ },
  { name: 'district-new', path: '/districts/d-wheatland', heading: /Wheatland/, ready: /Waits for them/ },
  {
    name: 'district-own',
    path: '/districts/d-lakeview',
    heading: /Lakeview Unified/,
    ready: /SFTP folders/,
    as: 'administrator',
  },
  {
    name: 'connection',
    path: '/districts/d-lakeview/connection',
    heading: /Lakeview Unified/,
    ready: /In a terminal/,
    as: 'administrator',
  },
  {
    name: 'calendar',
    path: '/districts/d-lakeview/calendar',
    heading: /Lakeview Unified/,
    ready: /No window is set/,
  },
  { name: 'district-log', path: '/districts/d-lakeview/log', heading: /Lakeview Unified/, ready: /Nobody can change/ },
  { name: 'products', path: '/products', heading: /Products/, ready: /last part of upload paths/ },
  {
    name: 'product',
    path: '/products',
    heading: /Products/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a product' }).click();
      await page.getByRole('dialog').getByLabel('Short name').waitFor();
    },
  },
  {
    name: 'add-district',
    path: '/districts',
    heading: /Districts/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a district' }).click();
      await page.getByRole('dialog').getByLabel('Site code').waitFor();
    },
  },
  { name: 'set-up', path: '/districts/d-wheatland/set-up', heading: /Set up a source/, ready: /usual way/ },
  {
    name: 'set-up-time',
    path: '/districts/d-wheatland/set-up',
    heading: /Set up a source/,
    act: async (page) => {
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByText('Due every day by 03:00').waitFor();
    },
  },
  {
    name: 'set-up-api',
    path: '/districts/d-wheatland/set-up',
    heading: /Set up a source/,
    act: async (page) => {
      await page.getByRole('radio', { name: /API/ }).check();
      await page.getByRole('button', { name: 'Next' }).click();
      await page
        .getByRole('textbox', { name: 'Address of the API' })
        .fill('https://sis.example.org/ims/oneroster/v1p1');
      await page.getByRole('textbox', { name: 'Key' }).fill('key-123');
      await page.getByLabel('Secret').fill('not to be told');
      await page.getByRole('button', { name: 'Try the connection' }).click();
      await page.getByText('A roster can be pulled: OneRoster 1.1.').waitFor();
    },
  },
  {
    name: 'connection-api',
    path: '/districts/d-cedar-falls/connection',
    heading: /Cedar Falls/,
    ready: /Kept, never shown/,
  },
  { name: 'settings', path: '/settings', heading: /Settings/, ready: /HOMEROOM_VENDOR/ },
  { name: 'alerts', path: '/settings/alerts', heading: /Settings/, ready: /By your role/ },
  { name: 'alerts-own', path: '/settings/alerts', heading: /Alerts/, ready: /By your role/, as: 'viewer' },
  { name: 'webhooks', path: '/settings/webhooks', heading: /Settings/, ready: /No webhook is set up/ },
  {
    name: 'webhook-secret',
    path: '/settings/webhooks',
    heading: /Settings/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a webhook' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Address').fill('https://hooks.vendor.example/rosters');
      await dialog.getByRole('button', { name: 'Add the webhook' }).click();
      await page.getByText('it is not shown again').waitFor();
    },
  },
  {
    name: 'webhook',
    path: '/settings/webhooks',
    heading: /Settings/,
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a webhook' }).click();
      await page.getByRole('dialog').getByLabel('Address').fill('https://hooks.vendor.example/rosters');
      await page.getByRole('button', { name: 'Add the webhook' }).click();
      await page.getByRole('button', { name: 'I have kept it' }).click();
      await page.getByRole('link', { name: 'https://hooks.vendor.example/rosters' }).click();
      await page.getByText('answered with 503').waitFor();
    },
  },
  { name: 'mails', path: '/settings/mails', heading: /Settings/, ready: /Kept here/ },
  {
    name: 'mail',
    path: '/settings/mails?mail=0195562f-0000-7000-8000-000000000001',
    heading: /Settings/,
    ready: /A delivery is held/,
    isDialog: true,
  },
  { name: 'log', path: '/settings/log', heading: /Settings/, ready: /Signed in/ },
  { name: 'rules', path: '/rules', heading: /Rules/, ready: /enum-wrong-case/, as: 'nobody' },
  { name: 'rule', path: '/rules/enum-wrong-case', heading: /capitals/, ready: /put it right/, as: 'nobody' },
  { name: 'formats', path: '/formats', heading: /Formats/, ready: /OneRoster 1.2 CSV/, as: 'nobody' },
  {
    name: 'format',
    path: '/formats/oneroster-csv-1.1?product=literacy',
    heading: /OneRoster 1.1 CSV/,
    ready: /Download the template/,
    as: 'administrator',
  },
  { name: 'people', path: '/people', heading: /People/, ready: /sam@lakeview/ },
  { name: 'people-own', path: '/people', heading: /People/, ready: /sam@lakeview/, as: 'administrator' },
  { name: 'people-person', path: '/people/a-admin', heading: /lee@lakeview/, ready: /Signed in/ },
  {
    name: 'invite',
    path: '/people?district=d-lakeview',
    heading: /People of Lakeview/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Invite somebody' }).click();
      await page.getByRole('dialog').getByLabel('Email address').waitFor();
    },
  },
  { name: 'source', path: '/sources/s-lakeview-literacy', heading: /Literacy, Nightly/, ready: /For a time/ },
  {
    name: 'upload',
    path: '/sources/s-lakeview-literacy/upload',
    heading: /Upload a delivery/,
    ready: /Literacy, Nightly/,
  },
  {
    name: 'sync-held',
    path: `/syncs/${named.held}`,
    heading: /Sync of/,
    ready: /Fix in the SIS/,
    drawn: /Changes by kind/,
  },
  {
    name: 'sync-applied',
    path: `/syncs/${named.applied}`,
    heading: /Sync of/,
    ready: /Fix in the SIS/,
    drawn: /Changes by kind/,
  },
  { name: 'sync-rejected', path: `/syncs/${named.rejected}`, heading: /Sync of/, ready: /Fix in the SIS/ },
  { name: 'sync-failed', path: `/syncs/${named.failed}`, heading: /Sync of/, ready: /SHA-256/ },
  { name: 'sync-running', path: `/syncs/${named.running}`, heading: /Sync of/, ready: /SHA-256/ },
  {
    name: 'findings-all',
    path: `/syncs/${named.held}?rule=enum-wrong-case`,
    heading: /Sync of/,
    ready: /1 to 50 of 72/,
    drawn: /Changes by kind/,
  },
  { name: 'account', path: '/account', heading: /Account/ },
  { name: 'try-file', path: '/try', heading: /Try a file/, ready: /stays on this computer/ },
  { name: 'not-found', path: '/nowhere', heading: /Nothing stands/ },
  {
    name: 'search',
    path: '/districts',
    heading: /Districts/,
    isDialog: true,
    act: async (page) => {
      await page.keyboard.press('/');
      await page.getByRole('searchbox', { name: 'Search for anything' }).fill('la');
      await page.getByRole('option', { name: /^Lakeview Unified/ }).waitFor();
    },
  },
];

export const screens: Screen[] = [...deliveryScreens, ...otherScreens];

/** Goes to a screen and waits until all of it is there. */
export async function openScreen(page: Page, { path, heading, ready, drawn, act }: Screen): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  if (ready) await page.getByText(ready).first().waitFor();
  if (drawn) await page.getByRole('img', { name: drawn }).waitFor();
  await act?.(page);
}
