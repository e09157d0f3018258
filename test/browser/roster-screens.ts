/** The screens about rosters and their records. */

import { fakeRosterId } from './fake-roster-pages.ts';
import type { Screen } from './screens.ts';

const roster = `/rosters/${fakeRosterId}`;

export const rosterScreens: Screen[] = [
  { name: 'roster', path: roster, heading: /Literacy roster/, ready: /1 to 50 of 132/ },
  { name: 'roster-classes', path: `${roster}?kind=classes`, heading: /Literacy roster/, ready: /Robotics Club/ },
  {
    name: 'roster-earlier-day',
    path: `${roster}?at=2026-10-01`,
    heading: /Literacy roster/,
    ready: /As it was at the end of 2026-10-01/,
  },
  { name: 'roster-empty', path: `${roster}?kind=courses&at=2026-09-01`, heading: /Literacy/, ready: /There were no/ },
  {
    name: 'roster-day-picker',
    path: roster,
    heading: /Literacy roster/,
    ready: /1 to 50 of 132/,
    act: async (page) => {
      await page.getByLabel('On the day').click();
      await page.getByRole('button', { name: 'Previous month' }).waitFor();
    },
    isDialog: true,
  },
  { name: 'person', path: `${roster}/users/000451`, heading: /Mia Stone/, ready: /Robotics Club/ },
  { name: 'person-by-hand', path: `${roster}/users/000456`, heading: /Ben /, ready: /Robotics Club/ },
  {
    name: 'person-why',
    path: `${roster}/users/000451?class=H-4`,
    heading: /Mia Stone/,
    ready: /was in Room 1/,
  },
  {
    name: 'person-earlier',
    path: `${roster}/users/000451?at=2026-10-01`,
    heading: /Mia Stone/,
    ready: /Back to today/,
  },
  { name: 'class', path: `${roster}/classes/H-2`, heading: /Room 2/, ready: /People now/ },
  { name: 'school', path: `${roster}/orgs/S1`, heading: /Hill Elementary/, ready: /Fields/ },
  { name: 'record-add', path: `${roster}/add/users`, heading: /Add a person/, ready: /More fields/ },
  {
    name: 'record-add-faults',
    path: `${roster}/add/users`,
    heading: /Add a person/,
    ready: /More fields/,
    act: async (page) => {
      await page.getByRole('button', { name: 'Add the person' }).click();
      await page.getByText(/Given name is blank/).waitFor();
    },
  },
  { name: 'record-edit', path: `${roster}/users/000456/edit`, heading: /Edit/, ready: /More fields/ },
  {
    name: 'record-archive',
    path: `${roster}/users/000456`,
    heading: /Ben /,
    ready: /Robotics Club/,
    isDialog: true,
    act: async (page) => {
      await page.getByRole('button', { name: 'Archive…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'roster-viewer',
    path: roster,
    heading: /Roster/,
    ready: /Records are for administrators/,
    as: 'viewer',
  },
];
