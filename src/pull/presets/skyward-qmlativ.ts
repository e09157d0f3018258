/** Skyward Qmlativ, which speaks both versions. */
import type { Preset } from './preset.ts';

export const skywardQmlativ: Preset = {
  id: 'skyward-qmlativ',
  title: 'Skyward Qmlativ',
  known: '`qmlativ` in the address',
  matches: ({ hostname, pathname }) => /qmlativ/i.test(hostname) || /qmlativ/i.test(pathname),
  settings: { changes: 'off' },
  paths: ['/ims/oneroster/rostering/v1p2', '/ims/oneroster/v1p1'],
  hints: [
    'API and token address are those of the tenant: ask the district for both.',
    'Who has left is not always told, so everything is pulled every night.',
  ],
};
