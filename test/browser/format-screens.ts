/** The screens of formats, mappings and workbooks. */

import { Buffer } from 'node:buffer';
import type { Page } from 'playwright-core';
import type { Screen } from './screens.ts';

/** A district's own files, as its system writes them. */
export const lakeviewFiles = [
  { name: 'schools.csv', mimeType: 'text/csv', buffer: Buffer.from('Site;Name\nH1;Hill Elementary\nL2;Lake Middle\n') },
  {
    name: 'pupils 2026.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      'No;First;Last;Login;Site;Grade;DOB\n1001;Mia;Stone;MSTONE1;H1;3;4/30/2017\n1002;Leo;Park;LPARK2;H1;K;9/1/2020\n1003;Ana;Ruiz;ARUIZ3;L9;7;1/2/2014\n',
    ),
  },
];

export async function chooseSample(page: Page): Promise<void> {
  await page.getByLabel('Files', { exact: true }).setInputFiles(lakeviewFiles);
  await page.getByText(/2 of 2 files are read/).waitFor();
}

const changesPath = '/format-changes/traditional-literacy?product=literacy';

export const formatScreens: Screen[] = [
  {
    name: 'format-traditional',
    path: '/formats/traditional-literacy',
    heading: /Traditional Literacy/,
    ready: /Who is the same from night to night/,
  },
  { name: 'formats-vendor', path: '/formats', heading: /Formats/, ready: /lakeview/ },
  { name: 'mapping-new', path: '/mappings', heading: /New mapping/, ready: /has to be text/ },
  {
    name: 'mapping',
    path: '/mappings/lakeview',
    heading: /lakeview/,
    ready: /Version 1 counts/,
    act: chooseSample,
  },
  {
    name: 'mapping-faults',
    path: '/mappings/lakeview',
    heading: /lakeview/,
    ready: /The mapping has no fault/,
    act: async (page) => {
      await chooseSample(page);
      const field = page.getByRole('textbox', { name: 'Mapping' });
      await field.fill(
        (await field.inputValue()).replace('givenName', 'giveName').replace('lookup: grades', 'lookup: grade'),
      );
      await page.getByRole('list', { name: 'Faults of the mapping' }).waitFor();
    },
  },
  {
    name: 'mapping-use',
    path: '/mappings/lakeview',
    heading: /lakeview/,
    ready: /Usernames in small letters/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Try and use version 2' }).click();
      await page.getByRole('table', { name: 'What would change in Lakeview Unified' }).waitFor();
    },
  },
  { name: 'format-changes', path: changesPath, heading: /for a product/, ready: /Lists of values/ },
  {
    name: 'product-rules',
    path: '/format-changes/product-rules?product=math',
    heading: /What Math asks of rosters/,
    ready: /Nothing is changed for Math yet/,
  },
  {
    name: 'format-changes-column',
    path: changesPath,
    heading: /for a product/,
    ready: /Lists of values/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Change GradeLevel of Students' }).click();
      await page.getByRole('dialog').getByLabel('Other names that are read').waitFor();
    },
  },
  {
    name: 'format-changes-list',
    path: changesPath,
    heading: /for a product/,
    ready: /Lists of values/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Change the list Grades' }).click();
      await page.getByRole('dialog').getByLabel('Words of this product').waitFor();
    },
  },
  {
    name: 'simplified',
    path: '/districts/d-lakeview/simplified',
    heading: /Add a school from workbooks/,
    ready: /Drop the two workbooks/,
    as: 'administrator',
  },
  {
    name: 'simplified-would',
    path: '/districts/d-lakeview/simplified',
    heading: /Add a school from workbooks/,
    ready: /Drop the two workbooks/,
    act: async (page) => {
      await chooseBooks(page, 'Educators.xlsx', 'Students.xlsx');
      await page.getByRole('button', { name: 'See what would be added' }).click();
      await page.getByText(/nothing has been added yet/).waitFor();
    },
  },
];

export const chooseBooks = (page: Page, ...names: string[]): Promise<void> =>
  page
    .getByLabel('Files', { exact: true })
    .setInputFiles(
      names.map((name) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from('PK\u0003\u0004') })),
    );
