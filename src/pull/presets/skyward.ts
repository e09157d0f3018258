/** Skyward SMS 2.0, which has an API server of its own. */
import type { Preset } from './preset.ts';

export const skyward: Preset = {
  id: 'skyward',
  title: 'Skyward SMS 2.0',
  known: '`skyward` in the host',
  matches: ({ hostname }) => /skyward/i.test(hostname),
  settings: { changes: 'off' },
  paths: ['/api/ims/oneroster/v1p1', '/ims/oneroster/v1p1', '/ims/oneroster'],
  tokenUrls: ({ origin }) => [`${origin}/api/oauth/token`],
  hints: [
    'The token address cannot be told from the API address for certain: ask the district for both.',
    'Who has left is not always told, so everything is pulled every night.',
  ],
};
