/** eSchoolPlus by PowerSchool. */
import type { Preset } from './preset.ts';

export const eschoolplus: Preset = {
  id: 'eschoolplus',
  title: 'eSchoolPlus',
  known: '`eschoolplus` in the host',
  matches: ({ hostname }) => /eschoolplus/i.test(hostname),
  settings: { version: '1.2' },
  paths: [],
  hints: ['OneRoster 1.2 is there since release 21.4, by an API profile.'],
};
