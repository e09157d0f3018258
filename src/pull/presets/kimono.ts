/** Kimono, which hands on what other systems hold. */
import type { Preset } from './preset.ts';

export const kimono: Preset = {
  id: 'kimono',
  title: 'Kimono',
  known: '`kimonocloud` in the host',
  matches: ({ hostname }) => /kimonocloud/i.test(hostname),
  settings: { version: '1.1' },
  paths: ['/ims/oneroster/v1p1'],
  hints: [],
};
