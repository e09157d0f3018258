/** Edsembli, with a key of each tenant as a token. */
import type { Preset } from './preset.ts';

export const edsembli: Preset = {
  id: 'edsembli',
  title: 'Edsembli',
  known: '`edsembli` in the host',
  matches: ({ hostname }) => /edsembli/i.test(hostname),
  settings: { auth: 'bearer' },
  paths: ['/ims/oneroster/v1p1'],
  hints: [],
};
