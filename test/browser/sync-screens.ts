/** The screens about syncs: what changes, what is new, the questions before something is done. */

import { named } from './fake-house.ts';
import type { Screen } from './screens.ts';

const heading = /Sync of/;

export const syncScreens: Screen[] = [
  {
    name: 'sync-changes',
    path: `/syncs/${named.held}?part=changes`,
    heading,
    ready: /Before and after/,
    drawn: /Changes by kind/,
  },
  {
    name: 'sync-by-school',
    path: `/syncs/${named.held}?by=school`,
    heading,
    ready: /Fix in the SIS/,
    drawn: /Changes by school/,
  },
  { name: 'sync-new-findings', path: `/syncs/${named.held}?only=new`, heading, ready: /Not in the last delivery/ },
  {
    name: 'sync-decide',
    path: `/syncs/${named.held}`,
    heading,
    ready: /Fix in the SIS/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: /^Apply all/ }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'sync-roll-back',
    path: `/syncs/${named.applied}`,
    heading,
    ready: /Fix in the SIS/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Roll back…' }).click();
      await page
        .getByRole('dialog')
        .getByText(/Left as they are/)
        .waitFor();
    },
  },
  {
    name: 'sync-viewer',
    path: `/syncs/${named.held}?part=changes`,
    heading,
    ready: /You see counts/,
    as: 'viewer',
  },
];
