/** The screens about one source over time: its history, its trends, and the step into a new school year. */

import type { Screen } from './screens.ts';

const source = '/sources/s-lakeview-literacy';
const heading = /Literacy, Nightly export/;

export const sourceScreens: Screen[] = [
  { name: 'source-history', path: `${source}/history`, heading, ready: /Back to before/ },
  {
    name: 'source-history-back',
    path: `${source}/history`,
    heading,
    ready: /Back to before/,
    isDialog: true,
    act: async (page) => {
      await page
        .getByRole('button', { name: /Back to before sync 14/ })
        .first()
        .click();
      await page
        .getByRole('dialog')
        .getByText(/Left as they are/)
        .waitFor();
    },
  },
  { name: 'trends', path: `${source}/trends`, heading, ready: /1 due time passed/, drawn: /Hours between due time/ },
  {
    name: 'trends-table',
    path: `${source}/trends?days=30`,
    heading,
    ready: /1 due time passed/,
    drawn: /Hours between due time/,
    act: (page) => page.getByText(/As a table: 29 syncs/).click(),
  },
  { name: 'new-year', path: `${source}/new-year`, heading, ready: /Left as they are/ },
  {
    name: 'new-year-dialog',
    path: `${source}/new-year`,
    heading,
    ready: /Left as they are/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: /^Reset 6 records/ }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'new-year-district', path: `${source}/new-year`, heading, ready: /Your vendor resets/, as: 'administrator' },
];
