/** ClassLink Roster Server, asked directly with signed requests. */
import type { Preset } from './preset.ts';

export const classlink: Preset = {
  id: 'classlink',
  title: 'ClassLink Roster Server',
  known: '`oneroster.com`, or `X-Total-Count`, `X-Count` and `Link` in one answer',
  matches: ({ hostname }) => /(^|\.)oneroster\.com$/.test(hostname),
  shows: ({ headers }) => ['x-total-count', 'x-count', 'link'].every((name) => headers.has(name)),
  settings: { auth: 'oauth1', version: '1.1', pageSize: 5000 },
  paths: ['/ims/oneroster/v1p1'],
  hints: [
    'The portal may say 1.2; the path stays v1p1.',
    'When nothing is shared with your application, the API answers with empty lists: ask the district to share its schools.',
  ],
};
