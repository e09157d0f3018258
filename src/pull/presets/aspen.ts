/** Aspen, formerly X2, by Follett. */
import type { Preset } from './preset.ts';

export const aspen: Preset = {
  id: 'aspen',
  title: 'Aspen / X2 (Follett)',
  matches: ({ hostname }) => /myfollett|x2\.|aspen/i.test(hostname),
  settings: {},
  paths: ['/ims/oneroster/v1p1'],
  hints: [],
};
