/** Rediker, in which schools may be departments. */
import type { Preset } from './preset.ts';

export const rediker: Preset = {
  id: 'rediker',
  title: 'Rediker',
  known: '`rediker` or `plusportals` in the host',
  matches: ({ hostname }) => /rediker|plusportals/i.test(hostname),
  settings: { version: '1.1' },
  paths: ['/ims/oneroster/v1p1'],
  hints: ['Schools may come as departments.'],
};
